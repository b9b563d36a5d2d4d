import { expect, test } from "vitest";
import { addressMistake } from "./web-address";

test.each([
  ["https://example.com/hooks", null],
  ["  http://127.0.0.1:8071/in/abc ", null],
  ["https://example.com/{{ payload.id }}", null],
  ["", "required"],
  ["   ", "required"],
  ["example.com", "url"],
  ["https://", "url"],
  ["https:/example.com", "url"],
  ["ftp://example.com/", "urlScheme"],
  ["javascript:alert(1)", "urlScheme"],
])("%s: %s", (text, mistake) => {
  expect(addressMistake(text)).toBe(mistake);
});
