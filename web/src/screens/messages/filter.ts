// What narrows the list of messages. It lives in the address, so that it can be shared, kept and
// gone back to.

import type { MessageNeeds } from "@/api/messages";

export interface MessageFilter {
  /** A message's id or event id. */
  q?: string;
  type?: string;
  tag?: string;
  channel?: string;
  status?: number;
  /** How far back, by name. */
  last?: Span;
  /** Between two moments (RFC 3339). */
  after?: string;
  before?: string;
}

export const SPANS = { hour: 3_600, day: 86_400, week: 604_800 } as const;
export type Span = keyof typeof SPANS;

/** Those that a person looks for: there is no delivery `sending`, see docs. */
export const STATUSES = [0, 1, 2, 4] as const;

/** Reads the address; what makes no sense there is left out. */
export function readFilter(search: Record<string, unknown>): MessageFilter {
  const filter: MessageFilter = {};
  for (const name of ["q", "type", "tag", "channel"] as const) {
    const text = textOf(search[name]);
    if (text) filter[name] = text;
  }
  for (const name of ["after", "before"] as const) {
    const time = new Date(textOf(search[name]));
    if (!Number.isNaN(time.getTime())) filter[name] = time.toISOString();
  }
  const status = STATUSES.find((it) => textOf(search["status"]) === String(it));
  if (status !== undefined) filter.status = status;
  const last = textOf(search["last"]);
  if (Object.hasOwn(SPANS, last)) filter.last = last as Span;
  return filter;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}

/** What to ask the server for. */
export function needsOf({ type, tag, channel, status, after, before }: MessageFilter): MessageNeeds {
  return { type, tag, channel, status, after, before };
}

/** How many filters are set, beside the search. */
export function filterCount({ type, tag, channel, status, last, after, before }: MessageFilter): number {
  return [type, tag, channel, status, last, after ?? before].filter((it) => it !== undefined).length;
}

/** A moment as `<input type="datetime-local">` has it: in the time of the place, to the minute. */
export function localOf(at: string | undefined): string {
  if (!at) return "";
  const time = new Date(at);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The moment that such an input means; `undefined` when it is empty. */
export function momentOf(local: string): string | undefined {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
