// Attempts as they happen. Who looks at something holds the list: by pausing it, or by scrolling
// away from its begin.

import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useAttemptStream } from "@/api/attempts-stream";
import type { StreamState } from "@/api/events";
import { number } from "@/format/format";
import { useScope } from "@/scope";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { Page } from "@/ui/page";
import { Empty } from "@/ui/states";
import { AttemptList } from "./attempt-list";
import { Filters } from "./filters";
import { NO_FILTER, Tail, type TailState } from "./tail";

export function Live() {
  const { app } = useScope();
  // Another application is another list.
  return <LiveOf key={app} app={app} />;
}

function LiveOf({ app }: { app: string }) {
  const { t } = useTranslation("live");
  const [tail] = useState(() => new Tail((draw) => void requestAnimationFrame(draw)));
  const [isPaused, setPaused] = useState(false);
  const state = useSyncExternalStore(tail.subscribe, tail.snapshot);
  const stream = useAttemptStream(app, tail.take);
  const pause = (isNow: boolean) => {
    setPaused(isNow);
    tail.hold(isNow);
  };
  return (
    <Page
      title={t("title")}
      badge={<Connected state={stream} />}
      description={t("description")}
      actions={
        <>
          <Button icon={<Icon name="trash" className="size-4" />} onClick={() => tail.clear()}>
            {t("clear")}
          </Button>
          <Button
            look={isPaused ? "primary" : "plain"}
            aria-pressed={isPaused}
            icon={<Icon name={isPaused ? "play" : "pause"} className="size-4" />}
            onClick={() => pause(!isPaused)}
          >
            {isPaused ? t("goOn") : t("pause")}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <Filters filter={state.filter} onChange={(filter) => tail.only(filter)} />
        <Counts state={state} />
        {state.rows.length === 0 ? (
          <Nothing state={state} />
        ) : (
          <AttemptList
            rows={state.rows}
            waitingCount={isPaused ? 0 : state.waitingCount}
            onAway={(isAway) => tail.hold(isPaused || isAway)}
          />
        )}
      </div>
    </Page>
  );
}

const TONES: Record<StreamState, Tone> = { connecting: "neutral", live: "ok", lost: "warn", ended: "bad" };

function Connected({ state }: { state: StreamState }) {
  const { t } = useTranslation("live");
  return (
    <span role="status" className="text-sm font-normal tracking-normal">
      <Badge tone={TONES[state]}>
        <span aria-hidden="true">{state === "live" ? "●" : "○"}</span>
        {t(`stream.${state}`)}
      </Badge>
    </span>
  );
}

function Counts({ state }: { state: TailState }) {
  const { t } = useTranslation("live");
  const counts = [
    [t("counts.listed"), state.listedCount],
    [t("counts.skipped"), state.skippedCount],
    ...(state.filteredCount > 0 ? ([[t("counts.filtered"), state.filteredCount]] as const) : []),
    ...(state.waitingCount > 0 ? ([[t("counts.waiting"), state.waitingCount]] as const) : []),
  ] as const;
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
      {counts.map(([name, count]) => (
        <div key={name} className="flex gap-1.5">
          <dt>{name}</dt>
          <dd className="font-medium text-ink tabular-nums">{number(count)}</dd>
        </div>
      ))}
      {state.skippedCount > 0 && <p>{t("counts.why")}</p>}
    </dl>
  );
}

function Nothing({ state }: { state: TailState }) {
  const { t } = useTranslation("live");
  const isFiltered = Object.entries(NO_FILTER).some(([key, none]) => state.filter[key as keyof typeof NO_FILTER] !== none);
  return (
    <Empty icon="live" title={isFiltered ? t("empty.filtered") : t("empty.title")}>
      {isFiltered ? t("empty.filteredText") : t("empty.text")}
    </Empty>
  );
}
