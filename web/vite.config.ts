import { defineConfig } from "vite";
import { withoutPrefixList } from "./yasqe";

// What is built goes where the server finds its static files, under names that change with what is in them. The server
// reads the manifest to know which files belong to which entry.
export default defineConfig({
  base: "./",
  plugins: [withoutPrefixList()],
  build: {
    outDir: "../builder/server/pages/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    assetsDir: "",
    assetsInlineLimit: 0,
    target: "es2022",
    rolldownOptions: {
      input: {
        explorer: "src/explorer/main.tsx",
        query: "src/query/main.ts",
      },
    },
  },
});
