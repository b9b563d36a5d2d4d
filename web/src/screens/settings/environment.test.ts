import { expect, test } from "vitest";
import { readEnvironment } from "./environment";

test("an export is taken, without what the import makes itself", () => {
  const eventTypes = [{ name: "user.created", description: "A user was created." }];
  const text = JSON.stringify({ version: 1, createdAt: "2026-11-22T08:30:00.000Z", eventTypes, settings: null, connectors: [] });
  expect(readEnvironment(text)).toEqual({ eventTypes });
});

test.each(["", "nonsense", "null", "[]", "{}", '{"eventTypes":{}}'])("%s is none", (text) => {
  expect(readEnvironment(text)).toBeNull();
});
