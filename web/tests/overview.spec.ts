import { expect, expectAccessible, expectNoSidewaysScroll, type Receiver, type Server, test } from "./support";

async function makeTraffic(server: Server, receiver: Receiver): Promise<void> {
  const endpoint = { name: "CRM", url: receiver.url("/crm") };
  await server.api("POST", "/app/default/endpoint", endpoint);
  // Nothing listens there.
  await server.api("POST", "/app/default/endpoint", { name: "<b>Billing</b>", url: "http://127.0.0.1:1/hooks" });
  for (let index = 0; index < 3; index += 1) await send(server);
}

function send(server: Server): Promise<unknown> {
  return server.api("POST", "/app/default/msg", { eventType: "payment_received", payload: { total: 7 } });
}

test("the numbers, the course of them, and what fails first", async ({ page, server, receiver }) => {
  await makeTraffic(server, receiver);
  await page.goto("/");
  const delivered = page.locator("section", { has: page.getByRole("heading", { name: "Delivered" }) });
  await expect(delivered).toContainText("3");
  await expect(page.getByText("Median response time")).toBeVisible();

  // The one that fails is first, with the reason in words; names are text.
  const webhooks = page.locator("section", { has: page.getByRole("heading", { name: /failing ones first/ }) }).getByRole("listitem");
  await expect(webhooks).toHaveCount(2);
  await expect(webhooks.first()).toContainText("<b>Billing</b>");
  await expect(webhooks.first()).toContainText("Failing");
  await expect(webhooks.first()).toContainText(/refused the connection/);
  await expect(webhooks.nth(1)).toContainText("CRM");

  // What happens appears by itself.
  await send(server);
  await expect(delivered).toContainText("4");

  // The plot tells what is under the pointer, and a table tells it without one.
  const plot = page.getByRole("img", { name: /diagram/ });
  await page.getByRole("link", { name: "1 hour" }).click();
  await expect(page).toHaveURL(/range=1h/);
  await plot.hover();
  await expect(page.getByText("Failed: 0")).toBeVisible();
  await page.mouse.move(0, 0);
  await page.getByText("Show as a table").focus();
  await page.keyboard.press("Enter");
  const table = page.getByRole("table");
  await expect(table.getByRole("row").nth(1)).toBeVisible();

  await page.reload();
  await expect(page.getByRole("link", { name: "1 hour" })).toHaveAttribute("aria-current", "page");
  await expect(plot).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 700 });
  await expectNoSidewaysScroll(page);
});

test("a failing webhook leads to its message", async ({ page, server, receiver }) => {
  await makeTraffic(server, receiver);
  await page.goto("/");
  await page.getByRole("link", { name: "Show the message" }).click();
  await expect(page).toHaveURL(/\/messages\/msg_/);
});

test("without any webhook it says how to begin", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText("No webhook yet")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Start" }).click();
  await expect(page).toHaveURL(/\/start/);
});

test("the numbers stay and come back when the server was away", async ({ page, server, receiver }) => {
  await makeTraffic(server, receiver);
  await page.goto("/");
  await expect(page.getByText("CRM", { exact: true })).toBeVisible();
  await server.kill();
  await expect(page.getByText("The server does not answer.").first()).toBeVisible();
  await expect(page.getByText("CRM", { exact: true })).toBeVisible();
  await server.begin();
  await expect(page.getByText("Connected again.")).toBeVisible();
  await expect(page.getByText("The server does not answer.")).toHaveCount(0);
});
