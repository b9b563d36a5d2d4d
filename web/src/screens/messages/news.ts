// Keeps a long list true without loading it again: looks every few seconds at its beginning and at
// the part that is looked at. States change in place; what is new is counted, and comes into the
// list when the person asks for it, so that nothing moves under the eyes.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { messagePage, type MessageNeeds, type MessagePage, messagesQuery } from "@/api/messages";
import { type News, newsOf, withStates } from "./states";

const LOOK_MS = 4_000;
/** More than fit on a screen. */
const LOOK_ROWS = 100;

interface Looked {
  app: string;
  needs: MessageNeeds;
  spanS: number | null;
  newest: string | null;
  isLoaded: boolean;
}

export function useNews({ app, needs, spanS, newest, isLoaded }: Looked): News {
  const refresh = useRefresh(app, needs, spanS);
  const query = useQuery({
    queryKey: ["messages-news", app, needs, spanS, newest],
    queryFn: async ({ signal }) => {
      const page = await messagePage(app, needs, { limit: LOOK_ROWS, signal });
      refresh(page);
      return newsOf(page, newest);
    },
    // Nothing new can come before a moment that is over.
    enabled: isLoaded && !needs.before,
    initialData: { count: 0, isMore: false },
    refetchInterval: LOOK_MS,
    staleTime: 0,
    refetchOnMount: false,
  });
  return query.data;
}

/** Looks again at the page that begins at `iterator`, as long as something there is under way. */
export function useFreshPage(app: string, needs: MessageNeeds, spanS: number | null, iterator: string | null): void {
  const refresh = useRefresh(app, needs, spanS);
  useQuery({
    queryKey: ["messages-fresh", app, needs, spanS, iterator],
    queryFn: async ({ signal }) => {
      refresh(await messagePage(app, needs, { iterator: iterator ?? undefined, limit: LOOK_ROWS, signal }));
      return true;
    },
    enabled: iterator !== null,
    refetchInterval: LOOK_MS,
    gcTime: 0,
  });
}

function useRefresh(app: string, needs: MessageNeeds, spanS: number | null) {
  const queries = useQueryClient();
  const { queryKey } = messagesQuery(app, needs, spanS);
  return (page: MessagePage) =>
    queries.setQueryData(queryKey, (old) => old && withStates(old, page.data));
}
