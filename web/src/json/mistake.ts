// Where a text stops being JSON, and why, so that a person can be told in their language. The
// browser's own words are English, differ between browsers and do not always name the place.

export type JsonReason =
  | "empty"
  | "ends"
  | "value"
  | "key"
  | "colon"
  | "comma"
  | "trailingComma"
  | "quote"
  | "escape"
  | "after"
  | "object";

export interface JsonMistake {
  reason: JsonReason;
  line: number;
  column: number;
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
/** A string up to what is wrong in it, or its end. */
// eslint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

class Wrong extends Error {
  constructor(
    readonly reason: JsonReason,
    readonly at: number,
  ) {
    super(reason);
  }
}

/** What is wrong with a text as JSON; `null` when nothing is. `isObject`: it must be an object. */
export function jsonMistake(text: string, isObject = false): JsonMistake | null {
  try {
    const value: unknown = JSON.parse(text);
    const isOne = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject && !isOne ? { reason: "object", line: 1, column: 1 } : null;
  } catch {
    return searched(text);
  }
}

function searched(text: string): JsonMistake {
  if (text.trim() === "") return { reason: "empty", line: 1, column: 1 };
  try {
    new Reader(text).all();
  } catch (error) {
    if (error instanceof Wrong) return { reason: error.reason, ...place(text, error.at) };
  }
  // Such as a depth that only the browser refuses.
  return { reason: "value", line: 1, column: 1 };
}

function place(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: at - start + 1 };
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  all(): void {
    this.value();
    this.space();
    if (this.at < this.text.length) throw new Wrong("after", this.at);
  }

  private value(): void {
    const char = this.next();
    if (char === "{") return this.list("}", () => this.member());
    if (char === "[") return this.list("]", () => this.value());
    if (char === '"') return this.string();
    if (!this.skip(NUMBER) && !this.skip(WORD)) throw new Wrong(char === "" ? "ends" : "value", this.at);
  }

  private member(): void {
    const char = this.next();
    if (char !== '"') throw new Wrong(char === "" ? "ends" : "key", this.at);
    this.string();
    if (this.next() !== ":") throw new Wrong(this.ended("colon"), this.at);
    this.at += 1;
    this.value();
  }

  private list(end: string, item: () => void): void {
    this.at += 1;
    if (this.next() === end) {
      this.at += 1;
      return;
    }
    for (;;) {
      item();
      const char = this.next();
      this.at += 1;
      if (char === end) return;
      if (char !== ",") throw new Wrong(char === "" ? "ends" : "comma", this.at - 1);
      const comma = this.at - 1;
      if (this.next() === end) throw new Wrong("trailingComma", comma);
    }
  }

  private string(): void {
    this.skip(STRING);
    const char = this.text.charAt(this.at);
    if (char === "\\") throw new Wrong("escape", this.at);
    if (char !== '"') throw new Wrong("quote", this.at);
    this.at += 1;
  }

  private ended(otherwise: JsonReason): JsonReason {
    return this.at >= this.text.length ? "ends" : otherwise;
  }

  /** The next character that is not white space; empty at the end. */
  private next(): string {
    this.space();
    return this.text.charAt(this.at);
  }

  private space(): void {
    this.skip(SPACE);
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}
