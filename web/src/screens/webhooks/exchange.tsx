// A request and its answer as they went over the wire.

import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { milliseconds } from "@/format/format";
import { Badge, HttpStatus } from "@/ui/badge";
import { Code } from "@/ui/code";

/** `pretty` indents JSON; copied is what was sent. */
export function RequestView({ request, pretty = false }: { request: Schemas["RequestOut"]; pretty?: boolean }) {
  const { t } = useTranslation("webhooks");
  return (
    <div className="grid min-w-0 content-start gap-3">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone="accent">{request.method}</Badge>
        <span className="min-w-0 font-mono text-xs wrap-anywhere">{request.url}</span>
      </p>
      <Headers headers={request.headers} />
      <Body pretty={pretty} text={request.body} label={t("exchange.requestBody")} />
    </div>
  );
}

export function ResponseView({ response, pretty = false }: { response: Schemas["ResponseOut"]; pretty?: boolean }) {
  const { t } = useTranslation("webhooks");
  return (
    <div className="grid min-w-0 content-start gap-3">
      <p className="flex flex-wrap items-center gap-2">
        <HttpStatus code={response.status} />
        <span className="text-muted">{t("exchange.took", { time: milliseconds(response.durationMs) })}</span>
      </p>
      <Headers headers={response.headers} />
      <Body pretty={pretty} text={response.body} label={t("exchange.responseBody")} />
    </div>
  );
}

/** What a script wrote while it made the request. */
export function ConsoleView({ lines }: { lines: Schemas["ConsoleOut"][] }) {
  const { t } = useTranslation("webhooks");
  if (lines.length === 0) return null;
  return (
    <div className="grid min-w-0 gap-1.5">
      <p className="text-xs font-medium text-muted">{t("exchange.console")}</p>
      <Code label={t("exchange.console")} text={lines.map(({ level, text }) => `${level}  ${text}`).join("\n")} />
    </div>
  );
}

function Headers({ headers }: { headers: Record<string, string> }) {
  const { t } = useTranslation("webhooks");
  const entries = Object.entries(headers);
  if (entries.length === 0) return <p className="text-xs text-muted">{t("exchange.noHeaders")}</p>;
  return (
    <details>
      <summary className="text-xs font-medium text-muted">{t("exchange.headers", { count: entries.length })}</summary>
      <dl className="mt-2 grid gap-1.5 font-mono text-xs sm:grid-cols-[minmax(0,auto)_minmax(0,1fr)] sm:gap-x-3">
        {entries.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted wrap-anywhere">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Body({ text, label, pretty }: { text: string; label: string; pretty: boolean }) {
  const { t } = useTranslation("webhooks");
  return (
    <div className="grid min-w-0 gap-1.5">
      <p className="text-xs font-medium text-muted">{label}</p>
      {text ? <Code pretty={pretty} label={label} text={text} /> : <p className="text-muted">{t("exchange.empty")}</p>}
    </div>
  );
}
