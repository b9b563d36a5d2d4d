import { useTranslation } from "react-i18next";
import { type JsonMistake, jsonMistake } from "./mistake";

export interface JsonCheck {
  mistake: JsonMistake;
  /** In the person's language, with its place. */
  words: string;
}

/** Checks texts as JSON, in the person's language; `null` when nothing is wrong. */
export function useJsonCheck(): (text: string, isObject?: boolean) => JsonCheck | null {
  const { t } = useTranslation("messages");
  const { t: tc } = useTranslation();
  return (text, isObject = false) => {
    const mistake = jsonMistake(text, isObject);
    if (!mistake) return null;
    const reason = t(`json.${mistake.reason}`);
    const isAll = mistake.reason === "empty" || mistake.reason === "object";
    const words = isAll ? reason : tc("field.place", { line: mistake.line, column: mistake.column, reason });
    return { mistake, words };
  };
}
