// What is wrong with a draft, before it is sent and by the server's answer, next to which input.
// What the server says is told as all forms do: `explain/mistake.ts`.

import type { FieldProblem } from "@/api/problem";
import { type Draft, type Row, spans, words } from "./draft";

/** A mistake, by the key of its text. */
export interface Mistake {
  key: MistakeKey;
  values?: Record<string, string | number>;
}

export type MistakeKey =
  | "required"
  | "url"
  | "urlScheme"
  | "long"
  | "number"
  | "json"
  | "jsonObject"
  | "duplicate"
  | "events"
  | "schedule"
  | "scheduleLong"
  | "timeout"
  | "channels"
  | "headerName"
  | "secretName"
  | "said";

/** Mistakes by the field that they are about: `url`, `headers.3`, `body.fields`. */
export type Mistakes = Record<string, Mistake>;

const NAME_CHARS_MAX = 256;
const URL_CHARS_MAX = 8_192;
const SCHEDULE_COUNT_MAX = 32;
const WAIT_S_MAX = 2_592_000;
const TIMEOUT_S_MAX = 60;
const RATE_MAX = 65_535;
const CHANNELS_MAX = 10;

/** What can be seen without asking the server. */
export function check(draft: Draft): Mistakes {
  const found: Mistakes = {};
  if (draft.name.length > NAME_CHARS_MAX) found.name = { key: "long", values: { max: NAME_CHARS_MAX } };
  const url = urlMistake(draft.url.trim());
  if (url) found.url = url;
  if (!draft.allEvents && draft.events.length === 0) found.events = { key: "events" };
  if (draft.body.kind === "json") {
    const json = jsonMistake(draft.body.fields);
    if (json) found["body.fields"] = json;
  }
  if (draft.body.kind === "text" && !draft.body.template) found["body.template"] = { key: "required" };
  Object.assign(found, rowMistakes("headers", draft.headers, /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/, "headerName", true));
  Object.assign(found, rowMistakes("secrets", draft.secrets, /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, "secretName", false));
  Object.assign(found, rowMistakes("variables", draft.transformation.variables, /./, "required", true));
  Object.assign(found, deliveryMistakes(draft), credentialMistakes(draft));
  return found;
}

export function urlMistake(url: string): Mistake | null {
  if (!url) return { key: "required" };
  if (url.length > URL_CHARS_MAX) return { key: "long", values: { max: URL_CHARS_MAX } };
  if (!/^https?:\/\//i.test(url)) return { key: "urlScheme" };
  // Path and query may have placeholders, which no URL would have.
  const plain = url.replace(/\{\{.*?\}\}|\{%.*?%\}/gs, "x");
  return URL.canParse(plain) && !/\s/.test(plain) ? null : { key: "url" };
}

/** A mistake unless the text is a JSON object. */
export function jsonMistake(text: string): Mistake | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? null : { key: "jsonObject" };
  } catch (error) {
    return { key: "json", values: { reason: error instanceof Error ? error.message : "" } };
  }
}

function rowMistakes(field: string, rows: Row[], names: RegExp, key: MistakeKey, mayBeEmpty: boolean): Mistakes {
  const found: Mistakes = {};
  const seen = new Set<string>();
  for (const it of rows) {
    const name = it.name.trim();
    if (!name && !it.value) continue;
    const place = `${field}.${it.key}`;
    if (!names.test(name)) found[place] = { key };
    else if (seen.has(name.toLowerCase())) found[place] = { key: "duplicate" };
    else if (!mayBeEmpty && !it.kept && !it.value) found[place] = { key: "required" };
    seen.add(name.toLowerCase());
  }
  return found;
}

function deliveryMistakes(draft: Draft): Mistakes {
  const found: Mistakes = {};
  const waits = draft.retries === "own" ? spans(draft.schedule) : [1];
  if (!waits || waits.length === 0 || waits.some((it) => it < 1 || it > WAIT_S_MAX)) found.schedule = { key: "schedule" };
  else if (waits.length > SCHEDULE_COUNT_MAX) found.schedule = { key: "scheduleLong", values: { max: SCHEDULE_COUNT_MAX } };
  const timeout = Number(draft.timeoutS);
  if (draft.timeoutS && !(timeout >= 1 && timeout <= TIMEOUT_S_MAX)) {
    found.timeoutS = { key: "timeout", values: { min: 1, max: TIMEOUT_S_MAX } };
  }
  const rate = Number(draft.rate);
  if (draft.rate && !(Number.isInteger(rate) && rate >= 1 && rate <= RATE_MAX)) {
    found.rate = { key: "number", values: { min: 1, max: RATE_MAX } };
  }
  const channels = words(draft.channels);
  const areChannels = channels.every((it) => /^[a-zA-Z0-9\-_.:+]{1,128}$/.test(it));
  if (!areChannels || channels.length > CHANNELS_MAX) found.channels = { key: "channels", values: { max: CHANNELS_MAX } };
  return found;
}

const REQUIRED = {
  none: [],
  basic: [],
  bearer: ["token"],
  header: ["name", "value"],
  oauth2: ["tokenUrl", "clientId", "clientSecret"],
  mtls: ["certificate", "privateKey"],
} as const;

function credentialMistakes({ credentials }: Draft): Mistakes {
  if (credentials.kept) return {};
  const missing = REQUIRED[credentials.kind].filter((it) => !credentials[it].trim());
  return Object.fromEntries(missing.map((it) => [`credentials.${it}`, { key: "required" } as const]));
}

/** Where in the form a field of the API is. */
function placeOf([, first = "", ...rest]: string[], draft: Draft): string {
  const path = first === "endpoint" ? rest : [first, ...rest];
  const [field = "", second = "", third = ""] = path;
  const keyOf = (rows: Row[], name: string) => rows.find((it) => it.name.trim().toLowerCase() === name.toLowerCase())?.key;
  switch (field) {
    case "eventTypes":
      return "events";
    case "request":
      return second === "body" ? `body.${third === "contentType" || third === "template" ? third : "fields"}` : second;
    case "retry":
      return second === "scheduleSeconds" ? "schedule" : second === "timeoutMs" ? "timeoutS" : second;
    case "throttleRate":
      return "rate";
    case "credentials":
      return `credentials.${second === "key" ? "privateKey" : second}`;
    case "headers":
      return `headers.${keyOf(draft.headers, second) ?? ""}`;
    case "secrets":
      return `secrets.${keyOf(draft.secrets, second) ?? ""}`;
    case "code":
    case "transformation":
      return "code";
    default:
      return field;
  }
}

/** Mistakes that the server found. */
export function mistakesOf(fields: FieldProblem[], draft: Draft): Mistakes {
  const found: Mistakes = {};
  for (const { loc, msg } of fields) found[placeOf(loc, draft)] ??= { key: "said", values: { words: msg } };
  return found;
}
