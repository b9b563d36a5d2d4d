import { expect, test } from "vitest";
import { indentedPieces } from "./lines";

function indented(text: string, pieceChars: number): string {
  return [...indentedPieces(text, pieceChars)].join("");
}

test("it is what JSON.stringify would make, in pieces of any size", () => {
  const value = { a: [1, { b: "x, {y}: \\\" z" }, [], {}], c: { d: null, e: [true, false] }, f: -1.5e3, g: "" };
  for (const pieceChars of [1, 7, 1_000]) {
    expect(indented(JSON.stringify(value), pieceChars)).toBe(JSON.stringify(value, null, 2));
    expect(indented(JSON.stringify(value, null, 7), pieceChars)).toBe(JSON.stringify(value, null, 2));
  }
});

test("numbers keep their digits", () => {
  expect(indented("[12345678901234567890.10]", 100)).toBe("[\n  12345678901234567890.10\n]");
});
