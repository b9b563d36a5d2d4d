// Rows of webhooks. Wide windows show columns, narrow ones stack them; long lists are only in the
// page where one looks.

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { Link } from "@tanstack/react-router";
import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Webhook, WebhookTraffic } from "@/api/webhooks";
import { useFailureWords } from "@/explain/failure";
import { compact, number, percent } from "@/format/format";
import { Badge } from "@/ui/badge";
import { Ago } from "@/ui/time";
import { isFailing } from "./arranged";
import { EventNames } from "./event-names";
import { OnSwitch } from "./on-switch";

/** Shorter lists are rendered whole: searching in the page finds everything then. */
const VIRTUAL_FROM = 60;
const ROW_PX = 84;

const COLUMNS = "lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)_6.5rem_minmax(0,4fr)_3rem]";

interface Props {
  webhooks: Webhook[];
  traffic: Map<string, WebhookTraffic>;
}

export function WebhookTable({ webhooks, traffic }: Props) {
  const { t } = useTranslation("webhooks");
  return (
    <div role="table" aria-label={t("title")} aria-rowcount={webhooks.length + 1} className="rounded-box border border-line bg-surface">
      <div role="rowgroup" className="sr-only lg:not-sr-only">
        <div role="row" className={`grid gap-x-4 border-b border-line px-4 py-2.5 text-xs font-medium text-muted ${COLUMNS}`}>
          <span role="columnheader">{t("column.webhook")}</span>
          <span role="columnheader">{t("column.events")}</span>
          <span role="columnheader">{t("column.success")}</span>
          <span role="columnheader">{t("column.lastFailure")}</span>
          <span role="columnheader" className="text-right">{t("column.on")}</span>
        </div>
      </div>
      {webhooks.length < VIRTUAL_FROM ? (
        <div role="rowgroup" className="divide-y divide-line">
          {webhooks.map((it) => (
            <WebhookRow key={it.id} webhook={it} traffic={traffic.get(it.id)} />
          ))}
        </div>
      ) : (
        <VirtualRows webhooks={webhooks} traffic={traffic} />
      )}
    </div>
  );
}

function VirtualRows({ webhooks, traffic }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => setScrollMargin(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: webhooks.length,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin,
    getItemKey: (index) => webhooks[index]?.id ?? index,
  });
  return (
    <div ref={list} role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map((item) => {
        const webhook = webhooks[item.index];
        return (
          webhook && (
            <div
              key={item.key}
              role="presentation"
              ref={rows.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0 border-b border-line"
              style={{ transform: `translateY(${item.start - scrollMargin}px)` }}
            >
              <WebhookRow webhook={webhook} traffic={traffic.get(webhook.id)} index={item.index + 2} />
            </div>
          )
        );
      })}
    </div>
  );
}

interface RowProps {
  webhook: Webhook;
  traffic: WebhookTraffic | undefined;
  index?: number;
}

function WebhookRow({ webhook, traffic, index }: RowProps) {
  const { t } = useTranslation("webhooks");
  return (
    <div
      role="row"
      aria-rowindex={index}
      className={`relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-2 px-4 py-3 hover:bg-sunken/60 ${COLUMNS}`}
    >
      <div role="cell" className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-0.5">
        <div className="flex flex-wrap items-center gap-2">
          <Link
            to="/webhooks/$endpointId"
            params={{ endpointId: webhook.id }}
            title={webhook.name}
            // The whole row is the link's, for those who point.
            className="max-w-full truncate font-medium before:absolute before:inset-0 hover:text-accent"
          >
            {webhook.name}
          </Link>
          {isFailing(webhook) && <Badge tone="bad">{t("list.failing")}</Badge>}
          {webhook.disabled && <Badge>{t("list.off")}</Badge>}
        </div>
        <span className="truncate font-mono text-xs text-muted" title={webhook.url}>
          {webhook.url}
        </span>
      </div>
      <div role="cell" className="col-start-1 min-w-0 lg:col-start-auto">
        <EventNames names={webhook.eventTypes} />
      </div>
      <div role="cell" className="col-start-1 lg:col-start-auto">
        <Success traffic={traffic} />
      </div>
      <div role="cell" className="col-start-1 min-w-0 lg:col-start-auto">
        <LastFailure traffic={traffic} />
      </div>
      <div role="cell" className="relative col-start-2 row-start-1 lg:col-start-auto lg:row-start-auto">
        <OnSwitch webhook={webhook} />
      </div>
    </div>
  );
}

/** The share of attempts in the last day that were received, and how many there ever were. */
function Success({ traffic }: { traffic: WebhookTraffic | undefined }) {
  const { t } = useTranslation("webhooks");
  if (!traffic) return <span className="text-muted">–</span>;
  const { delivered, failed, totalDelivered, totalFailed } = traffic;
  const ever = totalDelivered + totalFailed;
  const recent = delivered + failed;
  const share = recent > 0 ? delivered / recent : null;
  return (
    <div className="flex items-baseline gap-2 lg:grid lg:gap-0">
      <span className={`font-medium tabular-nums ${share !== null && share < 0.95 ? "text-bad" : ""}`}>
        {share === null ? <span title={t("list.quiet")}>–</span> : percent(share)}
      </span>
      <span className="text-xs text-muted tabular-nums" title={number(ever)}>
        {t("list.attempts", { count: ever, shown: compact(ever) })}
      </span>
    </div>
  );
}

function LastFailure({ traffic }: { traffic: WebhookTraffic | undefined }) {
  const { t } = useTranslation("webhooks");
  const words = useFailureWords();
  if (!traffic?.lastFailureAt) return <span className="hidden text-muted lg:inline">{traffic ? t("list.noFailure") : "–"}</span>;
  const { what } = words({ error: traffic.lastFailure, statusCode: traffic.lastFailureStatusCode });
  return (
    <div className="grid min-w-0">
      <span className="truncate text-xs" title={what}>
        {what}
      </span>
      <span className="text-xs text-muted">
        <Ago at={traffic.lastFailureAt} />
      </span>
    </div>
  );
}
