// The webhooks of the application by how they do, those that fail first.

import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { EndpointTraffic } from "@/api/traffic";
import type { Failed } from "@/explain/cause";
import { number, percent } from "@/format/format";
import { loadTexts } from "@/i18n/texts";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/page";
import { Ago } from "@/ui/time";
import type { Range } from "./range";

// Where all is well there is nothing to explain. Without the explanation, such as when the connection
// breaks meanwhile, there still are the server's words.
const What = lazy(async () => {
  try {
    const [{ What }] = await Promise.all([import("@/explain/failure"), loadTexts("explain")]);
    return { default: What };
  } catch {
    return { default: ({ error }: Failed) => error };
  }
});

interface Props {
  endpoints: EndpointTraffic[];
  range: Range;
}

export function WebhookTraffic({ endpoints, range }: Props) {
  const { t } = useTranslation("overview");
  const all = (
    <Link to="/webhooks" className="text-accent hover:underline">
      {t("webhooks.all")}
    </Link>
  );
  return (
    <Card title={t("webhooks.title")} actions={all}>
      {endpoints.length === 0 ? (
        <p className="text-muted">{t("webhooks.none")}</p>
      ) : (
        <ul className="-my-4 divide-y divide-line">
          {endpoints.map((endpoint) => (
            <Row key={endpoint.endpointId} endpoint={endpoint} range={range} />
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Whether the latest attempt failed. */
export function isFailing({ lastFailureAt, lastSuccessAt }: EndpointTraffic): boolean {
  if (lastFailureAt === null) return false;
  return lastSuccessAt === null || Date.parse(lastFailureAt) > Date.parse(lastSuccessAt);
}

function Row({ endpoint, range }: { endpoint: EndpointTraffic; range: Range }) {
  return (
    <li className="grid gap-x-4 gap-y-1.5 py-3.5 sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="grid min-w-0 gap-0.5">
        <p className="flex flex-wrap items-center gap-2">
          <Link
            to="/webhooks/$endpointId"
            params={{ endpointId: endpoint.endpointId }}
            className="font-medium wrap-anywhere hover:underline"
          >
            {endpoint.name}
          </Link>
          <State endpoint={endpoint} />
        </p>
        <p className="truncate font-mono text-xs text-muted" title={endpoint.url}>
          {endpoint.url}
        </p>
      </div>
      <Counts endpoint={endpoint} range={range} />
      {isFailing(endpoint) && <LastFailure endpoint={endpoint} />}
    </li>
  );
}

function State({ endpoint }: { endpoint: EndpointTraffic }) {
  const { t } = useTranslation("overview");
  if (endpoint.disabled) return <Badge>{t("webhooks.off")}</Badge>;
  if (isFailing(endpoint)) return <Badge tone="bad">▲ {t("webhooks.failing")}</Badge>;
  return <Badge tone="ok">● {t("webhooks.fine")}</Badge>;
}

function Counts({ endpoint: { delivered, failed }, range }: { endpoint: EndpointTraffic; range: Range }) {
  const { t } = useTranslation("overview");
  const all = delivered + failed;
  if (all === 0) return <p className="text-muted sm:text-right">{t("webhooks.quiet", { range: t(`range.${range}`) })}</p>;
  return (
    <p className="tabular-nums sm:text-right">
      <span className="font-medium">{percent(delivered / all)}</span>{" "}
      <span className="text-muted">{t("webhooks.ofCount", { count: all, number: number(all) })}</span>
    </p>
  );
}

function LastFailure({ endpoint }: { endpoint: EndpointTraffic }) {
  const { t } = useTranslation("overview");
  const { lastFailure, lastFailureAt, lastFailureMessageId } = endpoint;
  return (
    <p className="flex flex-wrap gap-x-2 gap-y-0.5 rounded-lg bg-bad-soft px-3 py-2 text-bad sm:col-span-2">
      <span className="grow wrap-anywhere" title={lastFailure ?? undefined}>
        <Suspense fallback={<span className="invisible">{lastFailure}</span>}>
          <What error={lastFailure} statusCode={endpoint.lastFailureStatusCode} />
        </Suspense>
      </span>
      {lastFailureAt && <Ago at={lastFailureAt} />}
      {lastFailureMessageId && (
        <Link to="/messages/$messageId" params={{ messageId: lastFailureMessageId }} className="underline">
          {t("webhooks.message")}
        </Link>
      )}
    </p>
  );
}
