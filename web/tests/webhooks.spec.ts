import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, type Server, test } from "./support";

interface Webhook {
  id: string;
  name: string;
  url: string;
  eventTypes: string[] | null;
  filter: string | null;
  request: { method: string; body: unknown };
  retry: { scheduleSeconds: number[] | null };
  credentials: { kind: string } | null;
  secretNames: string[];
}

const WEBHOOKS = "/app/default/endpoint";

function make(server: Server, body: object): Promise<Webhook> {
  return server.api<Webhook>("POST", WEBHOOKS, body);
}

/** What webhooks are chosen from here, whatever else the server's catalogue has. */
test.beforeEach(async ({ server }) => {
  const examples = [{ payment_id: 78, customer_id: 12, customer_user_email: "ada@example.com" }];
  for (const name of ["payment_received", "payment_failed"]) {
    const schemas = { 1: { type: "object", examples } };
    await server.api("PUT", `/event-type/${name}`, { description: `A ${name}.`, groupName: "payment", schemas });
  }
});

/** Folded parts of the form say what they are at the beginning of their summary. */
async function open(page: Page, part: string): Promise<void> {
  await page.locator("summary").filter({ hasText: new RegExp(`^${part}`) }).click();
}

test("a webhook of name, URL and event is made and tested within a minute", async ({ page, receiver }) => {
  await page.goto("/webhooks");
  await page.getByRole("link", { name: "New webhook" }).first().click();
  await page.getByLabel("Name").fill("CRM");
  await page.getByLabel("URL").fill(receiver.url("/hooks"));
  await page.getByLabel("payment_received").check();
  await expect(page.getByText('"payment_id": 78')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create webhook" }).click();

  await expect(page.getByRole("heading", { name: "CRM" })).toBeVisible();
  await expect(page.getByText("Your webhook is ready.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Send test event" }).last().click();
  receiver.answer = { status: 200, body: "welcome" };
  await page.getByRole("button", { name: "Send now" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("It arrived.")).toBeVisible();
  await expect(dialog.getByText("welcome")).toBeVisible();
  await expect(dialog.getByText(receiver.url("/hooks"))).toBeVisible();
  expect(receiver.requests).toHaveLength(1);
  // As an example that the page has shown by then, or as the server's own.
  expect(receiver.requests[0]?.body).toMatch(/"payment_id": ?78/);
  await expectAccessible(page);

  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByText("Delivered").first()).toBeVisible();
});

test("a test that fails says why, and shows what was sent", async ({ page, server, receiver }) => {
  receiver.answer = { status: 500, body: "<script>alert(1)</script>" };
  const { id } = await make(server, { url: receiver.url(), name: "Broken", eventTypes: ["payment_received"] });
  await page.goto(`/webhooks/${id}`);
  await page.getByRole("button", { name: "Send test event" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Payload" }).fill('{"n": 12345678901234567890}');
  await dialog.getByRole("button", { name: "Send now" }).click();
  await expect(dialog.getByText("It did not arrive.")).toBeVisible();
  await expect(dialog.getByText("<script>alert(1)</script>")).toBeVisible();
  // Large numbers are not rounded on their way.
  expect(receiver.requests[0]?.body).toContain("12345678901234567890");
  await expectAccessible(page);

  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("mistakes are told next to the field, and the first has the focus", async ({ page }) => {
  await page.goto("/webhooks/new");
  await page.getByLabel("Name").fill("X");
  await page.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByText("Please fill this in.")).toBeVisible();
  await expect(page.getByText("Choose at least one event, or all of them.")).toBeVisible();
  await expect(page.getByLabel("URL")).toBeFocused();
  await page.getByLabel("URL").fill("ftp://example.com");
  await expect(page.getByText("The address must begin with https:// or http://.")).toBeVisible();
  await expectAccessible(page);

  // What only the server knows opens the part in which it is.
  await page.getByLabel("URL").fill("http://127.0.0.1:9/");
  await page.getByLabel("All events").check();
  await page.getByText("More options").click();
  await open(page, "Filter");
  await page.getByRole("textbox", { name: "Only events for which this is true" }).fill("payload.total >");
  await open(page, "Filter");
  await page.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByText(/Line 1, column 1\d: expected a value/).first()).toBeVisible();
  await expect(page).toHaveURL(/\/webhooks\/new/);
});

test.describe("in Ukrainian", () => {
  test.use({ locale: "uk" });

  test("what only the server knows is told in the language of the page", async ({ page }) => {
    await page.goto("/webhooks/new");
    await page.getByLabel("URL").fill("http://127.0.0.1:9/");
    await page.getByLabel("Усі події").check();
    await page.getByText("Додаткові налаштування").click();
    await open(page, "Фільтр");
    await page.getByRole("textbox", { name: "Лише події, для яких це істинно" }).fill("payload.total >");
    await page.getByRole("button", { name: "Створити вебхук" }).click();
    // Next to the field, and not only in the preview.
    const part = page.locator("details").filter({ has: page.locator("summary", { hasText: /^Фільтр/ }) }).last();
    await expect(part.getByText(/Рядок 1, стовпець 1\d: тут має бути значення, а є кінець\./)).toBeVisible();
    await expect(page).toHaveURL(/\/webhooks\/new/);
  });
});

test("every part of a request can be composed, with a live preview", async ({ page, server, receiver }) => {
  await page.goto("/webhooks/new");
  await page.getByLabel("Name").fill("Composed");
  await page.getByLabel("URL").fill(`${receiver.url("/contacts/")}{{ payload.customer_id }}`);
  await page.getByLabel("payment_received").check();
  await page.getByText("More options").click();
  await open(page, "Request");
  await page.getByLabel("Method").selectOption("PUT");
  await page.getByRole("button", { name: "Add header" }).click();
  await page.getByLabel("Header 1", { exact: true }).fill("X-Kind");
  await page.getByLabel("Value 1", { exact: true }).fill("{{ type }}");
  await page.getByRole("combobox", { name: "Body", exact: true }).selectOption("json");
  await page.getByLabel("Field 1", { exact: true }).fill("email");
  await page.getByLabel("Value 1", { exact: true }).last().fill("{{ payload.customer_user_email }}");

  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview.getByText("/contacts/12")).toBeVisible();
  await expect(preview.getByText('{"email":"ada@example.com"}')).toBeVisible();

  await open(page, "Transformation");
  await page
    .getByRole("textbox", { name: "JavaScript" })
    .fill('function handler(webhook) { console.log("hello", webhook.eventType); return webhook; }');
  await expect(preview.getByText("hello payment_received")).toBeVisible();
  await open(page, "Retries");
  await page.getByLabel("When it fails").selectOption("own");
  await page.getByLabel("Waits before each further attempt").fill("1s 2m");
  await open(page, "Credentials");
  await page.getByLabel("How requests show who sends them").selectOption("bearer");
  await page.getByLabel("Token", { exact: true }).fill("secret-token");
  await open(page, "Secret values");
  await page.getByRole("button", { name: "Add value" }).click();
  await page.getByLabel("Name 1", { exact: true }).first().fill("api_key");
  await page.locator('input[aria-label="Value 1"][type="password"]').fill("hush");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByText("Your webhook is ready.")).toBeVisible();

  const [made] = (await server.api<{ data: Webhook[] }>("GET", WEBHOOKS)).data;
  expect(made).toMatchObject({
    request: { method: "PUT", body: { kind: "json", fields: { email: "{{ payload.customer_user_email }}" } } },
    retry: { scheduleSeconds: [1, 120] },
    credentials: { kind: "bearer" },
    secretNames: ["api_key"],
  });
  await page.getByRole("button", { name: "Send test event" }).last().click();
  await page.getByRole("button", { name: "Send now" }).click();
  await expect(page.getByRole("dialog").getByText("It arrived.")).toBeVisible();
  expect(receiver.requests[0]).toMatchObject({ method: "PUT", path: "/contacts/12", body: '{"email":"ada@example.com"}' });
  expect(receiver.requests[0]?.headers).toMatchObject({ authorization: "Bearer secret-token", "x-kind": "payment_received" });
});

test("editing changes what was touched and keeps what is secret", async ({ page, server, receiver }) => {
  const { id } = await make(server, {
    url: receiver.url(),
    name: "Kept",
    eventTypes: ["payment_received"],
    headers: { authorization: "Bearer top", "x-a": "1" },
    credentials: { kind: "header", name: "x-key", value: "hush" },
  });
  await page.goto(`/webhooks/${id}/edit`);
  await open(page, "Request");
  await expect(page.getByText("kept, not shown")).toBeVisible();
  await open(page, "Credentials");
  await expect(page.getByText("The secret part is kept and never shown again.")).toBeVisible();
  await expect(page.locator("body")).not.toContainText("hush");
  await page.getByLabel("Name", { exact: true }).fill("Renamed");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Renamed" })).toBeVisible();
  await server.api("POST", `${WEBHOOKS}/${id}/test`, {});
  expect(receiver.requests[0]?.headers).toMatchObject({ authorization: "Bearer top", "x-a": "1", "x-key": "hush" });
});

test("the list finds, sorts and switches webhooks", async ({ page, server, receiver }) => {
  await make(server, { url: receiver.url(), name: "Good", eventTypes: ["payment_received"], retry: { scheduleSeconds: [] } });
  await make(server, { url: "http://127.0.0.1:9/", name: "Bad", retry: { scheduleSeconds: [] } });
  await make(server, { url: receiver.url(), name: `Long ${"x".repeat(200)}`, eventTypes: ["payment_failed"] });
  await server.api("POST", "/app/default/msg", { eventType: "payment_received", payload: { id: 1 } });
  await page.goto("/webhooks");
  const rows = page.getByRole("row").filter({ has: page.getByRole("switch") });
  await expect(rows).toHaveCount(3);
  await expect(rows.filter({ hasText: "Bad" }).getByText("Failing")).toBeVisible();
  await expect(rows.filter({ hasText: "Good" }).getByText("100%")).toBeVisible();
  await expect(rows.filter({ hasText: "Bad" }).getByText("0%")).toBeVisible();
  await page.getByLabel("Failing first").check();
  await expect(rows.first()).toContainText("Bad");
  await expectAccessible(page);

  await page.getByRole("switch", { name: "Send events to Bad" }).click();
  await expect(page.getByRole("switch", { name: "Send events to Bad" })).not.toBeChecked();
  await expect(rows.filter({ hasText: "Bad" }).getByText("Off")).toBeVisible();

  await page.getByPlaceholder("Search by name").fill("good");
  await expect(rows).toHaveCount(1);
  await page.getByPlaceholder("Search by name").fill("nobody");
  await expect(page.getByText("No webhook matches “nobody”.")).toBeVisible();
  await page.getByPlaceholder("Search by name").fill("");
  await page.setViewportSize({ width: 360, height: 700 });
  await expectNoSidewaysScroll(page);
});

test("hundreds of webhooks are rows of one list", async ({ page, server }) => {
  for (let index = 0; index < 130; index += 1) {
    await make(server, { url: "http://127.0.0.1:9/", name: `W${index}`, eventTypes: ["payment_received"] });
  }
  await page.goto("/webhooks");
  await expect(page.getByRole("link", { name: "W129" })).toBeVisible();
  await page.getByRole("button", { name: "Load more" }).scrollIntoViewIfNeeded();
  await page.getByRole("button", { name: "Load more" }).click();
  await page.getByPlaceholder("Search by name").fill("W0");
  await expect(page.getByRole("link", { name: "W0" })).toBeVisible();
});

test("a recipe becomes a webhook", async ({ page, server }) => {
  await page.goto("/webhooks/recipes");
  await expect(page.getByRole("button", { name: /Slack/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: /Slack/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create webhook" }).click();
  await expect(dialog.getByText("Please fill this in.")).toBeVisible();
  await dialog.getByLabel("Webhook URL").fill("https://example.com/");
  await dialog.getByRole("button", { name: "Create webhook" }).click();
  await expect(dialog.getByText("This must be a URL like https://hooks.slack.com/")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("Webhook URL").fill("https://hooks.slack.com/services/T0/B0/KEY");
  await dialog.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByText("Your webhook is ready.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Slack" })).toBeVisible();
  const [made] = (await server.api<{ data: Webhook[] }>("GET", WEBHOOKS)).data;
  expect(made).toMatchObject({ name: "Slack", eventTypes: ["payment_received"] });
});

test("the signing secret is shown, copied and rotated", async ({ page, server, receiver, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { id } = await make(server, { url: receiver.url(), name: "Signed" });
  const secret = () => server.api<{ key: string }>("GET", `${WEBHOOKS}/${id}/secret`);
  const { key: before } = await secret();
  await page.goto(`/webhooks/${id}`);
  await expect(page.locator("body")).not.toContainText(before);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByText(before)).toBeVisible();
  await page.getByRole("button", { name: "Copy secret" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(before);
  await page.getByRole("button", { name: "Rotate" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Grace period").selectOption({ index: 1 });
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Rotate" }).click();
  await expect(dialog).toBeHidden();
  const { key: after } = await secret();
  expect(after).not.toBe(before);
  await expect(page.getByText(after)).toBeVisible();
});

test("what failed is sent again, with progress; a webhook is deleted after asking", async ({ page, server, receiver }) => {
  receiver.answer = { status: 503 };
  const { id } = await make(server, { url: receiver.url(), name: "Back", retry: { scheduleSeconds: [] } });
  for (let index = 0; index < 3; index += 1) {
    await server.api("POST", "/app/default/msg", { eventType: "payment_received", payload: { index } });
  }
  await page.goto(`/webhooks/${id}`);
  await expect(page.getByText("Nothing reaches this webhook at the moment.")).toBeVisible();
  await expect(page.getByText("Failed")).toHaveCount(3);
  receiver.answer = { status: 200 };
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Send again…" }).click();
  const dialog = page.getByRole("dialog");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(dialog.getByText("Done: 3 events were put on their way.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByText("Delivered")).toHaveCount(3);

  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete webhook" }).click();
  await expect(page).toHaveURL(/\/webhooks(\?|$)/);
  await expect(page.getByText("No webhooks yet")).toBeVisible();
  expect((await server.api<{ data: unknown[] }>("GET", WEBHOOKS)).data).toEqual([]);
});

for (const [language, words] of Object.entries({
  en: { url: "URL", create: "Create webhook", test: "Send test event", now: "Send now", ok: "It arrived." },
  ko: { url: "URL", create: "웹훅 만들기", test: "테스트 이벤트 보내기", now: "지금 보내기", ok: "도착했습니다." },
  "zh-TW": { url: "URL", create: "建立 Webhook", test: "傳送測試事件", now: "立即傳送", ok: "已送達。" },
  uk: { url: "URL", create: "Створити вебхук", test: "Надіслати тестову подію", now: "Надіслати зараз", ok: "Надійшло." },
})) {
  test(`the first minute in ${language}, on a narrow screen`, async ({ page, receiver }) => {
    await page.addInitScript((it) => localStorage.setItem("hookwire.language", it), language);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto("/webhooks/new");
    await page.getByLabel(words.url).fill(receiver.url());
    await page.getByLabel("payment_received").check();
    await expectNoSidewaysScroll(page);
    await page.getByRole("button", { name: words.create }).click();
    await page.getByRole("button", { name: words.test }).last().click();
    await page.getByRole("button", { name: words.now }).click();
    await expect(page.getByRole("dialog").getByText(words.ok, { exact: true })).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
}
