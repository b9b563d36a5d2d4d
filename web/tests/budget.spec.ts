import { expect, test } from "./support";

/** Compressed script of a first visit, in bytes: on a slow phone connection about a second. */
const SCRIPT_BYTES_MAX = 150 * 1_024;

test.skip(Boolean(process.env.HOOKWIRE_WEB_DIST), "only the program compresses");

for (const path of ["/", "/sign-in", "/webhooks", "/shared", "/portal"]) {
  test(`a first visit of ${path} loads little`, async ({ page }) => {
    let scriptBytes = 0;
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      expect(response.headers()["content-encoding"]).toBe("br");
      scriptBytes += Number(response.headers()["content-length"]);
    });
    await page.goto(path);
    await expect(page.locator("main").first()).not.toBeEmpty();
    await expect(page.locator(".animate-pulse")).toHaveCount(0);
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
