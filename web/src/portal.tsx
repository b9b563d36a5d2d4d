// The customer portal: webhooks and messages of one application, for whoever has a portal token.

import "./styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { setBearer, whenSignedOut } from "./api/client";
import { queryClient } from "./api/queries";
import { sessionQuery } from "./api/session";
import { startLanguages } from "./i18n";
import { tellHeight } from "./portal/around";
import { type Entry, entryOf, show } from "./portal/entry";
import { NoToken, Opening, Portal, setEnded } from "./portal/portal";
import { portalRouter } from "./portal/router";
import { startTheme } from "./shell/theme";

/** From now on the portal is what the fragment says, if it says something. */
function enter(fragment: string): Entry | null {
  const entry = entryOf(fragment);
  if (entry) {
    setBearer(entry.token);
    show(entry.colors);
  }
  return entry;
}

const entry = enter(location.hash);
if (entry) history.replaceState(history.state, "", location.pathname + location.search);
startTheme(entry?.theme);
whenSignedOut(() => setEnded(true));
// The server is asked what the token allows while texts and the first screen are loaded.
if (entry) queryClient.query(sessionQuery).catch(() => undefined);
await startLanguages({ wish: entry?.language, namespaces: ["portal"] });
const opening = entry ? portalRouter.load() : Promise.resolve();

// The page around gives a new token before, or after, the former one ends.
addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
  if (source !== window.parent || !isEntering(data) || !enter(data.fragment)) return;
  setEnded(false);
  void queryClient.invalidateQueries();
});

function isEntering(data: unknown): data is { fragment: string } {
  const { type, fragment } = (data ?? {}) as Record<string, unknown>;
  return type === "hookwire:enter" && typeof fragment === "string";
}

const element = document.getElementById("root");
if (element) {
  tellHeight(element);
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Suspense fallback={<Opening />}>
          {entry ? <Portal app={entry.app} opening={opening} /> : <NoToken />}
        </Suspense>
      </QueryClientProvider>
    </StrictMode>,
  );
}
