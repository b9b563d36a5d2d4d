import { expect, test } from "vitest";
import { jsonMistake } from "./mistake";

test("what is JSON has no mistake", () => {
  for (const text of ['{"a":[1,-2.5e3,true,null,"\\u00e9\\n"]}', "[]", " {} ", '"x"', "0"]) {
    expect(jsonMistake(text)).toBeNull();
  }
});

test("the mistake is told with its place", () => {
  const cases: [string, string, number, number][] = [
    ["", "empty", 1, 1],
    ["  \n ", "empty", 1, 1],
    ['{"a": 1,}', "trailingComma", 1, 8],
    ['{\n  "a": 1\n  "b": 2\n}', "comma", 3, 3],
    ['{"a" 1}', "colon", 1, 6],
    ["{a: 1}", "key", 1, 2],
    ["{'a': 1}", "key", 1, 2],
    ['{"a": }', "value", 1, 7],
    ['{"a": undefined}', "value", 1, 7],
    ['{"a": "x', "quote", 1, 9],
    ['{"a": "x\n"}', "quote", 1, 9],
    ['{"a": "\\x"}', "escape", 1, 8],
    ['{"a": 1', "ends", 1, 8],
    ["{", "ends", 1, 2],
    ["[1", "ends", 1, 3],
    ["{} {}", "after", 1, 4],
    ["01", "after", 1, 2],
  ];
  for (const [text, reason, line, column] of cases) {
    expect([text, jsonMistake(text)]).toEqual([text, { reason, line, column }]);
  }
});

test("an object may be asked for", () => {
  expect(jsonMistake("[1]", true)).toEqual({ reason: "object", line: 1, column: 1 });
  expect(jsonMistake("null", true)?.reason).toBe("object");
  expect(jsonMistake("{}", true)).toBeNull();
});
