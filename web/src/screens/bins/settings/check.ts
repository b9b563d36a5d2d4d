// What is wrong with settings before they are sent, and which of the inputs the server means when it
// says what is wrong.

import type { Bin } from "@/api/bins";
import type { FieldProblem } from "@/api/problem";
import { type Draft, type FieldName, isNamed, secondsOf } from "./draft";

/** What is wrong with an input: a text of `common`, or what the server says, about a place in it. */
export type Mistake =
  | { key: "field.required" | "field.duplicate" }
  | { key: "field.number"; min: number; max: number }
  | { key: "field.long"; max: number }
  | { said: string; place: string };

export type Mistakes = Partial<Record<FieldName, Mistake>>;

/** Inputs that are texts. */
type TextName = { [Name in FieldName]: Draft[Name] extends string ? Name : never }[FieldName];

export const NAME_CHARS_MAX = 256;
const YEAR_HOURS = 8_760;

/** What of a bin may be how large: those of people without an account may be less. */
export function bounds(bin: Bin) {
  return {
    waitMs: bin.public ? 5_000 : 30_000,
    bodyChars: bin.public ? 16_384 : 262_144,
    windowSeconds: bin.public ? 3_600 : 604_800,
    capturesMax: bin.public ? bin.limits.capturesMax : 1_000_000,
  };
}

export function check(draft: Draft, bin: Bin): Mistakes {
  const mistakes: Mistakes = {};
  const most = bounds(bin);
  const whole = (name: TextName, min: number, max: number) => {
    const value = Number(draft[name]);
    const isEmpty = draft[name].trim() === "";
    if (isEmpty || !Number.isInteger(value) || value < min || value > max) mistakes[name] = { key: "field.number", min, max };
  };
  const between = (name: FieldName, value: number, min: number, max: number, unit: number) => {
    if (!(value >= min && value <= max)) mistakes[name] = { key: "field.number", min: Math.ceil(min / unit), max: Math.floor(max / unit) };
  };
  const needed = (name: TextName) => {
    if (draft[name].trim() === "") mistakes[name] = { key: "field.required" };
  };

  needed("name");
  if (draft.name.length > NAME_CHARS_MAX) mistakes.name = { key: "field.long", max: NAME_CHARS_MAX };
  const expires = secondsOf(draft.expiresAmount, draft.expiresUnit);
  between("expiresAmount", expires, 3_600, YEAR_HOURS * 3_600, secondsOf("1", draft.expiresUnit));

  whole("status", 200, 599);
  whole("delayMs", 0, most.waitMs);
  whole("waitMs", 0, most.waitMs);
  if (draft.body.length > most.bodyChars) mistakes.body = { key: "field.long", max: most.bodyChars };
  const names = draft.headers.map((it) => it.name.trim().toLowerCase()).filter(Boolean);
  if (new Set(names).size < names.length) mistakes.headers = { key: "field.duplicate" };

  if (draft.provider !== "") {
    const isKept = bin.verify?.provider === draft.provider;
    if (!isKept) needed("secrets");
    if (draft.provider === "generic") {
      needed("header");
      whole("toleranceSeconds", 1, 86_400);
    }
  }
  if (draft.by !== "") {
    if (isNamed(draft)) needed("byName");
    const window = secondsOf(draft.windowAmount, draft.windowUnit);
    between("windowAmount", window, 1, most.windowSeconds, secondsOf("1", draft.windowUnit));
  }

  whole("capturesMax", 1, most.capturesMax);
  between("keptMiB", Number(draft.keptMiB), 1, 65_536, 1);
  between("bodyKiB", Number(draft.bodyKiB), 1 / 1_024, 4_194_303, 1);
  if (draft.ratePerSecond.trim() !== "") whole("ratePerSecond", 1, 65_535);
  return mistakes;
}

const PLACES: Record<string, FieldName> = {
  name: "name",
  expiresAfterSeconds: "expiresAmount",
  "response.status": "status",
  "response.headers": "headers",
  "response.body": "body",
  "response.delayMs": "delayMs",
  "response.waitMs": "waitMs",
  cors: "cors",
  "verify.provider": "provider",
  "verify.secret": "secrets",
  "verify.secrets": "secrets",
  "verify.verifyToken": "verifyToken",
  "verify.header": "header",
  "verify.prefix": "prefix",
  "verify.timestampHeader": "timestampHeader",
  "verify.template": "template",
  "verify.toleranceSeconds": "toleranceSeconds",
  "deduplicate.name": "byName",
  "deduplicate.windowSeconds": "windowAmount",
  "forward.appId": "appId",
  "forward.eventType": "eventType",
  "limits.capturesMax": "capturesMax",
  "limits.bytesMax": "keptMiB",
  "limits.bodyBytesMax": "bodyKiB",
  "limits.ratePerSecond": "ratePerSecond",
};

/** The server's mistakes, by the inputs that are meant. */
export function mistakesOf(problems: readonly FieldProblem[]): Mistakes {
  const mistakes: Mistakes = {};
  for (const { loc, msg } of problems) {
    const [, part = "", field = "", ...rest] = loc;
    const name = PLACES[`${part}.${field}`] ?? PLACES[part];
    if (!name) continue;
    const place = rest.length > 0 ? `${rest.join(".")}: ` : "";
    mistakes[name] = { said: msg, place };
  }
  return mistakes;
}
