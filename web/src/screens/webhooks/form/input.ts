// From a draft to what the API takes. Only what differs from where somebody began is sent, so that
// what they did not touch, and may not be allowed to touch, stays exactly as it is.

import type { Schemas } from "@/api/client";
import { type Draft, type Row, spans, usualBody, words } from "./draft";

type PatchBody = Schemas["EndpointPatch"];
type Credentials = NonNullable<PatchBody["credentials"]>;
type Request = NonNullable<PatchBody["request"]>;

export interface Changes {
  webhook: PatchBody;
  /** Headers to set, and with null to remove. */
  headers: Record<string, string | null>;
  transformation: Schemas["TransformationPatch"] | null;
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function record(rows: Row[]): Record<string, string> {
  return Object.fromEntries(rows.filter((it) => it.name.trim() && !it.kept).map((it) => [it.name.trim(), it.value]));
}

/** Rows that are new or other than before, and null for those that are gone. */
function rowChanges(rows: Row[], before: Row[]): Record<string, string | null> {
  const names = new Set(rows.map((it) => it.name.trim()));
  const known = record(before);
  const gone = before.filter((it) => !names.has(it.name)).map((it) => [it.name, null] as const);
  const set = Object.entries(record(rows)).filter(([name, value]) => known[name] !== value);
  return Object.fromEntries([...gone, ...set]);
}

export function requestOf(draft: Draft): Request {
  return { method: draft.method, body: bodyOf(draft), idempotencyKey: draft.idempotencyKey };
}

function bodyOf({ body, method }: Draft): Request["body"] {
  switch (body.kind) {
    case "json":
      return { kind: "json", fields: JSON.parse(body.fields) as Record<string, never> };
    case "text":
      return { kind: "text", contentType: body.contentType.trim() || null, template: body.template };
    default:
      return body.kind === usualBody(method) ? null : { kind: body.kind };
  }
}

export function credentialsOf(draft: Draft): Credentials | null {
  const it = draft.credentials;
  switch (it.kind) {
    case "none":
      return null;
    case "basic":
      return { kind: "basic", username: it.username, password: it.password };
    case "bearer":
      return { kind: "bearer", token: it.token };
    case "header":
      return { kind: "header", name: it.name.trim(), value: it.value };
    case "oauth2":
      return {
        kind: "oauth2",
        tokenUrl: it.tokenUrl.trim(),
        clientId: it.clientId.trim(),
        clientSecret: it.clientSecret,
        scope: it.scope.trim() || null,
        audience: it.audience.trim() || null,
        clientAuthentication: it.clientAuthentication,
      };
    case "mtls":
      return { kind: "mtls", certificate: it.certificate, key: it.privateKey };
  }
}

function retryOf(draft: Draft): NonNullable<PatchBody["retry"]> {
  return {
    scheduleSeconds: draft.retries === "server" ? null : draft.retries === "once" ? [] : spans(draft.schedule),
    timeoutMs: draft.timeoutS ? Math.round(Number(draft.timeoutS) * 1_000) : null,
    retryClientErrors: draft.retryClientErrors,
  };
}

function transformationOf(draft: Draft): Schemas["TransformationPatch"] {
  const { code, enabled, variables } = draft.transformation;
  if (!code.trim()) return { code: null };
  return { code, enabled, variables: record(variables) };
}

const REQUEST: (keyof Draft)[] = ["method", "body", "idempotencyKey"];
const RETRY: (keyof Draft)[] = ["retries", "schedule", "timeoutS", "retryClientErrors"];

/** What is to be sent so that a webhook like `before` becomes like `draft`. */
export function changesOf(draft: Draft, before: Draft): Changes {
  const has = (...parts: (keyof Draft)[]) => parts.some((it) => !isSame(draft[it], before[it]));
  const webhook: PatchBody = {};
  if (has("name") && draft.name.trim()) webhook.name = draft.name.trim();
  if (has("url")) webhook.url = draft.url.trim();
  if (has("events", "allEvents")) webhook.eventTypes = draft.allEvents ? null : draft.events;
  if (has(...REQUEST)) webhook.request = requestOf(draft);
  if (has("filter")) webhook.filter = draft.filter.trim() || null;
  if (has(...RETRY)) webhook.retry = retryOf(draft);
  if (has("rate")) webhook.throttleRate = draft.rate ? Number(draft.rate) : null;
  if (has("ordered")) webhook.ordered = draft.ordered;
  if (has("channels")) webhook.channels = words(draft.channels).length > 0 ? words(draft.channels) : null;
  if (has("credentials") && !draft.credentials.kept) webhook.credentials = credentialsOf(draft);
  const secrets = rowChanges(draft.secrets, before.secrets);
  if (Object.keys(secrets).length > 0) webhook.secrets = secrets;
  return {
    webhook,
    headers: rowChanges(draft.headers, before.headers),
    transformation: has("transformation") ? transformationOf(draft) : null,
  };
}

/** A definition to be previewed: all of it for a new webhook, what changed for one that is there. */
export function previewOf(draft: Draft, before: Draft, isNew: boolean): Record<string, unknown> {
  const { webhook, headers, transformation } = changesOf(draft, before);
  const hasHeaders = Object.keys(headers).length > 0;
  return {
    ...webhook,
    ...(isNew ? { url: draft.url.trim() } : {}),
    ...(hasHeaders ? { headers: record(draft.headers) } : {}),
    ...(transformation ? { transformation } : {}),
  };
}
