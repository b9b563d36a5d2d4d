import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { capturePage, type Capture } from "@/api/bins";
import { follow, type StreamState } from "@/api/events";
import { Problem } from "@/api/problem";
import { Feed } from "./feed";

/** Before a list that could not be fetched is asked for again. */
const AGAIN_MS = 2_000;

export interface Stream {
  state: StreamState;
  problem: Problem | null;
}

/** What a bin received and receives. With `isListening`, senders who wait for an answer wait for
    this page's. */
export function useFeed(binId: string, isListening: boolean) {
  const [feed] = useState(
    () =>
      new Feed(
        (filter, iterator, limit) => capturePage(binId, filter, iterator, limit),
        (draw) => requestAnimationFrame(draw),
      ),
  );
  const [stream, setStream] = useState<Stream>({ state: "connecting", problem: null });
  const state = useSyncExternalStore(feed.subscribe, feed.snapshot);

  useEffect(() => {
    const end = new AbortController();
    void (async () => {
      if (!(await begin(feed, end.signal))) return;
      await follow({
        path: () => `/api/v1/bin/${binId}/stream?after=${feed.begin()}${isListening ? "&listen=true" : ""}`,
        take: ({ name, data }) => {
          if (name === "request") feed.take(JSON.parse(data) as Capture);
        },
        told: (state, problem) => setStream({ state, problem }),
        signal: end.signal,
      });
    })();
    return () => end.abort();
  }, [feed, binId, isListening]);

  const reload = useCallback(() => void feed.load().catch(() => undefined), [feed]);
  return { feed, state, stream, reload };
}

/** Fetches the first page, again and again while nothing answers; whether it is there. */
async function begin(feed: Feed, end: AbortSignal): Promise<boolean> {
  while (!end.aborted) {
    if (feed.snapshot().isLoaded) return true;
    try {
      await feed.load();
    } catch (error) {
      if (!Problem.from(error).isPassing) return false;
      await new Promise((resume) => setTimeout(resume, AGAIN_MS));
    }
  }
  return false;
}
