import { dirname, join, resolve } from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SOURCES = join(import.meta.dirname, "src/");
const BUILT = join(import.meta.dirname, "dist/");

export default defineConfig({
  // Who watches has the sources, so that a change is seen.
  plugins: process.argv.includes("run") ? [built()] : [],
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: tests that start an appliance of their own would starve each other beyond that.
    maxWorkers: 2,
    server: { deps: { external: [/\/dist\/(?!dashboard)/] } },
  },
});

/**
 * Tests are given the modules that ship, which tests/setup.ts has built, in place of the sources that they name: Node
 * links those by itself, while each use of an import costs a call where Vitest does it. The page's are made for browsers.
 */
function built(): Plugin {
  return {
    name: "exonet-built",
    enforce: "pre",
    resolveId(name, importer) {
      if (importer === undefined || !/^\.\.?\/.*\.js$/.test(name)) return undefined;
      const path = resolve(dirname(importer), name);
      if (!path.startsWith(SOURCES) || path.startsWith(join(SOURCES, "dashboard/"))) return undefined;
      return join(BUILT, path.slice(SOURCES.length));
    },
  };
}
