import { Link, Outlet } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Connection } from "@/shell/connection";
import { Preferences } from "@/shell/preferences";
import { Icon } from "@/ui/icon";
import { Toasts } from "@/ui/toast";

const SCREENS = [
  ["/webhooks", "webhooks"],
  ["/messages", "messages"],
] as const;

/** The frame of the portal: light, because it stands within somebody else's page. */
export function PortalLayout() {
  const { t } = useTranslation();
  return (
    <>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-6xl items-center gap-1 px-2 sm:px-6">
          <nav aria-label={t("nav.label")} className="flex grow gap-1 overflow-x-auto">
            {SCREENS.map(([to, name]) => (
              <Link
                key={to}
                to={to}
                className="flex items-center gap-2 border-b-2 border-transparent px-3 py-3 whitespace-nowrap text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
              >
                <Icon name={name} />
                {t(`nav.${name}`)}
              </Link>
            ))}
          </nav>
          <Preferences />
        </div>
      </header>
      <Connection />
      <main>
        {/* The frame stays should a part of a screen have to wait. */}
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <Toasts />
    </>
  );
}
