// Sending again, background tasks, taking payloads away.

import { waitForStatus } from "./attempts.mjs";
import {
  bothOrders,
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
const NO_MESSAGE = `msg_${"2".repeat(27)}`;
const NO_TASK = `qtask_${"2".repeat(27)}`;

const page = (w) => (options) => w.sdk.backgroundTask.list(options);

/** Waits until a task that was started is finished. */
async function follow(w, started, task) {
  has(started, { task });
  await eventually(async () => {
    has(await w.sdk.backgroundTask.get(started.id), { status: "finished" });
  });
}

/** A message's payload. */
async function payload(w, msgId) {
  return (await w.sdk.message.get(APP, msgId, { withContent: true })).payload;
}

step("endpoint.recover: sends again what failed", async (w) => {
  await w.sdk.endpoint.patch(APP, "failing", { url: `${w.receiver}/ok/mended` });
  const started = await w.sdk.endpoint.recover(APP, "failing", { since: w.start });
  w.recoverId = started.id;
  await follow(w, started, "endpoint.recover");
  await waitForStatus(w, w.dueId, w.failingId, "success");
});

step("endpoint.replay-missing: sends what was never tried", async (w) => {
  const late = { url: `${w.receiver}/ok/late`, uid: "late", eventTypes: ["order.paid"] };
  w.lateId = (await w.sdk.endpoint.create(APP, late)).id;
  const started = await w.sdk.endpoint.replayMissing(APP, "late", { since: w.start });
  await follow(w, started, "endpoint.replay");
  await waitForStatus(w, w.paidId, w.lateId, "success");
});

step("endpoint.bulk-replay: sends again what is asked for", async (w) => {
  const asked = { since: w.start, eventTypes: ["order.paid"], status: 0 };
  const started = await w.sdk.endpoint.bulkReplay(APP, "late", asked);
  await follow(w, started, "endpoint.bulk-replay");
  await eventually(async () => {
    const options = { endpointId: w.lateId };
    equal((await w.sdk.messageAttempt.listByMsg(APP, w.paidId, options)).data.length, 2);
  });
});

step("background-task.get: reads", async (w) => {
  const task = await w.sdk.backgroundTask.get(w.recoverId);
  has(task, { status: "finished", task: "endpoint.recover" });
  holds(task.data !== null && typeof task.data === "object", "its data is no object");
});

step("background-task.get: what is not there is refused with 404", (w) =>
  refused(404, () => w.sdk.backgroundTask.get(NO_TASK)),
);

step("background-task.list: pages forward", async (w) => {
  await pagesForward(w, page(w), 1);
  equal(w.pages.length, 3);
});

step("background-task.list: pages back", (w) => pagesBack(w, page(w), 1));

step("background-task.list: order", (w) => bothOrders(page(w)));

step("background-task.list: by status and kind", async (w) => {
  equal((await page(w)({ status: "finished" })).data.length, 3);
  equal(identities((await page(w)({ task: "endpoint.recover" })).data), [w.recoverId]);
});

step("message.expunge-content: takes the payload away", async (w) => {
  await w.sdk.message.expungeContent(APP, w.dueId);
  equal(await payload(w, w.dueId), { expired: true });
});

step("message.bulk-expunge-content: says what became of each", async (w) => {
  const ids = [w.toHook.at(-1), NO_MESSAGE];
  const { results } = await w.sdk.message.bulkExpungeContent(APP, { ids });
  equal(ids.map((id) => results[id]), ["expunged", "not-found"]);
});

step("message.expunge-all-contents: takes all payloads away", async (w) => {
  const started = await w.sdk.message.expungeAllContents(APP);
  await follow(w, started, "application.purge_content");
  equal(await payload(w, w.paidId), { expired: true });
});
