// Every screen there is, with something to show and without anything: what axe finds wrong with it,
// in both themes, and whether it fits a telephone.

import type { BrowserContext } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll, expectShown, Receiver, test } from "./support";
import { fill } from "./support/world";

const TELEPHONE = { width: 360, height: 740 };

/** Looks at each address in a tab of its own. */
async function visit(context: BrowserContext, screens: Record<string, string>): Promise<void> {
  for (const [name, address] of Object.entries(screens)) {
    await test.step(name, async () => {
      const page = await context.newPage();
      await page.goto(address);
      await expectShown(page);
      await expectAccessible(page);
      await page.setViewportSize(TELEPHONE);
      await expectNoSidewaysScroll(page);
      await page.close();
    });
  }
}

for (const part of ["signedIn", "portal", "public"] as const) {
  test.describe(`every screen, with something to show: ${part}`, () => {
    test.use({ signedIn: part === "signedIn" });

    test("is accessible and fits a telephone", async ({ context, server, receiver }) => {
      test.slow();
      const failing = await Receiver.start();
      const world = await fill(server, receiver, failing);
      await visit(context, world[part]);
      await failing.stop();
    });
  });
}

test("every screen, without anything to show", async ({ context, server }) => {
  test.slow();
  const { url } = await server.api<{ url: string }>("POST", "/auth/app-portal-access/default", {});
  await visit(context, {
    overview: "/",
    webhooks: "/webhooks",
    events: "/events",
    messages: "/messages",
    bins: "/bins",
    live: "/live",
    keys: "/settings?tab=keys",
    operational: "/settings?tab=operational",
    portal: url,
    "portal-messages": `/portal/messages${url.slice(url.indexOf("#"))}`,
    "portal-nobody": "/portal",
    "shared-incomplete": "/shared#bin_1:short",
  });
});
