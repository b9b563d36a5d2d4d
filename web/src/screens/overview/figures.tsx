// The numbers of a span of time, as four cards.

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Traffic } from "@/api/traffic";
import { milliseconds, number, percent } from "@/format/format";

export function Figures({ traffic }: { traffic: Traffic }) {
  const { t } = useTranslation("overview");
  const { delivered, failed, backlog } = traffic;
  const all = delivered + failed;
  const more = backlog.isMore ? "+" : "";
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure name={t("figures.delivered")} value={number(delivered)}>
        {failed > 0 ? (
          <span className="text-bad">▲ {t("figures.failedCount", { count: failed, number: number(failed) })}</span>
        ) : (
          t("figures.noFailure")
        )}
      </Figure>
      <Figure name={t("figures.successRate")} value={all > 0 ? percent(delivered / all) : "–"}>
        {t("figures.ofAttempts", { count: all, number: number(all) })}
      </Figure>
      <Figure name={t("figures.latency")} value={duration(traffic.durationMsP50)}>
        {t("figures.percentiles", { p95: duration(traffic.durationMsP95), p99: duration(traffic.durationMsP99) })}
      </Figure>
      <Figure name={t("figures.backlog")} value={number(backlog.dueCount) + more}>
        {t("figures.later", { count: backlog.laterCount, number: number(backlog.laterCount) + more })}
      </Figure>
    </div>
  );
}

export function duration(value: number | null): string {
  return value === null ? "–" : milliseconds(value);
}

function Figure({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <section className="grid gap-1 rounded-box border border-line bg-surface px-4 py-3.5">
      <h2 className="text-muted">{name}</h2>
      <p className="text-2xl font-semibold tracking-tight tabular-nums wrap-anywhere">{value}</p>
      <p className="text-xs text-muted">{children}</p>
    </section>
  );
}
