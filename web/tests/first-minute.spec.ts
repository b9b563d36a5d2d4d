// The first minute of somebody who never saw Hookwire, in each language: the printed link, a webhook
// by name, URL and event, a test event, and the answer of the other side.

import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support";
import { texts } from "./support/texts";

const LANGUAGES = { "en-US": "en", "ko-KR": "ko", "zh-TW": "zh-TW", "uk-UA": "uk" };

for (const [locale, language] of Object.entries(LANGUAGES)) {
  const { common, webhooks } = texts(language);
  test.describe(locale, () => {
    test.use({ locale, signedIn: false });

    test("from the printed link to a test event that arrived", async ({ page, server, receiver }) => {
      receiver.answer = { status: 202, body: "thank you" };
      const link = /dashboard (http\S+)/.exec(server.log)?.[1] ?? "";
      await page.goto(link);
      const navigation = page.getByRole("navigation", { name: common.nav.label });
      await navigation.getByRole("link", { name: common.nav.webhooks, exact: true }).click();
      await page.getByRole("link", { name: webhooks.list.add }).first().click();

      await page.getByLabel(webhooks.form.name, { exact: true }).fill("CRM");
      await page.getByLabel(webhooks.form.url, { exact: true }).fill(receiver.url("/crm"));
      await page.getByRole("checkbox", { name: /^payment_received/ }).check();
      await expectAccessible(page);
      await page.getByRole("button", { name: webhooks.new.create }).click();
      await expect(page.getByRole("heading", { level: 1, name: "CRM" })).toBeVisible();

      await page.getByRole("button", { name: webhooks.test.send }).first().click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: webhooks.test.now }).click();
      await expect(dialog.getByText(webhooks.test.ok)).toBeVisible();
      await expect(dialog.getByText("thank you")).toBeVisible();
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoSidewaysScroll(page);

      expect(receiver.requests).toHaveLength(1);
      const received = receiver.requests[0];
      expect(received?.path).toBe("/crm");
      expect(received?.headers["webhook-signature"]).toMatch(/^v1,/);
      expect(Object.keys(JSON.parse(received?.body ?? "{}") as object)).toContain("payment_id");
    });
  });
}
