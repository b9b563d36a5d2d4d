import { expect, test } from "vitest";
import { check, jsonMistake, mistakesOf, urlMistake } from "./check";
import { type Draft, emptyDraft, row } from "./draft";

const GOOD: Draft = { ...emptyDraft(), url: "https://example.com", events: ["a"] };

test("a name is not needed, an address and an event are", () => {
  expect(check(GOOD)).toEqual({});
  expect(Object.keys(check(emptyDraft()))).toEqual(["url", "events"]);
  expect(check({ ...emptyDraft(), url: "https://example.com", allEvents: true })).toEqual({});
});

test.each([
  ["https://example.com/{{ payload.id | append: '/x' }}?a={% if a %}1{% endif %}", undefined],
  ["http://127.0.0.1:8080", undefined],
  ["ftp://example.com", "urlScheme"],
  ["example.com", "urlScheme"],
  ["https://", "url"],
  ["https://exa mple.com", "url"],
  ["", "required"],
])("the address %s", (url, key) => {
  expect(urlMistake(url)?.key).toBe(key);
});

test("a body has to be a JSON object", () => {
  expect(jsonMistake('{"a": 1}')).toBeNull();
  expect(jsonMistake("[1]")?.key).toBe("jsonObject");
  expect(jsonMistake("{")?.key).toBe("json");
});

test("rows tell which of them is wrong; empty ones are none", () => {
  const headers = [row("x", "1"), row("X", "2"), row("a b", "3"), row()];
  const found = check({ ...GOOD, headers });
  expect(Object.entries(found).map(([place, { key }]) => [place, key])).toEqual([
    [`headers.${headers[1]?.key ?? ""}`, "duplicate"],
    [`headers.${headers[2]?.key ?? ""}`, "headerName"],
  ]);
});

test("numbers, waits and channels are bounded", () => {
  const draft: Draft = { ...GOOD, retries: "own", schedule: "soon", timeoutS: "61", rate: "1.5", channels: "a b!" };
  expect(Object.keys(check(draft)).sort()).toEqual(["channels", "rate", "schedule", "timeoutS"]);
  expect(check({ ...draft, retries: "server", timeoutS: "2.5", rate: "", channels: "a,b" })).toEqual({});
});

test("credentials have to be complete, unless they are kept", () => {
  const credentials = { ...GOOD.credentials, kind: "oauth2" as const, tokenUrl: "https://t" };
  expect(Object.keys(check({ ...GOOD, credentials }))).toEqual(["credentials.clientId", "credentials.clientSecret"]);
  expect(check({ ...GOOD, credentials: { ...credentials, kept: true } })).toEqual({});
});

test("what the server says is put where it belongs", () => {
  const header = row("x-b", "{{");
  const draft = { ...GOOD, headers: [header] };
  const said = (...loc: string[]) => mistakesOf([{ loc: ["body", ...loc], msg: "oh", type: "value_error" }], draft);
  const at = (place: string) => ({ [place]: { key: "said", values: { words: "oh" } } });
  expect(said("url")).toEqual(at("url"));
  expect(said("eventTypes", "0")).toEqual(at("events"));
  expect(said("headers", "x-b")).toEqual(at(`headers.${header.key}`));
  expect(said("endpoint", "transformation", "code")).toEqual(at("code"));
  expect(said("credentials", "key")).toEqual(at("credentials.privateKey"));
  expect(said("request", "body", "fields", "a")).toEqual(at("body.fields"));
  expect(said("retry", "scheduleSeconds", "0")).toEqual(at("schedule"));
});
