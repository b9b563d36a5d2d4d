// Health, and the endpoints of operational webhooks.

import { randomBytes } from "node:crypto";

import {
  bothOrders,
  equal,
  has,
  holds,
  pagesBack,
  pagesForward,
  refused,
  step,
} from "./walker.mjs";

const MORE = ["ops-1", "ops-2", "ops-3", "ops-4"];
const EVENTS = ["endpoint.created", "message.attempt.exhausted"];

const operational = (w) => w.sdk.operationalWebhook.endpoint;
const page = (w) => (options) => operational(w).list(options);

/** ops-1 as the step "changes" wants it. */
const changed = (w, fields) => ({
  url: `${w.receiver}/ok/ops-1`,
  description: "changed",
  uid: "ops-1",
  disabled: true,
  ...fields,
});

step("health.get: answers", (w) => w.sdk.health.get());

step("operational-webhook.endpoint.create: makes one", async (w) => {
  const made = await operational(w).create({
    url: `${w.receiver}/operational`,
    description: "ops",
    uid: "ops",
    eventTypes: EVENTS,
    metadata: { team: "ops" },
    headers: { "x-team": "ops" },
  });
  w.operationalId = made.id;
  has(made, { uid: "ops", metadata: { team: "ops" } });
  equal(made.eventTypes.sort(), EVENTS);
});

step("operational-webhook.endpoint.create: makes more", async (w) => {
  for (const uid of MORE) {
    const url = `${w.receiver}/ok/${uid}`;
    has(await operational(w).create({ url, uid, disabled: true }), { uid, disabled: true });
  }
});

step("operational-webhook.endpoint.create: a uid that exists is refused with 409", (w) =>
  refused(409, () => operational(w).create({ url: `${w.receiver}/ok`, uid: "ops" })),
);

step("operational-webhook.endpoint.get: reads by id and by uid", async (w) => {
  const byId = await operational(w).get(w.operationalId);
  equal(byId, await operational(w).get("ops"));
  has(byId, { url: `${w.receiver}/operational`, description: "ops" });
});

step("operational-webhook.endpoint.list: pages forward", (w) => pagesForward(w, page(w)));

step("operational-webhook.endpoint.list: pages back", (w) => pagesBack(w, page(w)));

step("operational-webhook.endpoint.list: order", (w) => bothOrders(page(w)));

step("operational-webhook.endpoint.upsert: changes", async (w) => {
  const fields = { throttleRate: 7, metadata: { a: "b" } };
  const after = await operational(w).upsert("ops-1", changed(w, fields));
  has(after, { description: "changed", ...fields });
});

step("operational-webhook.endpoint.upsert: null clears", async (w) => {
  await operational(w).upsert("ops-1", changed(w, { throttleRate: null }));
  has(await operational(w).get("ops-1"), { throttleRate: null, metadata: {} });
});

step("operational-webhook.endpoint.get-secret: reads", async (w) => {
  const { key } = await operational(w).getSecret("ops-1");
  holds(key.startsWith("whsec_"), "it is no secret");
});

step("operational-webhook.endpoint.rotate-secret: to a given one", async (w) => {
  w.givenSecret = `whsec_${randomBytes(32).toString("base64")}`;
  await operational(w).rotateSecret("ops-1", { key: w.givenSecret });
  has(await operational(w).getSecret("ops-1"), { key: w.givenSecret });
});

step("operational-webhook.endpoint.rotate-secret: to a new one", async (w) => {
  await operational(w).rotateSecret("ops-1");
  const { key } = await operational(w).getSecret("ops-1");
  holds(key.startsWith("whsec_") && key !== w.givenSecret, "it did not change");
});

step("operational-webhook.endpoint.get-headers: reads", async (w) => {
  has(await operational(w).getHeaders("ops"), { headers: { "x-team": "ops" } });
});

step("operational-webhook.endpoint.set-headers: replaces", async (w) => {
  const headers = { "x-team": "two", authorization: "Bearer s3cret" };
  await operational(w).setHeaders("ops", { headers });
  const after = await operational(w).getHeaders("ops");
  equal(after.headers["x-team"], "two");
  holds(after.sensitive.includes("authorization"), "it is not called sensitive");
  holds(!JSON.stringify(after).includes("s3cret"), "a sensitive value is shown");
});

step("operational-webhook.endpoint.delete: deletes", async (w) => {
  for (const uid of MORE) {
    await operational(w).delete(uid);
    await refused(404, () => operational(w).get(uid));
  }
});
