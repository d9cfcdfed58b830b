/** How the pages are built: routes split by file, Lingui's macros expanded, tokens through Tailwind. */
import { lingui } from "@lingui/vite-plugin";
import babel from "@rolldown/plugin-babel";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.STORYBRAID_API ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      generatedRouteTree: "src/routeTree.gen.ts",
      routeFileIgnorePattern: ".test.",
    }),
    babel({ plugins: ["@lingui/babel-plugin-lingui-macro"] }),
    lingui(),
    react(),
    tailwindcss(),
  ],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  server: { proxy: { "/api": { target: api, xfwd: true } } },
  build: {
    // The server's content policy allows no data: fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    target: ["chrome111", "firefox115", "safari16.4"],
    rolldownOptions: {
      output: {
        // What every page needs comes in two pieces, not in twenty: fewer questions on a slow line.
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack|@lingui|openapi-fetch)\//,
            },
            {
              // The wave is drawn on three pages; the others do not wait for it.
              name: "shell",
              test: /src\/(shared|features\/accounts\/session|features\/recordings\/player\/(?!Wave|draw-wave)|features\/stories\/parts\/(?!spoken|LanguageChips|Advice|Warnings))/,
              minShareCount: 3,
            },
          ],
        },
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" },
});
