// Endpoints, their secrets, headers and transformations.

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

const APP = "acme";
const SCRIPT = "function handler(webhook) { return webhook }";

const newSecret = () => `whsec_${randomBytes(32).toString("base64")}`;
const page = (w) => (options) => w.sdk.endpoint.list(APP, options);

/** What the endpoint spare is made of. */
const spare = (w, fields) => ({
  url: `${w.receiver}/ok/spare`,
  uid: "spare",
  eventTypes: ["order.cancelled"],
  throttleRate: 9,
  channels: ["us"],
  disabled: true,
  ...fields,
});

step("endpoint.create: makes one", async (w) => {
  w.hookSecret = newSecret();
  const made = await w.sdk.endpoint.create(APP, {
    url: `${w.receiver}/ok`,
    uid: "hook",
    description: "first",
    eventTypes: ["order.paid", "order.shipped"],
    metadata: { team: "billing" },
    headers: { "x-team": "billing" },
    secret: w.hookSecret,
    throttleRate: null,
  });
  w.hookId = made.id;
  has(made, { uid: "hook", description: "first", disabled: false, channels: null });
  has(made, { metadata: { team: "billing" } });
  equal(made.eventTypes.sort(), ["order.paid", "order.shipped"]);
});

step("endpoint.create: makes more", async (w) => {
  const create = (path, uid, fields) =>
    w.sdk.endpoint.create(APP, { url: `${w.receiver}${path}`, uid, ...fields });
  w.failingId = (await create("/fail", "failing", { eventTypes: ["invoice.due"] })).id;
  const regional = await create("/ok/regional", "regional", { channels: ["eu"] });
  w.regionalId = regional.id;
  has(regional, { channels: ["eu"] });
  await create("/raw", "raw", { eventTypes: ["text.raw"] });
  has(await w.sdk.endpoint.create(APP, spare(w)), { throttleRate: 9, disabled: true });
});

step("endpoint.create: a uid that exists is refused with 409", (w) =>
  refused(409, () => w.sdk.endpoint.create(APP, { url: `${w.receiver}/ok`, uid: "hook" })),
);

step("endpoint.create: an unknown event type is refused with 422", async (w) => {
  const unknown = { url: `${w.receiver}/ok`, eventTypes: ["no.such"] };
  const loc = await refused(422, () => w.sdk.endpoint.create(APP, unknown));
  equal(loc[0], "body");
});

step("endpoint.get: reads by id and by uid", async (w) => {
  const byId = await w.sdk.endpoint.get(APP, w.hookId);
  equal(byId, await w.sdk.endpoint.get(w.acmeId, "hook"));
  has(byId, { url: `${w.receiver}/ok` });
});

step("endpoint.list: pages forward", (w) => pagesForward(w, page(w)));

step("endpoint.list: pages back", (w) => pagesBack(w, page(w)));

step("endpoint.list: order", (w) => bothOrders(page(w)));

step("endpoint.upsert: changes", async (w) => {
  const fields = { description: "changed", metadata: { a: "b" } };
  has(await w.sdk.endpoint.upsert(APP, "spare", spare(w, fields)), fields);
});

step("endpoint.upsert: creates", async (w) => {
  const brief = { url: `${w.receiver}/ok/brief`, uid: "brief", disabled: true };
  has(await w.sdk.endpoint.upsert(APP, "brief", brief), brief);
});

step("endpoint.patch: changes what it names", async (w) => {
  const after = await w.sdk.endpoint.patch(APP, "spare", { description: "patched" });
  has(after, { description: "patched", channels: ["us"], throttleRate: 9 });
});

step("endpoint.patch: null clears", async (w) => {
  const nothing = { channels: null, eventTypes: null, throttleRate: null };
  await w.sdk.endpoint.patch(APP, "spare", nothing);
  has(await w.sdk.endpoint.get(APP, "spare"), { description: "patched", ...nothing });
});

step("endpoint.delete: deletes", async (w) => {
  await w.sdk.endpoint.delete(APP, "brief");
  await refused(404, () => w.sdk.endpoint.get(APP, "brief"));
});

step("endpoint.get-secret: reads", async (w) => {
  has(await w.sdk.endpoint.getSecret(APP, "hook"), { key: w.hookSecret });
});

step("endpoint.rotate-secret: to a given one", async (w) => {
  w.givenSecret = newSecret();
  await w.sdk.endpoint.rotateSecret(APP, "spare", { key: w.givenSecret });
  has(await w.sdk.endpoint.getSecret(APP, "spare"), { key: w.givenSecret });
});

step("endpoint.rotate-secret: to a new one", async (w) => {
  await w.sdk.endpoint.rotateSecret(APP, "spare");
  const { key } = await w.sdk.endpoint.getSecret(APP, "spare");
  holds(key.startsWith("whsec_") && key !== w.givenSecret, "it did not change");
});

step("endpoint.get-headers: reads", async (w) => {
  has(await w.sdk.endpoint.getHeaders(APP, "hook"), { headers: { "x-team": "billing" } });
});

step("endpoint.set-headers: replaces", async (w) => {
  const headers = { "x-one": "1", authorization: "Bearer s3cret" };
  await w.sdk.endpoint.setHeaders(APP, "spare", { headers });
  const after = await w.sdk.endpoint.getHeaders(APP, "spare");
  equal(after.headers["x-one"], "1");
  holds(after.sensitive.includes("authorization"), "it is not called sensitive");
  holds(!JSON.stringify(after).includes("s3cret"), "a sensitive value is shown");
});

step("endpoint.patch-headers: changes and deletes", async (w) => {
  const change = { headers: { "x-two": "2" }, deleteHeaders: ["x-one"] };
  await w.sdk.endpoint.patchHeaders(APP, "spare", change);
  const after = await w.sdk.endpoint.getHeaders(APP, "spare");
  has(after.headers, { "x-one": null, "x-two": "2" });
  holds(after.sensitive.includes("authorization"), "another header is gone");
});

step("endpoint.transformation.get: none at first", async (w) => {
  has(await w.sdk.endpoint.transformation.get(APP, "spare"), { code: null, enabled: false });
});

step("endpoint.transformation.patch: sets", async (w) => {
  const wanted = { code: SCRIPT, enabled: true, variables: { k: "v" } };
  await w.sdk.endpoint.transformation.patch(APP, "spare", wanted);
  has(await w.sdk.endpoint.transformation.get(APP, "spare"), wanted);
});

step("endpoint.transformation.patch: null clears", async (w) => {
  const wanted = { code: null, enabled: false };
  await w.sdk.endpoint.transformation.patch(APP, "spare", wanted);
  has(await w.sdk.endpoint.transformation.get(APP, "spare"), wanted);
});
