// What went wrong with a request, for people: each kind has words of its own in every language,
// and the server's own sentence is kept for what has none.

import type { components } from "./schema";

/** Something wrong with one field of what was sent. */
export interface FieldProblem {
  /** Where: `["body", "url"]`. */
  loc: string[];
  /** What, as the server says it. */
  msg: string;
  /** Which kind, for programs. */
  type: string;
}

export type ProblemKind =
  | "offline"
  | "signedOut"
  | "forbidden"
  | "notFound"
  | "conflict"
  | "tooLarge"
  | "invalid"
  | "tooMany"
  | "unavailable"
  | "unexpected";

const KINDS: Record<number, ProblemKind> = {
  400: "invalid",
  401: "signedOut",
  403: "forbidden",
  404: "notFound",
  405: "unexpected",
  409: "conflict",
  413: "tooLarge",
  422: "invalid",
  429: "tooMany",
  503: "unavailable",
};

export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly kind: ProblemKind,
    /** The status of the answer; 0 when there was none. */
    readonly status: number,
    /** The server's word for it. */
    readonly code: string,
    message: string,
    readonly fields: FieldProblem[] = [],
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
  }

  /** From an answer that is not 2xx. */
  static async of(response: Response): Promise<Problem> {
    const kind = KINDS[response.status] ?? (response.status >= 500 ? "unavailable" : "unexpected");
    const body = (await response.json().catch(() => ({}))) as {
      code?: string;
      detail?: string | components["schemas"]["Problem"][];
    };
    const fields = Array.isArray(body.detail) ? body.detail : [];
    const text = typeof body.detail === "string" ? body.detail : fields.map((it) => it.msg).join("; ");
    const retryAfter = Number(response.headers.get("retry-after"));
    return new Problem(
      kind,
      response.status,
      body.code ?? "",
      text || `${response.status} ${response.statusText}`,
      fields,
      retryAfter > 0 ? retryAfter : null,
    );
  }

  /** From a request that nothing answered. */
  static offline(cause: unknown): Problem {
    if (cause instanceof Problem) return cause;
    return new Problem("offline", 0, "", cause instanceof Error ? cause.message : String(cause));
  }

  static from(cause: unknown): Problem {
    if (cause instanceof Problem) return cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    return new Problem("unexpected", 0, "", text);
  }

  /** Whether the same request may do better in a moment. */
  get isPassing(): boolean {
    return this.kind === "offline" || this.kind === "unavailable" || this.kind === "tooMany";
  }

  /** What is wrong with a field of the body; `null` when nothing is. */
  field(...path: string[]): string | null {
    const found = this.fields.find(
      ({ loc: [, ...steps] }) => path.every((step, index) => steps[index] === step),
    );
    return found ? found.msg : null;
  }
}
