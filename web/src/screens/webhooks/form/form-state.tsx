// What the parts of the form share: the draft, how to change it, and what is wrong where.

import { createContext, useContext } from "react";
import { useTranslation } from "react-i18next";
import { useMistakeWords as useSaidWords } from "@/explain/mistake";
import type { Draft } from "./draft";
import type { Mistake, Mistakes } from "./check";

export interface FormState {
  draft: Draft;
  /** The draft as the form was opened with. */
  before: Draft;
  /** The webhook that is edited; `null` for a new one. */
  endpointId: string | null;
  change: (part: Partial<Draft>) => void;
  mistakes: Mistakes;
}

const FormContext = createContext<FormState | null>(null);

export const FormProvider = FormContext;

/** The form around, with mistakes in the person's language. */
export function useForm() {
  const state = useContext(FormContext);
  if (!state) throw new Error("a part of the form outside of it");
  const words = useMistakeWords();
  return {
    ...state,
    /** What is wrong with a field; `null` when nothing is. */
    mistake: (place: string): string | null => {
      const found = state.mistakes[place];
      return found ? words(found) : null;
    },
  };
}

/** Mistakes that many forms have are in the common texts, the others are this form's own. */
export function useMistakeWords(): (mistake: Mistake) => string {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const said = useSaidWords();
  return ({ key, values = {} }) => {
    switch (key) {
      case "required":
      case "url":
      case "urlScheme":
      case "duplicate":
        return common(`field.${key}`);
      case "long":
        return common("field.long", { max: values.max ?? "" });
      case "number":
        return common("field.number", { min: values.min ?? "", max: values.max ?? "" });
      case "json":
        return common("field.json", { reason: values.reason ?? "" });
      case "said":
        return said({ msg: String(values.words ?? "") });
      default:
        return t(`mistake.${key}`, values);
    }
  };
}
