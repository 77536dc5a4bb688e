/** Handlers on each target: emitted in one thread, linked to the machine of another (linked-handler.ts). */
import { word } from "./compute.js";
import { MAX_PASS_TO, OUTCOME_BITS, PASS_TO } from "./handler.js";
import { emitHandlerJs, linkHandlerJs } from "./handler-js.js";
import { emitHandlerWasm, linkHandlerWasm } from "./handler-wasm.js";
import { type EmittedImage, ENTRY_PARAMETERS, type ImageFacts, type ImageMachine } from "./image.js";
import { checkFacts, checkMachine, compileImage } from "./image-target.js";
import { instructionsOf } from "./insn.js";
import { Interpreter, NOWHERE } from "./interp.js";
import { type HandlerMachine, HandlerTraps, type Killing, type LinkedHandler, NO_OUTCOME } from "./linked-handler.js";
import { WORDS_AT } from "./message-chain.js";
import { printProgram } from "./print.js";
import { readsOf } from "./registers.js";
import type { CompileOptions, TargetName } from "./target.js";
import type { Verified } from "./verify.js";

/** What a target made of a handler: plain data, as an image's, which is entered otherwise. */
export type EmittedHandler = EmittedImage & {
  /** Whether the entry looks at the words of HandlerWord. */
  readonly words: boolean;
};

/** `program` was verified as an image. What comes out may be sent to another thread, and be compiled there by compileImage. */
export function emitHandler(
  program: Verified,
  target: TargetName,
  { stlb, entries, pageShift }: ImageFacts,
  limits: Pick<CompileOptions, "nesting" | "size"> = {},
): EmittedHandler {
  const facts = { stlb, entries, pageShift };
  checkFacts(facts);
  const made = { facts, instructions: instructionsOf(program), words: looksAtWords(program) };
  switch (target) {
    case "interpreter":
      return { ...made, target, code: program, octets: printProgram(program).length };
    case "js": {
      const code = emitHandlerJs(program, facts, limits);
      return { ...made, target, code, octets: code.length };
    }
    case "wasm": {
      const code = emitHandlerWasm(program, facts, limits, made.words);
      return { ...made, target, code, octets: code.length };
    }
  }
}

/** As compileImage does. */
export function compileHandlerImage(handler: EmittedHandler): EmittedHandler {
  return { ...compileImage(handler), words: handler.words };
}

/** Throws a RangeError where the machine is not the one that the handler was emitted for. */
export function linkHandler(handler: EmittedHandler, machine: HandlerMachine): LinkedHandler {
  checkMachine(handler.facts, machine);
  switch (handler.target) {
    case "interpreter":
      return new InterpretedHandler(handler.code, machine, handler.words);
    case "js":
      return linkHandlerJs(handler.code, machine, handler.words);
    case "wasm":
      return linkHandlerWasm(handler.code, machine, handler.words);
  }
}

function looksAtWords({ lambdas }: Verified): boolean {
  const reads = lambdas[0]?.insns.flatMap(readsOf) ?? [];
  return reads.some((register) => register >= WORDS_AT && register < ENTRY_PARAMETERS);
}

class InterpretedHandler implements LinkedHandler {
  readonly killing: Killing;
  readonly words: boolean;
  readonly chained = undefined;
  readonly #interpreter: Interpreter;

  constructor(program: Verified, machine: HandlerMachine, words: boolean) {
    this.words = words;
    const traps = new HandlerTraps(machine);
    this.killing = traps.killing;
    const { memory, stlb, entries, pageShift, space, salt } = machine;
    const image: ImageMachine = {
      memory,
      stlb,
      entries,
      pageShift,
      space,
      salt,
      trap: (kind, address, _write, place) => traps.trap(kind, address, place),
      skipped: () => 0,
      kernel: (call, a, b, c, d) => machine.kernel(call, a, b, c, d),
    };
    const primitives = { kernel: image.kernel, left: () => this.left() };
    this.#interpreter = new Interpreter(program, new DataView(memory.buffer), primitives, image);
    this.#interpreter.save = NOWHERE;
  }

  message(address: number, octets: number, budget: number, ...words: readonly number[]): number {
    const interpreter = this.#interpreter;
    const outcome = interpreter.run([address, octets, 0, ...words], budget);
    const value = outcome.ok ? word(outcome.value) : NO_OUTCOME;
    const known = value >>> 0 < PASS_TO + MAX_PASS_TO ? value : NO_OUTCOME;
    return known | ((budget - interpreter.fuel) << OUTCOME_BITS);
  }

  left(): number {
    return this.#interpreter.fuel;
  }

  pay(units: number): boolean {
    if (this.#interpreter.fuel < units) return false;
    this.#interpreter.fuel -= units;
    return true;
  }
}
