import { expect, test } from "vitest";
import texts from "../locales/en/explain.json";
import { type ExplanationKey, explanationOf } from "./cause";

/** What the server says (crates/engine/src/outbound, crates/compose), and what that is. */
const SAID: [string, string, number, ExplanationKey][] = [
  ["status", "the receiver answered 301 Moved Permanently", 301, "redirect"],
  ["status", "the receiver answered 401 Unauthorized", 401, "unauthorized"],
  ["status", "the receiver answered 404 Not Found", 404, "notFound"],
  ["status", "the receiver answered 418 I'm a teapot", 418, "refused"],
  ["status", "the receiver answered 429 Too Many Requests", 429, "tooMany"],
  ["status", "the receiver answered 500 Internal Server Error", 500, "crashed"],
  ["status", "the receiver answered 503 Service Unavailable", 503, "unavailable"],
  ["status", "the receiver answered 101 Switching Protocols", 101, "otherStatus"],
  ["timeout", "the receiver did not answer within 15000 ms", 0, "noAnswer"],
  ["timeout", "the receiver did not finish its answer within 15000 ms", 200, "unfinished"],
  ["timeout", "no connection was made within 10000 ms", 0, "noConnection"],
  ["connect", "no connection could be made: the connection was refused", 0, "connectionRefused"],
  ["connect", "no connection could be made: the connection timed out", 0, "tooSlow"],
  ["connect", "no connection could be made: the network is unreachable", 0, "unreachable"],
  ["connect", "the receiver closed the connection before it answered", 0, "connectionClosed"],
  ["connect", "the receiver closed the connection in the middle of its answer", 200, "connectionBroken"],
  ["connect", "the receiver's answer is not valid HTTP", 0, "notHttp"],
  ["connect", "the request could not be sent", 0, "connect"],
  ["tls", "the TLS handshake failed: invalid peer certificate: UnknownIssuer", 0, "certificateIssuer"],
  ["tls", "the TLS handshake failed: invalid peer certificate: BadSignature", 0, "certificate"],
  ["tls", "the TLS handshake failed: received corrupt message of type InvalidContentType", 0, "tlsNone"],
  ["tls", "the TLS handshake failed: peer is incompatible: ServerSentHelloRetryRequest", 0, "tlsVersion"],
  ["tls", "the TLS connection failed: received fatal alert: CertificateRequired", 0, "tlsAlert"],
  ["tls", "the TLS handshake failed: something new", 0, "tls"],
  ["dns", "the host could not be resolved: the name does not exist or has no address", 0, "nameUnknown"],
  ["dns", "the host could not be resolved: the host is not a valid name", 0, "nameInvalid"],
  ["dns", "the host could not be resolved: the name servers did not answer in time", 0, "nameSlow"],
  ["dns", "the host could not be resolved: the name servers could not answer: refused", 0, "dns"],
  ["blocked", "the address is blocked: requests must not go to a private network (RFC 1918)", 0, "privateNetwork"],
  ["blocked", "the address is blocked: requests must not go to the loopback network (RFC 1122)", 0, "thisMachine"],
  ["blocked", "the address is blocked: requests must not go to a link-local or metadata address (RFC 3927)", 0, "metadata"],
  ["blocked", "the address is blocked: requests must not go to a multicast address (RFC 5771)", 0, "blocked"],
  ["too_large", "the receiver's answer is larger than 1048576 bytes", 200, "answerTooLarge"],
  ["too_large", "the head of the receiver's answer is too large", 0, "headTooLarge"],
  ["compose", "the receiver answered 500, says the template", 0, "compose"],
  ["transformation", "TypeError: x is not a function", 0, "transformation"],
  ["authorization", "the token server answered 401 Unauthorized: invalid_client", 0, "tokenRefused"],
  ["authorization", "the token server gave no token: it did not answer within 5000 ms", 0, "tokenNone"],
  ["authorization", "a client certificate can be shown to an https URL only", 0, "authorization"],
  ["skipped", "the connection was refused", 0, "skipped"],
  ["filter", "the filter failed: 1:1: no such key", 0, "filter"],
  ["disabled", "the webhook was disabled when the delivery was due", 0, "disabled"],
  ["expired", "the payload was deleted before the delivery was due", 0, "expired"],
];

test.each(SAID)("%s: %s", (cause, error, statusCode, key) => {
  expect(explanationOf({ cause, error, statusCode }).key).toBe(key);
});

test("every cause of the API has words", () => {
  const causes = new Set(SAID.map(([cause]) => cause));
  expect(causes.size).toBe(14);
  for (const cause of causes) expect(explanationOf({ cause, error: "" }).key).not.toBe("unknown");
});

test("what is known of it is in the details", () => {
  const expired =
    "the TLS handshake failed: invalid peer certificate: certificate expired: verification time 1795372775 (UNIX), " +
    "but certificate is not valid after 1700000000 (95372775 seconds ago)";
  expect(explanationOf({ cause: "tls", error: expired })).toEqual({ key: "certificateExpired", at: 1_700_000_000_000 });
  const name =
    'the TLS handshake failed: invalid peer certificate: certificate not valid for name "crm.example"; certificate ' +
    "is only valid for other.example";
  expect(explanationOf({ cause: "tls", error: name })).toEqual({ key: "certificateName", text: "crm.example" });
  const late = "the receiver did not answer within 15000 ms";
  expect(explanationOf({ cause: "timeout", error: late })).toEqual({ key: "noAnswer", spanMs: 15_000 });
});

test("words alone are enough, and so is a status", () => {
  expect(explanationOf({ error: "the receiver answered 503 Service Unavailable" })).toEqual({ key: "unavailable", code: 503 });
  expect(explanationOf({ error: "something else", statusCode: 410 })).toEqual({ key: "gone", code: 410 });
  expect(explanationOf({ error: "something else" })).toEqual({ key: "unknown", text: "something else" });
});

test("every explanation has a text", () => {
  for (const [, , , key] of SAID) expect(texts.causes[key].what).not.toBe("");
});
