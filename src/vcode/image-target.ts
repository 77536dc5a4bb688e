/** Images on each target: emitted in one thread, linked to the machine of another (image.ts). */
import { word } from "./compute.js";
import {
  type EmittedCode,
  type EmittedImage,
  type ImageFacts,
  type ImageMachine,
  type LinkedImage,
  STLB_ENTRY,
} from "./image.js";
import { emitImageJs, linkJs } from "./image-js.js";
import { emitImageWasm, linkWasm, moduleOf } from "./image-wasm.js";
import { instructionsOf } from "./insn.js";
import { Interpreter } from "./interp.js";
import { printProgram } from "./print.js";
import type { CompileOptions, TargetName } from "./target.js";
import type { Verified } from "./verify.js";

type Limits = Pick<CompileOptions, "nesting" | "size">;

/** `program` was verified as an image. What comes out may be sent to another thread. */
export function emitImage(program: Verified, target: TargetName, facts: ImageFacts, limits: Limits = {}): EmittedImage {
  const { stlb, entries, pageShift } = facts;
  checkFacts(facts);
  const made = EMIT[target](program, { stlb, entries, pageShift }, limits);
  return { ...made, facts: { stlb, entries, pageShift }, instructions: instructionsOf(program) };
}

export function checkFacts({ stlb, entries, pageShift }: ImageFacts): void {
  if (stlb < 0 || stlb % STLB_ENTRY !== 0 || entries < 1 || Math.log2(entries) % 1 !== 0 || pageShift < 12) {
    throw new RangeError("image: no software TLB of a power of two entries, or pages of less than 4 KiB");
  }
}

type Emit = (program: Verified, facts: ImageFacts, limits: Limits) => EmittedCode & { readonly octets: number };

const EMIT: Readonly<Record<TargetName, Emit>> = {
  interpreter: (program) => ({ target: "interpreter", code: program, octets: printProgram(program).length }),
  js: (program, facts, limits) => {
    const code = emitImageJs(program, facts, limits);
    return { target: "js", code, octets: code.length };
  },
  wasm: (program, facts, limits) => {
    const code = emitImageWasm(program, facts, limits);
    return { target: "wasm", code, octets: code.length };
  },
};

/** Does what of linking may be done in the thread that emitted it: WebAssembly's octets become a module, which may be sent as well. */
export function compileImage(image: EmittedImage): EmittedImage {
  return image.target === "wasm" ? { ...image, code: moduleOf(image.code) } : image;
}

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

export function checkMachine(facts: ImageFacts, machine: ImageFacts): void {
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
