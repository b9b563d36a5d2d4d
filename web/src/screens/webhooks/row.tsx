// One webhook in the list.

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Webhook, WebhookTraffic } from "@/api/webhooks";
import { useFailureWords } from "@/explain/failure";
import { compact, number, percent } from "@/format/format";
import { Badge } from "@/ui/badge";
import { Ago } from "@/ui/time";
import { isFailing } from "./arranged";
import { EventNames } from "./event-names";
import { OnSwitch } from "./on-switch";

/** The columns of rows and of what stands above them. */
export const COLUMNS = "lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)_6.5rem_minmax(0,4fr)_3rem]";

interface RowProps {
  webhook: Webhook;
  traffic: WebhookTraffic | undefined;
  index?: number;
}

export function WebhookRow({ webhook, traffic, index }: RowProps) {
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
