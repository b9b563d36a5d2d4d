// The attempts of a delivery, the latest first: when, how long, what came back, and why it failed.

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Attempt, attemptQuery } from "@/api/messages";
import { Failure } from "@/explain/failure";
import { milliseconds } from "@/format/format";
import { useScope } from "@/scope";
import { Badge, HttpStatus, StatusBadge } from "@/ui/badge";
import { Code } from "@/ui/code";
import { Icon } from "@/ui/icon";
import { Loaded, Skeleton } from "@/ui/states";
import { Ago, Moment } from "@/ui/time";

interface Props {
  messageId: string;
  attempts: Attempt[];
}

export function Timeline({ messageId, attempts }: Props) {
  const { t } = useTranslation("messages");
  if (attempts.length === 0) return <p className="text-muted">{t("attempt.none")}</p>;
  return (
    <ol reversed className="grid grid-cols-[minmax(0,1fr)] gap-0 border-l-2 border-line">
      {attempts.map((attempt, index) => (
        <li key={attempt.id} className="relative pl-5">
          <span
            aria-hidden="true"
            className={`absolute top-3.5 -left-[7px] size-3 rounded-full border-2 border-surface ${attempt.status === 0 ? "bg-ok" : attempt.status === 4 ? "bg-line-strong" : "bg-bad"}`}
          />
          <AttemptItem messageId={messageId} attempt={attempt} number={attempts.length - index} />
        </li>
      ))}
    </ol>
  );
}

function AttemptItem({ messageId, attempt, number }: { messageId: string; attempt: Attempt; number: number }) {
  const { t } = useTranslation("messages");
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] py-1">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={panel}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 rounded-lg px-2 py-1 text-left hover:bg-sunken"
      >
        <span className="text-muted">{t("attempt.number", { number })}</span>
        {attempt.responseStatusCode > 0 ? <HttpStatus code={attempt.responseStatusCode} /> : <StatusBadge status={attempt.status} />}
        <span className="tabular-nums">{milliseconds(attempt.responseDurationMs)}</span>
        <span className="text-muted">
          <Ago at={attempt.timestamp} />
        </span>
        {attempt.test ? <Badge tone="accent">{t("attempt.test")}</Badge> : attempt.triggerType === 1 && <Badge>{t("attempt.manual")}</Badge>}
        <Icon name="down" className={`ml-auto size-4 text-muted transition-transform ${isOpen ? "rotate-180" : ""}`} />
      </button>
      <div id={panel} hidden={!isOpen} className="px-2 pt-2 pb-3">
        {isOpen && <Exchange messageId={messageId} attempt={attempt} />}
      </div>
    </div>
  );
}

function Exchange({ messageId, attempt }: { messageId: string; attempt: Attempt }) {
  const { t } = useTranslation("messages");
  const { app } = useScope();
  const query = useQuery(attemptQuery(app, messageId, attempt.id));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {attempt.status !== 0 && (
        <div className={`rounded-lg px-4 py-3 ${attempt.status === 4 ? "bg-sunken" : "bg-bad-soft"}`}>
          <Failure cause={attempt.cause} error={attempt.error} statusCode={attempt.responseStatusCode} />
        </div>
      )}
      <p className="text-xs text-muted">
        <Moment at={attempt.timestamp} /> · <span className="font-mono wrap-anywhere">{attempt.url}</span>
      </p>
      {attempt.responseStatusCode > 0 && (
        <Loaded query={query} waiting={<Skeleton rows={1} />}>
          {({ response }) =>
            response === "" ? (
              <p className="text-muted">{t("attempt.noBody")}</p>
            ) : (
              <div className="grid gap-1.5">
                <p className="font-medium">{t("attempt.answer")}</p>
                <Code pretty text={response} label={t("attempt.answer")} />
              </div>
            )
          }
        </Loaded>
      )}
    </div>
  );
}
