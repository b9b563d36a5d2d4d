import { describe, expect, it } from "vitest";
import type { Bin } from "@/api/bins";
import { check, mistakesOf } from "./check";
import { draftOf, patchOf } from "./draft";

const bin: Bin = {
  id: "bin_1",
  name: "Shop",
  url: "http://127.0.0.1/in/x",
  response: { status: 200, headers: { "x-a": "1" }, body: "", delayMs: 0, waitMs: 0, statusFromPath: false },
  cors: false,
  verify: { provider: "github", reject: true, secretsCount: 2 },
  deduplicate: null,
  forward: null,
  limits: { capturesMax: 1_000, bytesMax: 268_435_456, bodyBytesMax: 1_000, ratePerSecond: null },
  expiresAfterSeconds: 604_800,
  public: false,
  expiresAt: "2026-01-01T00:00:00Z",
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
};

describe("settings", () => {
  it("that nobody changed send nothing, and are right", () => {
    expect(patchOf(draftOf(bin), bin)).toEqual({});
    expect(check(draftOf(bin), bin)).toEqual({});
  });

  it("send a changed part as a whole, and nothing else", () => {
    const draft = { ...draftOf(bin), status: "202", headers: [{ name: " x-b ", value: "2" }, { name: "", value: "" }] };
    expect(patchOf(draft, bin)).toEqual({
      response: { status: 202, headers: { "x-b": "2" }, body: "", delayMs: 0, waitMs: 0, statusFromPath: false },
    });
    expect(patchOf({ ...draftOf(bin), ratePerSecond: "5" }, bin)).toEqual({
      limits: { capturesMax: 1_000, bytesMax: 268_435_456, bodyBytesMax: 1_000, ratePerSecond: 5 },
    });
  });

  it("keep secrets that nobody entered, and send several", () => {
    expect(patchOf({ ...draftOf(bin), reject: false }, bin)).toEqual({ verify: { provider: "github", reject: false } });
    const two = patchOf({ ...draftOf(bin), secrets: " old \n\nnew\n" }, bin);
    expect(two).toEqual({ verify: { provider: "github", reject: true, secrets: ["old", "new"] } });
    expect(patchOf({ ...draftOf(bin), provider: "" }, bin)).toEqual({ verify: null });
  });

  it("say what a signature of one's own is made of", () => {
    const draft = { ...draftOf(bin), provider: "generic" as const, secrets: "s", header: "x-sign", prefix: "sha256=" };
    expect(patchOf(draft, bin)).toEqual({
      verify: {
        provider: "generic",
        reject: true,
        secrets: ["s"],
        header: "x-sign",
        prefix: "sha256=",
        encoding: "hex",
        algorithm: "sha256",
        template: "{body}",
        toleranceSeconds: 300,
      },
    });
  });

  it("know spans in their units", () => {
    const draft = { ...draftOf(bin), by: "header" as const, byName: "x-id", windowAmount: "1.5", windowUnit: "hour" as const };
    expect(patchOf(draft, bin)).toEqual({ deduplicate: { by: "header", name: "x-id", windowSeconds: 5_400 } });
    expect(draftOf(bin)).toMatchObject({ expiresAmount: "7", expiresUnit: "day" });
  });

  it("are checked before they are sent", () => {
    const wrong = check(
      {
        ...draftOf(bin),
        name: " ",
        status: "99",
        delayMs: "x",
        provider: "stripe",
        by: "field",
        byName: "",
        expiresAmount: "0",
        headers: [{ name: "A", value: "" }, { name: "a", value: "" }],
      },
      bin,
    );
    expect(wrong).toEqual({
      name: { key: "field.required" },
      status: { key: "field.number", min: 200, max: 599 },
      delayMs: { key: "field.number", min: 0, max: 30_000 },
      secrets: { key: "field.required" },
      byName: { key: "field.required" },
      expiresAmount: { key: "field.number", min: 1, max: 365 },
      headers: { key: "field.duplicate" },
    });
    expect(check({ ...draftOf(bin), waitMs: "6000" }, { ...bin, public: true }).waitMs).toBeDefined();
  });

  it("show the server's mistakes where they were made", () => {
    const of = (loc: string[], msg: string) => mistakesOf([{ loc: ["body", ...loc], msg, type: "value_error" }]);
    expect(of(["response", "headers", "set-cookie"], "no")).toEqual({ headers: { said: "no", place: "set-cookie: " } });
    expect(of(["verify", "secret"], "is missing: what?")).toEqual({ secrets: { said: "is missing: what?", place: "" } });
    expect(of(["expiresAfterSeconds"], "no")).toEqual({ expiresAmount: { said: "no", place: "" } });
    expect(of(["elsewhere"], "no")).toEqual({});
  });
});
