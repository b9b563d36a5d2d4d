import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui/button";
import { Icon, type IconName } from "@/ui/icon";
import { Toasts } from "@/ui/toast";

import { ApplicationSwitch } from "./application-switch";
import { Connection } from "./connection";
import { Logo } from "./logo";
import { Preferences } from "./preferences";
import { SignOut } from "./sign-out";

const SCREENS = [
  ["/", "overview"],
  ["/webhooks", "webhooks"],
  ["/events", "events"],
  ["/messages", "messages"],
  ["/bins", "bins"],
  ["/live", "live"],
  ["/settings", "settings"],
] as const satisfies [string, IconName][];

function Navigation() {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("nav.label")} className="grid gap-0.5 px-3">
      {SCREENS.map(([to, name]) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === "/", includeSearch: false }}
          className="flex items-center gap-3 rounded-lg px-3 py-2 text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent"
        >
          <Icon name={name} />
          {t(`nav.${name}`)}
        </Link>
      ))}
    </nav>
  );
}

function Sidebar() {
  const { t } = useTranslation();
  return (
    <div className="flex h-full flex-col gap-4 py-5">
      <Link to="/" className="flex items-center gap-2.5 px-6 text-base font-semibold tracking-tight">
        <Logo />
        Hookwire
      </Link>
      <ApplicationSwitch />
      <Navigation />
      <div className="mt-auto grid gap-2 px-3">
        <a href="/docs" className="flex items-center gap-3 rounded-lg px-3 py-2 text-muted hover:bg-sunken hover:text-ink">
          <Icon name="book" />
          {t("nav.documentation")}
        </a>
        <div className="flex items-center justify-between px-1">
          <Preferences />
          <SignOut />
        </div>
      </div>
    </div>
  );
}

/** On narrow screens the sidebar is a dialog that a button opens. */
function Drawer() {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => dialog.current?.close(), [path]);
  return (
    <header className="flex items-center gap-2 border-b border-line bg-surface px-3 py-2 lg:hidden">
      <IconButton label={t("nav.open")} onClick={() => dialog.current?.showModal()}>
        <Icon name="menu" />
      </IconButton>
      <Logo className="size-6" />
      <span className="font-semibold">Hookwire</span>
      <dialog ref={dialog} aria-label={t("nav.label")} className="m-0 h-dvh max-h-none w-72 border-r border-line bg-surface text-ink">
        <IconButton label={t("nav.close")} className="absolute top-4 right-3" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </IconButton>
        <Sidebar />
      </dialog>
    </header>
  );
}

/** The frame around every screen of the dashboard. */
export function Layout() {
  const { t } = useTranslation();
  return (
    <div className="lg:grid lg:min-h-dvh lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a href="#content" className="absolute -top-20 left-2 z-50 rounded-lg bg-accent px-4 py-2 text-accent-ink focus:top-2">
        {t("nav.skip")}
      </a>
      <aside className="sticky top-0 hidden h-dvh overflow-y-auto border-r border-line bg-surface lg:block">
        <Sidebar />
      </aside>
      <div className="min-w-0">
        <Drawer />
        <Connection />
        <main id="content" tabIndex={-1} className="outline-none">
          {/* The frame stays should a part of a screen have to wait. */}
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Toasts />
    </div>
  );
}
