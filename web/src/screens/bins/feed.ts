// What a bin received, the newest first: fetched page by page, and from then on as it comes. How
// much of it is kept here is bounded; more is fetched when somebody scrolls to it.

import type { Capture, CapturePage } from "@/api/bins";
import { type CaptureFilter, NO_FILTER } from "@/api/capture-filter";
import { Problem } from "@/api/problem";

/** A request without its headers, which may be long. */
export type Item = Omit<Capture, "headers">;

export interface FeedState {
  items: readonly Item[];
  filter: CaptureFilter;
  /** Whether the first page is there. */
  isLoaded: boolean;
  isLoading: boolean;
  problem: Problem | null;
  /** Whether older ones can be fetched, or searched for. */
  hasOlder: boolean;
  /** How many came that are not listed: of a search, or because the list does not begin with the
      newest any more. */
  unseen: number;
}

type Fetch = (filter: CaptureFilter, iterator: string | null, limit: number) => Promise<CapturePage>;

/** Rows that are kept. */
export const LISTED_MAX = 2_000;
const PAGE = 50;
/** Each looks through a part of the bin; more of them when asked. */
const SEARCH_STEPS = 10;
/** Requests are listed at latest this long after they arrived. */
const SETTLED_MS = 10_000;

export class Feed {
  private state: FeedState = {
    items: [],
    filter: NO_FILTER,
    isLoaded: false,
    isLoading: false,
    problem: null,
    hasOlder: false,
    unseen: 0,
  };
  private items: Item[] = [];
  /** Where older ones begin; `null` where there are none. */
  private cursor: string | null = null;
  /** Whether the list begins with the newest, so that what comes is put there. */
  private isLive = false;
  /** What comes while the list is fetched. */
  private arrived: Item[] | null = null;
  /** Counted, so that an answer that comes late is known as such. */
  private loads = 0;
  private isDue = false;
  private readonly listeners = new Set<() => void>();

  /** `schedule` runs what draws, once for all that came since the browser drew last. */
  constructor(
    private readonly fetch: Fetch,
    private readonly schedule: (draw: () => void) => void,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly snapshot = (): FeedState => this.state;

  /** Fetches the list anew, from the newest on. */
  async load(filter: CaptureFilter = this.state.filter): Promise<void> {
    this.loads += 1;
    const mine = this.loads;
    this.arrived = [];
    this.set({ filter, isLoading: true, problem: null });
    try {
      const { found, cursor } = await this.find(filter, null);
      if (mine !== this.loads) return;
      this.items = found;
      this.cursor = cursor;
      // Whether a text is somewhere in a request, only the server knows.
      this.isLive = filter.text === "";
      this.set({ isLoaded: true, unseen: 0 });
    } catch (error) {
      if (mine === this.loads) this.set({ problem: Problem.from(error) });
      throw error;
    } finally {
      if (mine === this.loads) this.settle();
    }
  }

  /** Fetches older ones. Where that is too many, the newest go. */
  async older(): Promise<void> {
    if (this.state.isLoading || this.cursor === null) return;
    const mine = this.loads;
    this.set({ isLoading: true, problem: null });
    try {
      const { found, cursor } = await this.find(this.state.filter, this.cursor);
      if (mine !== this.loads) return;
      const known = new Set(this.items.map((it) => it.id));
      this.items.push(...found.filter((it) => !known.has(it.id)));
      this.cursor = cursor;
      if (this.items.length > LISTED_MAX) {
        this.items.splice(0, this.items.length - LISTED_MAX);
        this.isLive = false;
      }
    } catch (error) {
      if (mine === this.loads) this.set({ problem: Problem.from(error) });
    } finally {
      if (mine === this.loads) this.set({ isLoading: false });
    }
  }

  /** What the stream brings. */
  take(capture: Capture): void {
    const item = slim(capture);
    if (this.arrived) {
      this.arrived.push(item);
      if (this.arrived.length > LISTED_MAX) this.arrived.shift();
    } else {
      this.place(item);
    }
    this.draw();
  }

  /** Shows what became of a request since it was listed. */
  update(capture: Item): void {
    const at = this.items.findIndex((it) => it.id === capture.id);
    const known = this.items[at];
    if (!known || known.responseStatus === capture.responseStatus) return;
    this.items[at] = { ...known, responseStatus: capture.responseStatus };
    this.draw();
  }

  /** Forgets a request that was deleted. */
  drop(id: string): void {
    this.items = this.items.filter((it) => it.id !== id);
    this.draw();
  }

  /** The request after which the stream has to begin; `beginning` for the first one. It is not the
      last that is listed: one that arrived a little earlier may not be there yet. */
  begin(): string {
    const newest = this.items[0];
    if (!newest) return this.isFiltered() ? "now" : "beginning";
    const settled = Date.parse(newest.receivedAt) - SETTLED_MS;
    const before = this.items.find((it) => Date.parse(it.receivedAt) < settled);
    if (before) return before.id;
    const isAll = this.cursor === null && !this.isFiltered();
    return isAll ? "beginning" : (this.items.at(-1)?.id ?? "now");
  }

  private isFiltered(): boolean {
    return Object.values(this.state.filter).some((it) => it !== "");
  }

  /** Puts what came while the list was fetched to where it belongs. */
  private settle(): void {
    const known = new Set(this.items.map((it) => it.id));
    const later = (this.arrived ?? []).filter((it) => !known.has(it.id));
    this.arrived = null;
    for (const it of later) this.place(it);
    this.set({ isLoading: false });
  }

  private place(item: Item): void {
    if (!matches(this.state.filter, item)) return;
    const at = this.items.findIndex((it) => it.id <= item.id);
    if (this.items[at]?.id === item.id) return;
    if (!this.isLive) {
      const isNewest = at === 0 || this.items.length === 0;
      if (isNewest) this.state = { ...this.state, unseen: this.state.unseen + 1 };
      return;
    }
    this.items.splice(at < 0 ? this.items.length : at, 0, item);
    if (this.items.length > LISTED_MAX) {
      this.items.length = LISTED_MAX;
      this.cursor = this.items.at(-1)?.id ?? null;
    }
  }

  /** Requests from a place on, and the place after them. A search may take several answers. */
  private async find(filter: CaptureFilter, from: string | null) {
    const found: Item[] = [];
    let cursor = from;
    for (let step = 0; step < SEARCH_STEPS; step += 1) {
      const page = await this.fetch(filter, cursor, PAGE);
      found.push(...page.data.map(slim));
      cursor = page.done ? null : (page.iterator ?? null);
      if (cursor === null || found.length >= PAGE) break;
    }
    return { found, cursor };
  }

  private draw(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.schedule(() => {
      this.isDue = false;
      this.set({});
    });
  }

  private set(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change, items: this.items.slice(), hasOlder: this.cursor !== null };
    for (const it of this.listeners) it();
  }
}

function slim(capture: Capture): Item {
  const item: Partial<Capture> = { ...capture };
  delete item.headers;
  return item as Item;
}

/** Whether a request is one of those that a filter without text finds. */
function matches({ method, verified, duplicate }: CaptureFilter, item: Item): boolean {
  const isVerified = { unchecked: "", valid: "true", invalid: "false" }[item.verification.status];
  return (
    (method === "" || item.method.toLowerCase() === method.toLowerCase()) &&
    (verified === "" || isVerified === verified) &&
    (duplicate === "" || String(item.duplicateOf !== null) === duplicate)
  );
}
