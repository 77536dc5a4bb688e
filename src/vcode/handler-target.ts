/** Handlers on each target: emitted in one thread, linked to the machine of another (linked-handler.ts). */
import { EntryRegister } from "./handler.js";
import { InterpretedHandler } from "./handler-interpreter.js";
import { emitHandlerJs, linkHandlerJs } from "./handler-js.js";
import { emitHandlerWasm, linkHandlerWasm } from "./handler-wasm.js";
import { type EmittedImage, ENTRY_PARAMETERS, type ImageFacts } from "./image.js";
import { checkFacts, checkMachine, compileImage } from "./image-target.js";
import { instructionsOf } from "./insn.js";
import type { HandlerMachine, LinkedHandler } from "./linked-handler.js";
import { printProgram } from "./print.js";
import { readsOf } from "./registers.js";
import type { CompileOptions, TargetName } from "./target.js";
import type { Verified } from "./verify.js";

/** What a target made of a handler: plain data, as an image's, which is entered otherwise. */
export type EmittedHandler = EmittedImage & {
  /** Whether the entry looks at the words of MetadataWord. */
  readonly readsMetadata: boolean;
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
  const made = { facts, instructions: instructionsOf(program), readsMetadata: looksAtMetadata(program) };
  switch (target) {
    case "interpreter":
      return { ...made, target, code: program, octets: printProgram(program).length };
    case "js": {
      const code = emitHandlerJs(program, facts, limits, made.readsMetadata);
      return { ...made, target, code, octets: code.length };
    }
    case "wasm": {
      const code = emitHandlerWasm(program, facts, limits, made.readsMetadata);
      return { ...made, target, code, octets: code.length };
    }
  }
}

/** As compileImage does. */
export function compileHandlerImage(handler: EmittedHandler): EmittedHandler {
  return { ...compileImage(handler), readsMetadata: handler.readsMetadata };
}

/** Throws a RangeError where the machine is not the one that the handler was emitted for. */
export function linkHandler(handler: EmittedHandler, machine: HandlerMachine): LinkedHandler {
  checkMachine(handler.facts, machine);
  switch (handler.target) {
    case "interpreter":
      return new InterpretedHandler(handler.code, machine, handler.readsMetadata);
    case "js":
      return linkHandlerJs(handler.code, machine, handler.readsMetadata);
    case "wasm":
      return linkHandlerWasm(handler.code, machine, handler.readsMetadata);
  }
}

function looksAtMetadata({ lambdas }: Verified): boolean {
  const reads = lambdas[0]?.insns.flatMap(readsOf) ?? [];
  return reads.some((register) => register >= EntryRegister.metadata && register < ENTRY_PARAMETERS);
}
