/** What a checker cannot see at one line: a way without loops that would need too much fuel, and a handler of too many instructions. */
import { expect, test } from "vitest";
import { compileHandler } from "../../src/ash/ash.js";
import { MAX_HANDLER_NESTING } from "../../src/ash/diagnostic.js";
import { lowerHandler, MAX_HANDLER_FUEL, MAX_HANDLER_INSNS } from "../../src/ash/lower.js";
import { heaviest } from "../../src/ash/lower-settle.js";
import type { Func, Stmt } from "../../src/ash/tree.js";
import * as t from "./trees.js";

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

const WORD = t.at("u32", 0);
const STATE = t.stateOf(t.record("u32"));
/** One instruction each, where there are some. */
const stores = (count: number) => Array.from({ length: count }, () => t.store(WORD, t.local(0)));

function calling(number: number): Stmt {
  return t.run({ ...t.AT, kind: "call", type: "void", func: number, message: false, args: [] });
}

/** f1 does something, each of the others up to f6 calls the one before it ten times; the entry does what is asked. */
function lowered(body: readonly Stmt[]) {
  const functions = Array.from({ length: 6 }, (_, at): Func => {
    const does = at === 0 ? [t.increase(WORD, t.num(1))] : Array.from({ length: 10 }, () => calling(at));
    return { ...t.entry(does), name: `f${at + 1}`, message: false, result: "void" };
  });
  const entry = t.entry([t.let_(0, t.length), ...body, t.PASSES], ["u32"]);
  return lowerHandler(t.handler([entry, ...functions], { layout: STATE }));
}

function fuelOf(body: readonly Stmt[]): number {
  const result = lowered(body);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return heaviest(result.handler.program.lambdas)[0] ?? 0;
}

test("a way without loops may need MAX_HANDLER_FUEL, and no more", () => {
  const body: Stmt[] = stores(1);
  for (let depth = 6; depth > 0; depth--) {
    const costs = fuelOf([...stores(1), calling(depth)]) - fuelOf(stores(1));
    while (fuelOf(body) + costs <= MAX_HANDLER_FUEL) body.push(calling(depth));
  }
  body.push(...stores(MAX_HANDLER_FUEL - fuelOf(body)));
  expect(fuelOf(body)).toBe(MAX_HANDLER_FUEL);
  expect(lowered([...body, ...stores(1)])).toMatchObject({ ok: false, errors: [{ code: "E_FUEL" }] });
});

test("a handler may have MAX_HANDLER_INSNS, and no more", () => {
  const few = lowered(stores(100));
  if (!few.ok) throw new Error(JSON.stringify(few.errors));
  const others = (few.handler.program.lambdas[0]?.insns.length ?? 0) - 100;
  const most = lowered(stores(MAX_HANDLER_INSNS - others));
  expect(most.ok && most.handler.program.lambdas[0]?.insns.length).toBe(MAX_HANDLER_INSNS);
  const more = lowered(stores(MAX_HANDLER_INSNS - others + 1));
  expect(more).toMatchObject({ ok: false, errors: [{ code: "E_TOO_COMPLEX" }] });
});
