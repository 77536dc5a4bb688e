/** Handlers as JavaScript: `message` sets the fuel, runs the entry and packs what comes of it. */
import { EntryRegister, MAX_PASS_TO, OUTCOME_BITS, PASS_TO } from "./handler.js";
import { ENTRY_PARAMETERS, type ImageFacts } from "./image.js";
import { type Environment, emitTrapping } from "./image-js.js";
import { HANDLERS_OWN, whyNot } from "./image-trap.js";
import { instantiate } from "./js.js";
import { reg } from "./js-insn.js";
import { type Chained, type HandlerMachine, HandlerTraps, type LinkedHandler, NO_OUTCOME } from "./linked-handler.js";
import { ChainEntry, keepsToItself } from "./message-chain.js";
import type { StructureLimits } from "./structure.js";
import type { Verified } from "./verify.js";

/** The parameter that is the budget where `message` is entered, and the cause, 0, where the entry is. */
const BUDGET = EntryRegister.cause;

/** What the text gives back; `chain` and `at` where the handler keeps to itself. */
type Entered = Pick<LinkedHandler, "message" | "pay" | "left"> & {
  readonly chain?: Chained["run"];
  readonly at?: Chained["at"];
};

/** Text that `linkHandlerJs` makes a handler of. */
export function emitHandlerJs(
  program: Verified,
  facts: ImageFacts,
  limits: StructureLimits,
  readsMetadata: boolean,
): string {
  return [
    ...emitTrapping(
      program,
      facts,
      limits,
      (parameters, { locals, body }) => [
        `function message(${parameters.join(", ")}) {`,
        locals,
        ...parameters.map(
          (parameter, register) => `${reg(register)} = ${register === BUDGET ? 0 : `${parameter} | 0`};`,
        ),
        `fuel = a${BUDGET} | 0;`,
        body,
        `return ((v_ret >>> 0) < ${PASS_TO + MAX_PASS_TO} ? v_ret : ${NO_OUTCOME}) | ((a${BUDGET} - fuel) << ${OUTCOME_BITS});`,
        "}",
      ],
      HANDLERS_OWN,
    ),
    "function pay(units) { if (fuel < units) return false; fuel = (fuel - units) | 0; return true; }",
    "function left() { return fuel; }",
    ...(keepsToItself(program) ? chainJs(readsMetadata) : ["return { message, pay, left };"]),
  ].join("\n");
}

export function linkHandlerJs(text: string, machine: HandlerMachine, readsMetadata: boolean): LinkedHandler {
  const view = new DataView(machine.memory.buffer);
  const traps = new HandlerTraps(machine);
  const { chain, at, ...linked } = instantiate<Environment, Entered>(text, {
    view,
    space: machine.space,
    salt: machine.salt,
    whyNot: (at, octets, right) => whyNot(view, machine, at, octets, right),
    trap: (kind, at, _write, place) => traps.trap(kind, at, place),
    // A handler never skips.
    skippedWord: () => 0,
    skippedLong: () => 0n,
    kernel: (call, a, b, c, d) => machine.kernel(call, a, b, c, d),
  });
  const chained = chain && at && { run: chain, at };
  return { ...linked, readsMetadata, killing: traps.killing, chained };
}

/** `chain`, which is Chained's run() (linked-handler.ts), and `at`, as chain-wasm.ts has them. */
function chainJs(readsMetadata: boolean): string[] {
  const load = (offset: number) => `view.getInt32(entry + ${offset}, true)`;
  const told = Array.from({ length: ENTRY_PARAMETERS - EntryRegister.metadata }, (_, word) =>
    readsMetadata ? load(ChainEntry.metadata + 4 * word) : "0",
  );
  return [
    "let chainAt = 0;",
    "function chain(entry, left, budget, outcomes) {",
    "let first = -1, differs = 0;",
    "for (;;) {",
    "chainAt = entry;",
    `const word = message(${load(ChainEntry.address)}, ${load(ChainEntry.octets)}, budget, ${told.join(", ")});`,
    `view.setInt32(entry + ${ChainEntry.word}, word, true);`,
    "if (first < 0) first = word;",
    "differs |= word ^ first;",
    "if (--left === 0 || ((outcomes >>> word) & 1) === 0) break;",
    `entry = ${load(ChainEntry.next)};`,
    "}",
    "return (left << 1) | (differs === 0 ? 0 : 1);",
    "}",
    "return { message, pay, left, chain, at() { return chainAt; } };",
  ];
}
