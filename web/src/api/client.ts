// The API, typed by its OpenAPI document: `api.GET("/api/v1/app/{app_id}", …)`. How requests show
// who sends them is set once: by the session's cookie with its CSRF token (dashboard), or by a
// bearer token (portal, shared bins).

import createClient, { type Middleware } from "openapi-fetch";
import { Problem } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

let bearer: string | null = null;
let csrfToken: string | null = null;
let onSignedOut: () => void = () => undefined;

/** From now on requests carry this token instead of the session's cookie. */
export function setBearer(token: string): void {
  bearer = token;
}

/** What requests that change something show beside the session's cookie. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Is called when the server says that the session or the token is over. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** Headers that say who is asking, for requests that are made by hand. */
export function authorization(): Record<string, string> {
  if (bearer) return { authorization: `Bearer ${bearer}` };
  return csrfToken ? { "x-csrf-token": csrfToken } : {};
}

const authorizing: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(authorization())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return response;
    // Signing in is the one question to which 401 is an answer.
    const isSignIn = request.method === "POST" && request.url.endsWith("/api/v1/session");
    if (response.status === 401 && !isSignIn) onSignedOut();
    throw await Problem.of(response);
  },
  onError({ error }) {
    return Problem.offline(error);
  },
};

export const api = createClient<paths>({
  baseUrl: location.origin,
  // A portal's page has no cookie to show and must not be mistaken for the dashboard's person.
  fetch: (request) => fetch(request, { credentials: bearer ? "omit" : "same-origin" }),
});
api.use(authorizing);

/** The body of an answer; what is not 2xx was thrown as a `Problem` before. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
