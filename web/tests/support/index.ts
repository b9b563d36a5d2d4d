// What browser tests have at hand: `server` (the real binary with a fresh store), `page` (signed in
// there), `receiver` (a real HTTP server). Every test fails when a page logs an error, breaks the
// content security policy, or asks another host for anything.

import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, expect, type Page, test as base } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { Receiver } from "./receiver";
import { Server, type ServerOptions } from "./server";

export { expect } from "@playwright/test";
export { Receiver, type Received } from "./receiver";
export { ORGANIZATION, Server } from "./server";

interface Fixtures {
  /** How the server is started. */
  serverOptions: ServerOptions;
  /** Whether the page begins signed in. */
  signedIn: boolean;
  /** Errors of the console that a test expects, as parts of their texts. */
  expectedErrors: string[];
  server: Server;
  receiver: Receiver;
}

export const test = base.extend<Fixtures>({
  serverOptions: [{}, { option: true }],
  signedIn: [true, { option: true }],
  expectedErrors: [[], { option: true }],

  server: async ({ serverOptions }, use) => {
    const server = await Server.start(serverOptions);
    await use(server);
    await server.remove();
  },

  // eslint-disable-next-line no-empty-pattern
  receiver: async ({}, use) => {
    const receiver = await Receiver.start();
    await use(receiver);
    await receiver.stop();
  },

  baseURL: async ({ server }, use) => use(server.url),

  context: async ({ context, server, signedIn }, use) => {
    await servePagesFromDisk(context, server);
    if (signedIn) await signIn(context, server);
    await use(context);
  },

  page: async ({ page, server, expectedErrors }, use) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      // The browser reports answers such as 404 as errors of its own.
      const isAnswer = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isAnswer) errors.push(message.text());
    });
    page.on("request", (request) => {
      if (/^https?:/.test(request.url()) && !request.url().startsWith(server.url)) errors.push(`asked ${request.url()}`);
    });
    await use(page);
    expect(errors.filter((text) => !expectedErrors.some((it) => text.includes(it)))).toEqual([]);
  },
});

/** Every page of the browser is the administrator's from now on. */
export async function signIn(context: BrowserContext, server: Server): Promise<void> {
  const answer = await context.request.post(`${server.url}/api/v1/session`, { data: { token: server.token } });
  expect(answer.status()).toBe(200);
  // A fresh installation would lead to the first steps.
  await context.addInitScript(() => localStorage.setItem("hookwire.started", "yes"));
}

/** The colours of both themes, one after the other, without anything that axe finds wrong. */
export async function expectAccessible(page: Page): Promise<void> {
  const before = await page.evaluate(() => document.documentElement.dataset.theme);
  for (const theme of ["light", "dark"]) {
    await page.evaluate((it) => (document.documentElement.dataset.theme = it), theme);
    await settled(page);
    const axe = new AxeBuilder({ page });
    // Nothing but colours differs between the themes.
    const { violations } = await (theme === "dark" ? axe.withRules(["color-contrast"]) : axe).analyze();
    const found = violations.map(({ id, help, nodes }) => ({
      theme,
      id,
      help,
      nodes: nodes.map((node) => `${node.html} ${node.failureSummary ?? ""}`),
    }));
    expect(found).toEqual([]);
  }
  await page.evaluate((it) => (document.documentElement.dataset.theme = it), before);
}

/** Waits until a screen shows what it has to show. */
export async function expectShown(page: Page): Promise<void> {
  await expect(page.locator("h1, h2").first()).toBeVisible();
  await expect(page.locator("main .animate-pulse:not(.rounded-full)")).toHaveCount(0);
  await settled(page);
}

/** Waits until no colour fades and nothing moves any more: half-way between two themes, or while a
    dialog appears, texts have contrasts that nobody reads at. What turns for ever is not waited for. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ playState, effect }) => playState !== "running" || effect?.getComputedTiming().endTime === Infinity),
  );
}

/** The page is not wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  // What draws itself, such as the plot, follows the window's size a frame later.
  const excess = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(excess).toBeLessThanOrEqual(0);
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** With HOOKWIRE_WEB_DIST pages come from that folder instead of from within the binary, which then
    need not be built again for every change of them. */
async function servePagesFromDisk(context: BrowserContext, server: Server): Promise<void> {
  const dist = process.env.HOOKWIRE_WEB_DIST;
  if (!dist) return;
  const isPage = (url: URL) => url.href.startsWith(server.url) && !/^\/(api|in|docs)(\/|$)/.test(url.pathname);
  await context.route(isPage, async (route) => {
    const { pathname } = new URL(route.request().url());
    const page = pathname.startsWith("/portal") ? "portal.html" : pathname.startsWith("/shared") ? "share.html" : "index.html";
    const name = extname(pathname) ? pathname.slice(1) : page;
    const body = await readFile(join(dist, name)).catch(() => null);
    if (!body) return route.continue();
    await route.fulfill({ body, contentType: TYPES[extname(name)] });
  });
}
