// The portal's addresses: some of the dashboard's, below /portal, so that the screens and the links
// between them are the same.

import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { Crash } from "@/shell/crash";
import { NotFound } from "@/shell/not-found";
import { screen } from "@/shell/screen";
import { PortalLayout } from "./layout";

const root = createRootRoute({ component: PortalLayout });

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
  component: screen(() => import("@/screens/webhooks/list"), "WebhookList", "webhooks", "explain"),
});

const newWebhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/new",
  validateSearch: (search): { recipe?: string } => (typeof search.recipe === "string" ? { recipe: search.recipe } : {}),
  component: screen(() => import("@/screens/webhooks/new"), "NewWebhook", "webhooks"),
});

const recipes = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/recipes",
  component: screen(() => import("@/screens/webhooks/recipes"), "Recipes", "webhooks"),
});

const webhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/$endpointId",
  component: screen(() => import("@/screens/webhooks/webhook"), "Webhook", "webhooks", "explain"),
});

const editWebhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/$endpointId/edit",
  component: screen(() => import("@/screens/webhooks/edit"), "EditWebhook", "webhooks"),
});

const messages = createRoute({
  getParentRoute: () => root,
  path: "/messages",
  component: screen(() => import("@/screens/messages/list"), "MessageList", "messages"),
});

const message = createRoute({
  getParentRoute: () => root,
  path: "/messages/$messageId",
  component: screen(() => import("@/screens/messages/message"), "Message", "messages", "explain"),
});

const nowhere = createRoute({ getParentRoute: () => root, path: "$", component: NotFound });

export const portalRouter = createRouter({
  basepath: "/portal",
  routeTree: root.addChildren([home, webhooks, newWebhook, recipes, webhook, editWebhook, messages, message, nowhere]),
  defaultPreload: "intent",
  defaultErrorComponent: Crash,
});
