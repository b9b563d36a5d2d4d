// What became of an event: the attempts at it, and the request as the bin received it.

import { queryOptions } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Capture } from "@/api/bins";
import { api, data } from "@/api/client";
import { follow } from "@/api/events";

const LOOK_EVERY_MS = 700;
const LOOK_AGAIN_MS = 3_000;
/** Of the statuses of the API. */
export const DELIVERED = 0;

/** The latest attempt at a message; looked for until it has been delivered. */
export function attemptQuery(app: string, messageId: string) {
  return queryOptions({
    queryKey: ["onboarding", "attempt", messageId],
    queryFn: async () => {
      const params = { path: { app_id: app, msg_id: messageId }, query: { limit: 1 } };
      const page = await data(api.GET("/api/v1/app/{app_id}/attempt/msg/{msg_id}", { params }));
      return page.data[0] ?? null;
    },
    refetchInterval: ({ state: { data: attempt } }) => {
      if (!attempt) return LOOK_EVERY_MS;
      return attempt.status === DELIVERED ? false : LOOK_AGAIN_MS;
    },
  });
}

/** A header of a request that was received. */
export function headerOf(capture: Capture, name: string): string | null {
  return capture.headers.find(([key]) => key?.toLowerCase() === name)?.[1] ?? null;
}

/** The request of a message, once the bin has received it. */
export function useReceived(binId: string | null, messageId: string): Capture | null {
  const [received, setReceived] = useState<Capture | null>(null);
  useEffect(() => {
    if (!binId) return;
    const ending = new AbortController();
    void follow({
      path: () => `/api/v1/bin/${binId}/stream?after=beginning`,
      take: ({ name, data: text }) => {
        if (name !== "request") return;
        const capture = JSON.parse(text) as Capture;
        const ids = ["webhook-id", "svix-id"].map((it) => headerOf(capture, it));
        if (ids.includes(messageId)) setReceived(capture);
      },
      told: () => undefined,
      signal: ending.signal,
    });
    return () => ending.abort();
  }, [binId, messageId]);
  return received;
}
