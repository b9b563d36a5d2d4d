import { createInstance } from "i18next";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { LANGUAGES } from "@/i18n/names";
import { explained, type Translate } from "./mistake";
import { MISTAKES, THINGS } from "./mistake-rules";

// The texts come from their files below.
vi.mock("./mistake-texts", () => ({}));

const FILES = import.meta.glob<object>("../locales/*/{mistakes,common}.json", { eager: true, import: "default" });
const i18n = createInstance();

beforeAll(async () => {
  await i18n.init({ lng: "en", fallbackLng: false, interpolation: { escapeValue: false }, resources: {} });
  for (const [path, texts] of Object.entries(FILES)) {
    const [, language = "", namespace = ""] = /locales\/(.+)\/(.+)\.json$/.exec(path) ?? [];
    i18n.addResourceBundle(language, namespace, texts);
  }
});

function say(language: string, msg: string): string {
  return explained(i18n.getFixedT(language, ["mistakes", "common"]) as unknown as Translate, msg);
}

/** What the server says, word by word, and what English says. */
const SAID: [string, string][] = [
  // Places.
  ["line 2, column 7: expected a value, found the end", "Line 2, column 7: expected a value, found the end"],
  ["cannot be called: the URL must begin with http:// or https://", "The address must begin with https:// or http://."],
  ["cannot be sent: the header value is longer than 8192 bytes", "At most 8192 bytes."],
  ["template: has no {body}: anybody could change it", "It has no {body}: anybody could change it."],
  ["timestamp header: a header's name has 1 to 128 letters, digits and `-` or `_`", "This is not a name of a header: use letters, digits and hyphens."],
  [
    "make a body that is refused: line 3, column 1: there is no such tag",
    "This makes a body that is refused: Line 3, column 1: there is no such tag",
  ],

  // Documents of events.
  ["expected an OpenAPI document of version 3: `openapi: 3.1.0`", "expected an OpenAPI document of version 3: openapi: 3.1.0"],
  ["is missing: it is what events are read from", "This is missing: it is what events are read from."],
  ["cannot be read: did not find expected ',' at line 2", "This cannot be read: did not find expected ',' at line 2"],
  ["refers to another document: bundle them into one first", "This refers to another document: bundle them into one first."],
  ["refers to something that the document does not have", "This refers to something that the document does not have."],
  ["is no name of an event type: it must not be empty", "This is no name of an event: Please fill this in."],
  ["is no JSON Schema: expected an object, or true or false", "This is no JSON Schema: expected an object, or true or false."],

  // Missing.
  ["must not be empty", "Please fill this in."],
  ["is missing", "Please fill this in."],
  ["is missing: which header or field?", "Please fill this in."],
  ["at least one secret is needed to verify", "Please fill this in."],
  ["must not be empty, nor begin or end with white space", "This must not be empty, nor begin or end with white space."],
  ["and password must not both be empty", "Name and password must not both be empty."],

  // Limits.
  ["must be between 1 and 65535", "Enter a whole number from 1 to 65535."],
  ["a status is a number from 200 to 599", "Enter a whole number from 200 to 599."],
  ["must be at most 1048576, as the server has it", "At most 1048576, as the server has it."],
  ["must have at most 256 characters", "At most 256 characters."],
  ["a script has at most 51200 characters", "At most 51200 characters."],
  ["a script has at least 10 characters", "At least 10 characters."],
  ["must have at most 4096 bytes", "At most 4096 bytes."],
  ["the URL is longer than 8192 bytes", "At most 8192 bytes."],
  ["the header name is longer than 256 bytes", "At most 256 bytes."],
  ["the template is longer than 65536 bytes", "At most 65536 bytes."],
  ["is longer than 16384 bytes", "At most 16384 bytes."],
  ["must have at most 32768 bytes, keys and values together", "At most 32768 bytes, names and values together."],
  ["an endpoint's headers have at most 16384 bytes", "At most 16384 bytes, names and values together."],
  ["has more than 524288 bytes with all that it refers to", "At most 524288 bytes."],
  ["makes a header of more than 8192 bytes", "This makes a header of more than 8192 bytes."],
  ["must have at most 10 items", "At most 10 of them."],
  ["must have 1 to 10 items", "There must be 1 to 10 of them."],
  ["an endpoint has at most 64 headers", "At most 64 of them."],
  ["there are 51 headers, an answer has at most 50", "At most 50 of them."],
  ["has more than 10 certificates", "At most 10 of them."],
  ["at most 10 secrets can be used at a time, these are 11", "At most 10 of them."],
  ["has too many entries", "There are too many of them."],
  ["nested deeper than 64 levels", "This is nested deeper than 64 levels."],
  ["arrays and objects nest deeper than 128 levels", "This is nested deeper than 128 levels."],
  ["is nested too deeply", "This is nested too deeply."],

  // Names and texts.
  ["may contain letters a-z, digits, `-`, `_` and `.` only", "Only letters a–z, digits and - _ . are possible."],
  ["must not begin with `app_`, as ids do", "It must not begin with app_, as the server's own ids do."],
  ["must be one of `hex`, `base64`", "This must be one of hex, base64."],
  ["expected `array`, `object` or `string`", "This must be one of array, object, string."],
  ["must not contain control characters", "There must be no control characters, such as line breaks, in this."],
  ["must not contain the character U+0000", "There must be no NUL character (U+0000) in this."],
  ["is given more than once; header names have no case", "This name is there twice."],
  ["this uid is taken already", "Another one has this name already."],
  ["an event type of this name exists already", "Another one has this name already."],
  ["expected a date and time like 2026-01-31T12:00:00Z", "Enter a date and time like 2026-01-31T12:00:00Z."],
  ["expected `ep_` followed by 27 letters and digits", "This must be ep_ followed by 27 letters and digits."],
  ["is neither an id nor a uid", "This is neither an ID nor a name of its own (UID)."],
  ["lies after the end of the payload's retention", "By then the payload would no longer be kept. Choose an earlier moment."],
  ["cannot be a template: it contains {{ or {%", "There must be no placeholder in this."],
  ["cannot be this in a bin that was made without an account", "This is not possible in a bin that was made without an account."],

  // Events and what else is named.
  ["there is no event type of this name", "There is no event of this name."],
  ["this event type is archived", "This event is archived."],
  ["`*` stands alone or after a dot: `*`, `payment.*`", "* stands alone or after a dot: *, payment.*"],
  [
    "there is no such operational event; there are `endpoint.created`, `endpoint.deleted`",
    "There is no such operational event; there are endpoint.created, endpoint.deleted.",
  ],
  [
    "say which event types it is for, or null for all: the catalogue does not have those that the recipe suggests",
    "Choose events, or all: the catalogue does not have those that the recipe suggests.",
  ],
  ["there is no such application", "There is no such application."],
  ["there is no such endpoint", "There is no such webhook."],

  // Addresses.
  ["the URL must begin with http:// or https://", "The address must begin with https:// or http://."],
  ["requests must not go to a private network (RFC 1918)", "This address is inside a private network, where this server may not send."],
  ["the URL contains white space or control characters", "The address must have no spaces or control characters."],
  ["the URL's host or port is not valid: invalid port number", "The host or port of this address is not valid."],
  [
    "the URL contains a user name or password: send an Authorization header instead",
    "The address must have no user name or password: use credentials or a header instead.",
  ],
  ["the URL contains a fragment (#…), which cannot be sent", "The address must have no fragment (#…): it cannot be sent."],
  [
    "scheme, host and port must be written out: templates may only be in path and query",
    "Scheme, host and port must be written out: placeholders may only be in path and query.",
  ],
  ["the URL has no host", "Enter a full address, such as https://example.com/hooks."],
  ["no request can be made to this URL", "Enter a full address, such as https://example.com/hooks."],
  ["the URL contains characters that cannot be sent in a request", "Enter a full address, such as https://example.com/hooks."],

  // Requests and answers.
  [
    "a header name has letters, digits and any of !#$%&'*+-.^_`|~, and is not empty",
    "This is not a name of a header: use letters, digits and hyphens.",
  ],
  [
    "this header is set by the sender itself (host, length, connection, webhook-… and svix-…)",
    "This header is set by Hookwire itself.",
  ],
  ["browsers keep this header for the whole host, not for the bin", "This header is not possible: it would concern more than this bin."],
  [
    "a header value has visible ASCII characters, spaces and tabs only",
    "A header's value has visible ASCII characters, spaces and tabs only.",
  ],
  ["must be a content type, as `text/plain` or `application/xml`", "Enter a content type, such as text/plain or application/xml."],
  ["expected a method such as `POST`", "Enter a method such as POST."],
  ["an answer with status 204 has no body", "An answer with status 204 has no body."],
  ["must be a JSON object", "This must be a JSON object."],
  ["is not valid JSON: expected value at line 1 column 9", "This is not valid JSON: expected value at line 1 column 9"],
  ["line 1, column 4: a comma or } is expected", "Line 1, column 4: expected a comma or }"],
  ["line 1, column 4: something follows the JSON value", "Line 1, column 4: something follows the JSON value"],
  ["the text ends where a JSON value is expected", "expected a JSON value"],
  [
    "the endpoint has secrets that would be sent along: give its credentials, secrets and sensitive headers anew, or use a credential that may manage secrets",
    "The webhook's secrets would be sent along: enter its credentials, secret values and sensitive headers anew.",
  ],

  // Secrets and credentials.
  [
    "secret 2 has a control character, perhaps a line break at its end",
    "Secret 2: There must be no control characters, such as line breaks, in this.",
  ],
  ["secret 1 is empty", "Secret 1: Please fill this in."],
  [
    "secret 1: a `whsec_` secret has 24 to 75 bytes, this one has 3",
    "Secret 1: A whsec_ secret has 24 to 75 bytes, this one has 3.",
  ],
  [
    "secret 1 is not an endpoint's signing secret of Stripe, which begins with `whsec_`",
    "Secret 1: This is not a signing secret of Stripe, which begins with whsec_.",
  ],
  [
    "secret 1 is not an application's public key of Discord, which has 64 hexadecimal digits",
    "Secret 1: This is not a public key of Discord, which has 64 hexadecimal digits.",
  ],
  [
    "a secret is `whsec_` or `whsk_` followed by standard base64 with its padding",
    "A secret is whsec_ or whsk_ followed by base64.",
  ],
  [
    "a secret's name has letters a-z, digits and `_`, does not begin with a digit, and has at most 64 characters",
    "Use letters, digits and _, no digit at the beginning, and at most 64 characters.",
  ],
  ["has a part other than {timestamp}, {body}, {url}, {method}", "Only {timestamp}, {body}, {url} and {method} are possible parts."],
  ["has {timestamp}, but no timestamp header is named", "It has {timestamp}, but no timestamp header is named."],
  [
    "has no {timestamp}: anybody could change the timestamp header",
    "It has no {timestamp}: anybody could change the timestamp header.",
  ],
  [
    "must be visible ASCII characters without spaces, at least one",
    "Only visible ASCII characters without spaces, at least one.",
  ],
  [
    "must not contain a colon: it separates the user from the password",
    "There must be no colon: it separates the user from the password.",
  ],
  ["has no private key in PEM form (-----BEGIN PRIVATE KEY-----)", "Paste it in PEM form, from -----BEGIN to -----END."],
  ["does not belong to the first certificate", "The key does not belong to the first certificate."],
  ["number 2 is not an X.509 certificate", "Certificate 2 is not an X.509 certificate."],
  ["is not an X.509 certificate", "Here something is not an X.509 certificate."],
  ["is not an RSA, ECDSA or Ed25519 key", "This is not an RSA, ECDSA or Ed25519 key."],
  ["contains a private key, which belongs into `key`", "There is a private key in this, which belongs into its own field."],
  [
    "is protected by a passphrase: decrypt it first, it is stored encrypted",
    "The key is protected by a passphrase: decrypt it first, it is stored encrypted.",
  ],
  ["has more than one private key", "There is more than one private key in this."],

  // Filters.
  [
    "unknown variable 'paylod'; did you mean 'payload'?; a filter sees type, payload, channels, tags and request",
    "unknown variable 'paylod'; did you mean 'payload'? A filter sees type, payload, channels, tags, request",
  ],
  [
    "unknown variable 'x'; a filter sees type, payload, channels, tags and request",
    "unknown variable 'x'; a filter sees type, payload, channels, tags, request",
  ],
  ["unknown function 'len'; did you mean 'size'?", "unknown function 'len'; did you mean 'size'?"],
  ["unknown function 'zzz'", "unknown function 'zzz'"],
  ["'size' is called as size(list)", "'size' is called as size(list)"],
  ["'size' takes no argument, not 2", "'size' takes no argument, here it has 2"],
  ["'contains' takes one argument, not 2", "'contains' takes 1 argument(s), here it has 2"],
  ["'substring' takes 1 to 2 arguments, not 3", "'substring' takes 1 to 2 arguments, here it has 3"],
  ["'all' is given too many arguments", "'all' is given too many arguments"],
  [
    "'exists' takes a new name and what to do with it: list.exists(x, …)",
    "'exists' takes a new name and what to do with it: list.exists(x, …)",
  ],
  [
    `'in' is a word of the language; as a field it is written ["in"]`,
    `'in' is a word of the language; as a field it is written ["in"]`,
  ],
  ["'=' is not an operator; equality is '=='", "'=' is not an operator; write '=='"],
  [`'&' is not an operator; "and" is '&&'`, "'&' is not an operator; write '&&'"],
  ["the character '#' has no meaning here", "the character '#' has no meaning here"],
  ["this string is not closed", "this text is not closed by another quote"],
  ["this is neither a number nor a name", "this is neither a number nor a name"],
  ["this number is too large for an int; the suffix 'u' makes it a uint", "this number is too large"],
  ["this escape needs 4 digits", "this escape with a backslash is unknown"],
  [
    `has(…) takes a field: has(payload.name); for other keys there is "key" in payload`,
    `has(…) takes a field: has(payload.name); for other keys there is "key" in payload`,
  ],
  [
    "in a filter, type is a variable, the event type; it cannot be called",
    "in a filter, type is a variable, the event type; it cannot be called",
  ],
  ["not a usable regular expression: unclosed group (a()", "not a usable regular expression: unclosed group (a()"],
  ["expected an operator or the end, found 'and' (write '&&')", "expected an operator or the end, found 'and' (write '&&')"],
  ["expected ')' to close '(', found a number", "expected ')' to close '(', found a number"],
  ["expected ']' or ',', found '}'", "expected ']' or ',', found '}'"],
  ["expected a name after '.', found a string", "expected a name after '.', found a text"],

  // Templates.
  [`there is no filter "upcas": did you mean upcase?`, `there is no filter "upcas": did you mean upcase?`],
  [`there is no filter "zzz"`, `there is no filter "zzz"`],
  ["there is no such tag: did you mean if?", "there is no such tag: did you mean if?"],
  ["there is no such tag", "there is no such tag"],
  ["append takes 1 argument(s), here it has 0", "'append' takes 1 argument(s), here it has 0"],
  ["date has no argument of the name zone", "date has no argument of the name zone"],
  ["this {{ is never closed by }}", "this {{ is never closed by }}"],
  ["this if is never closed by endif", "this if is never closed by endif"],
  ["else stands outside of a block that has it", "else stands outside of a block that has it"],
  ["endfor closes nothing here: for is not open", "endfor closes nothing here: for is not open"],
  ["include is not offered: a template stands alone, there are no others to include", "include is not offered here"],
  ["a comparison is written ==", "a comparison is written =="],
  ["a comparison can only stand in if, elsif and unless", "a comparison can only stand in if, elsif and unless"],
  [
    "a condition cannot have filters: assign the value to a name first",
    "a condition cannot have filters: assign the value to a name first",
  ],
  ["a range is written (1..5); conditions have no parentheses", "a range is written (1..5); conditions have no parentheses"],
  [
    "this does not belong here: the end of the tag is expected",
    "this does not belong here: the end of the tag is expected",
  ],
  ["the name of a filter is expected", "expected the name of a filter"],
  ["the name of a variable is expected", "expected the name of a variable"],
  ["the name of a tag is expected, such as if or for", "expected the name of a tag, such as if or for"],
  ["a name is expected after the dot", "expected a name after '.'"],
  ["in is expected: for item in items", "expected in: for item in items"],
  [
    "reversed, limit: or offset: is expected, or the end of the tag",
    "expected reversed, limit: or offset:, or the end of the tag",
  ],
  ["= is expected", "expected ="],

  // Scripts.
  [
    "there is no function `handler`: declare `function handler(webhook) { … return webhook; }`",
    "there is no function handler: declare function handler(webhook) { … return webhook; }",
  ],
  ["there is no code that could be enabled", "There is no script that could be switched on."],
  ["SyntaxError: unexpected token in expression: '}'", "this token does not belong here: '}'"],
  ["SyntaxError: expecting ';'", "this is not JavaScript: expecting ';'"],

  // Things.
  ["expected a text", "expected a text"],
  ["expected a whole number", "expected a whole number"],
  ["expected a whole number, at least 0", "expected a whole number, at least 0"],
  ["expected a number above 0", "expected a number above 0"],
  ["expected true or false", "expected true or false"],
  ["expected an object", "expected an object"],
  ["expected a list", "expected a list"],
  ["expected a list of at least one schema", "expected a list of at least one schema"],
  ["a name in double quotes is expected", "expected a name in double quotes"],
  ["a colon is expected", "expected a colon"],
  ["a digit is expected", "expected a digit"],
  ["make a URL that is refused: the URL has no host", "This makes a URL that is refused: Enter a full address, such as https://example.com/hooks."],
  ["make a header that is refused: must not be empty", "This makes a header that is refused: Please fill this in."],
  ["make a filter that is refused: must not be empty", "This makes a filter that is refused: Please fill this in."],
  ["make a credential that is refused: must not be empty", "This makes a credential that is refused: Please fill this in."],
];

it.each(SAID)("%s", (msg, english) => {
  expect(say("en", msg)).toBe(english);
});

describe.each(Object.keys(LANGUAGES))("in %s", (language) => {
  it.each(SAID)("%s", (msg) => {
    const text = say(language, msg);
    // Neither a variable without a value nor a key without a text.
    expect(text).not.toMatch(/\{\{\w+\}\}/);
    expect(text).not.toMatch(/^[a-zA-Z.]+$/);
    const english = say("en", msg);
    if (language !== "en") expect(text).not.toBe(english);
    // Places, limits and quoted names are all there.
    const kept = (it: string) => (it.match(/\d+|'[^' ]+'/g) ?? []).sort();
    expect(kept(text)).toEqual(expect.arrayContaining(kept(english)));
  });

  it("loses nothing that no rule knows", () => {
    expect(say(language, "oh {{no}} $t(said)")).toContain("oh {{no}} $t(said)");
    expect(say(language, "line 3, column 4: oh")).toMatch(/3.*4.*oh/);
    expect(say(language, "line 1, column 1: SyntaxError: odd")).toContain("odd");
  });
});

it("leads in the language of the person to what it does not know", () => {
  expect(say("en", "oh")).toBe("oh");
  expect(say("uk", "oh")).toBe("Сервер повідомляє: oh");
  expect(say("uk", "line 1, column 15: expected a value, found the end")).toBe(
    "Рядок 1, стовпець 15: тут має бути значення, а є кінець.",
  );
});

it("has a sample for every rule", () => {
  const parts = SAID.flatMap(([msg]) => [msg, ...msg.split(/: | secret \d+:? |^secret \d+ /)]);
  const isUsed = ([pattern]: readonly [RegExp, unknown]) => parts.some((it) => pattern.test(it));
  expect(MISTAKES.filter((rule) => !isUsed(rule)).map(String)).toEqual([]);
  const things = SAID.flatMap(([msg]) => {
    const groups = MISTAKES.map(([pattern]) => pattern.exec(msg.replace(/^line \d+, column \d+: /, ""))?.groups ?? {});
    return groups.flatMap(({ wanted, found, part }) => [wanted, found, part]).filter((it) => it !== undefined);
  });
  expect(THINGS.filter(([pattern]) => !things.some((it) => pattern.test(it))).map(String)).toEqual([]);
});
