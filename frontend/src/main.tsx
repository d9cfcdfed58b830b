/** The first line that runs: the language, then the page. */
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient, router } from "./router";
import { activate, initialLocale } from "./shared/i18n";
import { surviveTranslation } from "./shared/lib/survive-translation";
import { followColours } from "./shared/ui/colours";
import "./shared/ui/base.css";

surviveTranslation();
followColours();

const root = document.getElementById("root");
if (root) {
  activate(initialLocale()).then(() =>
    createRoot(root).render(
      <StrictMode>
        <I18nProvider i18n={i18n}>
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </I18nProvider>
      </StrictMode>,
    ),
  );
}
