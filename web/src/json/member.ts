// One member of a JSON object as it was written. What was parsed and written again would have lost
// digits of large numbers, white space, and members of the same name.

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const BARE = /[^,\]}\s]*/y;
/** Up to the next character that opens or closes something. */
const INSIDE = /[^"{}[\]]*/y;

/** The text of a member of the object that `text` is; `null` when it has none of this name. */
export function memberText(text: string, name: string): string | null {
  let at = skip(SPACE, text, 0);
  if (text.charAt(at) !== "{") return null;
  at = skip(SPACE, text, at + 1);
  while (text.charAt(at) === '"') {
    const keyEnd = skip(STRING, text, at);
    const key: unknown = JSON.parse(text.slice(at, keyEnd));
    // Over the colon.
    at = skip(SPACE, text, skip(SPACE, text, keyEnd) + 1);
    const end = valueEnd(text, at);
    if (key === name) return text.slice(at, end);
    // Over the comma.
    at = skip(SPACE, text, skip(SPACE, text, end) + 1);
  }
  return null;
}

function valueEnd(text: string, start: number): number {
  const char = text.charAt(start);
  if (char === '"') return skip(STRING, text, start);
  if (char !== "{" && char !== "[") return skip(BARE, text, start);
  let depth = 0;
  for (let at = start; at < text.length; at = skip(INSIDE, text, at)) {
    const next = text.charAt(at);
    if (next === '"') {
      at = skip(STRING, text, at);
      continue;
    }
    at += 1;
    depth += next === "{" || next === "[" ? 1 : -1;
    if (depth === 0) return at;
  }
  return text.length;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : text.length;
}
