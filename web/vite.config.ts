import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// Where `npm run dev` finds a running server.
const server = process.env.HOOKWIRE_SERVER ?? "http://127.0.0.1:8071";

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
    },
  },
  server: { proxy: { "/api": server, "/in": server, "/docs": server } },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
