import { expect, type Server, test } from "./support";

async function openBin(server: Server): Promise<string> {
  const { id } = await server.api<{ id: string }>("POST", "/bin", { name: "Shop" });
  return `/bins/${id}`;
}

test("a menu opens for whoever presses before it is loaded, and stays closed for those who left", async ({ page, server }) => {
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route(/menu-view/, async (route) => {
    await held;
    await route.fallback();
  });
  await page.goto(await openBin(server));
  const button = page.getByRole("button", { name: "Actions" });
  await expect(button).toHaveAttribute("aria-haspopup", "menu");
  await expect(button).toHaveAttribute("aria-expanded", "false");
  const place = await button.boundingBox();

  await button.click();
  await expect(button).toHaveAttribute("aria-busy", "true");
  await page.keyboard.press("Tab");
  await expect(button).toHaveAttribute("aria-busy", "false");

  await button.press("Enter");
  answer();
  const items = page.getByRole("menuitem");
  await expect(items.first()).toBeFocused();
  await expect(page.getByRole("menu", { name: "Actions" })).toBeVisible();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  expect(await button.boundingBox()).toEqual(place);
  await page.keyboard.press("ArrowDown");
  await expect(items.nth(1)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await expect(button).toBeFocused();
});

test("a menu is opened and closed by keys and by pointers", async ({ page, server }) => {
  await page.goto(await openBin(server));
  const button = page.getByRole("button", { name: "Actions" });
  const menu = page.getByRole("menu");
  for (const key of ["Enter", " ", "ArrowDown"]) {
    await button.press(key);
    await expect(page.getByRole("menuitem").first()).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(menu).toHaveCount(0);
    await expect(button).toBeFocused();
  }
  await button.click();
  await expect(menu).toBeVisible();
  await button.click();
  await expect(menu).toHaveCount(0);
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await button.click();
  await page.getByRole("heading", { level: 1 }).click();
  await expect(menu).toHaveCount(0);
  await button.click();
  await page.getByRole("menuitem").last().click();
  await expect(menu).toHaveCount(0);
  await expect(page.getByRole("dialog")).toBeVisible();
});
