// Talking to the server, and the line that says how that goes.
//
// The token is taken from the page's fragment and kept in memory; it goes out in a header only.

import { byId } from "./element.js";

const ANSWER_MS = 30_000;

/** Which bin, and the token that reaches it; null where the page's address has none. Programs that
    make links of texts like to encode the colon. */
export const link = /^#(bin_\w+):([\x21-\x7e]+)$/.exec(location.hash.replace("%3A", ":"));

const over = new AbortController();

/** Aborted when nothing more can come: the link or the bin has ended. */
export const end = over.signal;

/** A request that the server refused. */
export class Refusal extends Error {
  constructor(response, { detail }) {
    const text = Array.isArray(detail) ? detail.map((it) => it.msg).join("; ") : detail;
    super(text ?? `${response.status} ${response.statusText}`);
    this.status = response.status;
    this.waitMs = Number(response.headers.get("retry-after")) * 1_000;
  }
}

/** Asks for something below the bin; the answer was not refused. */
export async function ask(path, { signal = AbortSignal.timeout(ANSWER_MS), headers = {} } = {}) {
  const response = await fetch(`api/v1/bin/${link[1]}${path}`, {
    headers: { ...headers, authorization: `Bearer ${link[2]}` },
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal,
  });
  if (response.ok) return response;
  throw new Refusal(response, await response.json().catch(() => ({})));
}

/** Says how the page is connected: `wait`, `live`, `lost` or `end`. */
export function say(state, text) {
  const line = byId("state");
  if (end.aborted || line.textContent === text) return;
  line.dataset.state = state;
  line.textContent = text;
}

/** Whether this is the end, which an answer to a question about the bin may say. */
export function isOver(error) {
  const reasons = {
    401: "This link is not good any more: it has expired or was revoked, or the bin was deleted.",
    403: "This link does not permit to look at the bin.",
    404: "This bin was deleted.",
  };
  const reason = error instanceof Refusal ? reasons[error.status] : undefined;
  if (reason) {
    say("end", reason);
    over.abort();
  }
  return end.aborted;
}
