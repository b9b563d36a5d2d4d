import { expect, test } from "vitest";
import { drawn, exampleText, fieldsOf, nextVersion, titleOf, versionsOf } from "./schemas";

test("the largest number is the newest version", () => {
  const schemas = { "9": { title: "nine" }, x: {}, "10": { title: "ten", examples: [{ a: 1 }] } };
  expect(versionsOf(schemas).map(({ name }) => name)).toEqual(["10", "9", "x"]);
  expect(nextVersion(schemas)).toBe("11");
  expect(nextVersion(null)).toBe("1");
  expect(titleOf(schemas)).toBe("ten");
  expect(exampleText(schemas)).toBe('{\n  "a": 1\n}');
  expect(exampleText({ "1": { example: { b: 2 } } })).toBe('{\n  "b": 2\n}');
  expect(exampleText({ "1": true })).toBe("");
});

test("a schema is drawn from an example", () => {
  expect(drawn({ n: 1, f: 1.5, s: "x", b: true, z: null, l: [{ a: 1 }], e: [] })).toEqual({
    type: "object",
    required: ["n", "f", "s", "b", "z", "l", "e"],
    properties: {
      n: { type: "integer" },
      f: { type: "number" },
      s: { type: "string" },
      b: { type: "boolean" },
      z: { type: "null" },
      l: { type: "array", items: { type: "object", required: ["a"], properties: { a: { type: "integer" } } } },
      e: { type: "array" },
    },
  });
});

test("fields are told with their paths, through lists and references", () => {
  const schema = {
    $defs: { Money: { type: "object", properties: { amount: { type: "number" } } } },
    required: ["total"],
    properties: {
      total: { $ref: "#/$defs/Money", description: "All of it" },
      items: { type: "array", items: { properties: { state: { enum: ["a", "b"] } } } },
      at: { type: ["string", "null"], format: "date-time" },
    },
  };
  expect(fieldsOf(schema).map(({ path, type, isRequired }) => [path, type, isRequired])).toEqual([
    ["total", "object", true],
    ["total.amount", "number", false],
    ["items", "array", false],
    ["items[].state", '"a" | "b"', false],
    ["at", "string | null (date-time)", false],
  ]);
});

test("a schema that refers to itself comes to an end", () => {
  const schema = { $defs: { Node: { properties: { next: { $ref: "#/$defs/Node" } } } }, properties: { root: { $ref: "#/$defs/Node" } } };
  expect(fieldsOf(schema).length).toBeLessThan(20);
});
