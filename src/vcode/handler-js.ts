/** Handlers as JavaScript: `message` sets the fuel, runs the entry and packs what comes of it. */
import { MAX_PASS_TO, OUTCOME_BITS, PASS_TO } from "./handler.js";
import type { ImageFacts } from "./image.js";
import { type Environment, emitTrapping } from "./image-js.js";
import { HANDLERS_OWN, whyNot } from "./image-trap.js";
import { instantiate } from "./js.js";
import { reg } from "./js-insn.js";
import { type HandlerMachine, HandlerTraps, type LinkedHandler, NO_OUTCOME } from "./linked-handler.js";
import type { StructureLimits } from "./structure.js";
import type { Verified } from "./verify.js";

/** The parameter that is the budget where `message` is entered, and the cause, 0, where the entry is. */
const CAUSE = 2;

/** Text that `linkHandlerJs` makes a handler of. */
export function emitHandlerJs(program: Verified, facts: ImageFacts, limits: StructureLimits): string {
  return [
    ...emitTrapping(
      program,
      facts,
      limits,
      (parameters, { locals, body }) => [
        `function message(${parameters.join(", ")}) {`,
        locals,
        ...parameters.map(
          (parameter, register) => `${reg(register)} = ${register === CAUSE ? 0 : `${parameter} | 0`};`,
        ),
        `fuel = a${CAUSE} | 0;`,
        body,
        `return ((v_ret >>> 0) < ${PASS_TO + MAX_PASS_TO} ? v_ret : ${NO_OUTCOME}) | ((a${CAUSE} - fuel) << ${OUTCOME_BITS});`,
        "}",
      ],
      HANDLERS_OWN,
    ),
    "function pay(units) { if (fuel < units) return false; fuel = (fuel - units) | 0; return true; }",
    "return { message, pay, left() { return fuel; } };",
  ].join("\n");
}

export function linkHandlerJs(text: string, machine: HandlerMachine, words: boolean): LinkedHandler {
  const view = new DataView(machine.memory.buffer);
  const traps = new HandlerTraps(machine);
  const linked = instantiate<Environment, Omit<LinkedHandler, "killing" | "words" | "chained">>(text, {
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
  return { ...linked, words, killing: traps.killing, chained: undefined };
}
