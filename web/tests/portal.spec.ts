import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, expectAccessible, expectNoSidewaysScroll, type Server, test } from "./support";

test.use({ signedIn: false });

/** A product's page, on an origin of its own, with a portal in it. */
async function productPage(server: Server, attributes: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const html = `<!doctype html><title>A product</title>
    <style>hookwire-portal { --hookwire-accent: rgb(120, 20, 90); }</style>
    <h1>Acme</h1>
    <hookwire-portal ${attributes}></hookwire-portal>
    <script type="module" src="${server.url}/portal.js"></script>`;
  const product = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => product.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(product.address() as AddressInfo).port}/`,
    stop: async () => {
      product.closeAllConnections();
      await new Promise((resolve) => product.close(resolve));
    },
  };
}

interface Access {
  url: string;
  token: string;
}

const access = (server: Server, capabilities?: string[]) =>
  server.api<Access>("POST", "/auth/app-portal-access/acme", { application: { name: "Acme", uid: "acme" }, capabilities });

test("a customer manages webhooks at the link that the product was given", async ({ page, server, receiver }) => {
  const { url } = await access(server);
  await page.goto(url);
  expect(page.url()).not.toContain("appsk_");
  await page.getByRole("link", { name: /Add webhook/ }).first().click();
  await page.getByLabel("URL").fill(receiver.url("/hooks"));
  await page.getByRole("button", { name: /Add webhook/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("127.0.0.1");
  const { data } = await server.api<{ data: { url: string }[] }>("GET", "/app/acme/endpoint");
  expect(data.map((it) => it.url)).toEqual([receiver.url("/hooks")]);
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 700 });
  await expectNoSidewaysScroll(page);
});

test("whoever may only look is shown no way to change", async ({ page, server }) => {
  const { url } = await access(server, ["ViewBase"]);
  await server.api("POST", "/app/acme/endpoint", { url: "https://example.com/hooks", name: "CRM" });
  await page.goto(url);
  await page.getByRole("link", { name: "CRM" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("CRM");
  for (const name of [/edit/i, /delete/i, /test/i, /rotate/i]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
});

test("a token that has ended says so", async ({ page, server }) => {
  const { url } = await access(server);
  await server.api("POST", "/auth/app/acme/expire-all", {});
  await page.goto(url);
  await expect(page.getByText("Your access has ended")).toBeVisible();
  await page.goto("about:blank");
  await page.goto("/portal");
  await expect(page.getByText("This link is not complete")).toBeVisible();
});

test.describe("within a product's page on another origin", () => {
  test.use({ serverOptions: { env: { HOOKWIRE_PORTAL_FRAME_ANCESTORS: "http://127.0.0.1:*" } } });

  test("the element shows the portal in the product's colours and is told when its token ends", async ({
    browser,
    server,
  }) => {
    const { token } = await access(server);
    const { data } = await server.api<{ data: { id: string }[] }>("GET", "/app?limit=50");
    expect(data.length).toBeGreaterThan(0);
    const product = await productPage(server, `app="acme" token="${token}" language="ko" theme="light"`);
    const page = await browser.newPage();
    await page.goto(product.url);
    const portal = page.frameLocator("hookwire-portal iframe");
    await expect(portal.getByRole("link", { name: "웹훅", exact: true })).toBeVisible();
    const accent = await portal.locator("html").evaluate((html) => getComputedStyle(html).getPropertyValue("--accent"));
    expect(accent).toBe("rgb(120, 20, 90)");

    const ended = page.evaluate(
      () => new Promise((resolve) => document.querySelector("hookwire-portal")?.addEventListener("expired", () => resolve(true))),
    );
    await server.api("POST", "/auth/app/acme/expire-all", {});
    await portal.getByRole("link", { name: "메시지", exact: true }).click();
    await expect(portal.getByText("접근 권한이 만료되었습니다")).toBeVisible();
    expect(await ended).toBe(true);

    const renewed = await access(server);
    await page.evaluate(
      (it) => document.querySelector("hookwire-portal")?.setAttribute("token", it),
      renewed.token,
    );
    await expect(portal.getByRole("link", { name: "메시지", exact: true })).toBeVisible();
    await page.close();
    await product.stop();
  });
});

test("nobody else may put the portal into a page", async ({ browser, server }) => {
  const { token } = await access(server);
  const product = await productPage(server, `app="acme" token="${token}"`);
  const page = await browser.newPage();
  const refused = page.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
  await page.goto(product.url);
  await refused;
  await page.close();
  await product.stop();
});
