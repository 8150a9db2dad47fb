import { defineConfig } from "vite";
import { yasqe } from "./yasqe";

// What is built goes where the server finds its static files, under names that change with what is in them. The server
// reads the manifest to know which files belong to which entry.
export default defineConfig({
  base: "./",
  plugins: [yasqe()],
  build: {
    outDir: "../builder/server/pages/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    license: { fileName: "licenses.md" }, // of what is bundled; it goes into the wheel beside the scripts
    modulePreload: { polyfill: false },
    assetsDir: "",
    chunkSizeWarningLimit: 700, // the SPARQL editor, which only the query page loads
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
