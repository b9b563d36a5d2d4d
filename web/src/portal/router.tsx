// The portal's addresses: some of the dashboard's, below /portal, so that the screens and the links
// between them are the same.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { Crash } from "@/shell/crash";
import { NotFound } from "@/shell/not-found";
import { PortalLayout } from "./layout";

const root = createRootRoute({ component: PortalLayout, notFoundComponent: NotFound, errorComponent: Crash });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw redirect({ to: "/webhooks" });
  },
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("@/screens/webhooks/list"), "WebhookList"),
});

const newWebhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/new",
  validateSearch: (search): { recipe?: string } => (typeof search.recipe === "string" ? { recipe: search.recipe } : {}),
  component: lazyRouteComponent(() => import("@/screens/webhooks/new"), "NewWebhook"),
});

const recipes = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/recipes",
  component: lazyRouteComponent(() => import("@/screens/webhooks/recipes"), "Recipes"),
});

const webhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/$endpointId",
  component: lazyRouteComponent(() => import("@/screens/webhooks/webhook"), "Webhook"),
});

const editWebhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/$endpointId/edit",
  component: lazyRouteComponent(() => import("@/screens/webhooks/edit"), "EditWebhook"),
});

const messages = createRoute({
  getParentRoute: () => root,
  path: "/messages",
  component: lazyRouteComponent(() => import("@/screens/messages/list"), "MessageList"),
});

const message = createRoute({
  getParentRoute: () => root,
  path: "/messages/$messageId",
  component: lazyRouteComponent(() => import("@/screens/messages/message"), "Message"),
});

export const portalRouter = createRouter({
  basepath: "/portal",
  routeTree: root.addChildren([home, webhooks, newWebhook, recipes, webhook, editWebhook, messages, message]),
  defaultPreload: "intent",
});
