import { type Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, type Server, test } from "./support";

function send(server: Server, eventType = "payment_received"): Promise<unknown> {
  return server.api("POST", "/app/default/msg", { eventType, payload: { total: 7 } });
}

async function open(page: Page): Promise<void> {
  await page.goto("/live");
  await expect(page.locator("h1 [role=status]")).toHaveText(/Live/);
}

async function count(page: Page, name: string): Promise<number> {
  const text = await page.locator("dl > div", { hasText: name }).locator("dd").textContent();
  return Number((text ?? "").replaceAll(",", ""));
}

test("attempts appear as they happen, and can be narrowed and paused", async ({ page, server, receiver }) => {
  await server.api("POST", "/app/default/endpoint", { name: "CRM", url: receiver.url() });
  await server.api("POST", "/app/default/endpoint", { name: "<i>Down</i>", url: "http://127.0.0.1:1/" });
  await open(page);
  await expect(page.getByText("Waiting for the next attempt")).toBeVisible();
  await expectAccessible(page);
  await send(server);
  const rows = page.getByRole("region", { name: "Attempts, the newest first" }).getByRole("listitem");
  await expect(rows.filter({ hasText: "CRM" })).toContainText("Delivered");
  await expect(rows.filter({ hasText: "<i>Down</i>" }).first()).toContainText("refused the connection");
  await expectAccessible(page);

  await page.getByLabel("Failed only").check();
  await expect(rows.filter({ hasText: "CRM" })).toHaveCount(0);
  await page.getByLabel("Failed only").uncheck();
  await page.getByLabel("Webhook").selectOption("CRM");
  await expect(rows.filter({ hasText: "<i>Down</i>" })).toHaveCount(0);
  await page.getByLabel("Event contains…").fill("nothing");
  await expect(page.getByText("Nothing that matches yet")).toBeVisible();
  await page.getByLabel("Event contains…").fill("USER");
  await send(server, "user_registration");
  await expect(rows).toHaveCount(1);

  await page.getByRole("button", { name: "Pause" }).click();
  await send(server, "user_registration");
  await expect(page.getByText("New, waiting")).toBeVisible();
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(rows).toHaveCount(2);

  await page.setViewportSize({ width: 360, height: 700 });
  await expectNoSidewaysScroll(page);
  await rows.first().getByRole("link").click();
  await expect(page).toHaveURL(/\/messages\/msg_/);
});

test("a connection that was lost comes back by itself", async ({ page, server, receiver }) => {
  await server.api("POST", "/app/default/endpoint", { name: "CRM", url: receiver.url() });
  await open(page);
  await server.kill();
  await expect(page.getByText("Connection lost")).toBeVisible();
  await server.begin();
  await expect(page.locator("h1 [role=status]")).toHaveText(/Live/);
  await send(server);
  await expect(page.getByRole("listitem").filter({ hasText: "CRM" })).toBeVisible();
});

test("more than anybody can read is counted, and the page goes on", async ({ page, server, receiver }) => {
  test.slow();
  const webhooks = 20;
  const messages = 400;
  for (let index = 0; index < webhooks; index += 1) {
    await server.api("POST", "/app/default/endpoint", { name: `Receiver ${index}`, url: receiver.url(`/${index}`) });
  }
  await open(page);
  // The longest time in which the page drew nothing.
  await page.evaluate(() => {
    let last = performance.now();
    const look = (now: number) => {
      const gapMs = now - last;
      last = now;
      const state = window as unknown as { longestMs?: number };
      state.longestMs = Math.max(state.longestMs ?? 0, gapMs);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const begun = Date.now();
  let begunCount = 0;
  const sender = async () => {
    while (begunCount < messages) {
      begunCount += 1;
      await send(server);
    }
  };
  await Promise.all(Array.from({ length: 16 }, sender));
  const sent = messages * webhooks;
  await expect.poll(() => receiver.requests.length, { intervals: [50], timeout: 60_000 }).toBeGreaterThanOrEqual(sent);
  const seconds = (Date.now() - begun) / 1_000;
  // On a machine that is very busy, some are tried more than once.
  const attempted = async () => {
    const { delivered, failed } = await server.api<{ delivered: number; failed: number }>("GET", "/traffic");
    return delivered >= sent ? delivered + failed : 0;
  };
  await expect.poll(attempted, { timeout: 60_000 }).toBeGreaterThanOrEqual(sent);
  // All that was attempted is shown or counted as skipped: nothing else.
  const told = async () => (await count(page, "Shown")) + (await count(page, "Skipped"));
  await expect.poll(async () => (await told()) - (await attempted())).toBe(0);
  expect(await count(page, "Skipped")).toBeGreaterThan(0);
  const longestMs = await page.evaluate(() => (window as unknown as { longestMs: number }).longestMs);
  console.log(`${Math.round(sent / seconds)} attempts a second, longest frame ${Math.round(longestMs)} ms`);
  expect(longestMs).toBeLessThan(2_000);
  // Only what is seen is in the page.
  const rows = page.getByRole("region", { name: "Attempts, the newest first" }).getByRole("listitem");
  expect(await rows.count()).toBeLessThan(60);

  // Who scrolls away reads in peace, and comes back with one press.
  await page.getByRole("region", { name: "Attempts, the newest first" }).hover();
  await page.mouse.wheel(0, 3_000);
  await send(server);
  await page.getByRole("button", { name: /Back to the newest \([1-9]\d* new\)/ }).click();
  await expect.poll(async () => (await told()) - (await attempted())).toBe(0);
});
