import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support";

test.use({ signedIn: false });

test("the link that the server prints signs in, once", async ({ page, server }) => {
  const link = /dashboard (http\S+)/.exec(server.log)?.[1] ?? "";
  expect(link).toContain("/sign-in#token=");
  await page.goto(link);
  await expect(page.getByRole("navigation").first()).toBeVisible();
  expect(page.url()).not.toContain("token");

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  // The same document with another fragment is not loaded again by itself.
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByText("This is not valid")).toBeVisible();
});

test("a token signs in and leads to where one wanted to go", async ({ page, server }) => {
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel("Token or API key").fill("nonsense");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("This is not valid")).toBeVisible();
  await page.getByLabel("Token or API key").fill(server.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/settings/);
  // Kept by the browser in a way that scripts cannot read.
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await page.reload();
  await expect(page).toHaveURL(/\/settings/);
});

test("nobody is led to another site", async ({ page, server }) => {
  await page.goto("/sign-in?to=%2F%2Fexample.com");
  await page.getByLabel("Token or API key").fill(server.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("navigation").first()).toBeVisible();
  expect(page.url().startsWith(server.url)).toBe(true);
});

test("signing in is for everybody", async ({ page }) => {
  await page.goto("/sign-in");
  await expect(page.getByRole("heading", { name: "Sign in to Hookwire" })).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 700 });
  await expectNoSidewaysScroll(page);
  await page.getByLabel("Language").selectOption("uk");
  await expect(page.locator("html")).toHaveAttribute("lang", "uk");
});
