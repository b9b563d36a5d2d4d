import { expect, test } from "vitest";
import { draftOf, withDraft } from "./draft";

const first = { "1": { type: "object", examples: [{ a: 1 }, { a: 2 }] } };

test("what is not changed stays the same", () => {
  expect(withDraft(first, draftOf(first))).toBe(first);
  expect(withDraft(null, draftOf(null))).toBeNull();
});

test("without a schema one is drawn from the example", () => {
  const schemas = withDraft(null, { example: '{"a": 1}', schema: "", isNewVersion: true });
  expect(schemas).toEqual({
    "1": { type: "object", properties: { a: { type: "integer" } }, required: ["a"], examples: [{ a: 1 }] },
  });
});

test("a change is the next version, or stays in the newest one", () => {
  const draft = { ...draftOf(first), example: '{"a": 9}' };
  expect(withDraft(first, draft)).toEqual({ ...first, "2": { type: "object", examples: [{ a: 9 }, { a: 2 }] } });
  expect(withDraft(first, { ...draft, isNewVersion: false })).toEqual({
    "1": { type: "object", examples: [{ a: 9 }, { a: 2 }] },
  });
});

test("without example and schema the newest version goes", () => {
  const empty = { example: "", schema: " ", isNewVersion: true };
  expect(withDraft(first, empty)).toBeNull();
  expect(withDraft({ ...first, "2": {} }, empty)).toEqual(first);
});
