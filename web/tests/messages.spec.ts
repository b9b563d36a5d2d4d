import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, type Server, test } from "./support";

const PAYLOAD = '{"invoice": 12345678901234567890, "who": "<img src=x onerror=alert(1)>"}';

async function addWebhook(server: Server, url: string, name = "CRM"): Promise<void> {
  const schemas = { "1": { type: "object", examples: [{ payment_id: 78 }] } };
  await server.api("PUT", "/event-type/payment_received", { description: "Money came.", schemas });
  await server.api("POST", "/app/default/endpoint", { name, url, eventTypes: ["payment_received"] });
}

async function send(server: Server, message: object): Promise<string> {
  const body = { eventType: "payment_received", payload: {}, ...message };
  return (await server.api<{ id: string }>("POST", "/app/default/msg", body)).id;
}

function rows(page: Page) {
  return page.getByRole("list", { name: "Messages" }).getByRole("listitem");
}

test("an event is sent by hand; why it failed is said; it is sent again", async ({ page, server, receiver }) => {
  receiver.answer = { status: 500, body: "<b>out of ink</b>" };
  await addWebhook(server, receiver.url("/hook"));
  await page.goto("/messages");
  await expect(page.getByText("No messages yet")).toBeVisible();
  await page.getByRole("button", { name: "Send event" }).first().click();

  const dialog = page.getByRole("dialog", { name: "Send an event" });
  await dialog.getByLabel("Event", { exact: true }).fill("nobody.listens");
  await expect(dialog.getByText("No webhook listens to this event")).toBeVisible();
  await dialog.getByLabel("Event", { exact: true }).fill("payment_received");
  const payload = dialog.getByRole("textbox", { name: "Payload" });
  await expect(payload).toContainText('"payment_id": 78');

  await payload.fill('{"a": 1,}');
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await expect(dialog.getByText("Line 1, column 8: there must be no comma after the last entry.")).toBeVisible();
  await payload.fill(PAYLOAD);
  await dialog.getByRole("button", { name: "Send", exact: true }).click();

  await expect(page.getByRole("heading", { level: 1, name: "payment_received" })).toBeVisible();
  await expect(page.getByText("Something broke at the receiver (status 500).").first()).toBeVisible();
  await expect(page.getByText("Next attempt")).toBeVisible();
  // Byte for byte as it was written, digits and all, there and here.
  expect(receiver.requests[0]?.body).toBe(PAYLOAD);
  await expect(page.getByLabel("Payload", { exact: true })).toContainText("12345678901234567890");
  await expect(page.getByLabel("Payload", { exact: true })).toContainText("<img src=x onerror=alert(1)>");

  await page.getByRole("button", { name: /No\. 1/ }).click();
  await expect(page.getByText("The fault is on its side; it is tried again.")).toBeVisible();
  await expect(page.getByLabel("What the receiver answered")).toHaveText("<b>out of ink</b>");
  await expectAccessible(page);

  receiver.answer = { status: 200, body: "ok" };
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("heading", { level: 3 }).getByText("Delivered")).toBeVisible();
  await expect(page.getByText("By hand")).toBeVisible();
});

test("what waits is stopped, and a payload is forgotten", async ({ page, server, receiver }) => {
  await addWebhook(server, receiver.url());
  const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
  const id = await send(server, { deliverAt });
  await page.goto(`/messages/${id}`);
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await page.getByRole("button", { name: "Stop them" }).click();
  await expect(page.getByText("1 delivery was stopped.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 3 }).getByText("Skipped")).toBeVisible();

  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Forget the payload" }).click();
  await page.getByRole("button", { name: "Forget it" }).click();
  await expect(page.getByText("The payload is no longer kept.")).toBeVisible();
});

test("filters are in the address, and a message is found by its ids", async ({ page, server, receiver }) => {
  await addWebhook(server, receiver.url());
  const id = await send(server, { tags: ["vip"], eventId: "order-1" });
  for (let index = 0; index < 3; index += 1) await send(server, { eventType: "customer_created" });
  await page.goto("/messages");
  await expect(rows(page)).toHaveCount(4);
  await expect(rows(page).last()).toContainText("Delivered");

  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByLabel("Tag").fill("vip");
  await page.getByLabel("Tag").press("Enter");
  await expect(page).toHaveURL(/tag=vip/);
  await expect(rows(page)).toHaveCount(1);
  await page.getByLabel("Deliveries").selectOption("Failed");
  await expect(page.getByText("No message is like this")).toBeVisible();
  await page.getByLabel("Deliveries").selectOption("Delivered");
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByLabel("Deliveries")).toHaveValue("0");
  await expectAccessible(page);

  await page.getByRole("button", { name: "Clear the filters" }).click();
  await expect(rows(page)).toHaveCount(4);
  for (const search of ["order-1", id]) {
    await page.getByRole("searchbox").fill(search);
    await page.getByRole("searchbox").press("Enter");
    await expect(page).toHaveURL(/q=/);
    await expect(page.getByRole("link", { name: /payment_received/ })).toHaveCount(1);
  }
  await page.getByRole("searchbox").fill("nothing");
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByText("There is no such message")).toBeVisible();
});

test("new messages are told of and nothing jumps", async ({ page, server }) => {
  for (let index = 0; index < 40; index += 1) await send(server, { eventId: `old-${index}` });
  await page.goto("/messages");
  await expect(rows(page).first()).toContainText("old-39");
  await page.mouse.wheel(0, 700);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(300);
  const first = await rows(page).first().textContent();
  const before = await page.evaluate(() => scrollY);
  await send(server, { eventId: "new-1" });
  const news = page.getByRole("button", { name: "1 new message" });
  await expect(news).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(before);
  expect(await rows(page).first().textContent()).toBe(first);
  await news.click();
  await expect(rows(page).first()).toContainText("new-1");
  await expect(news).toBeHidden();
});

test.describe("a large payload", () => {
  test.use({ serverOptions: { args: ["--dev"], env: { HOOKWIRE_API_BODY_BYTES_MAX: "8000000" } } });

  test("of five megabytes leaves the page quick", async ({ page, server }) => {
    const list = Array.from({ length: 100_000 }, (_, index) => ({ index, text: "lorem ipsum dolor sit amet consectetur" }));
    const id = await send(server, { payload: { list, last: "the very end" } });
    await page.goto(`/messages/${id}`);
    const payload = page.getByRole("textbox", { name: "Payload" });
    await expect(payload).toContainText('"lorem ipsum');
    await expect(page.getByText(/^\d\.\d MB$/)).toBeVisible();
    expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(1_500);
    await payload.press("Control+End");
    await expect(payload).toContainText("the very end");
    // The page goes on answering.
    await page.getByRole("main").getByRole("link", { name: "Messages", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Messages" })).toBeVisible();
  });
});

/** Copies the one message of a store, each time a little older. The server is not running. */
const COPY = `
import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
columns = [row[1] for row in store.execute("PRAGMA table_info(message)")]
row = dict(zip(columns, store.execute("SELECT * FROM message").fetchone()))
id, at = int.from_bytes(row["id"], "big"), row["created_at_ms"]
def older(index):
    return {**row, "id": (id - (index << 120)).to_bytes(20, "big"), "created_at_ms": at - index * 4}
places = ",".join(":" + name for name in columns)
store.executemany(f"INSERT INTO message VALUES ({places})", map(older, range(1, int(sys.argv[2]))))
store.commit()
`;

// Where text of several lines in an editor is replaced, the browser itself tries to keep its looks in
// a style attribute, which the policy refuses; the editor draws the text by itself.
test.use({ expectedErrors: ["Applying inline style"] });

test("a hundred thousand messages stay smooth", async ({ page, server }) => {
  test.setTimeout(400_000);
  await send(server, {});
  const store = /store sqlite:(\S+)/.exec(server.log)?.[1] ?? "";
  await server.kill();
  execFileSync("python3", ["-c", COPY, store, "100000"]);
  await server.begin();
  await page.goto("/messages");
  await expect(rows(page).first()).toBeVisible();

  // One screen after the other, as fast as frames come: in each a row must be where one looks.
  const seen = await page.evaluate(async () => {
    const counted = { frames: 0, blank: 0, nodesMax: 0 };
    const frame = () => new Promise(requestAnimationFrame);
    while (counted.frames < 400) {
      scrollBy(0, innerHeight / 2);
      await frame();
      counted.frames += 1;
      const there = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
      if (!there?.closest("li, a, p")) counted.blank += 1;
      counted.nodesMax = Math.max(counted.nodesMax, document.querySelectorAll("*").length);
    }
    return counted;
  });
  expect(seen.blank).toBeLessThanOrEqual(seen.frames * 0.02);
  expect(seen.nodesMax).toBeLessThan(2_000);

  // Deep into it, by jumps: the document does not grow with what was loaded.
  const depth = async () => Number(await rows(page).last().getAttribute("aria-posinset"));
  await expect(async () => {
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    expect(await depth()).toBeGreaterThan(20_000);
  }).toPass({ timeout: 300_000, intervals: [0] });
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(2_000);
  await page.evaluate(() => scrollTo(0, 0));
  await expect(rows(page).first()).toHaveAttribute("aria-posinset", "1");
});

test("it works on a telephone", async ({ page, server, receiver }) => {
  await addWebhook(server, receiver.url(`/${"long".repeat(60)}`), "A webhook with a name that is long ".repeat(5).trim());
  const id = await send(server, { tags: ["a-rather-long-tag-that-says-a-lot"], eventId: "x".repeat(200) });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/messages");
  await expect(rows(page).first()).toContainText("Delivered");
  await expectNoSidewaysScroll(page);
  await page.goto(`/messages/${id}`);
  await page.getByRole("button", { name: /No\. 1/ }).click();
  await expect(page.getByLabel("What the receiver answered")).toBeVisible();
  await expectNoSidewaysScroll(page);
});
