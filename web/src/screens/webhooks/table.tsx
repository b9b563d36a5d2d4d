// Rows of webhooks. Wide windows show columns, narrow ones stack them; long lists are only in the
// page where one looks.

import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Webhook, WebhookTraffic } from "@/api/webhooks";
import { COLUMNS, WebhookRow } from "./row";

/** Shorter lists are rendered whole: searching in the page finds everything then. */
const VIRTUAL_FROM = 60;

// Few have so many webhooks that they need it.
const VirtualRows = lazy(() => import("./virtual-rows").then(({ VirtualRows }) => ({ default: VirtualRows })));

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
        <Suspense fallback={<div className="h-dvh" />}>
          <VirtualRows webhooks={webhooks} traffic={traffic} />
        </Suspense>
      )}
    </div>
  );
}
