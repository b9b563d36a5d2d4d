import type { Page } from "@playwright/test";
import { expect, type Receiver, type Server, test } from "./support";

/** Compressed script of a first visit, in bytes: on a slow phone connection about a second. */
const SCRIPT_BYTES_MAX = 150 * 1_024;

test.skip(Boolean(process.env.HOOKWIRE_WEB_DIST), "only the program compresses");

/** A webhook that works. */
async function makeWebhook(server: Server, working: Receiver): Promise<void> {
  await server.api("POST", "/app/default/endpoint", { name: "CRM", url: working.url("/crm") });
}

/** What arrived and what did not, so that the overview has everything to show that it can. */
async function makeTraffic(server: Server): Promise<void> {
  // Nothing listens there.
  await server.api("POST", "/app/default/endpoint", { name: "Warehouse", url: "http://127.0.0.1:1/stock" });
  await server.api("POST", "/app/default/msg", { eventType: "payment_received", payload: { total: 7 } });
  const counted = async () => {
    const { delivered, failed } = await server.api<{ delivered: number; failed: number }>("GET", "/traffic");
    return Math.min(delivered, failed);
  };
  await expect.poll(counted).toBeGreaterThan(0);
}

async function portalOf(server: Server): Promise<string> {
  const { url } = await server.api<{ url: string }>("POST", "/auth/app-portal-access/default", {});
  return `/portal${new URL(url).hash}`;
}

interface Visit {
  path: string;
  /** Where that is decided by the server. */
  address?: (server: Server) => Promise<string>;
  /** Is there when all is loaded, beside the heading; nothing is waited for then. */
  last?: string;
}

const VISITS: Visit[] = [
  { path: "/", last: ".uplot canvas" },
  { path: "/sign-in" },
  { path: "/webhooks", last: "main a[href*='/webhooks/ep_']" },
  { path: "/shared" },
  { path: "/portal", address: portalOf, last: "main a[href*='/webhooks/ep_']" },
];

/** Notes when there is a heading and something to press: React handles what happens to it from then on. */
async function watchForUse(page: Page): Promise<void> {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      const isThere = (selector: string) => document.querySelector(selector) !== null;
      if (!isThere("main h1") || !isThere("nav a[href], main :is(a[href], button, input)")) return;
      performance.mark("usable");
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
}

/** Of the page's clock: printed and not judged, because a busy machine is slow. */
async function times(page: Page): Promise<string> {
  const at = async (name: string) => {
    const entry = await page.waitForFunction((it) => performance.getEntriesByName(it)[0]?.startTime, name);
    return `${(await entry.jsonValue())?.toFixed()} ms`;
  };
  return `painted after ${await at("first-contentful-paint")}, usable after ${await at("usable")}`;
}

for (const locale of ["en", "ko", "uk", "zh-TW"]) {
  test.describe(locale, () => {
    test.use({ locale });
    for (const { path, address, last } of VISITS) {
      test(`a first visit of ${path} loads little`, async ({ page, server, receiver }) => {
        await makeWebhook(server, receiver);
        if (path === "/") await makeTraffic(server);
        let scriptBytes = 0;
        page.on("response", (response) => {
          if (response.request().resourceType() !== "script") return;
          const bytes = Number(response.headers()["content-length"]);
          // What does not get smaller by it is not compressed: files of a hundred bytes.
          if (bytes > 500) expect(response.headers()["content-encoding"]).toBe("br");
          scriptBytes += bytes;
        });
        await watchForUse(page);
        await page.goto((await address?.(server)) ?? path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        if (last) await expect(page.locator(last).first()).toBeVisible();
        await expect(page.locator(".animate-pulse, main .invisible")).toHaveCount(0);
        await expect(page.locator("html")).toHaveAttribute("lang", locale);
        console.log(`${locale} ${path}: ${scriptBytes} bytes of script, ${await times(page)}`);
        expect(scriptBytes).toBeGreaterThan(0);
        expect(scriptBytes).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
      });
    }
  });
}

test("what a browser has it does not load again", async ({ page }) => {
  await page.goto("/webhooks");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const loaded = await page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ name }) => name.includes("/assets/"))
      .map(({ name, transferSize }) => ({ name, transferSize })),
  );
  expect(loaded.length).toBeGreaterThan(5);
  expect(loaded.filter(({ transferSize }) => transferSize > 0)).toEqual([]);
});
