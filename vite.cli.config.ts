import { defineConfig } from "vite";

/**
 * The command line as it ships. What takes a command longest on a small capture is to open the files of its modules, so
 * they are put together in a few; `dist/cli/main.js` is written over the compiler's. Commands that start workers are
 * left as they are, since a worker's address is relative to the module that starts it.
 */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: ["commander"] },
  build: {
    ssr: true,
    target: "node20",
    outDir: "dist/cli",
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { main: "src/cli/main.ts" },
      // InputError must be one class for all commands.
      external: [/^\.\/(serve|replay|bench|failure)\.js$/],
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "parts/[name].js",
        codeSplitting: {
          groups: [
            { name: "names", test: /\/src\/(dpf\/(target|stage-names)|wire\/time)\.ts$/, priority: 1 },
            {
              name: "capture",
              test: /\/src\/((capture|machine)\/(?!pcap-parser)|cli\/(capture-file|octet-progress)\.ts$)/,
            },
            { name: "judge", test: /\/src\/(appliance|vcode|filter|dpf)\// },
          ],
        },
      },
      checks: { bundlerTimings: false },
    },
  },
});
