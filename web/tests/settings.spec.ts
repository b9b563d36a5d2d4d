import { readFile } from "node:fs/promises";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support";

test("applications: add, edit, show, link to the portal, delete", async ({ page, server }) => {
  await page.goto("/settings");
  await expect(page.getByText("There is only the default application")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add an application" }).click();
  const dialog = page.getByRole("dialog").filter({ visible: true });
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("Please fill this in.")).toBeVisible();
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByLabel("Name").fill("<b>Acme</b>");
  await dialog.getByLabel("Your id for it").fill("a b");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText(/letters without accents/)).toBeVisible();
  await dialog.getByLabel("Your id for it").fill("acme");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const row = page.getByRole("listitem").filter({ hasText: "<b>Acme</b>" });
  await expect(row).toContainText("acme");

  // What only the server knows is told next to the field, too.
  await page.getByRole("button", { name: "Add an application" }).click();
  await dialog.getByLabel("Name").fill("Another");
  await dialog.getByLabel("Your id for it").fill("acme");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("Another one has this name already.")).toBeVisible();
  await expect(dialog.getByLabel("Your id for it")).toBeFocused();
  await page.keyboard.press("Escape");

  const act = async (name: string) => {
    await row.getByRole("button", { name: "Actions for" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await act("Edit");
  await dialog.getByLabel("Requests per second").fill("50");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("at most 50 requests per second");

  await act("Make a portal link");
  await dialog.getByLabel("Only to look at").check();
  await dialog.getByRole("button", { name: "Make the link" }).click();
  await expect(dialog.getByText(`${server.url}/portal#`)).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();

  await act("Show its webhooks");
  await expect(page).toHaveURL(/\/webhooks\?.*app=acme/);
  await page.goto("/settings?app=acme");
  await expect(row).toContainText("shown");
  await act("Delete");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(row).toHaveCount(0);
  await expect(page).toHaveURL(/app=default/);
});

test("API keys: made, shown once, revoked", async ({ page, server }) => {
  await page.goto("/settings?tab=keys");
  await expect(page.getByText("No API key yet")).toBeVisible();
  await page.getByRole("button", { name: "Make an API key" }).click();
  const dialog = page.getByRole("dialog").filter({ visible: true });
  await dialog.getByLabel("Name").fill("Billing");
  await dialog.getByLabel("Valid for").selectOption({ index: 1 });
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const key = (await dialog.getByText(/^hwk_/).textContent()) ?? "";
  const ask = () => fetch(`${server.url}/api/v1/app`, { headers: { authorization: `Bearer ${key}` } });
  expect((await ask()).status).toBe(200);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(key)).toHaveCount(0);

  const row = page.getByRole("listitem").filter({ hasText: "Billing" });
  await expect(row).toContainText("Everything");
  await expectAccessible(page);
  await row.getByRole("button", { name: "Revoke Billing?" }).click();
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No API key yet")).toBeVisible();
  expect((await ask()).status).toBe(401);
});

test("operational webhooks: add, edit, switch off, secret, delete", async ({ page, receiver, server }) => {
  await page.goto("/settings?tab=operational");
  await page.getByRole("button", { name: "Add an operational webhook" }).click();
  const dialog = page.getByRole("dialog").filter({ visible: true });
  await dialog.getByLabel("URL").fill("ftp://example.com/");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("must begin with https:// or http://")).toBeVisible();
  await dialog.getByLabel("URL").fill(receiver.url("/ops"));
  await dialog.getByLabel("endpoint.created").check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const row = page.getByRole("listitem").filter({ hasText: "/ops" });
  await expect(row).toContainText("endpoint.created");

  await server.api("POST", "/app/default/endpoint", { url: receiver.url("/other") });
  await expect.poll(() => receiver.requests.map((it) => it.path)).toContain("/ops");

  const act = async (name: string) => {
    await row.getByRole("button", { name: "Actions for" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await act("Edit");
  await dialog.getByLabel("Name").fill("Operators");
  await dialog.getByLabel("endpoint.created").uncheck();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("All events");
  await row.getByRole("switch").click();
  await expect(row.getByRole("switch")).not.toBeChecked();

  await act("Secret");
  await dialog.getByRole("button", { name: "Show" }).click();
  const before = (await dialog.getByText(/^whsec_/).textContent()) ?? "";
  await dialog.getByRole("button", { name: "Replace it" }).click();
  await expect(dialog.getByText(/^whsec_/)).not.toHaveText(before);
  await dialog.getByRole("button", { name: "Done" }).click();
  await act("Delete");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Nobody is told when a webhook fails")).toBeVisible();
});

test("data: what is exported can be imported", async ({ page, server }) => {
  await page.goto("/settings?tab=data");
  await expect(page.getByText("kept for 90 days")).toBeVisible();
  await expectAccessible(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export as a file" }).click();
  const file = await (await download).path();
  const { eventTypes } = JSON.parse(await readFile(file, "utf8")) as { eventTypes: { name: string }[] };
  const added = { name: "order.paid", description: "An order was paid." };
  const text = JSON.stringify({ version: 1, eventTypes: [...eventTypes, added] });
  await page.getByLabel("Exported file").setInputFiles({ name: "e.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await expect(page.getByText(/^\d+ events? (was|were) imported\.$/)).toBeVisible();
  expect(await server.api("GET", "/event-type/order.paid")).toMatchObject(added);

  const nonsense = { name: "cat.json", mimeType: "application/json", buffer: Buffer.from("meow") };
  await page.getByLabel("Exported file").setInputFiles(nonsense);
  await expect(page.getByText("cat.json is not an exported environment.")).toBeVisible();
});

test("about: the server, its health and its configuration", async ({ page }) => {
  await page.goto("/settings");
  await page.getByRole("tab", { name: "About" }).click();
  await expect(page).toHaveURL(/tab=about/);
  await expect(page.getByText("● Healthy")).toBeVisible();
  await expect(page.getByText(/Hookwire \d/)).toBeVisible();
  await expect(page.getByText("started for trying things out")).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 700 });
  for (const name of ["Applications", "API keys", "Operational webhooks", "Data", "About"]) {
    await page.getByRole("tab", { name }).click();
    await expectNoSidewaysScroll(page);
  }
});
