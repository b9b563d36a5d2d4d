import { describe, expect, it } from "vitest";
import type { Capture } from "@/api/bins";
import { type CaptureFilter, NO_FILTER } from "@/api/capture-filter";
import { Feed, LISTED_MAX } from "./feed";

function capture(number: number, change: Partial<Capture> = {}): Capture {
  return {
    id: `cap_${String(number).padStart(8, "0")}`,
    receivedAt: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(),
    method: "POST",
    path: `/${number}`,
    query: null,
    eventType: "bin.request",
    contentType: null,
    bodyBytes: 0,
    source: null,
    headers: [["x", "y"]],
    verification: { status: "unchecked" },
    duplicateOf: null,
    messageId: null,
    responseStatus: 200,
    ...change,
  };
}

/** A bin with these requests, and its feed. What is asked is answered from what there is then. */
function feedOf(there: Capture[]) {
  const asked: [CaptureFilter, string | null][] = [];
  const feed = new Feed(
    (filter, iterator, limit) => {
      asked.push([filter, iterator]);
      const older = [...there].sort((a, b) => (a.id < b.id ? 1 : -1)).filter((it) => iterator === null || it.id < iterator);
      const data = older.slice(0, limit);
      const done = older.length <= limit;
      return Promise.resolve({ data, done, iterator: data.at(-1)?.id ?? null, prevIterator: null });
    },
    (draw) => draw(),
  );
  return { feed, asked, paths: () => feed.snapshot().items.map((it) => it.path) };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => capture(index + 1));

describe("a feed", () => {
  it("begins with the newest and takes what comes", async () => {
    const { feed, paths } = feedOf(numbers(3));
    await feed.load();
    expect(paths()).toEqual(["/3", "/2", "/1"]);
    feed.take(capture(5));
    feed.take(capture(4));
    feed.take(capture(5));
    expect(paths()).toEqual(["/5", "/4", "/3", "/2", "/1"]);
    expect(feed.snapshot().items[0]).not.toHaveProperty("headers");
  });

  it("fetches older ones page by page", async () => {
    const { feed, paths } = feedOf(numbers(70));
    await feed.load();
    expect(paths()).toHaveLength(50);
    expect(feed.snapshot().hasOlder).toBe(true);
    await feed.older();
    expect(paths()).toHaveLength(70);
    expect(feed.snapshot().hasOlder).toBe(false);
  });

  it("loses nothing that comes while the list is fetched", async () => {
    const { feed, paths } = feedOf(numbers(2));
    const loading = feed.load();
    feed.take(capture(3));
    feed.take(capture(2));
    await loading;
    expect(paths()).toEqual(["/3", "/2", "/1"]);
  });

  it("keeps a bounded number, and the way to the rest", async () => {
    const { feed, paths } = feedOf(numbers(10));
    await feed.load();
    for (let number = 11; number <= LISTED_MAX + 20; number += 1) feed.take(capture(number));
    expect(paths()).toHaveLength(LISTED_MAX);
    expect(paths()[0]).toBe(`/${LISTED_MAX + 20}`);
    expect(feed.snapshot().hasOlder).toBe(true);
  });

  it("lists what fits the filter, and counts what only the server could tell", async () => {
    const { feed, paths } = feedOf([]);
    await feed.load({ ...NO_FILTER, method: "PUT", verified: "false", duplicate: "true" });
    const fits = { method: "PUT", verification: { status: "invalid" as const }, duplicateOf: "cap_1" };
    feed.take(capture(1, fits));
    feed.take(capture(2, { ...fits, method: "POST" }));
    feed.take(capture(3, { ...fits, verification: { status: "unchecked" } }));
    feed.take(capture(4, { ...fits, duplicateOf: null }));
    expect(paths()).toEqual(["/1"]);

    await feed.load({ ...NO_FILTER, text: "x" });
    feed.take(capture(5));
    expect(paths()).toEqual([]);
    expect(feed.snapshot().unseen).toBe(1);
    await feed.load(NO_FILTER);
    expect(feed.snapshot().unseen).toBe(0);
  });

  it("begins the stream before what may not be listed yet", async () => {
    const empty = feedOf([]);
    await empty.feed.load();
    expect(empty.feed.begin()).toBe("beginning");
    const { feed } = feedOf(numbers(30));
    await feed.load();
    expect(feed.begin()).toBe(capture(19).id);
  });

  it("says why the list is not there, and drops an answer that comes too late", async () => {
    let fails = true;
    const feed = new Feed(
      () => (fails ? Promise.reject(new Error("no")) : Promise.resolve({ data: [capture(1)], done: true, iterator: null, prevIterator: null })),
      (draw) => draw(),
    );
    await expect(feed.load()).rejects.toThrow("no");
    expect(feed.snapshot().problem?.message).toBe("no");
    fails = false;
    await Promise.all([feed.load({ ...NO_FILTER, text: "a" }), feed.load({ ...NO_FILTER, text: "b" })]);
    expect(feed.snapshot()).toMatchObject({ isLoaded: true, problem: null, filter: { text: "b" } });
  });
});
