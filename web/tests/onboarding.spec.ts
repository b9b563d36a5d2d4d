import { type Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support";

/** As a browser that has never been here. */
async function forgetStart(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (sessionStorage.getItem("forgotten")) return;
    sessionStorage.setItem("forgotten", "yes");
    localStorage.removeItem("hookwire.started");
  });
}

const LANGUAGES = {
  en: ["Make a receiver", "Make the webhook", "Send event", "It has arrived."],
  ko: ["수신 주소 만들기", "웹훅 만들기", "이벤트 보내기", "도착했습니다."],
  "zh-TW": ["建立接收端", "建立 Webhook", "傳送事件", "已送達。"],
  uk: ["Створити отримувача", "Створити вебхук", "Надіслати подію", "Подія надійшла."],
} as const;

for (const [language, [receiver, webhook, send, arrived]] of Object.entries(LANGUAGES)) {
  test.describe(language, () => {
    // As people start it: webhooks may not go to private addresses, and the catalogue is empty.
    test.use({ serverOptions: { args: [] }, locale: language });

    test("the first minute ends with an event that arrived", async ({ page }) => {
      await forgetStart(page);
      await page.goto("/");
      await expect(page).toHaveURL(/\/start/);
      await expectAccessible(page);
      await page.getByRole("button", { name: receiver }).click();
      await expect(page.getByText(/\/in\/[A-Za-z0-9]{22}/).first()).toBeVisible();
      await page.getByRole("button", { name: webhook }).click();
      await page.getByRole("button", { name: send }).click();

      await expect(page.getByText(arrived)).toBeVisible();
      await expect(page.getByText(/^v1,/)).toBeVisible();
      await expect(page.getByText(/^msg_/)).toBeVisible();
      await expect(page.getByText("Ada Lovelace")).toBeVisible();
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 700 });
      await expectNoSidewaysScroll(page);

      // Once is enough.
      await page.goto("/");
      await expect(page.locator("h1")).toBeVisible();
      await expect(page).not.toHaveURL(/\/start/);
    });
  });
}

test("it can be skipped, and is not shown again", async ({ page }) => {
  await forgetStart(page);
  await page.goto("/");
  await page.getByRole("link", { name: "Skip", exact: true }).click();
  await expect(page.getByText("No webhook yet")).toBeVisible();
  await page.reload();
  await expect(page.getByText("No webhook yet")).toBeVisible();
});

test("one's own receiver; mistakes are told next to the field", async ({ page, receiver }) => {
  await page.goto("/start");
  await page.getByRole("button", { name: "I have an address of my own" }).click();
  await page.getByLabel("Address of your receiver").fill("example");
  await page.getByRole("button", { name: "Use this address" }).click();
  await expect(page.getByText("Enter a full address")).toBeVisible();
  await expect(page.getByLabel("Address of your receiver")).toBeFocused();
  await page.getByLabel("Address of your receiver").fill(receiver.url("/mine"));
  await page.getByRole("button", { name: "Use this address" }).click();

  await page.getByLabel("Name").fill("");
  await page.getByRole("button", { name: "Make the webhook" }).click();
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.getByLabel("Name").fill("<script>alert(1)</script>");
  await page.getByRole("button", { name: "Make the webhook" }).click();
  await expect(page.getByText("<script>alert(1)</script>")).toBeVisible();

  await page.getByLabel("What happened").fill("{");
  await page.getByRole("button", { name: "Send event" }).click();
  await expect(page.getByText("This is not valid JSON")).toBeVisible();
  await page.getByLabel("What happened").fill('{"mine":true}');
  await page.getByRole("button", { name: "Send event" }).click();
  await expect(page.getByText("It has arrived.")).toBeVisible();
  expect(receiver.requests.map((it) => [it.path, it.body])).toEqual([["/mine", '{"mine":true}']]);
  expect(receiver.requests[0]?.headers["webhook-signature"]).toMatch(/^v1,/);
});

test("an event that does not arrive is explained", async ({ page }) => {
  await page.goto("/start");
  await page.getByRole("button", { name: "I have an address of my own" }).click();
  // Nothing listens there.
  await page.getByLabel("Address of your receiver").fill("http://127.0.0.1:1/");
  await page.getByRole("button", { name: "Use this address" }).click();
  await page.getByRole("button", { name: "Make the webhook" }).click();
  await page.getByRole("button", { name: "Send event" }).click();
  await expect(page.getByText("It has not arrived yet.")).toBeVisible();
  await expect(page.getByText("The receiver's machine refused the connection.")).toBeVisible();
});
