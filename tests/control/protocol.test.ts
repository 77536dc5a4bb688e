import { execFileSync } from "node:child_process";
import { test } from "vitest";

/** Fails with what tsc prints. */
test("what library OSes answer is what protocol.ts says", () => {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tests/types.tsconfig.json"], {
    stdio: "inherit",
  });
});
