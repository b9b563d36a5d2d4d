// Applications.

import { bothOrders, equal, has, pagesBack, pagesForward, refused, step } from "./walker.mjs";

const page = (w) => (options) => w.sdk.application.list(options);

step("application.create: makes one", async (w) => {
  const acme = { name: "Acme", uid: "acme", metadata: { plan: "gold" }, throttleRate: 1000 };
  const made = await w.sdk.application.create(acme);
  w.acmeId = made.id;
  has(made, acme);
});

step("application.create: makes more", async (w) => {
  for (const n of [1, 2, 3, 4]) {
    const made = await w.sdk.application.create({ name: `App ${n}`, uid: `app-${n}` });
    has(made, { throttleRate: null });
    if (n === 1) w.firstAppId = made.id;
  }
});

step("application.create: a uid that exists is refused with 409", (w) =>
  refused(409, () => w.sdk.application.create({ name: "Again", uid: "acme" })),
);

step("application.create: gets the one that exists", async (w) => {
  const found = await w.sdk.application.getOrCreate({ name: "Again", uid: "acme" });
  has(found, { id: w.acmeId, name: "Acme" });
});

step("application.get: reads by id and by uid", async (w) => {
  const byId = await w.sdk.application.get(w.acmeId);
  equal(byId, await w.sdk.application.get("acme"));
  has(byId, { metadata: { plan: "gold" } });
});

step("application.get: what is not there is refused with 404", (w) =>
  refused(404, () => w.sdk.application.get("no-such")),
);

step("application.list: pages forward", (w) => pagesForward(w, page(w)));

step("application.list: pages back", (w) => pagesBack(w, page(w)));

step("application.list: order", (w) => bothOrders(page(w)));

step("application.upsert: changes", async (w) => {
  const wanted = { name: "Changed", uid: "app-1", metadata: { a: "b" }, throttleRate: 5 };
  has(await w.sdk.application.upsert("app-1", wanted), { id: w.firstAppId, ...wanted });
});

step("application.upsert: creates", async (w) => {
  const wanted = { name: "Five", uid: "app-5" };
  has(await w.sdk.application.upsert("app-5", wanted), wanted);
});

step("application.patch: changes what it names", async (w) => {
  const after = await w.sdk.application.patch("app-1", { name: "Patched" });
  has(after, { name: "Patched", throttleRate: 5, metadata: { a: "b" } });
});

step("application.patch: null clears", async (w) => {
  await w.sdk.application.patch("app-1", { throttleRate: null, uid: null });
  const after = await w.sdk.application.get(w.firstAppId);
  has(after, { name: "Patched", throttleRate: null, uid: null });
});

step("application.delete: deletes", async (w) => {
  for (const app of [w.firstAppId, "app-5"]) {
    await w.sdk.application.delete(app);
    await refused(404, () => w.sdk.application.get(app));
  }
});
