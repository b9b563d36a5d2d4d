// Only the rows that are seen are in the page, however many there are.

import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LiveAttempt } from "@/api/attempts-stream";
import { useFailureWords } from "@/explain/failure";
import { clock, milliseconds, number } from "@/format/format";
import { HttpStatus, StatusBadge } from "@/ui/badge";
import { Button } from "@/ui/button";

const ROW_PX = 60;
/** Nearer to the begin than this is at the begin. */
const BEGIN_PX = 8;

interface Props {
  rows: readonly LiveAttempt[];
  /** How many wait above the first row. */
  waitingCount: number;
  /** Is told when somebody scrolls away from the begin, and back. */
  onAway: (isAway: boolean) => void;
}

export function AttemptList({ rows, waitingCount, onAway }: Props) {
  const { t } = useTranslation("live");
  const scroller = useRef<HTMLDivElement>(null);
  const [isAway, setAway] = useState(false);
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  const look = () => {
    const isNow = (scroller.current?.scrollTop ?? 0) > BEGIN_PX;
    if (isNow === isAway) return;
    setAway(isNow);
    onAway(isNow);
  };
  return (
    <div className="relative">
      {isAway && (
        <div className="absolute inset-x-0 top-3 z-10 flex justify-center">
          <Button look="primary" className="shadow-box" onClick={() => scroller.current?.scrollTo({ top: 0 })}>
            {t("newest", { count: waitingCount, number: number(waitingCount) })}
          </Button>
        </div>
      )}
      <div
        ref={scroller}
        onScroll={look}
        role="region"
        aria-label={t("list")}
        // A scrolling region is reachable by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="h-[max(24rem,calc(100dvh-20rem))] overflow-y-auto rounded-box border border-line bg-surface"
      >
        <ul className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const attempt = rows[item.index];
            return (
              attempt && (
                <li
                  key={item.key}
                  aria-setsize={rows.length}
                  aria-posinset={item.index + 1}
                  className="absolute inset-x-0 top-0 border-b border-line"
                  style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                >
                  <Row attempt={attempt} />
                </li>
              )
            );
          })}
        </ul>
      </div>
    </div>
  );
}

const Row = memo(function Row({ attempt }: { attempt: LiveAttempt }) {
  const { t } = useTranslation("live");
  const words = useFailureWords();
  const { error, responseStatusCode: statusCode } = attempt;
  return (
    <Link
      to="/messages/$messageId"
      params={{ messageId: attempt.messageId }}
      className="grid h-full content-center gap-1 px-3 hover:bg-sunken focus-visible:-outline-offset-2"
    >
      <span className="flex min-w-0 items-center gap-2">
        <StatusBadge status={attempt.status} />
        {statusCode !== 0 && (
          <span className="max-sm:hidden">
            <HttpStatus code={statusCode} />
          </span>
        )}
        <span className="truncate font-mono text-xs" title={attempt.eventType}>
          {attempt.eventType}
        </span>
        <time dateTime={attempt.timestamp} className="ml-auto text-xs whitespace-nowrap text-muted tabular-nums">
          {clock(attempt.timestamp)}
        </time>
      </span>
      <span className="flex min-w-0 items-baseline gap-2 text-xs text-muted">
        <span className="max-w-1/2 truncate text-ink" title={attempt.endpointName}>
          {attempt.endpointName}
        </span>
        <span className="min-w-0 truncate text-bad" title={error ?? undefined}>
          {error !== null && words({ error, statusCode }).what}
        </span>
        <span className="ml-auto whitespace-nowrap tabular-nums">
          {attempt.attemptNumber > 1 && `${t("attempt", { number: number(attempt.attemptNumber) })} · `}
          {milliseconds(attempt.responseDurationMs)}
        </span>
      </span>
    </Link>
  );
});
