import { defineConfig } from "vite";

/**
 * What an appliance is started from, as it ships: the workers, and the commands that start them, each over the compiler's
 * module of its name, with what several of them need in `dist/shared`. A worker opens a few files then, and not hundreds.
 */
export default defineConfig({
  publicDir: false,
  // Of some hundred modules.
  ssr: { noExternal: ["typebox", "acorn", "@sveltejs/acorn-typescript"] },
  build: {
    ssr: true,
    target: "node20",
    outDir: "dist",
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: {
        "appliance/data-plane": "src/appliance/data-plane.ts",
        "appliance/compile-worker": "src/appliance/compile-worker.ts",
        "libos/hosted": "src/libos/hosted.ts",
        "control/scan-worker": "src/control/scan-worker.ts",
        "control/export-worker": "src/control/export-worker.ts",
        "cli/replay": "src/cli/replay.ts",
        "cli/serve": "src/cli/serve.ts",
      },
      // InputError must be one class for all commands.
      external: [/\/failure\.js$/],
      output: {
        format: "es",
        entryFileNames: "[name].js",
        chunkFileNames: "shared/[name].js",
        // A constant that stays one is part of the code that V8 makes of who uses it.
        topLevelVar: false,
      },
      checks: { bundlerTimings: false },
    },
  },
});
