import { expect, test } from "vitest";
import { memberText } from "./member";

test("a member is given as it was written", () => {
  const text = '{"id":"m","payload":{ "n": 12345678901234567890.10, "s": "}]\\"{" , "a":[{}]},"tags":null}';
  expect(memberText(text, "payload")).toBe('{ "n": 12345678901234567890.10, "s": "}]\\"{" , "a":[{}]}');
  expect(memberText(text, "tags")).toBe("null");
  expect(memberText(text, "id")).toBe('"m"');
  expect(memberText(text, "n")).toBeNull();
});

test("white space and escaped names are no matter", () => {
  expect(memberText(' {\n "a" : 1 ,\n "p\\u0061yload" : [ 1, 2 ] }', "payload")).toBe("[ 1, 2 ]");
  expect(memberText('{"payload":{}}', "payload")).toBe("{}");
  expect(memberText("{}", "payload")).toBeNull();
  expect(memberText("[]", "payload")).toBeNull();
  expect(memberText("", "payload")).toBeNull();
});

test("five megabytes take no noticeable time", () => {
  const payload = `{"list":[${'{"a":"text","b":[1,2]},'.repeat(200_000)}0]}`;
  expect(memberText(`{"id":"m","payload":${payload},"x":1}`, "payload")).toBe(payload);
});
