import { expect, test } from "./support";

/** Compressed script of a first visit, in bytes: on a slow phone connection about a second. */
const SCRIPT_BYTES_MAX = 150 * 1_024;

test.skip(Boolean(process.env.HOOKWIRE_WEB_DIST), "only the program compresses");

for (const path of ["/", "/sign-in", "/webhooks", "/shared", "/portal"]) {
  test(`a first visit of ${path} loads little`, async ({ page }) => {
    let scriptBytes = 0;
    page.on("requestfinished", async (request) => {
      if (request.resourceType() !== "script") return;
      const { responseBodySize } = await request.sizes();
      scriptBytes += responseBodySize;
      expect((await request.response())?.headers()["content-encoding"]).toBe("br");
    });
    await page.goto(path, { waitUntil: "networkidle" });
    const { interactiveMs, paintMs } = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      const paint = performance.getEntriesByName("first-contentful-paint")[0];
      return { interactiveMs: navigation?.domComplete ?? 0, paintMs: paint?.startTime ?? 0 };
    });
    console.log(`${path}: ${scriptBytes} bytes of script, painted after ${paintMs.toFixed()} ms, loaded after ${interactiveMs.toFixed()} ms`);
    expect(scriptBytes).toBeGreaterThan(0);
    expect(scriptBytes).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
  });
}

test("what a browser has it does not load again", async ({ page }) => {
  await page.goto("/webhooks", { waitUntil: "networkidle" });
  const again: string[] = [];
  page.on("response", async (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/assets/") && !response.fromServiceWorker()) {
      const { responseBodySize } = await response.request().sizes();
      if (responseBodySize > 0) again.push(pathname);
    }
  });
  await page.reload({ waitUntil: "networkidle" });
  expect(again).toEqual([]);
});
