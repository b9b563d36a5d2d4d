import { useTranslation } from "react-i18next";
import type { Replayed } from "@/api/bins";
import { milliseconds } from "@/format/format";
import { HttpStatus } from "@/ui/badge";
import { LongText } from "./long-text";
import { Pairs } from "./pairs";

/** What a receiver answered, or why it did not. */
export function Exchange({ replayed }: { replayed: Replayed }) {
  const { t } = useTranslation("bins");
  const { ok, response, error } = replayed;
  return (
    <section role="status" className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3 border-t border-line pt-4">
      <h3 className={`flex flex-wrap items-center gap-2 font-semibold ${ok ? "text-ok" : "text-bad"}`}>
        {ok ? t("replay.ok") : t("replay.failed")}
        {response && <HttpStatus code={response.status} />}
        {response && <span className="font-normal text-muted">{milliseconds(response.durationMs)}</span>}
      </h3>
      {error && <p className="wrap-anywhere">{error.message}</p>}
      {response?.body && <LongText text={response.body} label={t("body.title")} />}
      {response && <Pairs title={t("request.headers")} pairs={Object.entries(response.headers)} />}
    </section>
  );
}
