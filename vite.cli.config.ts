import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const FOLDER = "dist/cli";

/**
 * The command line as it ships. What takes a command longest on a small capture is to open the files of its modules, and to
 * compile them, so they are put together in a few, with the code that V8 made of them (src/cli/bundle.ts);
 * `dist/cli/main.js` is written over the compiler's. Commands that start workers are left as they are, since a worker's
 * address is relative to the module that starts it.
 */
export default defineConfig({
  publicDir: false,
  plugins: [images()],
  ssr: { noExternal: ["commander", "acorn", "@sveltejs/acorn-typescript"] },
  build: {
    ssr: true,
    target: "node20",
    outDir: FOLDER,
    emptyOutDir: false,
    minify: false,
    rolldownOptions: {
      input: { main: "src/cli/main.ts" },
      // InputError must be one class for all commands.
      external: [/^\.\/(serve|replay|bench|failure)\.js$/],
      output: {
        format: "cjs",
        entryFileNames: "[name].cjs",
        chunkFileNames: "[name].cjs",
        codeSplitting: {
          groups: [
            { name: "names", test: /\/src\/(dpf\/(target|stage-names)|kernel\/limits|wire\/time)\.ts$/, priority: 2 },
            {
              name: "capture",
              test: /\/src\/((capture|machine)\/(?!pcap-parser)|cli\/(capture-file|octet-progress)\.ts$)/,
              priority: 1,
            },
            {
              name: "judge",
              test: /\/src\/(vcode\/(?!handler|image|linked)|(filter|dpf)\/|appliance\/(?!handler-|image-))/,
              priority: 1,
            },
            // Loaded where there is a handler; what it shares with others is theirs.
            { name: "handlers", test: /\/(src\/(ash|appliance|vcode)\/|acorn)/ },
          ],
        },
      },
      checks: { bundlerTimings: false },
    },
  },
});

/** Where no images can be made the bundle does without. */
function images(): Plugin {
  return {
    name: "exonet-images",
    // Files are written over, never taken away first: npx builds a checkout while commands of it may run.
    closeBundle() {
      copyFileSync(join(FOLDER, "start.js"), join(FOLDER, "main.js"));
      chmodSync(join(FOLDER, "main.js"), 0o755);
      const { status } = spawnSync(process.execPath, [join(FOLDER, "make-images.js")], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      if (status !== 0) this.warn("no images: commands start slower");
    },
  };
}
