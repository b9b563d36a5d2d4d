// How much went out, how well, and where it does not.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type Traffic = Schemas["TrafficOut"];
export type TrafficPoint = Traffic["points"][number];
export type EndpointTraffic = Schemas["EndpointTrafficOut"];

/** Attempts of an application in the time until now. */
export function trafficQuery(app: string, spanSeconds: number) {
  return queryOptions({
    queryKey: ["traffic", app, spanSeconds],
    queryFn: () => {
      const since = new Date(Date.now() - spanSeconds * 1_000).toISOString();
      return data(api.GET("/api/v1/traffic", { params: { query: { application: app, since } } }));
    },
    // Another span's numbers until this one's are there.
    placeholderData: keepPreviousData,
  });
}
