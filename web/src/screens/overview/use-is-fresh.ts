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

/** True once it is known that nobody has made a webhook here. */
export function useIsFresh(app: string): boolean {
  return useQuery(hasWebhookQuery(app)).data === false;
}
