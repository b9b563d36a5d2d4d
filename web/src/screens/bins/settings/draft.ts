// A bin's settings as somebody edits them: texts, as inputs have them, and what of them is sent. Only
// what was changed is sent, because a part that is sent replaces what was there as a whole.

import type { Bin, BinPatch } from "@/api/bins";

export const PROVIDERS = [
  "standard-webhooks",
  "svix",
  "github",
  "stripe",
  "shopify",
  "slack",
  "twilio",
  "square",
  "zoom",
  "paddle",
  "line",
  "meta",
  "discord",
  "mailgun",
  "sendgrid",
  "intercom",
  "hubspot",
  "linear",
  "gitlab",
  "generic",
] as const;

export type Provider = (typeof PROVIDERS)[number];

export interface Header {
  name: string;
  value: string;
}

export interface Draft {
  name: string;
  expiresAmount: string;
  expiresUnit: Unit;

  status: string;
  headers: Header[];
  body: string;
  delayMs: string;
  waitMs: string;
  statusFromPath: boolean;
  cors: boolean;

  provider: Provider | "";
  /** One per line; nothing for those that are kept. */
  secrets: string;
  verifyToken: string;
  reject: boolean;
  header: string;
  prefix: string;
  encoding: "hex" | "base64";
  algorithm: "sha1" | "sha256" | "sha512";
  timestampHeader: string;
  template: string;
  toleranceSeconds: string;

  by: "" | "provider" | "header" | "field" | "body";
  byName: string;
  windowAmount: string;
  windowUnit: Unit;

  appId: string;
  eventType: string;

  capturesMax: string;
  /** In mebibytes. */
  keptMiB: string;
  /** In kibibytes. */
  bodyKiB: string;
  /** Nothing for as many as there are. */
  ratePerSecond: string;
}

export type FieldName = keyof Draft;

export const UNITS = { minute: 60, hour: 3_600, day: 86_400 } as const;
export type Unit = keyof typeof UNITS;

const MIB = 1_048_576;
const KIB = 1_024;
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
const TOLERANCE_SECONDS = 300;

/** A span in the largest unit in which it is a whole number; shorter ones in parts of a minute. */
function span(seconds: number): [string, Unit] {
  const units = (["day", "hour"] as const).find((it) => seconds % UNITS[it] === 0);
  const unit = units ?? "minute";
  return [String(seconds / UNITS[unit]), unit];
}

export function secondsOf(amount: string, unit: Unit): number {
  return Math.round(Number(amount) * UNITS[unit]);
}

export function draftOf(bin: Bin): Draft {
  const { response, verify, deduplicate, forward, limits } = bin;
  const [expiresAmount, expiresUnit] = span(bin.expiresAfterSeconds);
  const [windowAmount, windowUnit] = span(deduplicate?.windowSeconds ?? (bin.public ? HOUR_SECONDS : DAY_SECONDS));
  return {
    name: bin.name,
    expiresAmount,
    expiresUnit,
    status: String(response.status),
    headers: Object.entries(response.headers).map(([name, value]) => ({ name, value })),
    body: response.body,
    delayMs: String(response.delayMs),
    waitMs: String(response.waitMs),
    statusFromPath: response.statusFromPath,
    cors: bin.cors,
    provider: (verify?.provider as Provider | undefined) ?? "",
    secrets: "",
    verifyToken: "",
    reject: verify?.reject ?? false,
    header: verify?.header ?? "",
    prefix: verify?.prefix ?? "",
    encoding: (verify?.encoding as Draft["encoding"] | undefined) ?? "hex",
    algorithm: (verify?.algorithm as Draft["algorithm"] | undefined) ?? "sha256",
    timestampHeader: verify?.timestampHeader ?? "",
    template: verify?.template ?? "{body}",
    toleranceSeconds: String(verify?.toleranceSeconds ?? TOLERANCE_SECONDS),
    by: (deduplicate?.by as Draft["by"] | undefined) ?? "",
    byName: deduplicate?.name ?? "",
    windowAmount,
    windowUnit,
    appId: forward?.appId ?? "",
    eventType: forward?.eventType ?? "",
    capturesMax: String(limits.capturesMax),
    keptMiB: String(limits.bytesMax / MIB),
    bodyKiB: String(limits.bodyBytesMax / KIB),
    ratePerSecond: limits.ratePerSecond === null ? "" : String(limits.ratePerSecond),
  };
}

const PARTS = {
  name: ["name"],
  expiresAfterSeconds: ["expiresAmount", "expiresUnit"],
  response: ["status", "headers", "body", "delayMs", "waitMs", "statusFromPath"],
  cors: ["cors"],
  verify: [
    "provider",
    "secrets",
    "verifyToken",
    "reject",
    "header",
    "prefix",
    "encoding",
    "algorithm",
    "timestampHeader",
    "template",
    "toleranceSeconds",
  ],
  deduplicate: ["by", "byName", "windowAmount", "windowUnit"],
  forward: ["appId", "eventType"],
  limits: ["capturesMax", "keptMiB", "bodyKiB", "ratePerSecond"],
} as const satisfies Record<string, FieldName[]>;

/** What has to be sent to make the bin what was entered. */
export function patchOf(draft: Draft, bin: Bin): BinPatch {
  const before = draftOf(bin);
  const whole: Required<BinPatch> = {
    name: draft.name.trim(),
    expiresAfterSeconds: secondsOf(draft.expiresAmount, draft.expiresUnit),
    response: {
      status: Number(draft.status),
      headers: Object.fromEntries(draft.headers.filter((it) => it.name.trim()).map((it) => [it.name.trim(), it.value])),
      body: draft.body,
      delayMs: Number(draft.delayMs),
      waitMs: Number(draft.waitMs),
      statusFromPath: draft.statusFromPath,
    },
    cors: draft.cors,
    verify: verifyOf(draft),
    deduplicate:
      draft.by === ""
        ? null
        : {
            by: draft.by,
            ...(isNamed(draft) ? { name: draft.byName.trim() } : {}),
            windowSeconds: secondsOf(draft.windowAmount, draft.windowUnit),
          },
    forward: draft.appId === "" ? null : { appId: draft.appId, eventType: draft.eventType.trim() || null },
    limits: {
      capturesMax: Number(draft.capturesMax),
      bytesMax: Math.round(Number(draft.keptMiB) * MIB),
      bodyBytesMax: Math.round(Number(draft.bodyKiB) * KIB),
      ratePerSecond: draft.ratePerSecond.trim() ? Number(draft.ratePerSecond) : null,
    },
  };
  const isChanged = (part: string) =>
    PARTS[part as keyof typeof PARTS].some((it) => JSON.stringify(draft[it]) !== JSON.stringify(before[it]));
  return Object.fromEntries(Object.entries(whole).filter(([part]) => isChanged(part)));
}

function verifyOf(draft: Draft): Required<BinPatch>["verify"] {
  if (draft.provider === "") return null;
  const secrets = draft.secrets.split("\n").map((it) => it.trim()).filter(Boolean);
  return {
    provider: draft.provider,
    reject: draft.reject,
    ...(secrets.length > 0 ? { secrets } : {}),
    ...(draft.provider === "meta" && draft.verifyToken ? { verifyToken: draft.verifyToken } : {}),
    ...(draft.provider === "generic" ? genericOf(draft) : {}),
  };
}

function genericOf(draft: Draft) {
  return {
    header: draft.header.trim(),
    encoding: draft.encoding,
    algorithm: draft.algorithm,
    template: draft.template || "{body}",
    toleranceSeconds: Number(draft.toleranceSeconds),
    ...(draft.prefix ? { prefix: draft.prefix } : {}),
    ...(draft.timestampHeader.trim() ? { timestampHeader: draft.timestampHeader.trim() } : {}),
  };
}

/** Whether duplicates are told by something that has a name. */
export function isNamed({ by }: Draft): boolean {
  return by === "header" || by === "field";
}
