// JSON with line breaks and indentation, made piece by piece, so that a document of megabytes can be
// prepared while the page goes on answering. Only white space changes.

/** Between two of these is what is taken over as it is. */
const SIGN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:\s]+/g;

/** Yields now and then with what is done so far, in pieces of about `pieceChars`. */
export function* indentedPieces(text: string, pieceChars: number): Generator<string> {
  let depth = 0;
  let piece = "";
  let isFresh = false;
  for (const [sign] of text.matchAll(SIGN)) {
    const closes = sign === "}" || sign === "]";
    if (closes) depth = Math.max(depth - 1, 0);
    // What was just opened and is closed at once stays on one line.
    if (isFresh !== closes && (isFresh || closes)) piece += `\n${"  ".repeat(depth)}`;
    piece += sign;
    isFresh = sign === "{" || sign === "[";
    if (isFresh) depth += 1;
    else if (sign === ",") piece += `\n${"  ".repeat(depth)}`;
    else if (sign === ":") piece += " ";
    if (piece.length >= pieceChars) {
      yield piece;
      piece = "";
    }
  }
  yield piece;
}

const PIECE_CHARS = 200_000;

/** All of it; lets the page breathe between the pieces. `null` when it was ended before. */
export async function indentedSlowly(text: string, signal: AbortSignal): Promise<string | null> {
  const pieces: string[] = [];
  for (const piece of indentedPieces(text, PIECE_CHARS)) {
    pieces.push(piece);
    await new Promise((resume) => setTimeout(resume));
    if (signal.aborted) return null;
  }
  return pieces.join("");
}
