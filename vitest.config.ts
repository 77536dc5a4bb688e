import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: tests that start an appliance of their own would starve each other beyond that.
    maxWorkers: 2,
  },
});
