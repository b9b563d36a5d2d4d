const LINE_BYTES = 16;

/** A hex dump: offset, sixteen bytes a line, what of them is printable ASCII. */
export function hexDump(content: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < content.length; offset += LINE_BYTES) {
    const line = [...content.subarray(offset, offset + LINE_BYTES)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, "0"));
    const left = hex.slice(0, 8).join(" ");
    const right = hex.slice(8).join(" ");
    const ascii = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${offset.toString(16).padStart(8, "0")}  ${left.padEnd(23)}  ${right.padEnd(23)}  |${ascii}|`);
  }
  return lines.join("\n");
}
