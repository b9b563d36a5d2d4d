import { describe, expect, it } from "vitest";
import { hexDump } from "./hex";
import { fragmentOf, linkOf } from "./link";
import { pieces } from "./pieces";

describe("a long text", () => {
  it("is cut at line breaks", () => {
    expect(pieces("one\ntwo\nthree", 8)).toEqual(["one\ntwo", "three"]);
    expect(pieces("", 8)).toEqual([]);
  });

  it("is cut within lines that are longer, never within a character", () => {
    expect(pieces("abcdefgh", 3)).toEqual(["abc", "def", "gh"]);
    const text = "ab😀cd".repeat(50);
    const cut = pieces(text, 3);
    expect(cut.join("")).toBe(text);
    for (const piece of cut) expect(piece).toBe(new TextDecoder().decode(new TextEncoder().encode(piece)));
  });

  it("has all of its lines", () => {
    const text = Array.from({ length: 999 }, (_, index) => `line ${index}`).join("\n");
    expect(pieces(text, 100).join("\n")).toBe(text);
  });
});

describe("a hex dump", () => {
  it("has offset, bytes and what of them is text", () => {
    const lines = hexDump(new TextEncoder().encode("0123456789abcdef\u0000<ü>")).split("\n");
    expect(lines).toEqual([
      "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
      "00000010  00 3c c3 bc 3e                                    |.<..>|",
    ]);
  });
});

describe("a link", () => {
  const link = { binId: `bin_${"a1B".repeat(9)}`, token: "binshr_abcdefghijklmnopqrstuvwxyz" };

  it("is read from a fragment", () => {
    expect(linkOf(fragmentOf(link))).toEqual(link);
    expect(linkOf("")).toBeNull();
    expect(linkOf("#")).toBeNull();
  });

  it("is whole or is none", () => {
    for (const text of ["#bin_1", `#${link.binId}`, `#${link.binId}:`, `#${link.binId}:short`, `#x${fragmentOf(link)}`]) {
      expect(linkOf(text)).toBe("broken");
    }
  });
});
