import { useTranslation } from "react-i18next";
import type { Problem } from "@/api/problem";

/** What the server finds wrong with fields, in the person's language where that is known. */
export function useServerWords(): (problem: Problem) => Record<string, string> {
  const { t } = useTranslation(["settings", "common"]);
  const KNOWN: [RegExp, string][] = [
    [/must not be empty|is missing/, t("common:field.required")],
    [/may contain letters a-z/, t("mistake.uid")],
    [/must begin with http/, t("common:field.urlScheme")],
    [/URL/, t("common:field.url")],
  ];
  return (problem) => {
    if (problem.code === "uid_exists") return { uid: t("mistake.uidTaken") };
    const told = problem.fields.map(({ loc, msg }): [string, string] => {
      const known = KNOWN.find(([pattern]) => pattern.test(msg));
      return [loc[1] ?? "", known ? known[1] : msg];
    });
    return Object.fromEntries(told);
  };
}
