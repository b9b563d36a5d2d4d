// Messages.

import { messageInRaw } from "svix";

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

const page = (w) => (options) => w.sdk.message.list(APP, options);

/** Sends an order.shipped, which goes to the endpoint hook. */
export async function shipped(w, payload, options, fields) {
  const message = { eventType: "order.shipped", payload, ...fields };
  const made = await w.sdk.message.create(APP, message, options);
  w.toHook.push(made.id);
  return made;
}

/** Waits until the message has so many attempts; gives them, the newest first. */
export function waitForAttempts(w, msgId, count = 1) {
  return eventually(async () => {
    const { data } = await w.sdk.messageAttempt.listByMsg(APP, msgId);
    holds(data.length >= count, `${data.length} attempts instead of ${count}`);
    return data;
  });
}

step("message.create: sends", async (w) => {
  const due = { eventType: "invoice.due", payload: { n: 1 }, eventId: "due-1" };
  w.dueId = (await w.sdk.message.create(APP, due)).id;
  const paid = { eventType: "order.paid", eventId: "paid-1", tags: ["vip"] };
  const made = await w.sdk.message.create(APP, { payload: { total: 10 }, ...paid });
  w.paidId = made.id;
  w.toHook = [made.id];
  has(made, paid);
});

step("message.create: an eventId that exists is refused with 409", (w) =>
  refused(409, () =>
    w.sdk.message.create(APP, { eventType: "order.paid", payload: {}, eventId: "paid-1" }),
  ),
);

step("message.create: payload when asked for", async (w) => {
  has(await shipped(w, { n: 2 }, { withContent: true }), { payload: { n: 2 } });
  has(await shipped(w, { n: 2 }, { withContent: false }), { payload: {} });
});

step("message.create: a key that was used gives the first answer", async (w) => {
  const options = { idempotencyKey: "walk-1" };
  const message = (n) => ({ eventType: "order.shipped", payload: { n } });
  const first = await shipped(w, { n: 3 }, options);
  has(await w.sdk.message.create(APP, message(3), options), { id: first.id });
  await refused(422, () => w.sdk.message.create(APP, message(4), options));
});

step("message.create: channels", async (w) => {
  const message = { eventType: "order.cancelled", payload: {}, channels: ["eu"] };
  const made = await w.sdk.message.create(APP, message);
  w.channelId = made.id;
  has(made, { channels: ["eu"] });
  await waitForAttempts(w, made.id);
  const reached = await w.sdk.messageAttempt.listAttemptedDestinations(APP, made.id);
  equal(identities(reached.data), [w.regionalId]);
});

step("message.create: later", async (w) => {
  const deliverAt = new Date(Date.now() + 3_600_000);
  deliverAt.setMilliseconds(0);
  const message = { eventType: "order.paid", payload: { total: 11 }, deliverAt };
  const made = await w.sdk.message.create(APP, message);
  equal(made.deliverAt, deliverAt);
  has(await w.sdk.messageAttempt.listByMsg(APP, made.id), { data: [] });
});

step("message.create: with a retention of its own", async (w) => {
  await shipped(w, { n: 5 }, {}, { payloadRetentionPeriod: 5 });
  await shipped(w, { n: 6 }, {}, { payloadRetentionHours: 24 });
});

step("message.create: raw text", async (w) => {
  const message = messageInRaw("text.raw", '<order id="1">é</order>', "text/xml");
  const made = await w.sdk.message.create(APP, message);
  const [attempt] = await waitForAttempts(w, made.id);
  has(attempt, { responseStatusCode: 204 });
});

step("message.create: with its application", async (w) => {
  const application = { name: "Newcomer", uid: "newcomer" };
  const message = { eventType: "order.paid", payload: {}, application };
  await w.sdk.message.create("newcomer", message);
  has(await w.sdk.application.get("newcomer"), application);
});

step("message.get: reads by id and by eventId", async (w) => {
  const byId = await w.sdk.message.get(APP, w.paidId);
  equal(byId, await w.sdk.message.get(APP, "paid-1"));
  has(byId, { eventType: "order.paid" });
});

step("message.get: payload when asked for", async (w) => {
  for (const [withContent, payload] of [[true, { total: 10 }], [false, {}]]) {
    has(await w.sdk.message.get(APP, w.paidId, { withContent }), { payload });
  }
});

step("message.list: pages forward", (w) => pagesForward(w, page(w)));

step("message.list: pages back", (w) => pagesBack(w, page(w)));

step("message.list: by tag, channel, event type and time", async (w) => {
  const found = async (options) => identities((await page(w)(options)).data);
  equal(await found({ tag: "vip" }), [w.paidId]);
  equal(await found({ channel: "eu" }), [w.channelId]);
  equal(await found({ eventTypes: ["invoice.due"] }), [w.dueId]);
  equal(await found({ before: w.start }), []);
  equal(await found({ after: w.start }), await found());
});

step("message.precheck: says whether anybody listens", async (w) => {
  for (const [eventType, active] of [["order.paid", true], ["invoice.sent", false]]) {
    has(await w.sdk.message.precheck(APP, { eventType }), { active });
  }
});
