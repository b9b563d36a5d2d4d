import { expect, test } from "vitest";
import type { EventType } from "@/api/event-types";
import { groupsOf, matching } from "./groups";

function event(name: string, groupName: string | null, description = ""): EventType {
  return {
    name,
    groupName,
    description,
    archived: false,
    deprecated: false,
    schemas: null,
    featureFlags: null,
    featureFlag: null,
    createdAt: "",
    updatedAt: "",
  };
}

const all = [event("b.made", "Sites", "A site was made"), event("x", null), event("a.paid", "Billing", "Money came")];

test("groups come by name, and what has none at the end", () => {
  expect(groupsOf(all).map(([name, list]) => [name, list.length])).toEqual([
    ["Billing", 1],
    ["Sites", 1],
    ["", 1],
  ]);
});

test("all words of a search are looked for in name, description and group", () => {
  expect(matching(all, "SITE made").map(({ name }) => name)).toEqual(["b.made"]);
  expect(matching(all, "billing")).toHaveLength(1);
  expect(matching(all, "  ")).toHaveLength(3);
  expect(matching(all, "nothing")).toEqual([]);
});
