// What the server finds wrong with a field, in the person's language where its words are known.

import { useTranslation } from "react-i18next";
import type { Problem } from "@/api/problem";

const RULES = [
  [/^may contain letters a-z, digits, (.+) only$/, "characters"],
  [/at most (\d+) characters/, "long"],
  [/must have \d+ to (\d+) items/, "many"],
  [/must not begin with (.+), as ids do/, "prefix"],
  [/must not be empty/, "empty"],
  [/after the end of the payload's retention/, "tooLate"],
] as const;

/** Looks a field of the body up; `null` when nothing is wrong with it. */
export function useFieldWords(problem: Problem | null): (field: string) => string | null {
  const { t } = useTranslation("messages");
  return (field) => {
    const said = problem?.field(field);
    if (!said) return null;
    for (const [pattern, key] of RULES) {
      const match = pattern.exec(said);
      if (match) return t(`wrong.${key}`, { what: (match[1] ?? "").replaceAll("`", "") });
    }
    return said;
  };
}
