import { expect, test } from "vitest";
import type { Webhook } from "@/api/webhooks";
import { type Draft, draftOf, emptyDraft, row, span, spans } from "./draft";
import { changesOf, previewOf } from "./input";

const WEBHOOK: Webhook = {
  id: "ep_1",
  uid: null,
  name: "CRM",
  url: "https://example.com/{{ payload.id }}",
  description: "",
  version: 1,
  disabled: false,
  throttleRate: 5,
  rateLimit: 5,
  eventTypes: ["invoice.*"],
  filterTypes: ["invoice.*"],
  channels: ["a", "b"],
  metadata: {},
  failingSince: null,
  createdAt: "2026-11-22T08:30:00.000Z",
  updatedAt: "2026-11-22T08:30:00.000Z",
  request: { method: "PUT", body: { kind: "text", contentType: "text/plain", template: "x" }, idempotencyKey: true },
  filter: "payload.total > 1",
  retry: { scheduleSeconds: [5, 90, 7_200], timeoutMs: 2_500, retryClientErrors: false },
  ordered: true,
  credentials: { kind: "bearer" },
  secretNames: ["key"],
};

function opened(): Draft {
  const headers = { headers: { "x-a": "1" }, sensitive: ["authorization"] };
  return draftOf(WEBHOOK, headers, { code: "function handler(w) { return w }", enabled: false, variables: { A: "b" }, updatedAt: null });
}

test("what nobody touched is not sent", () => {
  const draft = opened();
  expect(changesOf(draft, draft)).toEqual({ webhook: {}, headers: {}, transformation: null });
});

test("only the part that was changed is sent", () => {
  const before = opened();
  expect(changesOf({ ...before, name: " New " }, before).webhook).toEqual({ name: "New" });
  expect(changesOf({ ...before, retries: "once" }, before).webhook).toEqual({
    retry: { scheduleSeconds: [], timeoutMs: 2_500, retryClientErrors: false },
  });
  expect(changesOf({ ...before, filter: "  " }, before).webhook).toEqual({ filter: null });
  expect(changesOf({ ...before, allEvents: true }, before).webhook).toEqual({ eventTypes: null });
  expect(changesOf({ ...before, channels: "" }, before).webhook).toEqual({ channels: null });
});

test("headers that are kept stay, others are set or removed", () => {
  const before = opened();
  const [plain, kept] = before.headers;
  if (!plain || !kept) throw new Error("two headers");
  const headers = [kept, row("x-b", "2")];
  expect(changesOf({ ...before, headers }, before).headers).toEqual({ "x-a": null, "x-b": "2" });
  const replaced = [plain, { ...kept, kept: false, value: "new" }];
  expect(changesOf({ ...before, headers: replaced }, before).headers).toEqual({ authorization: "new" });
});

test("secret values and credentials are sent when they were typed", () => {
  const before = opened();
  const credentials = { ...before.credentials, kept: false, token: "t" };
  const secrets = [row("other", "v")];
  expect(changesOf({ ...before, credentials, secrets }, before).webhook).toEqual({
    credentials: { kind: "bearer", token: "t" },
    secrets: { key: null, other: "v" },
  });
  const none = { ...before.credentials, kind: "none" as const, kept: false };
  expect(changesOf({ ...before, credentials: none }, before).webhook).toEqual({ credentials: null });
});

test("a script that was emptied is taken away", () => {
  const before = opened();
  const transformation = { ...before.transformation, code: " " };
  expect(changesOf({ ...before, transformation }, before).transformation).toEqual({ code: null });
});

test("a new webhook is previewed with its address and headers", () => {
  const before = emptyDraft();
  const draft = { ...before, url: " https://example.com ", headers: [row("x", "1"), row()] };
  expect(previewOf(draft, before, true)).toEqual({ url: "https://example.com", headers: { x: "1" } });
});

test("spans are read as they are written", () => {
  expect([5, 90, 120, 7_200, 86_400].map(span)).toEqual(["5s", "90s", "2m", "2h", "1d"]);
  expect(spans("5s, 2m;2h 1d 7")).toEqual([5, 120, 7_200, 86_400, 7]);
  expect(spans("soon")).toBeNull();
  expect(opened().schedule).toBe("5s 90s 2h");
});
