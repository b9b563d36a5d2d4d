// Server-sent events, read by hand because EventSource cannot send a token. A stream that breaks
// goes on after its last event, by itself.

import { authorization } from "./client";
import { Problem } from "./problem";

/** How a stream is doing. */
export type StreamState = "connecting" | "live" | "lost" | "ended";

export interface Following {
  /** The path of the stream, with its query; asked before each try. */
  path: (lastId: string | null) => string;
  /** Takes an event. */
  take: (event: StreamEvent) => void;
  /** Is told whenever the state changes. */
  told: (state: StreamState, problem: Problem | null) => void;
  /** Ends it. */
  signal: AbortSignal;
}

export interface StreamEvent {
  name: string;
  id: string | null;
  data: string;
}

/** The server shows every 15 s that the stream lives. */
const SILENCE_MS = 40_000;
/** Before the first new try; twice as long before each that follows. */
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 15_000;
/** Far above what one event is. */
const EVENT_CHARS_MAX = 8_000_000;

/** Follows a stream until it is ended here, or for good by the server. */
export async function follow({ path, take, told, signal }: Following): Promise<void> {
  let lastId: string | null = null;
  let failures = 0;
  told("connecting", null);
  while (!signal.aborted) {
    let problem: Problem;
    try {
      await readOnce(path(lastId), lastId, signal, {
        begun: () => {
          failures = 0;
          told("live", null);
        },
        take: (event) => {
          lastId = event.id ?? lastId;
          take(event);
        },
      });
      problem = Problem.offline("the stream ended");
    } catch (error) {
      problem = Problem.offline(error);
    }
    // What was read may have ended it.
    if (isAborted(signal)) return;
    if (["signedOut", "forbidden", "notFound"].includes(problem.kind)) {
      told("ended", problem);
      return;
    }
    told("lost", problem);
    const pauseMs = Math.min(PAUSE_MS * 2 ** failures, PAUSE_MS_MAX);
    await pause(problem.retryAfterS ? problem.retryAfterS * 1_000 : pauseMs, signal);
    failures += 1;
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Waits, somewhat longer by chance, so that pages which were disconnected together do not come
    back together; no longer when the browser finds that it is connected again. */
function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resume) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resume();
    };
    const timer = setTimeout(done, waitMs * (1 + Math.random() / 2));
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}

interface Reading {
  begun: () => void;
  take: (event: StreamEvent) => void;
}

async function readOnce(path: string, lastId: string | null, signal: AbortSignal, reading: Reading): Promise<void> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    heard();
    const response = await fetch(path, {
      headers: { ...authorization(), ...(lastId ? { "last-event-id": lastId } : {}) },
      cache: "no-store",
      signal: AbortSignal.any([silence.signal, signal]),
    });
    if (!response.ok) throw await Problem.of(response);
    if (!response.body) return;
    reading.begun();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      const events = (rest + value).split("\n\n");
      rest = events.pop() ?? "";
      if (rest.length > EVENT_CHARS_MAX) throw new Error("an event that does not end");
      for (const text of events) {
        const event = eventOf(text);
        if (event) reading.take(event);
      }
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** An event as this server writes it: lines of name, colon, space and value. Comments are none. */
export function eventOf(text: string): StreamEvent | null {
  const event: StreamEvent = { name: "message", id: null, data: "" };
  let hasData = false;
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    switch (line.slice(0, colon)) {
      case "event":
        event.name = value;
        break;
      case "id":
        event.id = value;
        break;
      case "data":
        event.data = hasData ? `${event.data}\n${value}` : value;
        hasData = true;
        break;
    }
  }
  return hasData ? event : null;
}
