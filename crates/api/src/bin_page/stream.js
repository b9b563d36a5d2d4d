// Following the bin: server-sent events, read by hand because EventSource cannot send a token.
// A stream that breaks goes on after its last event.

import { ask, end, isOver, say } from "./server.js";

const SILENCE_MS = 40_000; // The server shows every 15 s that the stream lives.
const PAUSE_MS = 1_000; // Before the first new try; twice as long before each that follows.
const PAUSE_MS_MAX = 15_000;
const EVENT_CHARS_MAX = 4_000_000; // Far above what a request's head of 64 KiB can become.

let lastId = null;

/** Follows until the end. Before each try `prepare` is waited for; the first time it gives the id
    of the request after which to begin, or null. `take` is called with each request. */
export async function follow(prepare, take) {
  let isBegun = false;
  for (let failures = 0; !end.aborted; failures += 1) {
    let waitMs = 0;
    let words = "Connection lost: trying again…";
    try {
      const after = await prepare(isBegun);
      if (!isBegun) lastId = after;
      isBegun = true;
      await read(take, () => (failures = 0));
    } catch (error) {
      if (isOver(error)) return;
      waitMs = error.waitMs;
      if (error.status === 429) words = "Too many people look at this bin: trying again…";
    }
    say("lost", words);
    await pause(waitMs || Math.min(PAUSE_MS * 2 ** failures, PAUSE_MS_MAX));
  }
}

/** Waits, somewhat longer by chance, so that pages which were disconnected together do not come
    back together. Waits no longer when the browser finds that it is connected again. */
function pause(waitMs) {
  return new Promise((resume) => {
    setTimeout(resume, waitMs * (1 + Math.random() / 2));
    addEventListener("online", resume, { once: true });
  });
}

/** Reads one stream until it breaks. */
async function read(take, begun) {
  const silence = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    heard();
    const signal = AbortSignal.any([silence.signal, end]);
    const headers = lastId ? { "last-event-id": lastId } : {};
    const response = await ask(`/stream${lastId ? "" : "?after=beginning"}`, { signal, headers });
    begun();
    say("live", "Live: requests appear as they come");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      if (rest.length > EVENT_CHARS_MAX) throw new Error("an event that does not end");
      for (const event of events) takeEvent(event, take);
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** An event as this server writes it: lines of name, colon, space and value. */
function takeEvent(event, take) {
  const fields = {};
  for (const line of event.split("\n")) {
    const colon = line.indexOf(": ");
    fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  if (fields.data === undefined) return;
  take(JSON.parse(fields.data));
  lastId = fields.id;
}
