// Event types.

import {
  bothOrders,
  equal,
  has,
  holds,
  identities,
  pagesBack,
  pagesForward,
  refused,
  step,
} from "./walker.mjs";

const SCHEMAS = {
  1: {
    type: "object",
    properties: { total: { type: "integer" } },
    examples: [{ total: 10 }],
  },
};

const YAML = `\
openapi: 3.1.0
info: {title: Pets, version: "1"}
webhooks:
  pet.sold:
    post:
      description: A pet was sold
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {name: {type: string}}}
`;

const page = (w) => (options) => w.sdk.eventType.list(options);

/** An OpenAPI document with one webhook. */
function openapi(name, description) {
  const schema = { type: "object", properties: { name: { type: "string" } } };
  const requestBody = { content: { "application/json": { schema } } };
  const webhooks = { [name]: { post: { description, requestBody } } };
  return { openapi: "3.1.0", info: { title: "Pets", version: "1" }, webhooks };
}

step("event-type.create: makes one", async (w) => {
  const fields = { description: "An order was paid", groupName: "orders", schemas: SCHEMAS };
  const made = await w.sdk.eventType.create({ name: "order.paid", ...fields });
  has(made, { name: "order.paid", archived: false, ...fields });
});

step("event-type.create: makes more", async (w) => {
  for (const name of ["order.shipped", "invoice.due", "text.raw"]) {
    await w.sdk.eventType.create({ name, description: name });
  }
  const early = { name: "order.cancelled", description: "off", featureFlags: ["early"] };
  has(await w.sdk.eventType.create(early), early);
  const old = { name: "invoice.sent", description: "old", deprecated: true };
  has(await w.sdk.eventType.create(old), old);
});

step("event-type.create: a name that exists is refused with 409", (w) =>
  refused(409, () => w.sdk.eventType.create({ name: "order.paid", description: "again" })),
);

step("event-type.create: a bad name is refused with 422", async (w) => {
  const bad = { name: "no good", description: "x" };
  equal(await refused(422, () => w.sdk.eventType.create(bad)), ["body", "name"]);
});

step("event-type.get: reads", async (w) => {
  const found = await w.sdk.eventType.get("order.paid");
  has(found, { description: "An order was paid", schemas: SCHEMAS });
});

step("event-type.get: what is not there is refused with 404", (w) =>
  refused(404, () => w.sdk.eventType.get("no.such")),
);

step("event-type.list: pages forward", (w) => pagesForward(w, page(w)));

step("event-type.list: pages back", (w) => pagesBack(w, page(w)));

step("event-type.list: order", (w) => bothOrders(page(w)));

step("event-type.list: schemas when asked for", async (w) => {
  for (const [withContent, schemas] of [[true, SCHEMAS], [false, null]]) {
    const { data } = await page(w)({ limit: 250, withContent });
    has(data.find((one) => one.name === "order.paid"), { schemas });
  }
});

step("event-type.upsert: changes", async (w) => {
  const wanted = { description: "changed", groupName: "invoices" };
  has(await w.sdk.eventType.upsert("invoice.sent", wanted), { ...wanted, deprecated: false });
});

step("event-type.upsert: creates", async (w) => {
  const wanted = { description: "back", groupName: "orders", schemas: SCHEMAS };
  const made = await w.sdk.eventType.upsert("order.returned", wanted);
  has(made, { name: "order.returned", ...wanted });
});

step("event-type.patch: changes what it names", async (w) => {
  const after = await w.sdk.eventType.patch("order.returned", { description: "changed" });
  has(after, { description: "changed", groupName: "orders" });
});

step("event-type.patch: null clears", async (w) => {
  await w.sdk.eventType.patch("order.returned", { groupName: null, schemas: null });
  const after = await w.sdk.eventType.get("order.returned");
  has(after, { description: "changed", groupName: null, schemas: null });
});

step("event-type.delete: archives", async (w) => {
  await w.sdk.eventType.delete("order.returned");
  has(await w.sdk.eventType.get("order.returned"), { archived: true });
  for (const includeArchived of [false, true]) {
    const { data } = await page(w)({ limit: 250, includeArchived });
    equal(identities(data).includes("order.returned"), includeArchived);
  }
});

step("event-type.create: brings an archived one back", async (w) => {
  await w.sdk.eventType.create({ name: "order.returned", description: "once more" });
  const after = await w.sdk.eventType.get("order.returned");
  has(after, { archived: false, description: "once more" });
});

step("event-type.delete: expunges", async (w) => {
  await w.sdk.eventType.delete("order.returned", { expunge: true });
  await refused(404, () => w.sdk.eventType.get("order.returned"));
});

step("event-type.import-openapi: a dry run changes nothing", async (w) => {
  const spec = openapi("pet.born", "A pet was born");
  const { data } = await w.sdk.eventType.importOpenapi({ spec, dryRun: true });
  equal(identities(data.toModify), ["pet.born"]);
  holds(data.toModify[0].schemas, "it has no schemas");
  await refused(404, () => w.sdk.eventType.get("pet.born"));
});

step("event-type.import-openapi: imports", async (w) => {
  const spec = openapi("pet.born", "A pet was born");
  const { data } = await w.sdk.eventType.importOpenapi({ spec });
  equal(data.modified, ["pet.born"]);
  const made = await w.sdk.eventType.get("pet.born");
  equal(made.description, "A pet was born");
  holds(made.schemas, "it has no schemas");
});

step("event-type.import-openapi: imports text", async (w) => {
  const json = JSON.stringify(openapi("pet.died", "Gone"));
  for (const [specRaw, name] of [[json, "pet.died"], [YAML, "pet.sold"]]) {
    const { data } = await w.sdk.eventType.importOpenapi({ specRaw });
    equal(data.modified, [name]);
    holds((await w.sdk.eventType.get(name)).schemas, `${name} has no schemas`);
  }
});
