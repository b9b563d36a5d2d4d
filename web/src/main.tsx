// The dashboard.

import "./styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { whenSignedOut } from "./api/client";
import { queryClient } from "./api/queries";
import { sessionQuery } from "./api/session";
import { startLanguages } from "./i18n";
import { router } from "./router";
import { startTheme } from "./shell/theme";

whenSignedOut(() => {
  // Asking whether somebody is signed in is answered so as well, and is no session that ended.
  if (!queryClient.getQueryData(sessionQuery.queryKey)) return;
  queryClient.setQueryData(sessionQuery.queryKey, null);
  void router.navigate({ to: "/sign-in", search: { to: router.state.location.href } });
});

startTheme();
await startLanguages();

const element = document.getElementById("root");
if (element) {
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
