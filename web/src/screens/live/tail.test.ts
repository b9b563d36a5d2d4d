import { expect, test } from "vitest";
import type { LiveAttempt } from "@/api/attempts-stream";
import { NO_FILTER, ROWS_MAX, Tail } from "./tail";

const now = (draw: () => void) => draw();

function attempts(count: number, change: Partial<LiveAttempt> = {}): LiveAttempt[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `atmpt_${index}`,
    timestamp: "2026-11-22T08:30:00.000Z",
    applicationId: "app_1",
    endpointId: "ep_1",
    endpointName: "CRM",
    messageId: "msg_1",
    eventType: "payment.received",
    status: 0,
    responseStatusCode: 200,
    responseDurationMs: 3,
    attemptNumber: 1,
    error: null,
    ...change,
  }));
}

test("the newest is first, and the list is bounded", () => {
  const tail = new Tail(now);
  for (let batch = 0; batch < 30; batch += 1) tail.take({ attempts: attempts(100), skippedCount: 400 });
  const { rows, listedCount, skippedCount } = tail.snapshot();
  expect(rows).toHaveLength(ROWS_MAX);
  expect(rows[0]?.id).toBe("atmpt_99");
  expect(listedCount + skippedCount).toBe(15_000);
});

test("while it is held nothing moves, and nothing is lost uncounted", () => {
  const tail = new Tail(now);
  tail.take({ attempts: attempts(3), skippedCount: 0 });
  tail.hold(true);
  for (let batch = 0; batch < 12; batch += 1) tail.take({ attempts: attempts(100), skippedCount: 5 });
  expect(tail.snapshot().rows).toHaveLength(3);
  expect(tail.snapshot().waitingCount).toBe(ROWS_MAX);
  tail.hold(false);
  const { rows, listedCount, skippedCount, waitingCount } = tail.snapshot();
  expect(rows).toHaveLength(ROWS_MAX);
  expect(waitingCount).toBe(0);
  expect(listedCount + skippedCount).toBe(3 + 12 * 105);
});

test("a filter is for what comes and for what is there", () => {
  const tail = new Tail(now);
  tail.take({ attempts: attempts(2, { error: "the receiver answered 500", status: 2 }), skippedCount: 0 });
  tail.take({ attempts: attempts(3), skippedCount: 0 });
  tail.only({ ...NO_FILTER, onlyFailed: true });
  expect(tail.snapshot().rows).toHaveLength(2);
  tail.take({ attempts: attempts(4), skippedCount: 0 });
  expect(tail.snapshot()).toMatchObject({ listedCount: 5, filteredCount: 4 });
  tail.only({ ...NO_FILTER, eventType: "PAYMENT" });
  tail.take({ attempts: attempts(1), skippedCount: 0 });
  tail.take({ attempts: attempts(1, { eventType: "user.created" }), skippedCount: 0 });
  expect(tail.snapshot().rows).toHaveLength(3);
});

test("it is drawn once for all that came in between", () => {
  const due: (() => void)[] = [];
  const tail = new Tail((draw) => due.push(draw));
  for (let batch = 0; batch < 5; batch += 1) tail.take({ attempts: attempts(1), skippedCount: 0 });
  expect(due).toHaveLength(1);
  expect(tail.snapshot().rows).toHaveLength(0);
  due[0]?.();
  expect(tail.snapshot().rows).toHaveLength(5);
});
