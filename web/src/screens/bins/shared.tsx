// What `/shared` shows: the bin of the link behind the `#`, or how to come by one.

import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Connection } from "@/shell/connection";
import { Logo } from "@/shell/logo";
import { Preferences } from "@/shell/preferences";
import { Page } from "@/ui/page";
import { Empty, Skeleton } from "@/ui/states";
import { Toasts } from "@/ui/toast";
import { linkOf } from "./link";
import { PublicBin } from "./public-bin";

// Not needed to make a bin.
const SharedBin = lazy(async () => ({ default: (await import("./shared-bin")).SharedBin }));

export function Shared() {
  const [link] = useState(() => linkOf(location.hash));
  useEffect(() => {
    // Another link in the same tab is another page.
    const reload = () => location.reload();
    addEventListener("hashchange", reload);
    return () => removeEventListener("hashchange", reload);
  }, []);
  return (
    <>
      <header className="flex items-center gap-2.5 border-b border-line bg-surface px-4 py-2 sm:px-8">
        <Logo className="size-6" />
        <span className="grow font-semibold tracking-tight">Hookwire</span>
        <Preferences />
      </header>
      <Connection />
      <main>
        <Suspense fallback={<Waiting />}>
          {link === null ? <PublicBin /> : link === "broken" ? <Broken /> : <SharedBin link={link} />}
        </Suspense>
      </main>
      <Toasts />
    </>
  );
}

function Waiting() {
  const { t } = useTranslation("bins");
  return (
    <Page title={t("shared.title")}>
      <Skeleton />
    </Page>
  );
}

function Broken() {
  const { t } = useTranslation("bins");
  return (
    <Page title={t("shared.title")}>
      <Empty icon="link" title={t("shared.broken")}>
        {t("shared.brokenText")}
      </Empty>
    </Page>
  );
}
