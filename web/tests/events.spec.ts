import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support";

// Where text of several lines in an editor is replaced, the browser itself tries to keep its looks in
// a style attribute, which the policy refuses; the editor draws the text by itself.
test.use({ expectedErrors: ["Applying inline style"] });

test.beforeEach(async ({ server }) => {
  const schemas = { "1": { type: "object", examples: [{ payment_id: 78 }] } };
  await server.api("PUT", "/event-type/payment_received", { description: "Money came.", groupName: "Money", schemas });
  await server.api("PUT", "/event-type/membership_expired", { description: "It ended.", deprecated: true });
});

const DOCUMENT = `openapi: 3.1.0
info: {title: Shop, version: "1"}
webhooks:
  invoice.paid:
    post:
      description: An invoice was paid.
      x-group-name: Billing
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [invoice]
              properties: {invoice: {type: string, description: Its number}}
              examples: [{invoice: in_1}]
  payment_received:
    post: {description: Changed by the import.}
`;

test("the catalogue is read, searched and added to", async ({ page, receiver, server }) => {
  await page.goto("/events");
  await expect(page.getByRole("link", { name: /payment_received/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("searchbox").fill("nothing like it");
  await expect(page.getByText("No event is like this")).toBeVisible();
  await page.getByRole("searchbox").fill("payment_received");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);

  await page.getByRole("button", { name: "Add event" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an event" });
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("Please fill this in.")).toBeVisible();
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByLabel("Name").fill("order shipped");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("Only letters a–z, digits and - _ . are possible.")).toBeVisible();
  await dialog.getByLabel("Name").fill("payment_received");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("There is an event of this name already.")).toBeVisible();
  await dialog.getByLabel("Name").fill("order.shipped");
  await dialog.getByLabel("Description").fill("An order <script>left</script> the house.");
  await dialog.getByLabel(/^Group/).fill("Orders");
  await dialog.getByRole("textbox", { name: "Example payload" }).fill('{"order": 7, "lines": [{"sku": "a"}]}');
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();

  await expect(page.getByRole("heading", { level: 1, name: "order.shipped" })).toBeVisible();
  await expect(page.getByText("An order <script>left</script> the house.")).toBeVisible();
  await expect(page.getByLabel("Example", { exact: true }).last()).toContainText('"order": 7');
  await page.getByRole("tab", { name: "Fields" }).click();
  await expect(page.getByText("lines[].sku")).toBeVisible();
  await expectAccessible(page);

  await server.api("POST", "/app/default/endpoint", { name: "Shop", url: receiver.url(), eventTypes: ["order.shipped"] });
  await page.getByRole("button", { name: "Send event" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page).toHaveURL(/\/messages\/msg_/);
  await expect(page.getByRole("heading", { level: 3 }).getByText("Delivered")).toBeVisible();
  expect(JSON.parse(receiver.requests[0]?.body ?? "")).toEqual({ order: 7, lines: [{ sku: "a" }] });
});

test("an event is changed, archived, brought back and deleted", async ({ page }) => {
  await page.goto("/events/payment_received");
  await page.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit payment_received" });
  const example = dialog.getByRole("textbox", { name: "Example payload" });
  await example.fill('{"a": ');
  await expect(dialog.getByText("Line 1, column 7: something is missing at the end.")).toBeVisible();
  await example.fill('{"amount": 5}');
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Version")).toHaveValue("2");
  await expect(page.getByLabel("Example", { exact: true }).last()).toContainText('"amount": 5');
  await page.getByLabel("Version").selectOption("1");
  await expect(page.getByLabel("Example", { exact: true }).last()).toContainText("payment_id");

  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Archive" }).click();
  await expect(page.getByRole("heading", { level: 1 }).getByText("Archived")).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Events", exact: true }).click();
  await expect(page.getByRole("link", { name: /membership_expired/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /payment_received/ })).toBeHidden();
  await page.getByLabel("Show 1 archived").check();
  await page.getByRole("link", { name: /payment_received/ }).click();
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Bring back" }).click();
  await expect(page.getByRole("heading", { level: 1 }).getByText("Archived")).toBeHidden();

  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Delete for good" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/events$/);
  await expect(page.getByRole("link", { name: /payment_received/ })).toBeHidden();
  await page.goto("/events/payment_received");
  await expect(page.getByText("There is no such event")).toBeVisible();
});

test("a document is imported after a look at what it would change", async ({ page }) => {
  await page.goto("/events");
  await page.getByRole("button", { name: "Import" }).click();
  const dialog = page.getByRole("dialog", { name: "Import from OpenAPI" });
  const text = dialog.getByRole("textbox", { name: "OpenAPI document" });
  await text.fill("{}");
  await dialog.getByRole("button", { name: "Show what would change" }).click();
  await expect(dialog.getByText("expected an OpenAPI document of version 3")).toBeVisible();

  const file = { name: "shop.yaml", mimeType: "application/yaml", buffer: Buffer.from(DOCUMENT) };
  await dialog.locator("input[type=file]").setInputFiles(file);
  await expect(text).toContainText("invoice.paid");
  await dialog.getByRole("button", { name: "Show what would change" }).click();
  await expect(dialog.getByText("2 events would change")).toBeVisible();
  await expect(dialog.getByRole("listitem").filter({ hasText: "invoice.paid" })).toContainText("New");
  await expect(dialog.getByRole("listitem").filter({ hasText: "payment_received" })).toContainText("Changed");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Import 2 events" }).click();
  await expect(page.getByRole("heading", { level: 2, name: /Billing/ })).toBeVisible();
  await page.getByRole("link", { name: /invoice\.paid/ }).click();
  await expect(page.getByLabel("Example", { exact: true }).last()).toContainText("in_1");
});

test("it works on a telephone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/events");
  await expect(page.getByRole("link", { name: /payment_received/ })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.goto("/events/payment_received");
  await expect(page.getByRole("tab", { name: "Example" })).toBeVisible();
  await expectNoSidewaysScroll(page);
});
