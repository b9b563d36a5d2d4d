// Saving takes up to three requests, because headers and script have addresses of their own.

import { api, type Schemas } from "@/api/client";
import { addWebhook, preview } from "@/api/webhooks";
import type { Draft } from "./draft";
import { changesOf, previewOf } from "./input";

/** Makes a webhook from a draft. A script is looked at first: a mistake in it must not leave a
    webhook behind that runs without it. Tells the id as soon as there is one. */
export async function createWebhook(
  app: string,
  draft: Draft,
  before: Draft,
  told: (endpointId: string) => void,
): Promise<void> {
  const { webhook, headers, transformation } = changesOf(draft, before);
  if (transformation) {
    await preview(JSON.stringify({ appId: app, endpoint: previewOf(draft, before, true), payload: {} }));
  }
  const made = await addWebhook(app, {
    ...webhook,
    url: draft.url.trim(),
    eventTypes: draft.allEvents ? null : draft.events,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
  });
  told(made.id);
  if (transformation) await setTransformation(app, made.id, transformation);
}

/** Changes a webhook from `before` to `draft`; what is the same in both is not sent. */
export async function changeWebhook(app: string, endpointId: string, draft: Draft, before: Draft): Promise<void> {
  const { webhook, headers, transformation } = changesOf(draft, before);
  const at = { params: { path: { app_id: app, endpoint_id: endpointId } } };
  // Headers and script may use secret values that come with the webhook.
  if (Object.keys(webhook).length > 0) {
    await api.PATCH("/api/v1/app/{app_id}/endpoint/{endpoint_id}", { ...at, body: webhook });
  }
  if (Object.keys(headers).length > 0) {
    await api.PATCH("/api/v1/app/{app_id}/endpoint/{endpoint_id}/headers", { ...at, body: { headers } });
  }
  if (transformation) await setTransformation(app, endpointId, transformation);
}

async function setTransformation(app: string, endpointId: string, body: Schemas["TransformationPatch"]): Promise<void> {
  await api.PATCH("/api/v1/app/{app_id}/endpoint/{endpoint_id}/transformation", {
    params: { path: { app_id: app, endpoint_id: endpointId } },
    body,
  });
}
