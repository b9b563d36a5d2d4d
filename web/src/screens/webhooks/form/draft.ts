// A webhook while somebody writes it: everything as it stands in the inputs.

import type { Schemas } from "@/api/client";
import type { Webhook } from "@/api/webhooks";

export const METHODS = ["POST", "GET", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof METHODS)[number];

/** A name with a value. What is `kept` has a value that the server does not show. */
export interface Row {
  key: string;
  name: string;
  value: string;
  kept: boolean;
}

export const BODY_KINDS = ["payload", "json", "text", "none"] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

export interface DraftBody {
  kind: BodyKind;
  /** JSON, as text. */
  fields: string;
  contentType: string;
  template: string;
}

export const CREDENTIAL_KINDS = ["none", "basic", "bearer", "header", "oauth2", "mtls"] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

export interface DraftCredentials {
  kind: CredentialKind;
  /** The server has the secret part, and nothing was changed. */
  kept: boolean;
  username: string;
  password: string;
  token: string;
  name: string;
  value: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  audience: string;
  clientAuthentication: "basic" | "body";
  certificate: string;
  privateKey: string;
}

/** As the server does it, on a schedule of its own, or not at all. */
export type Retries = "server" | "own" | "once";

export interface DraftTransformation {
  enabled: boolean;
  code: string;
  variables: Row[];
}

export interface Draft {
  name: string;
  url: string;
  /** Asks for every event, whatever `events` has. */
  allEvents: boolean;
  events: string[];
  method: Method;
  idempotencyKey: boolean;
  headers: Row[];
  body: DraftBody;
  filter: string;
  retries: Retries;
  /** Waits of its own, such as `5s 5m 2h`. */
  schedule: string;
  timeoutS: string;
  retryClientErrors: boolean;
  rate: string;
  ordered: boolean;
  channels: string;
  credentials: DraftCredentials;
  secrets: Row[];
  transformation: DraftTransformation;
}

let lastKey = 0;

/** A row as it is added; its key lets React tell rows apart. */
export function row(name = "", value = "", kept = false): Row {
  lastKey += 1;
  return { key: String(lastKey), name, value, kept };
}

const NO_CREDENTIALS: DraftCredentials = {
  kind: "none",
  kept: false,
  username: "",
  password: "",
  token: "",
  name: "",
  value: "",
  tokenUrl: "",
  clientId: "",
  clientSecret: "",
  scope: "",
  audience: "",
  clientAuthentication: "basic",
  certificate: "",
  privateKey: "",
};

export function emptyDraft(): Draft {
  return {
    name: "",
    url: "",
    allEvents: false,
    events: [],
    method: "POST",
    idempotencyKey: false,
    headers: [],
    body: { kind: "payload", fields: "{}", contentType: "text/plain", template: "" },
    filter: "",
    retries: "server",
    schedule: "5s 5m 30m 2h",
    timeoutS: "",
    retryClientErrors: true,
    rate: "",
    ordered: false,
    channels: "",
    credentials: NO_CREDENTIALS,
    secrets: [],
    transformation: { enabled: true, code: "", variables: [] },
  };
}

/** What a request without a body of its own definition has. */
export function usualBody(method: Method): BodyKind {
  return method === "GET" || method === "DELETE" ? "none" : "payload";
}

/** A webhook as it is, to be changed. */
export function draftOf(
  webhook: Webhook,
  headers: Schemas["HeadersOut"] | null,
  transformation: Schemas["TransformationOut"] | null,
): Draft {
  const { request, retry, eventTypes } = webhook;
  const method = METHODS.find((it) => it === request.method) ?? "POST";
  const isAll = !eventTypes || eventTypes.includes("*");
  return {
    ...emptyDraft(),
    name: webhook.name,
    url: webhook.url,
    allEvents: isAll,
    events: isAll ? [] : eventTypes,
    method,
    idempotencyKey: request.idempotencyKey,
    headers: [
      ...Object.entries(headers?.headers ?? {}).map(([name, value]) => row(name, value)),
      ...(headers?.sensitive ?? []).map((name) => row(name, "", true)),
    ],
    body: bodyOf(request.body, method),
    filter: webhook.filter ?? "",
    ...scheduleOf(retry.scheduleSeconds),
    timeoutS: retry.timeoutMs ? String(retry.timeoutMs / 1_000) : "",
    retryClientErrors: retry.retryClientErrors,
    rate: webhook.throttleRate ? String(webhook.throttleRate) : "",
    ordered: webhook.ordered,
    channels: (webhook.channels ?? []).join(" "),
    credentials: credentialsOf(webhook.credentials),
    secrets: webhook.secretNames.map((name) => row(name, "", true)),
    transformation: {
      enabled: transformation?.code ? transformation.enabled : true,
      code: transformation?.code ?? "",
      variables: Object.entries(transformation?.variables ?? {}).map(([name, value]) => row(name, value)),
    },
  };
}

function scheduleOf(waits: number[] | null): Partial<Draft> {
  if (!waits) return {};
  return waits.length > 0 ? { retries: "own", schedule: waits.map(span).join(" ") } : { retries: "once" };
}

function bodyOf(body: Schemas["BodyOut"] | null, method: Method): DraftBody {
  const { body: empty } = emptyDraft();
  if (!body) return { ...empty, kind: usualBody(method) };
  if (body.kind === "json") return { ...empty, kind: "json", fields: JSON.stringify(body.fields ?? {}, null, 2) };
  if (body.kind === "text") return { ...empty, kind: "text", contentType: body.contentType, template: body.template };
  return { ...empty, kind: body.kind };
}

function credentialsOf(credentials: Schemas["CredentialsOut"] | null): DraftCredentials {
  if (!credentials) return NO_CREDENTIALS;
  const base = { ...NO_CREDENTIALS, kept: true };
  switch (credentials.kind) {
    case "basic":
      return { ...base, kind: "basic", username: credentials.username ?? "" };
    case "header":
      return { ...base, kind: "header", name: credentials.name };
    case "oauth2":
      return {
        ...base,
        kind: "oauth2",
        tokenUrl: credentials.tokenUrl,
        clientId: credentials.clientId,
        scope: credentials.scope ?? "",
        audience: credentials.audience ?? "",
        clientAuthentication: credentials.clientAuthentication === "body" ? "body" : "basic",
      };
    case "mtls":
      return { ...base, kind: "mtls", certificate: credentials.certificate };
    case "bearer":
      return { ...base, kind: "bearer" };
  }
}

const UNITS: [string, number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
];

/** Seconds as people write them: `90` is `90s`, `120` is `2m`. */
export function span(seconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => seconds % size === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}

/** Waits from a text such as `5s, 5m 2h`; `null` for what is none. */
export function spans(text: string): number[] | null {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const result: number[] = [];
  for (const word of words) {
    const match = /^(\d+)([dhms]?)$/.exec(word.toLowerCase());
    if (!match) return null;
    const size = UNITS.find(([unit]) => unit === (match[2] || "s"))?.[1] ?? 1;
    result.push(Number(match[1]) * size);
  }
  return result;
}

/** Words that spaces or commas divide. */
export function words(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}
