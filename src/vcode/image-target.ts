/** Images on each target: emitted in one thread, linked to the machine of another (image.ts). */
import { word } from "./compute.js";
import type { EmittedCode, EmittedImage, ImageFacts, ImageMachine, LinkedImage } from "./image.js";
import { emitImageJs, linkJs } from "./image-js.js";
import { emitImageWasm, linkWasm } from "./image-wasm.js";
import { instructionsOf } from "./insn.js";
import { Interpreter } from "./interp.js";
import { printProgram } from "./print.js";
import type { CompileOptions, TargetName } from "./target.js";
import type { Verified } from "./verify.js";

type Limits = Pick<CompileOptions, "nesting" | "size">;

/** `program` was verified as an image. What comes out may be sent to another thread. */
export function emitImage(program: Verified, target: TargetName, facts: ImageFacts, limits: Limits = {}): EmittedImage {
  const { stlb, entries, pageShift } = facts;
  const emitted = EMIT[target](program, { stlb, entries, pageShift }, limits);
  const octets = emitted.target === "interpreter" ? printProgram(program).length : emitted.code.length;
  return { ...emitted, facts: { stlb, entries, pageShift }, instructions: instructionsOf(program), octets };
}

type Emit = (program: Verified, facts: ImageFacts, limits: Limits) => EmittedCode;

const EMIT: Readonly<Record<TargetName, Emit>> = {
  interpreter: (program) => ({ target: "interpreter", code: program }),
  js: (program, facts, limits) => ({ target: "js", code: emitImageJs(program, facts, limits) }),
  wasm: (program, facts, limits) => ({ target: "wasm", code: emitImageWasm(program, facts, limits) }),
};

/** Throws a RangeError where the machine is not the one that the image was emitted for. */
export function linkImage(image: EmittedImage, machine: ImageMachine): LinkedImage {
  checkMachine(image.facts, machine);
  switch (image.target) {
    case "interpreter":
      return new InterpretedImage(image.code, machine);
    case "js":
      return linkJs(image.code, machine);
    case "wasm":
      return linkWasm(image.code, machine);
  }
}

function checkMachine(facts: ImageFacts, machine: ImageMachine): void {
  const { stlb, entries, pageShift } = machine;
  if (stlb !== facts.stlb || entries !== facts.entries || pageShift !== facts.pageShift) {
    throw new RangeError("image: made for a machine with another software TLB, or other pages");
  }
}

class InterpretedImage implements LinkedImage {
  readonly #interpreter: Interpreter;

  constructor(program: Verified, machine: ImageMachine) {
    const primitives = {
      kernel: machine.kernel.bind(machine),
      left: () => this.fuel,
    };
    this.#interpreter = new Interpreter(program, new DataView(machine.memory.buffer), primitives, machine);
  }

  run(...words: readonly number[]): number {
    const outcome = this.#interpreter.run(words, this.fuel);
    return outcome.ok ? word(outcome.value) : 0;
  }

  get fuel(): number {
    return this.#interpreter.fuel;
  }

  set fuel(units: number) {
    this.#interpreter.fuel = units | 0;
  }

  get save(): number {
    return this.#interpreter.save;
  }

  set save(address: number) {
    this.#interpreter.save = address;
  }

  get accesses(): number {
    return this.#interpreter.accesses;
  }

  get cycles(): number {
    return this.#interpreter.cycles;
  }
}
