// Attempts, what they reached, statistics.

import { shipped, waitForAttempts } from "./messages.mjs";
import {
  equal,
  eventually,
  has,
  holds,
  identities,
  pagesBack,
  pagesForward,
  refused,
  step,
} from "./walker.mjs";

const APP = "acme";
const NO_ATTEMPT = `atmpt_${"2".repeat(27)}`;

const byEndpoint = (w, id) => (options) => w.sdk.messageAttempt.listByEndpoint(APP, id, options);
const byMessage = (w, id) => (options) => w.sdk.messageAttempt.listByMsg(APP, id, options);
const messagesOf = (w, id) => (options) =>
  w.sdk.messageAttempt.listAttemptedMessages(APP, id, options);

/** Waits until a message is in a status at an endpoint; gives what became of it. */
export function waitForStatus(w, msgId, endpointId, statusText) {
  return eventually(async () => {
    const { data } = await w.sdk.messageAttempt.listAttemptedDestinations(APP, msgId);
    const found = data.find((one) => one.id === endpointId);
    holds(found, "it has no delivery there");
    has(found, { statusText });
    return found;
  });
}

step("message-attempt.list-by-msg: waits for the attempt", async (w) => {
  const [attempt, ...more] = await waitForAttempts(w, w.paidId);
  equal(more, []);
  w.paidAttemptId = attempt.id;
  has(attempt, { status: 0, statusText: "success", responseStatusCode: 204, triggerType: 0 });
  has(attempt, { url: `${w.receiver}/ok`, endpointId: w.hookId });
});

step("message-attempt.get: reads", async (w) => {
  const attempt = await w.sdk.messageAttempt.get(APP, w.paidId, w.paidAttemptId);
  has(attempt, { id: w.paidAttemptId, msgId: w.paidId });
});

step("message-attempt.get: what is not there is refused with 404", (w) =>
  refused(404, () => w.sdk.messageAttempt.get(APP, w.paidId, NO_ATTEMPT)),
);

step("message-attempt.list-by-endpoint: pages forward", async (w) => {
  for (const n of [10, 11, 12, 13, 14]) await shipped(w, { n });
  for (const msgId of w.toHook) await waitForAttempts(w, msgId);
  await pagesForward(w, byEndpoint(w, w.hookId));
});

step("message-attempt.list-by-endpoint: pages back", (w) => pagesBack(w, byEndpoint(w, w.hookId)));

step(
  "message-attempt.list-by-endpoint: with its message, by status, class and event type",
  async (w) => {
    for (const attempt of (await byEndpoint(w, w.hookId)({ withMsg: true })).data) {
      has(attempt.msg, { id: attempt.msgId });
    }
    has(await byEndpoint(w, w.hookId)({ status: 2 }), { data: [] });
    const failed = await byEndpoint(w, w.failingId)({ statusCodeClass: 500 });
    equal([...new Set(failed.data.map((one) => one.responseStatusCode))], [500]);
    const paid = await byEndpoint(w, w.hookId)({ eventTypes: ["order.paid"] });
    equal(identities(paid.data), [w.paidAttemptId]);
  },
);

step("message-attempt.list-by-msg: pages forward", async (w) => {
  const failed = await waitForStatus(w, w.dueId, w.failingId, "fail");
  has(failed, { status: 2, nextAttempt: null });
  await pagesForward(w, byMessage(w, w.dueId), 1);
  equal(w.pages.length, 3);
  w.dueAttemptId = w.pages.at(-1).data[0].id;
});

step("message-attempt.list-by-msg: pages back", (w) => pagesBack(w, byMessage(w, w.dueId), 1));

step("message-attempt.list-by-msg: with the answer, by endpoint", async (w) => {
  const found = await byMessage(w, w.dueId)({ withContent: true });
  equal([...new Set(found.data.map((one) => one.response))], ["out of order"]);
  has(await byMessage(w, w.dueId)({ endpointId: w.hookId }), { data: [] });
});

step("message-attempt.list-attempted-messages: pages forward", async (w) => {
  await pagesForward(w, messagesOf(w, w.hookId));
  for (const message of w.pages[0].data) {
    holds(message.id && message.eventType && message.statusText, "a field is missing");
  }
});

step("message-attempt.list-attempted-messages: pages back", (w) =>
  pagesBack(w, messagesOf(w, w.hookId)),
);

step("message-attempt.list-attempted-destinations: reads", async (w) => {
  const found = await w.sdk.messageAttempt.listAttemptedDestinations(APP, w.dueId);
  equal(identities(found.data), [w.failingId]);
  has(found.data[0], { url: `${w.receiver}/fail` });
  has(found, { done: true });
});

step("message-attempt.resend: makes one more attempt", async (w) => {
  await w.sdk.messageAttempt.resend(APP, w.paidId, w.hookId);
  const found = await waitForAttempts(w, w.paidId, 2);
  equal(found.map((one) => one.triggerType), [1, 0]);
});

step("message-attempt.expunge-content: takes the answer away", async (w) => {
  await w.sdk.messageAttempt.expungeContent(APP, w.dueId, w.dueAttemptId);
  const { response } = await w.sdk.messageAttempt.get(APP, w.dueId, w.dueAttemptId);
  holds(!response.includes("out of order"), "the answer is still there");
});

step("endpoint.get-stats: counts", async (w) => {
  const stats = await w.sdk.endpoint.getStats(APP, w.hookId, { since: w.start });
  holds(stats.success >= 7, `only ${stats.success} successes`);
  has(stats, { fail: 0 });
  has(await w.sdk.endpoint.getStats(APP, w.failingId, { since: w.start }), { fail: 1 });
});

step("endpoint.send-example: sends", async (w) => {
  const made = await w.sdk.endpoint.sendExample(APP, "hook", { eventType: "order.paid" });
  has(made, { eventType: "order.paid" });
  const [attempt] = await waitForAttempts(w, made.id);
  has(attempt, { endpointId: w.hookId });
});
