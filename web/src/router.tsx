// The dashboard's addresses. Each screen is loaded when it is first opened. `?app=` says which
// application the screens show, and stays while one goes from screen to screen.

import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import { DEFAULT_APPLICATION } from "./api/applications";
import { queryClient } from "./api/queries";
import { sessionQuery } from "./api/session";
import { isRange, type Range } from "./screens/overview/range";
import { isSettingsTab, type SettingsTab } from "./screens/settings/tab";
import { ScopeProvider } from "./scope";
import { readFilter } from "./screens/messages/filter";
import { Crash } from "./shell/crash";
import { Layout } from "./shell/layout";
import { NotFound } from "./shell/not-found";
import { screen } from "./shell/screen";

const root = createRootRoute({ component: Outlet, errorComponent: RootCrash });

/** When not even the frame around the screens can be shown. */
function RootCrash({ error }: { error: unknown }) {
  return (
    <main>
      <Crash error={error} />
    </main>
  );
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { to?: string } => (typeof search.to === "string" ? { to: search.to } : {}),
  component: screen(() => import("./screens/sign-in/sign-in"), "SignIn", "signin"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  validateSearch: (search): { app?: string } => (typeof search.app === "string" ? { app: search.app } : {}),
  search: { middlewares: [retainSearchParams(["app"])] },
  beforeLoad: async ({ location }) => {
    const session = await queryClient.query({ ...sessionQuery, staleTime: "static" });
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    if (!session) throw redirect({ to: "/sign-in", search: { to: location.href } });
  },
  component: Scoped,
});

function Scoped() {
  const { app } = signedIn.useSearch();
  return (
    <ScopeProvider scope={{ app: app ?? DEFAULT_APPLICATION, isPortal: false, can: () => true }}>
      <Layout />
    </ScopeProvider>
  );
}

const overview = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  validateSearch: (search): { range?: Range } => (isRange(search.range) ? { range: search.range } : {}),
  component: screen(() => import("./screens/overview/overview"), "Overview", "overview"),
});

const start = createRoute({
  getParentRoute: () => signedIn,
  path: "/start",
  component: screen(() => import("./screens/onboarding/onboarding"), "Onboarding", "onboarding", "explain"),
});

const webhooks = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks",
  component: screen(() => import("./screens/webhooks/list"), "WebhookList", "webhooks", "explain"),
});

const newWebhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/new",
  validateSearch: (search): { recipe?: string } => (typeof search.recipe === "string" ? { recipe: search.recipe } : {}),
  component: screen(() => import("./screens/webhooks/new"), "NewWebhook", "webhooks"),
});

const recipes = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/recipes",
  component: screen(() => import("./screens/webhooks/recipes"), "Recipes", "webhooks"),
});

const webhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/$endpointId",
  component: screen(() => import("./screens/webhooks/webhook"), "Webhook", "webhooks", "explain"),
});

const editWebhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/$endpointId/edit",
  component: screen(() => import("./screens/webhooks/edit"), "EditWebhook", "webhooks"),
});

const events = createRoute({
  getParentRoute: () => signedIn,
  path: "/events",
  component: screen(() => import("./screens/events/list"), "EventList", "events", "messages"),
});

const event = createRoute({
  getParentRoute: () => signedIn,
  path: "/events/$name",
  component: screen(() => import("./screens/events/event"), "Event", "events", "messages"),
});

const messages = createRoute({
  getParentRoute: () => signedIn,
  path: "/messages",
  validateSearch: readFilter,
  component: screen(() => import("./screens/messages/list"), "MessageList", "messages"),
});

const message = createRoute({
  getParentRoute: () => signedIn,
  path: "/messages/$messageId",
  component: screen(() => import("./screens/messages/message"), "Message", "messages", "explain"),
});

const bins = createRoute({
  getParentRoute: () => signedIn,
  path: "/bins",
  component: screen(() => import("./screens/bins/list"), "BinList", "bins"),
});

const bin = createRoute({
  getParentRoute: () => signedIn,
  path: "/bins/$binId",
  component: screen(() => import("./screens/bins/bin"), "Bin", "bins"),
});

const live = createRoute({
  getParentRoute: () => signedIn,
  path: "/live",
  component: screen(() => import("./screens/live/live"), "Live", "live", "explain"),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings",
  validateSearch: (search): { tab?: SettingsTab } => (isSettingsTab(search.tab) ? { tab: search.tab } : {}),
  component: screen(() => import("./screens/settings/settings"), "Settings", "settings"),
});

const nowhere = createRoute({ getParentRoute: () => signedIn, path: "$", component: NotFound });

const screens = [
  overview,
  start,
  webhooks,
  newWebhook,
  recipes,
  webhook,
  editWebhook,
  events,
  event,
  messages,
  message,
  bins,
  bin,
  live,
  settings,
  nowhere,
];

export const router = createRouter({
  routeTree: root.addChildren([signIn, signedIn.addChildren(screens)]),
  defaultPreload: "intent",
  // A screen that breaks leaves the frame around it as it is.
  defaultErrorComponent: Crash,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
