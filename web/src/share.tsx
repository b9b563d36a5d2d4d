// The page of one bin for people without an account: for those who have a link, and for those who make
// a bin here where the operator permits it. It is small: nothing of the dashboard around it.

import "./styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/queries";
import { startLanguages } from "./i18n";
import { Shared } from "./screens/bins/shared";
import { startTheme } from "./shell/theme";

startTheme();
await startLanguages({ namespaces: ["bins"] });

const element = document.getElementById("root");
if (element) {
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Suspense>
          <Shared />
        </Suspense>
      </QueryClientProvider>
    </StrictMode>,
  );
}
