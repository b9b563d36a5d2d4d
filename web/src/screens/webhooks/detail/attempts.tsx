// The latest attempts, failures in words.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Attempt, attemptsQuery, type Webhook } from "@/api/webhooks";
import { Failure, useFailureWords } from "@/explain/failure";
import { milliseconds } from "@/format/format";
import { useScope } from "@/scope";
import { Badge, HttpStatus, StatusBadge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { Checkbox } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Card } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Empty, Skeleton } from "@/ui/states";
import { Ago, Moment } from "@/ui/time";

const FOLLOW_MS = 5_000;

export function Attempts({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app } = useScope();
  const [onlyFailed, setOnlyFailed] = useState(false);
  const query = useInfiniteQuery({
    ...attemptsQuery(app, webhook.id, onlyFailed),
    // Who has loaded more reads further back, where nothing changes.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : FOLLOW_MS),
  });
  const attempts = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Card
      title={t("attempts.title")}
      actions={<Checkbox label={t("attempts.onlyFailed")} checked={onlyFailed} onChange={setOnlyFailed} />}
    >
      {query.isError && <ProblemNote problem={query.error} onTryAgain={() => void query.refetch()} />}
      {query.isPending && <Skeleton />}
      {query.data && attempts.length === 0 && (
        <Empty icon={onlyFailed ? "check" : "send"} title={t(onlyFailed ? "attempts.noneFailed" : "attempts.none")}>
          {onlyFailed ? null : t("attempts.noneText")}
        </Empty>
      )}
      {attempts.length > 0 && (
        <ol className="-m-4 divide-y divide-line">
          {attempts.map((it) => (
            <li key={it.id}>
              <OneAttempt attempt={it} />
            </li>
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <div className="mt-8 text-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {common("more")}
          </Button>
        </div>
      )}
    </Card>
  );
}

function OneAttempt({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation("webhooks");
  const [isOpen, setOpen] = useState(false);
  const isWell = attempt.status === 0;
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)} className="group">
      <summary className="grid list-none grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-sunken/60 [&::-webkit-details-marker]:hidden">
        <span className="flex min-w-0 flex-wrap items-center gap-2">
          <Icon name="chevron" className="size-4 text-muted transition-transform group-open:rotate-90" />
          <StatusBadge status={attempt.status} />
          {attempt.responseStatusCode > 0 && <HttpStatus code={attempt.responseStatusCode} />}
          <span className="min-w-0 truncate font-mono text-xs">{attempt.msg?.eventType}</span>
          {attempt.test && <Badge>{t("attempts.test")}</Badge>}
          {attempt.triggerType === 1 && !attempt.test && <Badge>{t("attempts.manual")}</Badge>}
        </span>
        <span className="text-xs text-muted">
          <Ago at={attempt.timestamp} />
        </span>
        {!isWell && (
          <span className="col-span-2 pl-6 text-xs group-open:hidden">
            <ShortFailure attempt={attempt} />
          </span>
        )}
      </summary>
      {isOpen && <AttemptDetail attempt={attempt} />}
    </details>
  );
}

function ShortFailure({ attempt: { cause, error, responseStatusCode } }: { attempt: Attempt }) {
  const words = useFailureWords();
  return words({ cause, error, statusCode: responseStatusCode }).what;
}

function AttemptDetail({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation("webhooks");
  const hasAnswer = attempt.responseStatusCode > 0;
  return (
    <div className="grid min-w-0 gap-3 px-4 pt-1 pb-4 pl-10">
      {attempt.status !== 0 && (
        <Failure cause={attempt.cause} error={attempt.error} statusCode={attempt.responseStatusCode} />
      )}
      <p className="text-xs text-muted">
        <Moment at={attempt.timestamp} /> · {t("exchange.took", { time: milliseconds(attempt.responseDurationMs) })}
      </p>
      {hasAnswer && attempt.response && <Code pretty label={t("exchange.responseBody")} text={attempt.response} />}
      {hasAnswer && !attempt.response && <p className="text-muted">{t("exchange.empty")}</p>}
      <Link to="/messages/$messageId" params={{ messageId: attempt.msgId }} className="w-fit text-accent underline">
        {t("attempts.toMessage")}
      </Link>
    </div>
  );
}
