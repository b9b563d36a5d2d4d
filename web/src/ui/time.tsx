import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { moment, relative } from "@/format/format";

// One clock for all: relative times on a page change together.
const TICK_MS = 5_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const it of listeners) it();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The present, in milliseconds since 1970, as every relative time on the page has it. */
export function useNowMs(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** How long ago something was, with the exact time behind it. */
export function Ago({ at }: { at: string }) {
  const { t } = useTranslation();
  const current = useNowMs();
  return (
    <time dateTime={at} title={moment(at)} className="whitespace-nowrap">
      {relative(at, current) ?? t("time.now")}
    </time>
  );
}

/** Date and time. */
export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{moment(at)}</time>;
}
