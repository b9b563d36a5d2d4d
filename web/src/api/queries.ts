// How answers are kept: what is shown is asked for again when somebody comes back to it, and a
// request that nothing answered is tried again by itself.

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

const TRIES_MAX = 3;

export const queryClient = new QueryClient({
  queryCache: new QueryCache(),
  mutationCache: new MutationCache(),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < TRIES_MAX && Problem.from(error).isPassing,
      // Requests to the same machine work without a network.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Error;
  }
}
