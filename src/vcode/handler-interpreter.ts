/** A handler linked to the interpreter: slow, and it can be watched step by step. */
import { word } from "./compute.js";
import { MAX_PASS_TO, OUTCOME_BITS, PASS_TO } from "./handler.js";
import type { ImageMachine } from "./image.js";
import type { Program } from "./insn.js";
import { Interpreter, NOWHERE } from "./interp.js";
import { type HandlerMachine, HandlerTraps, type Killing, type LinkedHandler, NO_OUTCOME } from "./linked-handler.js";

export class InterpretedHandler implements LinkedHandler {
  readonly killing: Killing;
  readonly readsMetadata: boolean;
  readonly chained = undefined;
  /** To look on: what it counts, and its watch. */
  readonly interpreter: Interpreter;

  constructor(program: Program, machine: HandlerMachine, readsMetadata = true) {
    this.readsMetadata = readsMetadata;
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
    this.interpreter = new Interpreter(program, new DataView(memory.buffer), primitives, image);
    this.interpreter.save = NOWHERE;
  }

  message(address: number, octets: number, budget: number, ...metadata: readonly number[]): number {
    const { interpreter } = this;
    const outcome = interpreter.run([address, octets, 0, ...metadata], budget);
    const value = outcome.ok ? word(outcome.value) : NO_OUTCOME;
    const known = value >>> 0 < PASS_TO + MAX_PASS_TO ? value : NO_OUTCOME;
    return known | ((budget - interpreter.fuel) << OUTCOME_BITS);
  }

  left(): number {
    return this.interpreter.fuel;
  }

  pay(units: number): boolean {
    if (this.interpreter.fuel < units) return false;
    this.interpreter.fuel -= units;
    return true;
  }
}
