// Webhooks ("endpoints" in the API) of one application, and what is done with them.

import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type Webhook = Schemas["EndpointOut"];
export type WebhookPage = Schemas["ListResponseEndpointOut"];
export type Attempt = Schemas["AttemptOut"];
export type WebhookTraffic = Schemas["EndpointTrafficOut"];
export type TestResult = Schemas["TestOut"];
export type Task = Schemas["TaskOut"];

/** As many as the traffic of one answer may be about. */
const PAGE_SIZE = 100;
const ATTEMPTS_PAGE_SIZE = 20;

const path = (app: string, endpointId: string) => ({ app_id: app, endpoint_id: endpointId });

export const webhooksQuery = (app: string) =>
  infiniteQueryOptions({
    queryKey: ["webhooks", app, "list"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET("/api/v1/app/{app_id}/endpoint", {
          params: { path: { app_id: app }, query: { limit: PAGE_SIZE, iterator: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => (page.done ? undefined : (page.iterator ?? undefined)),
  });

export const webhookQuery = (app: string, endpointId: string) =>
  queryOptions({
    queryKey: ["webhooks", app, endpointId],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/app/{app_id}/endpoint/{endpoint_id}", { params: { path: path(app, endpointId) }, signal })),
  });

/** What came of deliveries to these webhooks in the last day, and how often ever. */
export const webhookTrafficQuery = (app: string, endpointIds: string[]) =>
  queryOptions({
    queryKey: ["webhooks", app, "traffic", endpointIds],
    enabled: endpointIds.length > 0,
    refetchInterval: 15_000,
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/traffic", { params: { query: { application: app, endpoint: endpointIds } }, signal })),
  });

export const headersQuery = (app: string, endpointId: string) =>
  queryOptions({
    queryKey: ["webhooks", app, endpointId, "headers"],
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/v1/app/{app_id}/endpoint/{endpoint_id}/headers", {
          params: { path: path(app, endpointId) },
          signal,
        }),
      ),
  });

export const transformationQuery = (app: string, endpointId: string) =>
  queryOptions({
    queryKey: ["webhooks", app, endpointId, "transformation"],
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/v1/app/{app_id}/endpoint/{endpoint_id}/transformation", {
          params: { path: path(app, endpointId) },
          signal,
        }),
      ),
  });

/** What its requests are signed with. Kept for as long as it is shown, and no longer. */
export const secretQuery = (app: string, endpointId: string) =>
  queryOptions({
    queryKey: ["webhooks", app, endpointId, "secret"],
    gcTime: 0,
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret", { params: { path: path(app, endpointId) }, signal }),
      ),
  });

/** Deliveries by state, of all time that is kept. */
export const statsQuery = (app: string, endpointId: string) =>
  queryOptions({
    queryKey: ["webhooks", app, endpointId, "stats"],
    refetchInterval: 15_000,
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/v1/app/{app_id}/endpoint/{endpoint_id}/stats", { params: { path: path(app, endpointId) }, signal }),
      ),
  });

export const attemptsQuery = (app: string, endpointId: string, onlyFailed: boolean) =>
  infiniteQueryOptions({
    queryKey: ["webhooks", app, endpointId, "attempts", onlyFailed],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET("/api/v1/app/{app_id}/attempt/endpoint/{endpoint_id}", {
          params: {
            path: path(app, endpointId),
            query: {
              limit: ATTEMPTS_PAGE_SIZE,
              iterator: pageParam,
              with_msg: true,
              ...(onlyFailed ? { status: 2 } : {}),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => (page.done ? undefined : (page.iterator ?? undefined)),
  });

/** Work in the background, looked at until it is done. */
export const taskQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["task", taskId],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/background-task/{task_id}", { params: { path: { task_id: taskId } }, signal })),
    refetchInterval: ({ state }) => (state.data && state.data.status !== "running" ? false : 700),
  });

/** A definition that is put together at run time. Its two forms, by URL and by recipe, are more than
    the typed client can tell apart; the server checks them. */
export type Definition = Record<string, unknown>;

export function addWebhook(app: string, definition: Definition): Promise<Webhook> {
  return data(
    api.POST("/api/v1/app/{app_id}/endpoint", { params: { path: { app_id: app } }, body: definition as never }),
  );
}

/** What a webhook would send, without sending it. The question is JSON, sent as it is written. */
export function preview(question: string, signal?: AbortSignal): Promise<Schemas["PreviewOut"]> {
  return data(api.POST("/api/v1/compose/preview", { body: {} as never, bodySerializer: () => question, signal }));
}

export function setWebhookOn(app: string, endpointId: string, isOn: boolean): Promise<Webhook> {
  return data(
    api.PATCH("/api/v1/app/{app_id}/endpoint/{endpoint_id}", {
      params: { path: path(app, endpointId) },
      body: { disabled: !isOn },
    }),
  );
}

export async function deleteWebhook(app: string, endpointId: string): Promise<void> {
  await api.DELETE("/api/v1/app/{app_id}/endpoint/{endpoint_id}", { params: { path: path(app, endpointId) } });
}

export function rotateSecret(app: string, endpointId: string, gracePeriodSeconds: number, key: string | null) {
  return data(
    api.POST("/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret/rotate", {
      params: { path: path(app, endpointId) },
      body: { gracePeriodSeconds, ...(key ? { key } : {}) },
    }),
  );
}

/** Sends a test event now. The payload is JSON as text, and is sent as it is written: parsing it would
    round large numbers. Without one it is the event's example. */
export function sendTest(
  app: string,
  endpointId: string,
  eventType: string | null,
  payload: string | null,
): Promise<TestResult> {
  const parts = [
    ...(eventType ? [`"eventType":${JSON.stringify(eventType)}`] : []),
    ...(payload ? [`"payload":${payload}`] : []),
  ];
  return data(
    api.POST("/api/v1/app/{app_id}/endpoint/{endpoint_id}/test", {
      params: { path: path(app, endpointId) },
      body: {},
      bodySerializer: () => `{${parts.join()}}`,
    }),
  );
}

/** What is sent again: what failed, what never was, or everything that matches. */
export type ReplayKind = "recover" | "replay-missing" | "bulk-replay";

export function replay(app: string, endpointId: string, kind: ReplayKind, body: Schemas["BulkReplayIn"]): Promise<Task> {
  const at = { params: { path: path(app, endpointId) } };
  switch (kind) {
    case "recover":
      return data(api.POST("/api/v1/app/{app_id}/endpoint/{endpoint_id}/recover", { ...at, body }));
    case "replay-missing":
      return data(api.POST("/api/v1/app/{app_id}/endpoint/{endpoint_id}/replay-missing", { ...at, body }));
    case "bulk-replay":
      return data(api.POST("/api/v1/app/{app_id}/endpoint/{endpoint_id}/bulk-replay", { ...at, body }));
  }
}

/** Everything that is shown of an application's webhooks is asked for again. */
export function webhooksChanged(queries: QueryClient, app: string): Promise<void> {
  return queries.invalidateQueries({ queryKey: ["webhooks", app] });
}
