/** Handlers as WebAssembly: `message` sets the fuel, runs the entry and packs what comes of it. */
import { MAX_PASS_TO, OUTCOME_BITS, PASS_TO } from "./handler.js";
import { ENTRY_PARAMETERS, type ImageFacts } from "./image.js";
import { HANDLERS_OWN, whyNot } from "./image-trap.js";
import { emitTrapping, globalOf, type ImageTrap, moduleOf } from "./image-wasm.js";
import type { Lambda } from "./insn.js";
import { type HandlerMachine, HandlerTraps, type LinkedHandler, NO_OUTCOME } from "./linked-handler.js";
import type { Verified } from "./verify.js";
import type { EmittedWasm, WasmLimits } from "./wasm.js";
import { Code, Locals } from "./wasm-code.js";
import type { Module } from "./wasm-module.js";
import type { ValueKind } from "./wasm-opcodes.js";

/** The parameter that is the budget where `message` is entered, and the cause, 0, where the entry is. */
const CAUSE = 2;

/** Octets that `linkHandlerWasm` makes a handler of. */
export function emitHandlerWasm(program: Verified, facts: ImageFacts, limits: WasmLimits): Uint8Array {
  return emitTrapping(program, facts, limits, defineMessage, HANDLERS_OWN);
}

function defineMessage(module: Module, _entry: Lambda, emitted: EmittedWasm): void {
  const parameters = Array.from({ length: ENTRY_PARAMETERS }, (): ValueKind => "i32");
  const locals = new Locals(parameters);
  for (const kind of emitted.kinds.slice(ENTRY_PARAMETERS)) locals.add(kind);
  const budget = locals.add("i32");
  const code = new Code();
  code.local_get(CAUSE).local_tee(budget).global_set(emitted.fuel).i32_const(0).local_set(CAUSE);
  emitted.emitBody(code, locals, (register) => register);
  const result = emitted.result!;
  code
    .global_get(result)
    .i32_const(NO_OUTCOME)
    .global_get(result)
    .i32_const(PASS_TO + MAX_PASS_TO)
    .op("i32.lt_u")
    .op("select");
  code
    .local_get(budget)
    .global_get(emitted.fuel)
    .op("i32.sub")
    .i32_const(OUTCOME_BITS)
    .op("i32.shl")
    .op("i32.or")
    .op("end");
  const message = module.declare(parameters, ["i32"]);
  module.define(message, locals, code);
  module.exportFunction("message", message);
  definePay(module, emitted.fuel);
  defineLeft(module, emitted.fuel);
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

function defineLeft(module: Module, fuel: number): void {
  const left = module.declare([], ["i32"]);
  module.define(left, new Locals([]), new Code().global_get(fuel).op("end"));
  module.exportFunction("left", left);
}

export function linkHandlerWasm(
  code: Uint8Array | WebAssembly.Module,
  machine: HandlerMachine,
  words: boolean,
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
  const { message, pay, left, ...globals } = exports;
  if (!isMessage(message) || !isPay(pay) || !isLeft(left)) throw new Error("handler: a module without message");
  globalOf(globals, "space").value = machine.space;
  globalOf(globals, "salt").value = machine.salt;
  return { message, words, pay: (units) => pay(units) !== 0, left, killing: traps.killing };
}

function isMessage(value: unknown): value is LinkedHandler["message"] {
  return typeof value === "function";
}

function isPay(value: unknown): value is (units: number) => number {
  return typeof value === "function";
}

function isLeft(value: unknown): value is () => number {
  return typeof value === "function";
}
