// Messages, their deliveries and the attempts of each.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { memberText } from "@/json/member";
import { api, data, type Schemas } from "./client";
import { Problem } from "./problem";

export type Message = Schemas["MessageOut"];
export type Delivery = Schemas["DeliveryOfEndpointSummary"];
export type Attempt = Schemas["AttemptOut"];
export type MessagePage = Schemas["ListResponseMessageOut"];

/** What narrows a list of messages. */
export interface MessageNeeds {
  type?: string;
  tag?: string;
  channel?: string;
  status?: number;
  after?: string;
  before?: string;
}

/** As many as the server gives at once: enough to scroll fast, and for all that one message has. */
const PAGE_MAX = 250;

export const WAITING = new Set([1, 3]);

export async function messagePage(
  app: string,
  needs: MessageNeeds,
  { iterator, limit = PAGE_MAX, signal }: { iterator?: string | undefined; limit?: number; signal?: AbortSignal },
): Promise<MessagePage> {
  const query = {
    limit,
    iterator,
    event_types: needs.type ? [needs.type] : undefined,
    tag: needs.tag,
    channel: needs.channel,
    status: needs.status,
    after: needs.after,
    before: needs.before,
    with_content: false,
    with_deliveries: true,
  };
  return data(api.GET("/api/v1/app/{app_id}/msg", { params: { path: { app_id: app }, query }, signal }));
}

/** Where a page begins. What counts from now (`spanS`) is counted from when the list was opened, or
    the end of the list would move while one reads. */
interface Place {
  iterator?: string;
  after?: string;
}

const START: Place = {};

export function messagesQuery(app: string, needs: MessageNeeds, spanS: number | null) {
  return infiniteQueryOptions({
    queryKey: ["messages", app, needs, spanS],
    initialPageParam: START,
    // Pages are kept as they came; the list itself looks for what is new, see `useNews`.
    staleTime: Infinity,
    // Comparing a hundred thousand rows with themselves at each page takes longer than a frame.
    structuralSharing: false,
    queryFn: async ({ pageParam, signal }) => {
      const after = pageParam.after ?? (spanS ? new Date(Date.now() - spanS * 1_000).toISOString() : needs.after);
      const page = await messagePage(app, { ...needs, after }, { iterator: pageParam.iterator, signal });
      return { ...page, after };
    },
    getNextPageParam: (page): Place | undefined =>
      page.done || !page.iterator ? undefined : { iterator: page.iterator, after: page.after },
  });
}

/** A message by its id or its event id; `null` when there is none. */
export function messageQuery(app: string, id: string) {
  return queryOptions({
    queryKey: ["message", app, id],
    enabled: id !== "",
    queryFn: async ({ signal }) => {
      const params = { path: { app_id: app, msg_id: id }, query: { with_content: false, with_deliveries: true } };
      try {
        return await data(api.GET("/api/v1/app/{app_id}/msg/{msg_id}", { params, signal }));
      } catch (error) {
        if (Problem.from(error).kind === "notFound") return null;
        throw error;
      }
    },
    refetchInterval: ({ state }) => whileWaiting(state.data?.deliveries?.pending ?? 0),
  });
}

/** The payload as it was sent, byte for byte; `null` when it is no longer kept. */
export function payloadQuery(app: string, id: string) {
  return queryOptions({
    queryKey: ["message", app, id, "payload"],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const params = { path: { app_id: app, msg_id: id } };
      const text = await data<string>(api.GET("/api/v1/app/{app_id}/msg/{msg_id}", { params, signal, parseAs: "text" }));
      const payload = memberText(text, "payload");
      return payload === null || payload.replaceAll(/\s/g, "") === '{"expired":true}' ? null : payload;
    },
  });
}

const SOON_MS = 2_000;

function whileWaiting(count: number): number | false {
  return count > 0 ? SOON_MS : false;
}

/** What became of a message: its deliveries, and all attempts, the latest first, without the answers'
    bodies. Attempts are asked for last: those that made a delivery what it is said to be are all there. */
export function courseQuery(app: string, id: string) {
  return queryOptions({
    queryKey: ["message", app, id, "course"],
    queryFn: async ({ signal }) => {
      const path = { app_id: app, msg_id: id };
      const query = { limit: PAGE_MAX, expanded_statuses: true };
      const deliveries = await data(
        api.GET("/api/v1/app/{app_id}/msg/{msg_id}/endpoint", { params: { path, query }, signal }),
      );
      const attempts = await data(
        api.GET("/api/v1/app/{app_id}/attempt/msg/{msg_id}", {
          params: { path, query: { ...query, with_content: false } },
          signal,
        }),
      );
      return { deliveries: deliveries.data, attempts: attempts.data };
    },
    refetchInterval: ({ state }) =>
      whileWaiting(state.data?.deliveries.filter((it) => WAITING.has(it.status)).length ?? 0),
  });
}

/** One attempt, with the answer's body. */
export function attemptQuery(app: string, messageId: string, attemptId: string) {
  return queryOptions({
    queryKey: ["message", app, messageId, "attempt", attemptId],
    staleTime: Infinity,
    queryFn: ({ signal }) => {
      const params = { path: { app_id: app, msg_id: messageId, attempt_id: attemptId } };
      return data(api.GET("/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}", { params, signal }));
    },
  });
}

export interface NewMessage {
  eventType: string;
  /** A JSON object, sent as it is written. */
  payload: string;
  eventId?: string;
  channels?: string[];
  tags?: string[];
  deliverAt?: string;
}

export function sendMessage(app: string, { payload, ...rest }: NewMessage): Promise<Message> {
  const params = { path: { app_id: app }, query: { with_content: false } };
  // Parsing the payload would lose digits of large numbers.
  const written = `{"payload":${payload},${JSON.stringify(rest).slice(1)}`;
  const body = { ...rest, payload: {} };
  return data(api.POST("/api/v1/app/{app_id}/msg", { params, body, bodySerializer: () => written }));
}

/** Whether any webhook listens to such an event. */
export function precheckQuery(app: string, eventType: string, channels: string[]) {
  return queryOptions({
    queryKey: ["precheck", app, eventType, channels],
    enabled: eventType !== "",
    queryFn: async ({ signal }) => {
      const body = { eventType, ...(channels.length > 0 ? { channels } : {}) };
      const params = { path: { app_id: app } };
      return data(api.POST("/api/v1/app/{app_id}/msg/precheck/active", { params, body, signal }));
    },
    retry: false,
  });
}

export function resend(app: string, messageId: string, endpointId: string) {
  const params = { path: { app_id: app, msg_id: messageId, endpoint_id: endpointId } };
  return api.POST("/api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend", { params });
}

/** Ends what waits for its time or its next attempt; says how many deliveries that were. */
export async function cancelWaiting(app: string, id: string): Promise<number> {
  const params = { path: { app_id: app, msg_id: id } };
  return (await data(api.POST("/api/v1/app/{app_id}/msg/{msg_id}/cancel", { params }))).canceled;
}

export function forgetPayload(app: string, id: string) {
  const params = { path: { app_id: app, msg_id: id } };
  return api.DELETE("/api/v1/app/{app_id}/msg/{msg_id}/content", { params });
}
