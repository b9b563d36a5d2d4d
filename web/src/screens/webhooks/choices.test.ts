import { expect, test } from "vitest";
import type { EventType } from "@/api/event-types";
import type { Webhook } from "@/api/webhooks";
import { arranged } from "./arranged";
import { isWanted } from "./example";
import { choicesOf, firstOf } from "./form/event-choices";
import { flatRows, jsonOf } from "./form/json-fields";

const type = (name: string, groupName: string | null = null) =>
  ({ name, description: `About ${name}`, groupName }) as EventType;

test("dots make families of two and more; groups come before what has none", () => {
  const types = [type("ping"), type("invoice.paid", "money"), type("invoice.sent", "money"), type("a.b")];
  const groups = choicesOf(types, ["gone"], "");
  expect(groups.map((it) => [it.name, it.choices.map((choice) => choice.name)])).toEqual([
    ["money", ["invoice.*", "invoice.paid", "invoice.sent"]],
    ["", ["ping", "a.b", "gone"]],
  ]);
  expect(choicesOf(types, [], "invoice.*")[0]?.choices[0]).toEqual({ kind: "family", name: "invoice.*", count: 2 });
  expect(choicesOf(types, [], "about ping").flatMap((it) => it.choices).length).toBe(1);
});

test("more than can be shown is counted", () => {
  const groups = choicesOf([type("a", "x"), type("b", "x"), type("c", "y")], [], "");
  const { visible, hidden } = firstOf(groups, 1);
  expect(visible.flatMap((it) => it.choices).map((it) => it.name)).toEqual(["a"]);
  expect(hidden).toBe(2);
  expect(firstOf(groups, 9).hidden).toBe(0);
});

test("wishes match as the server matches them", () => {
  expect(isWanted(null, "a")).toBe(true);
  expect(isWanted(["*"], "a")).toBe(true);
  expect(isWanted(["invoice.*"], "invoice.paid")).toBe(true);
  expect(isWanted(["invoice.*"], "invoices.paid")).toBe(false);
  expect(isWanted(["a"], "b")).toBe(false);
});

test("webhooks that fail come first, those that are off last", () => {
  const one = (name: string, part: Partial<Webhook>) =>
    ({ id: name, name, url: "https://x", uid: null, eventTypes: null, disabled: false, failingSince: null, ...part }) as Webhook;
  const webhooks = [one("off", { disabled: true, failingSince: "2026" }), one("well", {}), one("bad", { failingSince: "2026" })];
  const names = (search: string, failingFirst: boolean) =>
    arranged(webhooks, new Map(), { search, failingFirst }).map((it) => it.name);
  expect(names("", true)).toEqual(["bad", "well", "off"]);
  expect(names("", false)).toEqual(["off", "well", "bad"]);
  expect(names("WEL", false)).toEqual(["well"]);
});

test("a flat object of texts can be edited as fields, nothing else", () => {
  expect(flatRows('{"a":"b"}')?.map((it) => [it.name, it.value])).toEqual([["a", "b"]]);
  expect(flatRows('{"a":1}')).toBeNull();
  expect(flatRows("[]")).toBeNull();
  expect(flatRows("{")).toBeNull();
  expect(JSON.parse(jsonOf(flatRows('{"a":"b","c":""}') ?? []))).toEqual({ a: "b", c: "" });
});
