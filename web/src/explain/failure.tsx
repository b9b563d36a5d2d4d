// A failure in words: what happened, what one can do about it, and behind that what the server
// says, for those who know the terms.

import { useTranslation } from "react-i18next";
import { milliseconds, moment } from "@/format/format";
import { type Explanation, explanationOf, type Failed } from "./cause";

export interface FailureWords {
  /** What happened, in one sentence. */
  what: string;
  /** What one can do about it. */
  tip: string;
}

/** Explains failures in the person's language. */
export function useFailureWords(): (failed: Failed) => FailureWords {
  const { t } = useTranslation("explain");
  return (failed) => {
    const found = explanationOf(failed);
    const values = valuesOf(found);
    return { what: t(`causes.${found.key}.what`, values), tip: t(`causes.${found.key}.tip`, values) };
  };
}

function valuesOf({ at, spanMs, code, text }: Explanation) {
  return {
    date: at === undefined ? "" : moment(new Date(at)),
    span: spanMs === undefined ? "" : milliseconds(spanMs),
    code: code ?? 0,
    text: text ?? "",
  };
}

/** Only what happened. */
export function What(failed: Failed) {
  return useFailureWords()(failed).what;
}

export function Failure(failed: Failed) {
  const { t } = useTranslation("explain");
  const { what, tip } = useFailureWords()(failed);
  return (
    <div className="grid gap-0.5">
      <p className="font-medium wrap-anywhere">{what}</p>
      {tip && <p className="max-w-prose text-muted">{tip}</p>}
      {failed.error && (
        <p className="text-xs text-muted wrap-anywhere">{t("detail", { words: failed.error })}</p>
      )}
    </div>
  );
}
