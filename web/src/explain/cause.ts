// Why an attempt failed, recognized by what the API says about it: the cause, the status of the
// answer and the server's words. Where the cause is not told, the words alone decide.

/** Details of an explanation, before they are written in a language. */
export interface Details {
  /** A moment, in milliseconds of UNIX time. */
  at?: number;
  /** A span, in milliseconds. */
  spanMs?: number;
  /** A status of HTTP. */
  code?: number;
  /** Something in the server's words: a host's name, a reason that a script gave. */
  text?: string;
}

export type Explanation = { key: ExplanationKey } & Details;

export interface Failed {
  cause?: string | null | undefined;
  /** The server's words. */
  error?: string | null | undefined;
  /** The status of the answer; 0 when nothing answered. */
  statusCode?: number | null | undefined;
}

export type ExplanationKey =
  | "redirect"
  | "badRequest"
  | "unauthorized"
  | "notFound"
  | "gone"
  | "method"
  | "tooLong"
  | "media"
  | "tooMany"
  | "refused"
  | "crashed"
  | "unavailable"
  | "otherStatus"
  | "noAnswer"
  | "unfinished"
  | "noConnection"
  | "tooSlow"
  | "connectionRefused"
  | "connectionReset"
  | "connectionClosed"
  | "connectionBroken"
  | "unreachable"
  | "notHttp"
  | "connect"
  | "certificateExpired"
  | "certificateEarly"
  | "certificateName"
  | "certificateIssuer"
  | "certificateRevoked"
  | "certificate"
  | "tlsNone"
  | "tlsVersion"
  | "tlsAlert"
  | "tls"
  | "nameUnknown"
  | "nameInvalid"
  | "nameSlow"
  | "dns"
  | "privateNetwork"
  | "thisMachine"
  | "metadata"
  | "blocked"
  | "answerTooLarge"
  | "headTooLarge"
  | "compose"
  | "transformation"
  | "tokenRefused"
  | "tokenNone"
  | "authorization"
  | "skipped"
  | "filter"
  | "disabled"
  | "expired"
  | "unknown";

type Found = Omit<Explanation, "key">;
type Rule = [RegExp, ExplanationKey, ((groups: string[]) => Found)?];

const ms = ([span]: string[]): Found => ({ spanMs: Number(span) });

/** Words of the server, the more special first. */
const RULES: Rule[] = [
  [/^the receiver answered (\d{3})/, "otherStatus", ([code]) => ({ code: Number(code) })],
  [/^the receiver did not answer within (\d+) ms/, "noAnswer", ms],
  [/^the receiver did not finish its answer within (\d+) ms/, "unfinished", ms],
  [/^no connection was made within (\d+) ms/, "noConnection", ms],
  [/answer is larger than \d+ bytes/, "answerTooLarge"],
  [/the head of the receiver's answer is too large/, "headTooLarge"],
  [/the receiver's answer is not valid HTTP/, "notHttp"],
  [/closed the connection before it answered/, "connectionClosed"],
  [/closed the connection in the middle/, "connectionBroken"],
  [/the connection was refused/, "connectionRefused"],
  [/the connection was (?:reset|aborted)/, "connectionReset"],
  [/the connection was closed/, "connectionClosed"],
  [/(?:host|network) is unreachable/, "unreachable"],
  [/the connection timed out/, "tooSlow"],
  [/certificate expired: .* not valid after (\d+)/, "certificateExpired", ([s]) => ({ at: Number(s) * 1_000 })],
  [/certificate not valid yet: .* not valid before (\d+)/, "certificateEarly", ([s]) => ({ at: Number(s) * 1_000 })],
  [/certificate not valid for name "([^"]*)"/, "certificateName", ([text]) => ({ text })],
  [/peer certificate: (?:UnknownIssuer|.*SelfSigned)/, "certificateIssuer"],
  [/peer certificate: Revoked/, "certificateRevoked"],
  [/invalid peer certificate: (.+)/, "certificate", ([text]) => ({ text })],
  [/corrupt message of type InvalidContentType/, "tlsNone"],
  [/peer is incompatible|alert: (?:ProtocolVersion|HandshakeFailure)/, "tlsVersion"],
  [/received fatal alert: (\w+)/, "tlsAlert", ([text]) => ({ text })],
  [/name does not exist or has no address/, "nameUnknown"],
  [/the host is not a valid name/, "nameInvalid"],
  [/the name servers did not answer in time/, "nameSlow"],
  [/must not go to .*(?:private network|shared network|site-local)/, "privateNetwork"],
  [/must not go to .*(?:loopback|this host|unspecified)/, "thisMachine"],
  [/must not go to .*(?:link-local|metadata|host services)/, "metadata"],
  [/must not go to (.+)/, "blocked", ([text]) => ({ text })],
  [/the token server answered (.+)/, "tokenRefused", ([text]) => ({ text })],
  [/the token server gave no token|waiting for the token server/, "tokenNone"],
  [/the webhook was disabled/, "disabled"],
  [/the payload (?:was deleted|is no longer kept)/, "expired"],
];

/** When the words are none of those above. */
const CAUSES: Record<string, ExplanationKey> = {
  status: "otherStatus",
  timeout: "tooSlow",
  connect: "connect",
  tls: "tls",
  dns: "dns",
  blocked: "blocked",
  too_large: "answerTooLarge",
  compose: "compose",
  transformation: "transformation",
  authorization: "authorization",
  skipped: "skipped",
  filter: "filter",
  disabled: "disabled",
  expired: "expired",
};

/** Causes whose words are those of a script or a template, and say whatever they like. */
const FOREIGN = new Set(["skipped", "transformation", "compose", "filter"]);

const STATUSES: Record<number, ExplanationKey> = {
  400: "badRequest",
  401: "unauthorized",
  403: "unauthorized",
  404: "notFound",
  405: "method",
  408: "tooSlow",
  410: "gone",
  413: "tooLong",
  415: "media",
  422: "badRequest",
  429: "tooMany",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

/** What it was; the cause `unknown` has the server's words. */
export function explanationOf({ cause, error, statusCode }: Failed): Explanation {
  const words = error ?? "";
  const fallback: Explanation = { key: (cause && CAUSES[cause]) || "unknown", text: words };
  if (cause && FOREIGN.has(cause)) return fallback;
  const found = ruled(words) ?? fallback;
  if (found.key === "otherStatus" || (found.key === "unknown" && statusCode)) {
    return ofStatus(found.code ?? statusCode ?? 0);
  }
  return found;
}

function ruled(words: string): Explanation | null {
  for (const [pattern, key, details] of RULES) {
    const match = pattern.exec(words);
    if (match) return { key, ...details?.(match.slice(1)) };
  }
  return null;
}

function ofStatus(code: number): Explanation {
  const known = STATUSES[code];
  if (known) return { key: known, code };
  if (code >= 300 && code < 400) return { key: "redirect", code };
  if (code >= 400 && code < 500) return { key: "refused", code };
  return { key: code >= 500 ? "crashed" : "otherStatus", code };
}
