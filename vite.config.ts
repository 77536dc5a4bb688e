import { defineConfig } from "vite";

export default defineConfig({
  root: "src/dashboard",
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { outDir: "../../dist/dashboard", emptyOutDir: true, sourcemap: true },
});
