import { defineConfig } from "vite";

export default defineConfig({
  root: "src/dashboard",
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The page's policy allows no data: addresses and no inline script.
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    outDir: "../../dist/dashboard",
    emptyOutDir: true,
    sourcemap: true,
    // On a busy machine it warns of the time that Vite's own plugins took, which nobody here can change.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
