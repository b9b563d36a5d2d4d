const PIECE_CHARS = 8_000;

/** A text in pieces of a bounded size which put together are the text, without the line breaks at
    which it was cut. Lines that are longer are cut where they are, though never within a character. */
export function pieces(text: string, size = PIECE_CHARS): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length; ) {
    if (text.length - from <= size) {
      found.push(text.slice(from));
      break;
    }
    const line = text.lastIndexOf("\n", from + size);
    if (line > from) {
      found.push(text.slice(from, line));
      from = line + 1;
      continue;
    }
    let to = from + size;
    const code = text.charCodeAt(to);
    if (code >= 0xdc00 && code <= 0xdfff) to -= 1;
    found.push(text.slice(from, to));
    from = to;
  }
  return found;
}
