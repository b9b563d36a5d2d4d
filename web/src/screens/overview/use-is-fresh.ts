import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, data } from "@/api/client";

/** Whether an application has no webhook yet. */
export function hasWebhookQuery(app: string) {
  return queryOptions({
    queryKey: ["webhooks", app, "any"],
    queryFn: async () => {
      const query = { limit: 1 };
      const page = await data(api.GET("/api/v1/app/{app_id}/endpoint", { params: { path: { app_id: app }, query } }));
      return page.data.length > 0;
    },
  });
}

/** Whether nobody has made a webhook here, and whether that is known; when it cannot be, somebody has. */
export function useIsFresh(app: string) {
  const query = useQuery(hasWebhookQuery(app));
  return { isFresh: query.data === false, isKnown: !query.isPending };
}
