/**
 * Handlers as WebAssembly: `message` sets the fuel, runs the entry and packs what comes of it; `chain`, where a handler keeps to itself, does
 * so for each message of a chain, and leaves in `at` the entry that it is at.
 */
import { defineChain } from "./chain-wasm.js";
import { EntryRegister } from "./handler.js";
import { ENTRY_PARAMETERS, type ImageFacts } from "./image.js";
import { HANDLERS_OWN, whyNot } from "./image-trap.js";
import { emitTrapping, globalOf, type ImageTrap, moduleOf } from "./image-wasm.js";
import type { Lambda } from "./insn.js";
import { type Chained, type HandlerMachine, HandlerTraps, type LinkedHandler } from "./linked-handler.js";
import { keepsToItself } from "./message-chain.js";
import { defineGetter, pushWord } from "./run-wasm.js";
import type { Verified } from "./verify.js";
import type { EmittedWasm, WasmLimits } from "./wasm.js";
import { Code, Locals } from "./wasm-code.js";
import type { Module } from "./wasm-module.js";
import type { ValueKind } from "./wasm-opcodes.js";

/** Octets that `linkHandlerWasm` makes a handler of. */
export function emitHandlerWasm(
  program: Verified,
  facts: ImageFacts,
  limits: WasmLimits,
  readsMetadata: boolean,
): Uint8Array {
  const define = (module: Module, _entry: Lambda, emitted: EmittedWasm) => {
    defineMessage(module, emitted);
    if (keepsToItself(program)) defineChain(module, emitted, readsMetadata);
    definePay(module, emitted.fuel);
    defineGetter(module, "left", emitted.fuel);
  };
  return emitTrapping(program, facts, limits, define, HANDLERS_OWN);
}

function defineMessage(module: Module, emitted: EmittedWasm): void {
  const parameters = Array.from({ length: ENTRY_PARAMETERS }, (): ValueKind => "i32");
  const locals = new Locals(parameters);
  for (const kind of emitted.kinds.slice(ENTRY_PARAMETERS)) locals.add(kind);
  const budget = locals.add("i32");
  const code = new Code();
  // The budget comes in the place of the cause, which is 0.
  code.local_get(EntryRegister.cause).local_tee(budget).global_set(emitted.fuel);
  code.i32_const(0).local_set(EntryRegister.cause);
  emitted.emitBody(code, locals, (register) => register);
  pushWord(code, emitted, budget);
  code.op("end");
  const message = module.declare(parameters, ["i32"]);
  module.define(message, locals, code);
  module.exportFunction("message", message);
}

/** Whether so much was there. */
function definePay(module: Module, fuel: number): void {
  const locals = new Locals(["i32"]);
  const code = new Code();
  code.global_get(fuel).local_get(0).op("i32.lt_s").if().i32_const(0).op("return").op("end");
  code.global_get(fuel).local_get(0).op("i32.sub").global_set(fuel).i32_const(1).op("end");
  const pay = module.declare(["i32"], ["i32"]);
  module.define(pay, locals, code);
  module.exportFunction("pay", pay);
}

export function linkHandlerWasm(
  code: Uint8Array | WebAssembly.Module,
  machine: HandlerMachine,
  readsMetadata: boolean,
): LinkedHandler {
  const { memory, buffer } = machine.memory;
  if (memory === undefined) throw new RangeError("handler: WebAssembly needs the memory itself");
  const view = new DataView(buffer);
  const traps = new HandlerTraps(machine);
  const { exports } = new WebAssembly.Instance(moduleOf(code), {
    machine: {
      memory,
      whyNot: (at: number, size: number, right: number) => whyNot(view, machine, at, size, right),
      trap: (kind: ImageTrap, at: number, _write: number, place: number) => traps.trap(kind, at, place),
      // A handler never skips.
      skippedWord: () => 0,
      skippedLong: () => 0n,
      kernel: (call: number, a: number, b: number, c: number, d: number) => machine.kernel(call, a, b, c, d),
    },
  });
  const { message, chain, pay, left, at, ...globals } = exports;
  if (!isMessage(message) || !isPay(pay) || !isGetter(left)) throw new Error("handler: a module without message");
  globalOf(globals, "space").value = machine.space;
  globalOf(globals, "salt").value = machine.salt;
  const linked = { message, readsMetadata, pay: (units: number) => pay(units) !== 0, left, killing: traps.killing };
  return isChain(chain) && isGetter(at)
    ? { ...linked, chained: { run: chain, at } }
    : { ...linked, chained: undefined };
}

function isChain(value: unknown): value is Chained["run"] {
  return typeof value === "function";
}

function isMessage(value: unknown): value is LinkedHandler["message"] {
  return typeof value === "function";
}

function isPay(value: unknown): value is (units: number) => number {
  return typeof value === "function";
}

function isGetter(value: unknown): value is () => number {
  return typeof value === "function";
}
