// A server that has something to show, and every address at which it shows something.

import { expect } from "@playwright/test";
import type { Receiver } from "./receiver";
import type { Server } from "./server";

const EVENTS = ["payment_received", "customer_created", "site_published", "membership_expired"];
const MESSAGES = 40;

interface Id {
  id: string;
}

/** Where the screens are: names of pictures, and addresses. */
export interface World {
  /** What needs no session. */
  public: Record<string, string>;
  /** The dashboard's. */
  signedIn: Record<string, string>;
  /** The portal's, each with the token in its fragment. */
  portal: Record<string, string>;
}

/** Webhooks that work and one that does not, messages for them, and a bin that has received. */
export async function fill(server: Server, working: Receiver, failing: Receiver): Promise<World> {
  failing.answer = { status: 503, body: "the database is being moved" };
  const add = (body: object) => server.api<Id>("POST", "/app/default/endpoint", body);
  const crm = await add({ name: "CRM", url: working.url("/crm"), eventTypes: EVENTS.slice(0, 2) });
  const warehouse = await add({ name: "Warehouse", url: failing.url("/stock") });
  await add({ name: "Analytics", url: working.url("/events"), eventTypes: ["*"] });
  const bin = await server.api<Id & { url: string }>("POST", "/bin", { name: "Shop notifications" });
  const share = await server.api<{ url: string }>("POST", `/bin/${bin.id}/share`, {});
  const message = await sendAll(server);
  await capture(bin.url);
  await server.api("POST", "/auth/key", { name: "Continuous integration" });
  await server.api("POST", "/operational-webhook/endpoint", { name: "On call", url: working.url("/on-call") });
  // Counts reach the store every few seconds.
  await expect.poll(async () => (await server.api<{ delivered: number }>("GET", "/traffic")).delivered).toBeGreaterThan(MESSAGES);
  const { url: portal } = await server.api<{ url: string }>("POST", "/auth/app-portal-access/default", {});
  const access = portal.slice(portal.indexOf("#"));
  return {
    public: { "sign-in": "/sign-in", shared: share.url, "shared-new": "/shared" },
    signedIn: {
      overview: "/",
      webhooks: "/webhooks",
      "webhook-new": "/webhooks/new",
      recipes: "/webhooks/recipes",
      webhook: `/webhooks/${crm.id}`,
      "webhook-failing": `/webhooks/${warehouse.id}`,
      "webhook-edit": `/webhooks/${crm.id}/edit`,
      events: "/events",
      event: "/events/payment_received",
      messages: "/messages",
      message: `/messages/${message.id}`,
      bins: "/bins",
      bin: `/bins/${bin.id}`,
      live: "/live",
      applications: "/settings",
      keys: "/settings?tab=keys",
      operational: "/settings?tab=operational",
      data: "/settings?tab=data",
      about: "/settings?tab=about",
      start: "/start",
      "not-found": "/nowhere",
      "message-not-found": "/messages/msg_000000000000000000000000000",
    },
    portal: {
      portal,
      "portal-new": `/portal/webhooks/new${access}`,
      "portal-webhook": `/portal/webhooks/${crm.id}${access}`,
      "portal-messages": `/portal/messages${access}`,
      "portal-message": `/portal/messages/${message.id}${access}`,
      "portal-ended": `/portal/webhooks${access}x`,
    },
  };
}

/** Sends events of several kinds; gives the last of them. */
export async function sendAll(server: Server, count = MESSAGES): Promise<Id> {
  let message: Id = { id: "" };
  for (let number = 0; number < count; number += 1) {
    const eventType = EVENTS[number % EVENTS.length];
    const payload = { payment_id: 70 + number, customer: { name: "Ann Example", email: "ann@example.com" }, total: 49.9 };
    message = await server.api<Id>("POST", "/app/default/msg", { eventType, payload, tags: ["shop"] });
  }
  return message;
}

async function capture(url: string): Promise<void> {
  for (const path of ["/orders", "/orders/78/paid"]) {
    await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-shop-event": "orders/paid" },
      body: JSON.stringify({ order: 78, lines: [{ sku: "hook-1", count: 2 }], paid: true }),
    });
  }
}
