// The catalogue of events.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type EventType = Schemas["EventTypeOut"];
export type EventTypeIn = Schemas["EventTypeIn"];
export type EventTypePatch = Schemas["EventTypePatch"];

const PAGE = 250;

interface Wanted {
  archived?: boolean;
  /** Schemas, and with them the examples. */
  content?: boolean;
}

/** All of it, by name: it is as large as people can read. */
export function catalogueQuery({ archived = false, content = false }: Wanted = {}) {
  return queryOptions({
    queryKey: ["event-types", { archived, content }],
    staleTime: 30_000,
    queryFn: async ({ signal }) => {
      const all: EventType[] = [];
      let iterator: string | undefined;
      do {
        const query = { limit: PAGE, iterator, include_archived: archived, with_content: content };
        const page = await data(api.GET("/api/v1/event-type", { params: { query }, signal }));
        all.push(...page.data);
        iterator = page.done ? undefined : (page.iterator ?? undefined);
      } while (iterator);
      return all;
    },
  });
}

export function eventTypeQuery(name: string) {
  return queryOptions({
    queryKey: ["event-type", name],
    enabled: name !== "",
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/event-type/{event_type_name}", { params: { path: { event_type_name: name } }, signal })),
  });
}

/** A change of the catalogue; what shows it is asked for again afterwards. */
export function useCatalogueChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["event-types"] }),
        queries.invalidateQueries({ queryKey: ["event-type"] }),
      ]);
    },
  });
}

export function createEventType(body: EventTypeIn) {
  return data(api.POST("/api/v1/event-type", { body }));
}

export function changeEventType(name: string, body: EventTypePatch) {
  const params = { path: { event_type_name: name } };
  return data(api.PATCH("/api/v1/event-type/{event_type_name}", { params, body }));
}

/** Archives it, or removes it altogether. */
export function deleteEventType(name: string, expunge: boolean) {
  const params = { path: { event_type_name: name }, query: { expunge } };
  return api.DELETE("/api/v1/event-type/{event_type_name}", { params });
}
