import { expect, test } from "vitest";
import { filterCount, localOf, momentOf, readFilter } from "./filter";

test("an address is read, and what makes no sense in it is left out", () => {
  expect(readFilter({ q: 123, type: " invoice.paid ", status: 2, last: "day", tag: "" })).toEqual({
    q: "123",
    type: "invoice.paid",
    status: 2,
    last: "day",
  });
  expect(readFilter({ status: 9, last: "toString", after: "soon", type: {}, tag: ["a"], app: "x" })).toEqual({});
  expect(readFilter({ after: "2026-11-22T10:00:00Z" })).toEqual({ after: "2026-11-22T10:00:00.000Z" });
});

test("a span between two moments counts once", () => {
  expect(filterCount({ q: "x" })).toBe(0);
  expect(filterCount({ after: "a", before: "b", type: "t" })).toBe(2);
});

test("moments survive the way through an input", () => {
  const at = "2026-11-22T10:30:00.000Z";
  expect(momentOf(localOf(at))).toBe(at);
  expect(localOf(undefined)).toBe("");
  expect(momentOf("")).toBeUndefined();
});
