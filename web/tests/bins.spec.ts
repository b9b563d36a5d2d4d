// Bins in the dashboard, and the page of a bin that is shared.

import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, type Server, test } from "./support";

interface Bin {
  id: string;
  url: string;
}

const MARKUP = "<img src=x onerror=window.pwned=1><script>window.pwned=2</script>";

async function api<T>(server: Server, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  expect(answer.ok, `${method} ${path}`).toBe(true);
  return (answer.status === 204 ? null : await answer.json()) as T;
}

function makeBin(server: Server, definition: object = {}): Promise<Bin> {
  return api<Bin>(server, "POST", "/bin", definition);
}

/** Where the server takes what is sent to a bin: its host may have another name in its address. */
function sendTo(server: Server, bin: Bin, path = "", init: RequestInit = {}): Promise<Response> {
  return fetch(server.url + new URL(bin.url).pathname + path, { method: "POST", ...init });
}

function rows(page: Page): Locator {
  return page.getByRole("listbox", { name: "Requests" }).getByRole("option");
}

function isLive(page: Page): Promise<void> {
  return expect(page.getByText("Live: requests appear as they come")).toBeVisible();
}

async function linkTo(server: Server, bin: Bin): Promise<string> {
  const { url } = await api<{ url: string }>(server, "POST", `/bin/${bin.id}/share`, {});
  const { pathname, hash } = new URL(url);
  expect(pathname).toBe("/shared");
  return pathname + hash;
}

test("one click makes a bin, and what it receives appears while it is looked at", async ({ page, server }) => {
  // axe looks at each element in both themes, which takes its time.
  test.slow();
  await page.goto("/bins");
  await page.getByRole("button", { name: "New bin" }).click();
  await expect(page.getByText("Waiting for the first request")).toBeVisible();
  await isLive(page);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Send a test request" }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByRole("article", { name: "Request" })).toContainText("hello.world");

  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const bin = await api<Bin>(server, "GET", `/bin/${id}`);
  await sendTo(server, bin, "/one?a=1&b=%C3%A4", { headers: { "X-Thing": "some  value" }, body: '{"amount":1.50}' });
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("/one?a=1");

  // The keyboard goes through the list; the request that was looked at stays until then.
  const shown = page.getByRole("article", { name: "Request" });
  await expect(shown).toContainText("hello.world");
  await page.getByRole("listbox", { name: "Requests" }).focus();
  await page.keyboard.press("ArrowUp");
  await expect(shown).toContainText("some  value");
  await expect(shown).toContainText("ä");
  await expect(shown.getByRole("region", { name: "Pretty" })).toContainText('"amount": 1.50');
  await shown.getByRole("tab", { name: "Raw" }).click();
  await expect(shown.getByRole("region", { name: "Raw" })).toContainText('{"amount":1.50}');
  await shown.getByRole("tab", { name: "Hex" }).click();
  await expect(shown.getByRole("region", { name: "Hex" })).toContainText("00000000  7b 22");
  await expectAccessible(page);

  await page.setViewportSize({ width: 360, height: 700 });
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "All requests" }).click();
  await expect(rows(page)).toHaveCount(2);
  await expectNoSidewaysScroll(page);
});

test("forms and files are shown as what they are", async ({ page, server }) => {
  const bin = await makeBin(server);
  const files = new FormData();
  files.set("note", "text of a part");
  files.set("up", new Blob([new Uint8Array([0, 255])]), "ä.bin");
  await sendTo(server, bin, "/files", { body: files });
  await sendTo(server, bin, "/form", { body: new URLSearchParams({ "na me": "a & b" }) });
  await page.goto(`/bins/${bin.id}`);
  const shown = page.getByRole("article", { name: "Request" });
  await expect(shown.getByRole("tabpanel", { name: "Fields" })).toContainText("a & b");
  await rows(page).nth(1).click();
  await expect(shown).toContainText("text of a part");
  await expect(shown).toContainText("file ä.bin");
  await expect(shown).toContainText("00 ff");
});

test("what strangers write is text", async ({ page, server }) => {
  const bin = await makeBin(server, { name: `Bin ${MARKUP}` });
  await sendTo(server, bin, `/${encodeURIComponent(MARKUP)}?q=${encodeURIComponent(MARKUP)}`, {
    headers: { "x-evil": MARKUP, "content-type": "text/html" },
    body: `<h1>body</h1>${MARKUP}`,
  });
  await sendTo(server, bin, "/form", { body: new URLSearchParams({ [MARKUP]: MARKUP }) });
  for (const path of [`/bins/${bin.id}`, await linkTo(server, bin)]) {
    await page.goto(path);
    await expect(rows(page)).toHaveCount(2);
    await expect(page.getByRole("article", { name: "Request" }).getByRole("tabpanel", { name: "Fields" })).toContainText("onerror");
    await rows(page).last().click();
    await expect(page.getByRole("article", { name: "Request" })).toContainText("<h1>body</h1>");
    expect(await page.evaluate(() => ("pwned" in window ? window.pwned : null))).toBeNull();
    await expect(page.locator("img")).toHaveCount(0);
  }
});

test("a body of megabytes is shown by and by", async ({ page, server }) => {
  const bin = await makeBin(server);
  const items = Array.from({ length: 30_000 }, (_, index) => ({ index, text: "somewhat long text of an item" }));
  const body = JSON.stringify(items);
  expect(body.length).toBeGreaterThan(1_500_000);
  await sendTo(server, bin, "/large", { headers: { "content-type": "application/json" }, body });
  await page.goto(`/bins/${bin.id}`);
  const shown = page.getByRole("article", { name: "Request" });
  await expect(shown.getByText("Only the beginning is shown here")).toBeVisible();
  await shown.getByRole("tab", { name: "Raw" }).click();
  await shown.getByRole("button", { name: /Show all/ }).click();
  await expect(shown.getByRole("region", { name: "Raw" })).toContainText('"index":29999');
  // Whoever waits for the page does not wait long: a click and a key are answered.
  await sendTo(server, bin, "/small");
  await expect(rows(page)).toHaveCount(2);
  await rows(page).first().click();
  await expect(shown).toContainText("/small");
});

test("requests are searched, deleted, and downloaded", async ({ page, server }) => {
  const bin = await makeBin(server);
  for (const name of ["apple", "pear", "apple-pie"]) await sendTo(server, bin, `/${name}`, { body: name });
  await page.goto(`/bins/${bin.id}`);
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("searchbox").fill("apple");
  await expect(rows(page)).toHaveCount(2);
  await sendTo(server, bin, "/apple-juice");
  await page.getByRole("button", { name: "1 more came" }).click();
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("searchbox").fill("cherry");
  await expect(page.getByText("No request is like this.")).toBeVisible();
  await page.getByRole("button", { name: "Show all requests" }).click();
  await expect(rows(page)).toHaveCount(4);

  const archive = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as HAR archive" }).click();
  expect((await archive).suggestedFilename()).toBe(`${bin.id}.har`);
  await rows(page).last().click();
  await expect(page.getByRole("article", { name: "Request" })).toContainText("/apple");
  const content = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download body" }).click();
  const stream = await (await content).createReadStream();
  expect((await stream.toArray()).join("")).toBe("apple");

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Delete all requests" }).click();
  await page.getByRole("button", { name: "Delete all", exact: true }).click();
  await expect(page.getByText("Waiting for the first request")).toBeVisible();
});

test("a bin answers, verifies and counts duplicates as it was told", async ({ page, server }) => {
  const bin = await makeBin(server);
  await page.goto(`/bins/${bin.id}`);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Shop");
  await page.getByRole("tab", { name: "Answer" }).click();
  await page.getByLabel("Status", { exact: true }).fill("99");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Enter a whole number from 200 to 599.")).toBeVisible();
  await expect(page.getByLabel("Status", { exact: true })).toBeFocused();
  await page.getByLabel("Status", { exact: true }).fill("202");
  await page.getByRole("textbox", { name: "Body" }).fill("{{ nothing");
  await page.getByRole("tab", { name: "Sender" }).click();
  await page.getByLabel("Who sends").selectOption("github");
  await page.getByLabel("Secret").fill("quite secret");
  await page.getByRole("tab", { name: "Duplicates" }).click();
  await page.getByLabel("The same request again is told by").selectOption("header");
  await page.getByLabel("Name of the header").fill("x-id");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save" }).click();
  // What only the server can tell is shown where it was entered, too.
  await expect(page.getByText("this {{ is never closed")).toBeVisible();
  await page.getByRole("textbox", { name: "Body" }).fill("got {{ request.path }}");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Shop" })).toBeVisible();

  const answer = await sendTo(server, bin, "/x", { headers: { "x-id": "1" } });
  expect([answer.status, await answer.text()]).toEqual([202, "got /x"]);
  await sendTo(server, bin, "/y", { headers: { "x-id": "1" } });
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("not verified");
  const kept = await api<{ verify: object }>(server, "GET", `/bin/${bin.id}`);
  expect(kept.verify).toMatchObject({ provider: "github", secretsCount: 1 });
});

test("a request is sent again, and a sender who waits is answered", async ({ page, server, receiver }) => {
  const bin = await makeBin(server, { response: { waitMs: 30_000 } });
  await page.goto(`/bins/${bin.id}`);
  await page.getByRole("checkbox", { name: "Answer senders from here" }).check();
  await isLive(page);
  const answer = sendTo(server, bin, "/question", { body: "what?" });
  await page.getByRole("textbox", { name: "Body" }).fill("this");
  await page.getByLabel("Status", { exact: true }).fill("201");
  await page.getByRole("button", { name: "Answer", exact: true }).click();
  const answered = await answer;
  expect([answered.status, await answered.text()]).toEqual([201, "this"]);

  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("Please fill this in.")).toBeVisible();
  receiver.answer = { status: 418, body: `short ${MARKUP}` };
  await page.getByLabel("URL", { exact: true }).fill(receiver.url("/again"));
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("418");
  await expect(page.getByRole("dialog")).toContainText("short <img");
  expect(receiver.requests.map(({ path, body }) => [path, body])).toEqual([["/again", "what?"]]);
});

test.describe("without an account", () => {
  test.use({ signedIn: false });

  test("a link shows a bin, live, and changes nothing, until it is ended", async ({ page, server }) => {
    const bin = await makeBin(server, { name: "Shop" });
    await sendTo(server, bin, "/before");
    await page.goto(await linkTo(server, bin));
    await expect(page.getByRole("heading", { name: "Shop" })).toBeVisible();
    await isLive(page);
    await sendTo(server, bin, "/while");
    await expect(rows(page)).toHaveCount(2);
    await rows(page).last().click();
    await expect(page.getByRole("article", { name: "Request" })).toContainText("/before");
    for (const name of ["Settings", "Share", "Delete", "Send again"]) {
      await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
    }
    expect(await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]))).not.toContain("binshr_");
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 700 });
    await expectNoSidewaysScroll(page);
    await api(server, "DELETE", `/bin/${bin.id}/share`);
    await page.reload();
    await expect(page.getByText("There is nothing here any more")).toBeVisible();
    // Another link in the same tab is another page.
    await page.goto("/shared#bin_1:short");
    await expect(page.getByText("This link is not complete")).toBeVisible();
  });

  test("no bin is made where that is not permitted", async ({ page }) => {
    await page.goto("/shared");
    await page.getByRole("button", { name: "New bin" }).click();
    await expect(page.getByText("Bins without an account are not permitted here")).toBeVisible();
    await expectAccessible(page);
  });

  test.describe("where the operator permits it", () => {
    test.use({ serverOptions: { args: ["--dev", "--public-bins"] } });

    test("a bin is made, used, shared and deleted", async ({ page, server }) => {
      await page.goto("/shared");
      await page.getByRole("button", { name: "New bin" }).click();
      await expect(page.getByText("Waiting for the first request")).toBeVisible();
      await page.getByRole("button", { name: "Send a test request" }).click();
      await expect(rows(page)).toHaveCount(1);
      // The address leads back to it.
      await page.reload();
      await expect(rows(page)).toHaveCount(1);
      await expect(page.getByRole("button", { name: "Send again" })).toHaveCount(0);
      await page.getByRole("button", { name: "Share" }).click();
      await page.getByRole("button", { name: "Make a link" }).click();
      await expect(page.getByLabel("Link", { exact: true })).toContainText(`${server.url}/shared#bin_`);
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: "Settings" }).click();
      await expect(page.getByRole("tab", { name: "Pass on" })).toHaveCount(0);
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Actions" }).click();
      await page.getByRole("menuitem", { name: "Delete the bin" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await expect(page.getByText("The bin is deleted.")).toBeVisible();
    });
  });
});
