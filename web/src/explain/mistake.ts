// What the server finds wrong with a field, in the person's language. All forms tell it so.

import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { FieldProblem, Problem } from "@/api/problem";
import "./mistake-texts";
import { MISTAKES, THINGS, told } from "./mistake-rules";

/** Gives texts about mistakes. */
export type Translate = TFunction<["mistakes", "common"]>;

/** The words for what the server says. */
export type MistakeWords = (problem: Pick<FieldProblem, "msg">) => string;

/** Until the texts are there, and when they cannot be had, the server's own words. */
export function useMistakeWords(): MistakeWords {
  // A form is not to wait for what it will probably not show.
  const { t, i18n } = useTranslation(["mistakes", "common"], { useSuspense: false });
  const hasTexts = i18n.hasResourceBundle(i18n.language, "mistakes");
  return ({ msg }) => (hasTexts ? explained(t, msg) : msg);
}

/** Looks a field of the body up; `null` when nothing is wrong with it. */
export function useFieldWords(problem: Problem | null): (...path: string[]) => string | null {
  const words = useMistakeWords();
  return (...path) => {
    const msg = problem?.field(...path);
    return msg ? words({ msg }) : null;
  };
}

/** What the server says, in the language of `t`. */
export function explained(t: Translate, msg: string): string {
  const found = told(MISTAKES, msg);
  if (!found) return t("said", { text: msg });
  const { key, values } = found;
  if (values.reason !== undefined) values.reason = explained(t, values.reason);
  for (const name of ["wanted", "found", "part"]) {
    if (values[name] !== undefined) values[name] = thing(t, values[name]);
  }
  if (values.marked !== undefined) values.what = [...values.marked.matchAll(/`(.+?)`/g)].map(([, it]) => it).join(" ");
  if (values.names !== undefined) values.names = listed(values.names);
  return key === null ? (values.reason ?? msg) : t(key as "said", values as { text: string });
}

function thing(t: Translate, words: string): string {
  const found = told(THINGS, words);
  if (!found) return words;
  const { key, values } = found;
  if (values.number === "one") values.number = "1";
  return t(key as "said", values as { text: string });
}

/** Names with commas between, as every language can read them. */
function listed(names: string): string {
  return names.replaceAll("`", "").replace(/ (and|or) (?=\S+$)/, ", ");
}
