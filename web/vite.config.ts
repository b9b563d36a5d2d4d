import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// Where `npm run dev` finds a running server.
const server = process.env.HOOKWIRE_SERVER ?? "http://127.0.0.1:8071";

// What nearly every page begins with, in two files instead of forty: together they are compressed
// better. The page of a bin needs the first one only: it has no other addresses.
const BASE = [
  /node_modules\/(react|react-dom|scheduler|use-sync-external-store|i18next|react-i18next|openapi-fetch)\//,
  /node_modules\/@tanstack\/(query-core|react-query)\//,
  /vite\/preload-helper/,
  /src\/(ui|i18n|format)\//,
  /src\/shell\/(connection|preferences|logo)/,
  /src\/api\/(queries|session)/,
];
const ROUTER = [
  /node_modules\/@tanstack\/(router-core|react-router|history|store|react-store)\//,
  /src\/(scope|api\/applications|shell\/(crash|not-found|screen)|screens\/(overview|settings|messages)\/)/,
];
/** What most screens load next. */
const NEXT = [/src\/ui\/(badge|time)/, /src\/api\/(events|attempts-stream)/];

const isOf = (modules: RegExp[]) => (id: string) => modules.some((it) => it.test(id));
const groups = [
  // Without the tag, what is loaded later would be part of it.
  { name: "base", test: isOf(BASE), priority: 3, tags: ["$initial" as const] },
  { name: "router", test: isOf(ROUTER), priority: 2, tags: ["$initial" as const] },
  { name: "next", test: isOf(NEXT), priority: 1 },
];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": path("./src") } },
  build: {
    target: "es2023",
    // A small file as `data:` would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        index: path("./index.html"),
        portal: path("./portal.html"),
        share: path("./share.html"),
      },
      output: { codeSplitting: { groups } },
    },
  },
  server: { proxy: { "/api": server, "/in": server, "/docs": server } },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
