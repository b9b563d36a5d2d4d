import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { statsQuery, type Webhook, webhookTrafficQuery } from "@/api/webhooks";
import { milliseconds, number, percent } from "@/format/format";
import { useScope } from "@/scope";
import { Ago } from "@/ui/time";

/** How it is doing: the last day, what waits, and when something went wrong last. */
export function Numbers({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app } = useScope();
  const traffic = useQuery({ ...webhookTrafficQuery(app, [webhook.id]), retry: false }).data;
  const stats = useQuery(statsQuery(app, webhook.id)).data;
  const own = traffic?.endpoints.find((it) => it.endpointId === webhook.id);
  const recent = own ? own.delivered + own.failed : 0;
  const ever = own ? own.totalDelivered + own.totalFailed : 0;
  const median = traffic?.durationMsP50;
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-box border border-line bg-line sm:grid-cols-4 [&>*]:bg-surface" style={{ gap: 1 }}>
      <Figure name={t("numbers.success")} note={t("numbers.lastDay")}>
        {own && recent > 0 ? percent(own.delivered / recent) : "–"}
      </Figure>
      <Figure name={t("numbers.attempts")} note={own ? t("numbers.ever", { count: ever, shown: number(ever) }) : t("numbers.lastDay")}>
        {own ? number(recent) : "–"}
      </Figure>
      <Figure name={t("numbers.time")} note={t("numbers.median")}>
        {typeof median === "number" ? milliseconds(median) : "–"}
      </Figure>
      <Figure
        name={t("numbers.waiting")}
        note={
          <>
            {t("numbers.lastFailure")} {own?.lastFailureAt ? <Ago at={own.lastFailureAt} /> : common("never")}
          </>
        }
      >
        {stats ? number(stats.pending) : "–"}
      </Figure>
    </dl>
  );
}

function Figure({ name, note, children }: { name: string; note: ReactNode; children: ReactNode }) {
  return (
    <div className="grid content-start gap-0.5 px-4 py-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="text-xl font-semibold tabular-nums">{children}</dd>
      <dd className="text-xs text-muted">{note}</dd>
    </div>
  );
}
