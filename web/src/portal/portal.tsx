import { useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, use, useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { sessionQuery } from "@/api/session";
import { ScopeProvider } from "@/scope";
import { Page } from "@/ui/page";
import { Empty, Skeleton } from "@/ui/states";
import { ProblemNote } from "@/ui/problem-note";
import { tell } from "./around";
import { portalRouter } from "./router";

// Whether the token has ended; the page around may give another one at any time.
let isEnded = false;
const listeners = new Set<() => void>();

export function setEnded(ended: boolean): void {
  isEnded = ended;
  for (const it of listeners) it();
}

function useEnded(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => isEnded,
  );
}

/** What there is while no screen is. */
function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation("portal");
  return (
    <main>
      <Page title={t("title")}>{children}</Page>
    </main>
  );
}

/** What there is until a screen is. */
export function Opening() {
  return (
    <Frame>
      <Skeleton />
    </Frame>
  );
}

/** The portal of one application, as far as its token allows, once its first screen has been loaded. */
export function Portal({ app, opening }: { app: string; opening: Promise<void> }) {
  const { t } = useTranslation("portal");
  const hasEnded = useEnded();
  const session = useQuery({ ...sessionQuery, enabled: !hasEnded });
  const isOver = hasEnded || session.data === null;

  useEffect(() => {
    document.title = t("title");
    tell({ type: isOver ? "hookwire:expired" : "hookwire:ready" });
  }, [isOver, t]);

  if (isOver) {
    return (
      <Frame>
        <Empty icon="key" title={t("ended")}>
          {t("endedText")}
        </Empty>
      </Frame>
    );
  }
  if (session.isError) {
    const problem = Problem.from(session.error);
    return (
      <Frame>
        <ProblemNote problem={problem} onTryAgain={() => void session.refetch()} />
      </Frame>
    );
  }
  if (!session.data) return <Opening />;
  use(opening);
  const { capabilities } = session.data;
  return (
    <ScopeProvider scope={{ app, isPortal: true, can: (capability) => capabilities.includes(capability) }}>
      <RouterProvider router={portalRouter as never} />
    </ScopeProvider>
  );
}

/** When the link has no token in it. */
export function NoToken() {
  const { t } = useTranslation("portal");
  return (
    <Frame>
      <Empty icon="link" title={t("noToken")}>
        {t("noTokenText")}
      </Empty>
    </Frame>
  );
}
