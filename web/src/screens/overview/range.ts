// The spans of time that the overview can show. The address has the chosen one.

export const RANGES = {
  "1h": 3_600,
  "24h": 86_400,
  "7d": 604_800,
  // The server keeps no counts beyond this.
  "31d": 2_678_400,
} as const;

export type Range = keyof typeof RANGES;

export const DEFAULT_RANGE: Range = "24h";

export function isRange(text: unknown): text is Range {
  return typeof text === "string" && Object.hasOwn(RANGES, text);
}
