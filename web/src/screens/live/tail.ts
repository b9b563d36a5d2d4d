// The latest attempts, the newest first: a bounded list that takes whatever comes, drawn once per
// frame. While it is held, what comes waits, and what does not fit is counted as skipped, so that
// listed and skipped together are always all that happened.

import type { AttemptBatch, LiveAttempt } from "@/api/attempts-stream";

/** Rows that are kept. */
export const ROWS_MAX = 1_000;

export interface TailFilter {
  /** The webhook's id; empty for all. */
  endpointId: string;
  /** A part of the event's name. */
  eventType: string;
  onlyFailed: boolean;
}

export const NO_FILTER: TailFilter = { endpointId: "", eventType: "", onlyFailed: false };

export interface TailState {
  rows: readonly LiveAttempt[];
  filter: TailFilter;
  /** Attempts that were listed, also those that have left the list since. */
  listedCount: number;
  /** Attempts that were told of and not listed, because there were too many. */
  skippedCount: number;
  /** Attempts that the filter left out. */
  filteredCount: number;
  /** Attempts that wait until the list goes on. */
  waitingCount: number;
  isHeld: boolean;
}

export class Tail {
  private rows: LiveAttempt[] = [];
  private waiting: LiveAttempt[] = [];
  private counts = { listedCount: 0, skippedCount: 0, filteredCount: 0 };
  private filter = NO_FILTER;
  private isHeld = false;
  private isDue = false;
  private state: TailState = this.made();
  private readonly listeners = new Set<() => void>();

  /** `schedule` runs what draws, once for all that came since the browser drew last. */
  constructor(private readonly schedule: (draw: () => void) => void) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly snapshot = (): TailState => this.state;

  readonly take = ({ attempts, skippedCount }: AttemptBatch): void => {
    this.counts.skippedCount += skippedCount;
    const wanted = attempts.filter((it) => matches(this.filter, it));
    this.counts.filteredCount += attempts.length - wanted.length;
    if (this.isHeld) this.wait(wanted);
    else this.list(wanted);
    this.draw();
  };

  /** Holds the list as it is, or goes on. */
  hold(isHeld: boolean): void {
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    if (!isHeld) {
      this.list(this.waiting);
      this.waiting = [];
    }
    this.set();
  }

  /** Lists only these from now on, and of what is listed. */
  only(filter: TailFilter): void {
    this.filter = filter;
    this.rows = this.rows.filter((it) => matches(filter, it));
    this.waiting = this.waiting.filter((it) => matches(filter, it));
    this.set();
  }

  /** Begins again with nothing. */
  clear(): void {
    this.rows = [];
    this.waiting = [];
    this.counts = { listedCount: 0, skippedCount: 0, filteredCount: 0 };
    this.set();
  }

  private list(attempts: readonly LiveAttempt[]): void {
    this.rows = [...attempts.toReversed(), ...this.rows].slice(0, ROWS_MAX);
    this.counts.listedCount += attempts.length;
  }

  private wait(attempts: readonly LiveAttempt[]): void {
    this.waiting.push(...attempts);
    const excess = Math.max(this.waiting.length - ROWS_MAX, 0);
    this.waiting.splice(0, excess);
    this.counts.skippedCount += excess;
  }

  private draw(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.schedule(() => {
      this.isDue = false;
      this.set();
    });
  }

  private set(): void {
    this.state = this.made();
    for (const it of this.listeners) it();
  }

  private made(): TailState {
    const { rows, filter, isHeld } = this;
    return { rows, filter, isHeld, waitingCount: this.waiting.length, ...this.counts };
  }
}

function matches({ endpointId, eventType, onlyFailed }: TailFilter, attempt: LiveAttempt): boolean {
  return (
    (endpointId === "" || attempt.endpointId === endpointId) &&
    (eventType === "" || attempt.eventType.toLowerCase().includes(eventType.toLowerCase())) &&
    (!onlyFailed || attempt.error !== null)
  );
}
