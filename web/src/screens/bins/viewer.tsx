// A bin at work: what it received and receives beside one request in full. In a narrow window one of
// the two is there. Knows nothing of the dashboard: the page of a shared bin shows it as well.

import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Bin, BinRights } from "@/api/bins";
import { type CaptureFilter, NO_FILTER } from "@/api/capture-filter";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Skeleton } from "@/ui/states";
import { EmptyBin } from "./empty-bin";
import { Filters } from "./filters";
import { RequestList } from "./request-list";
import { RequestPane } from "./request-pane";
import { StreamNote } from "./stream-note";
import { useFeed } from "./use-feed";

interface Props {
  bin: Bin;
  may: BinRights;
  /** Shows a message that a request became, where the person can go there. */
  message?: (id: string) => ReactNode;
  /** What is sent to somebody else, where the person may. */
  replay?: (captureId: string) => ReactNode;
}

const WIDE = "(min-width: 64rem)";

export function BinViewer({ bin, may, message, replay }: Props) {
  const { t } = useTranslation("bins");
  const queries = useQueryClient();
  const [isListening, setListening] = useState(false);
  const { feed, state, stream, reload } = useFeed(bin.id, isListening);
  const [chosen, setChosen] = useState<string | null>(null);
  const [resets, setResets] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const waits = bin.response.waitMs > 0;

  // In a wide window the first one to be there is shown at once.
  const newest = state.items[0]?.id;
  if (chosen === null && newest !== undefined && matchMedia(WIDE).matches) setChosen(newest);

  const filter = (next: CaptureFilter) => void feed.load(next).catch(() => undefined);
  const isFiltered = Object.values(state.filter).some((it) => it !== "");
  const isEmpty = state.isLoaded && !isFiltered && state.items.length === 0;

  const reset = () => {
    setResets(resets + 1);
    filter(NO_FILTER);
  };
  const back = () => {
    setChosen(null);
    requestAnimationFrame(() => list.current?.focus());
  };
  const deleted = (id: string) => {
    const at = state.items.findIndex((it) => it.id === id);
    setChosen(state.items[at + 1]?.id ?? state.items[at - 1]?.id ?? null);
    feed.drop(id);
    queries.removeQueries({ queryKey: ["bins", "capture", bin.id, id] });
  };

  if (!state.isLoaded) {
    return state.problem && !state.problem.isPassing ? (
      <ProblemNote problem={state.problem} onTryAgain={reload} />
    ) : (
      <Skeleton rows={6} />
    );
  }
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <StreamNote stream={stream} />
        {waits && may.change && (
          <Checkbox label={t("answer.listen")} checked={isListening} onChange={setListening} />
        )}
      </div>
      {isEmpty ? (
        <EmptyBin bin={bin} />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,21rem)_minmax(0,1fr)]">
          <section
            aria-label={t("list.title")}
            className={`flex h-[75dvh] min-h-80 flex-col overflow-hidden rounded-box border border-line bg-surface lg:sticky lg:top-4 lg:flex lg:h-[calc(100dvh-2rem)] ${chosen ? "hidden" : ""}`}
          >
            <Filters key={resets} binId={bin.id} filter={state.filter} isLoading={state.isLoading} onChange={filter} />
            {state.unseen > 0 && (
              <button type="button" onClick={reload} className="bg-accent-soft px-3 py-2 text-accent hover:underline">
                {t("list.unseen", { count: state.unseen })}
              </button>
            )}
            {state.problem && <ProblemNote problem={state.problem} onTryAgain={reload} />}
            <RequestList
              key={bin.id}
              ref={list}
              state={state}
              chosen={chosen}
              onChoose={setChosen}
              onOlder={() => void feed.older()}
              onReset={reset}
            />
          </section>
          <div className={chosen ? "grid gap-3" : "hidden lg:block"}>
            {chosen ? (
              <>
                <Button look="quiet" className="justify-self-start lg:hidden" icon={<Icon name="chevron" className="size-4 rotate-180" />} onClick={back}>
                  {t("list.back")}
                </Button>
                <RequestPane
                  key={chosen}
                  binId={bin.id}
                  id={chosen}
                  may={may}
                  isListening={isListening}
                  message={message}
                  replay={replay?.(chosen)}
                  onShow={setChosen}
                  onDeleted={deleted}
                  onAnswered={(capture) => feed.update(capture)}
                />
              </>
            ) : (
              <p className="rounded-box border border-dashed border-line-strong/50 p-10 text-center text-muted">
                {t("list.choose")}
              </p>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
