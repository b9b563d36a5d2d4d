// The dashboard's addresses. Each screen is loaded when it is first opened. `?app=` says which
// application the screens show, and stays while one goes from screen to screen.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
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

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crash });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { to?: string } => (typeof search.to === "string" ? { to: search.to } : {}),
  component: lazyRouteComponent(() => import("./screens/sign-in/sign-in"), "SignIn"),
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
  component: lazyRouteComponent(() => import("./screens/overview/overview"), "Overview"),
});

const start = createRoute({
  getParentRoute: () => signedIn,
  path: "/start",
  component: lazyRouteComponent(() => import("./screens/onboarding/onboarding"), "Onboarding"),
});

const webhooks = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./screens/webhooks/list"), "WebhookList"),
});

const newWebhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/new",
  validateSearch: (search): { recipe?: string } => (typeof search.recipe === "string" ? { recipe: search.recipe } : {}),
  component: lazyRouteComponent(() => import("./screens/webhooks/new"), "NewWebhook"),
});

const recipes = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/recipes",
  component: lazyRouteComponent(() => import("./screens/webhooks/recipes"), "Recipes"),
});

const webhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/$endpointId",
  component: lazyRouteComponent(() => import("./screens/webhooks/webhook"), "Webhook"),
});

const editWebhook = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks/$endpointId/edit",
  component: lazyRouteComponent(() => import("./screens/webhooks/edit"), "EditWebhook"),
});

const events = createRoute({
  getParentRoute: () => signedIn,
  path: "/events",
  component: lazyRouteComponent(() => import("./screens/events/list"), "EventList"),
});

const event = createRoute({
  getParentRoute: () => signedIn,
  path: "/events/$name",
  component: lazyRouteComponent(() => import("./screens/events/event"), "Event"),
});

const messages = createRoute({
  getParentRoute: () => signedIn,
  path: "/messages",
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import("./screens/messages/list"), "MessageList"),
});

const message = createRoute({
  getParentRoute: () => signedIn,
  path: "/messages/$messageId",
  component: lazyRouteComponent(() => import("./screens/messages/message"), "Message"),
});

const bins = createRoute({
  getParentRoute: () => signedIn,
  path: "/bins",
  component: lazyRouteComponent(() => import("./screens/bins/list"), "BinList"),
});

const bin = createRoute({
  getParentRoute: () => signedIn,
  path: "/bins/$binId",
  component: lazyRouteComponent(() => import("./screens/bins/bin"), "Bin"),
});

const live = createRoute({
  getParentRoute: () => signedIn,
  path: "/live",
  component: lazyRouteComponent(() => import("./screens/live/live"), "Live"),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings",
  validateSearch: (search): { tab?: SettingsTab } => (isSettingsTab(search.tab) ? { tab: search.tab } : {}),
  component: lazyRouteComponent(() => import("./screens/settings/settings"), "Settings"),
});

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
];

export const router = createRouter({
  routeTree: root.addChildren([signIn, signedIn.addChildren(screens)]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
