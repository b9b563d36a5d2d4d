import type { Webhook, WebhookTraffic } from "@/api/webhooks";

interface Wish {
  search: string;
  failingFirst: boolean;
}

/** Whether nothing reaches it at the moment. One that is off does not fail: nothing is sent. */
export function isFailing(webhook: Webhook): boolean {
  return webhook.failingSince !== null && !webhook.disabled;
}

/** The webhooks that a search finds, by name, address and events; those that fail first, if wished,
    and of the others those first that failed at all in the last day. */
export function arranged(webhooks: Webhook[], traffic: Map<string, WebhookTraffic>, wish: Wish): Webhook[] {
  const wanted = wish.search.trim().toLowerCase();
  const found = webhooks.filter((it) =>
    [it.name, it.url, it.uid ?? "", ...(it.eventTypes ?? [])].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (!wish.failingFirst) return found;
  const rank = (it: Webhook) => (isFailing(it) ? 0 : it.disabled ? 2 : 1);
  const failed = (it: Webhook) => traffic.get(it.id)?.failed ?? 0;
  return found.sort((a, b) => rank(a) - rank(b) || failed(b) - failed(a));
}
