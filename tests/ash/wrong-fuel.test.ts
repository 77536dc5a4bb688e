/** What a checker cannot see at one line: a way without loops that would need more fuel than any message may have. */
import { expect, test } from "vitest";
import { compileHandler } from "../../src/ash/ash.js";
import { MAX_HANDLER_NESTING } from "../../src/ash/diagnostic.js";

/** Each function calls the one before it twice, so the last one runs the first one 2^depth times. */
function doubling(depth: number): string {
  const functions = Array.from({ length: depth + 1 }, (_, at) =>
    at === 0
      ? "function f0(n: u32): u32 {\n  return n * 3;\n}\n"
      : `function f${at}(n: u32): u32 {\n  return f${at - 1}(n) + f${at - 1}(n + 1);\n}\n`,
  );
  return `import { type Message, pass, u32, wake } from "exonet/ash";

${functions.join("\n")}
export default function run(message: Message) {
  wake(f${depth}(message.length));
  return pass;
}
`;
}

test("calls that double are told before they run", () => {
  const result = compileHandler(doubling(30));
  expect(result.ok ? [] : result.errors.map(({ code }) => code)).toEqual(["E_FUEL"]);
});

test("a few of them are right", () => {
  const result = compileHandler(doubling(4));
  expect(result.ok ? [] : result.errors).toEqual([]);
});

test("as many loops in each other as brackets may be are right, whatever each of them loads", () => {
  const depth = MAX_HANDLER_NESTING - 5;
  const result = compileHandler(`import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ at: u32 });
export default function run(message: Message) {
  let at = 0;
  let most = 0;
  ${"while (message.u8(at) > most) { most += 1; ".repeat(depth)} at += 1; ${"}".repeat(depth)}
  seen.at = at;
  return pass;
}
`);
  expect(result.ok ? [] : result.errors).toEqual([]);
});
