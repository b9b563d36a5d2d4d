// Portal tokens, the environment, and the end.

import { eventually, has, holds, identities, refused, step } from "./walker.mjs";

const APP = "acme";

/** A client with a portal token of its own. */
async function portal(w, sessionId) {
  const capabilities = ["ViewBase", "ManageEndpoint"];
  const wanted = { capabilities, expiry: 3600, sessionId };
  const access = await w.sdk.authentication.appPortalAccess(APP, wanted);
  holds(access.url && access.token, "url or token is missing");
  return w.client(access.token);
}

step("authentication.app-portal-access: gives a token", async (w) => {
  w.firstSession = await portal(w, "s1");
  w.secondSession = await portal(w, "s2");
});

step("authentication.app-portal-access: the token reaches what it may", async (w) => {
  const sdk = w.firstSession;
  const { data } = await sdk.endpoint.list(APP);
  holds(identities(data).includes(w.hookId), "it does not see an endpoint");
  await refused(403, () => sdk.application.list());
  await refused(403, () => sdk.endpoint.getSecret(APP, w.hookId));
});

step("authentication.expire-all: ends the sessions that are named", async (w) => {
  await w.sdk.authentication.expireAll(APP, { sessionIds: ["s1"], expiry: 0 });
  await eventually(() => refused(401, () => w.firstSession.endpoint.list(APP)));
  await w.secondSession.endpoint.list(APP);
});

step("authentication.logout: ends the token itself", async (w) => {
  await w.secondSession.authentication.logout();
  await refused(401, () => w.secondSession.endpoint.list(APP));
});

step("application.list: a bad token is refused with 401", (w) =>
  refused(401, () => w.client("nonsense").application.list()),
);

step("environment.export: shows the event types", async (w) => {
  const { eventTypes } = await w.sdk.environment.export();
  holds(identities(eventTypes).includes("order.paid"), "an event type is missing");
});

step("environment.import: adds event types", async (w) => {
  const came = { name: "came.along", description: "Came along" };
  await w.sdk.environment.import({ eventTypes: [came] });
  has(await w.sdk.eventType.get("came.along"), came);
});

step("application.delete: deletes what belongs to it", async (w) => {
  await w.sdk.application.delete(APP);
  await refused(404, () => w.sdk.endpoint.list(APP));
});
