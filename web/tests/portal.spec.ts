import { createServer, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, expectAccessible, expectNoSidewaysScroll, Server, test } from "./support";

test.use({ signedIn: false });

/** A product's page, on an origin of its own, with a portal in it. */
class Product {
  private html = "";

  private constructor(private readonly server: HttpServer) {}

  static async start(): Promise<Product> {
    const server = createServer();
    const product = new Product(server);
    server.on("request", (_, response: ServerResponse) => response.setHeader("content-type", "text/html").end(product.html));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return product;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The page has a portal of this server. */
  show(server: Server, attributes: string): void {
    this.html = `<!doctype html><title>A product</title>
      <style>hookwire-portal { --hookwire-accent: rgb(120, 20, 90); }</style>
      <h1>Acme</h1>
      <hookwire-portal ${attributes}></hookwire-portal>
      <script type="module" src="${server.url}/portal.js"></script>`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
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
  await page.getByRole("link", { name: "New webhook" }).first().click();
  await page.getByLabel("URL", { exact: true }).fill(receiver.url("/hooks"));
  await page.getByRole("checkbox", { name: /^All events/ }).check();
  await page.getByRole("button", { name: "Create webhook" }).click();
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

test("the element shows the portal in the product's colours and is told when its token ends", async ({ browser }) => {
  const product = await Product.start();
  const server = await Server.start({ env: { HOOKWIRE_PORTAL_FRAME_ANCESTORS: product.origin } });
  const { token } = await access(server);
  product.show(server, `app="acme" token="${token}" language="ko" theme="light"`);
  const page = await browser.newPage();
  await page.goto(product.origin);
  const portal = page.frameLocator("hookwire-portal iframe");
  const messages = portal.getByRole("link", { name: "메시지", exact: true });
  await expect(messages).toBeVisible();
  const accent = await portal.locator("html").evaluate((html) => getComputedStyle(html).getPropertyValue("--accent"));
  expect(accent).toBe("rgb(120, 20, 90)");

  const ended = page.evaluate(
    () => new Promise((resolve) => document.querySelector("hookwire-portal")?.addEventListener("expired", () => resolve(true))),
  );
  await server.api("POST", "/auth/app/acme/expire-all", {});
  await messages.click();
  await expect(portal.getByText("접근 권한이 만료되었습니다")).toBeVisible();
  expect(await ended).toBe(true);

  const renewed = await access(server);
  await page.evaluate((it) => document.querySelector("hookwire-portal")?.setAttribute("token", it), renewed.token);
  await expect(messages).toBeVisible();
  await page.close();
  await product.stop();
  await server.remove();
});

test("nobody else may put the portal into a page", async ({ browser, server }) => {
  const { token } = await access(server);
  const product = await Product.start();
  product.show(server, `app="acme" token="${token}"`);
  const page = await browser.newPage();
  const refused = page.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
  await page.goto(product.origin);
  await refused;
  await page.close();
  await product.stop();
});
