import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type Application = Schemas["ApplicationOut"];

/** Every organization has this one without making it. */
export const DEFAULT_APPLICATION = "default";

/** How an application is named in paths and links: as people named it. */
export function appName(application: Application): string {
  return application.uid ?? application.id;
}

export const applicationsQuery = infiniteQueryOptions({
  queryKey: ["applications"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) =>
    data(api.GET("/api/v1/app", { params: { query: { limit: 100, iterator: pageParam } } })),
  getNextPageParam: (page) => (page.done ? undefined : (page.iterator ?? undefined)),
});
