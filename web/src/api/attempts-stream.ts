// Attempts of an application as they happen.

import { useEffect, useState } from "react";
import { follow, type StreamState } from "./events";

/** An attempt as the stream tells it. */
export interface LiveAttempt {
  id: string;
  timestamp: string;
  applicationId: string;
  endpointId: string;
  endpointName: string;
  messageId: string;
  eventType: string;
  /** As deliveries have it: 0 delivered, 2 failed. */
  status: number;
  responseStatusCode: number;
  responseDurationMs: number;
  attemptNumber: number;
  error: string | null;
}

/** Some of the attempts since the batch before, and how many more there were. */
export interface AttemptBatch {
  attempts: LiveAttempt[];
  skippedCount: number;
}

/** Follows the attempts of an application for as long as the screen is there. `take` must stay the
    same function. */
export function useAttemptStream(app: string, take: (batch: AttemptBatch) => void): StreamState {
  const [state, setState] = useState<StreamState>("connecting");
  useEffect(() => {
    const ending = new AbortController();
    void follow({
      path: () => `/api/v1/app/${encodeURIComponent(app)}/stream`,
      take: (event) => {
        if (event.name === "attempts") take(JSON.parse(event.data) as AttemptBatch);
      },
      told: setState,
      signal: ending.signal,
    });
    return () => ending.abort();
  }, [app, take]);
  return state;
}
