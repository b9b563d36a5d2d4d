// What the settings show and change, of an organization and of the server.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Application } from "./applications";
import { api, data, type Schemas } from "./client";
import { Problem } from "./problem";

export type About = Schemas["AboutOut"];
export type ApiKey = Schemas["KeyOut"];
export type NewApiKey = Schemas["NewKeyOut"];
export type OperationalWebhook = Schemas["EndpointOut"];
/** What is entered of an operational webhook here; the API knows more. */
export interface OperationalInput {
  url: string;
  name?: string;
  /** `null` for all. */
  eventTypes?: string[] | null;
  disabled?: boolean;
}
export type PortalAccess = Schemas["PortalAccessOut"];

const PAGE = 50;
const LOOK_EVERY_MS = 10_000;

const nextOf = (page: { done: boolean; iterator?: string | null }) => (page.done ? undefined : (page.iterator ?? undefined));

export const aboutQuery = queryOptions({
  queryKey: ["about"],
  refetchInterval: LOOK_EVERY_MS,
  queryFn: () => data(api.GET("/api/v1/about")),
});

/** Whether the server can use its store. */
export const healthQuery = queryOptions({
  queryKey: ["health"],
  refetchInterval: LOOK_EVERY_MS,
  queryFn: async () => {
    try {
      await api.GET("/api/v1/health");
      return true;
    } catch (error) {
      if (Problem.from(error).status === 503) return false;
      throw error;
    }
  },
});

export const keysQuery = infiniteQueryOptions({
  queryKey: ["keys"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) =>
    data(api.GET("/api/v1/auth/key", { params: { query: { limit: PAGE, iterator: pageParam } } })),
  getNextPageParam: nextOf,
});

export function createKey(body: Schemas["KeyIn"]): Promise<NewApiKey> {
  return data(api.POST("/api/v1/auth/key", { body }));
}

export async function revokeKey(id: string): Promise<void> {
  await api.DELETE("/api/v1/auth/key/{key_id}", { params: { path: { key_id: id } } });
}

export const operationalQuery = infiniteQueryOptions({
  queryKey: ["operational"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) =>
    data(api.GET("/api/v1/operational-webhook/endpoint", { params: { query: { limit: PAGE, iterator: pageParam } } })),
  getNextPageParam: nextOf,
});

export function createOperational(body: OperationalInput): Promise<OperationalWebhook> {
  return data(api.POST("/api/v1/operational-webhook/endpoint", { body }));
}

/** Changes some of its fields; the others stay. */
export function changeOperational(
  webhook: OperationalWebhook,
  change: Partial<OperationalInput>,
): Promise<OperationalWebhook> {
  const params = { path: { endpoint_id: webhook.id } };
  const body = { url: webhook.url, ...change };
  return data(api.PUT("/api/v1/operational-webhook/endpoint/{endpoint_id}", { params, body }));
}

export async function deleteOperational(id: string): Promise<void> {
  await api.DELETE("/api/v1/operational-webhook/endpoint/{endpoint_id}", { params: { path: { endpoint_id: id } } });
}

/** What its requests are signed with. Kept for as long as it is shown. */
export function operationalSecretQuery(id: string) {
  return queryOptions({
    queryKey: ["operational", id, "secret"],
    gcTime: 0,
    queryFn: async () => {
      const params = { path: { endpoint_id: id } };
      return (await data(api.GET("/api/v1/operational-webhook/endpoint/{endpoint_id}/secret", { params }))).key;
    },
  });
}

export async function rotateOperationalSecret(id: string): Promise<void> {
  const params = { path: { endpoint_id: id } };
  await api.POST("/api/v1/operational-webhook/endpoint/{endpoint_id}/secret/rotate", { params, body: {} });
}

export function createApplication(body: Schemas["ApplicationIn"]): Promise<Application> {
  return data(api.POST("/api/v1/app", { body }));
}

export function changeApplication(id: string, body: Schemas["ApplicationPatch"]): Promise<Application> {
  return data(api.PATCH("/api/v1/app/{app_id}", { params: { path: { app_id: id } }, body }));
}

export async function deleteApplication(id: string): Promise<void> {
  await api.DELETE("/api/v1/app/{app_id}", { params: { path: { app_id: id } } });
}

export function portalAccess(id: string, body: Schemas["PortalAccessIn"]): Promise<PortalAccess> {
  return data(api.POST("/api/v1/auth/app-portal-access/{app_id}", { params: { path: { app_id: id } }, body }));
}

/** The catalogue as a document, as it is imported elsewhere. */
export function exportEnvironment(): Promise<Schemas["EnvironmentOut"]> {
  return data(api.POST("/api/v1/environment/export"));
}

export async function importEnvironment(body: Schemas["EnvironmentIn"]): Promise<void> {
  await api.POST("/api/v1/environment/import", { body });
}
