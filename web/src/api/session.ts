// Who is looking: the session of the dashboard, or the token of a portal.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas, setCsrfToken } from "./client";
import { Problem } from "./problem";

export type Session = Schemas["SessionOut"];

/** The session there is; `null` when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: Infinity,
  queryFn: async (): Promise<Session | null> => {
    try {
      return remember(await data(api.GET("/api/v1/session")));
    } catch (error) {
      if (Problem.from(error).kind === "signedOut") return null;
      throw error;
    }
  },
});

/** Signs in with a token, an API key or what a sign-in link has. */
export async function signIn(token: string): Promise<Session> {
  return remember(await data(api.POST("/api/v1/session", { body: { token } })));
}

export async function signOut(): Promise<void> {
  await api.DELETE("/api/v1/session");
  setCsrfToken(null);
}

function remember(session: Session): Session {
  setCsrfToken(session.csrfToken ?? null);
  return session;
}
