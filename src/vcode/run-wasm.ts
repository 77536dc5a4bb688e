/** What functions that run a handler have in common, as WebAssembly. */
import { MAX_PASS_TO, OUTCOME_BITS, PASS_TO } from "./handler.js";
import { NO_OUTCOME } from "./linked-handler.js";
import type { EmittedWasm } from "./wasm.js";
import { Code, Locals } from "./wasm-code.js";
import type { Module } from "./wasm-module.js";

/** Pushes the outcome, or NO_OUTCOME, with the fuel that is used of the budget in that local. */
export function pushWord(code: Code, { result, fuel }: EmittedWasm, budget: number): void {
  if (result === undefined) throw new RangeError("handler: an entry that gives nothing back");
  code.global_get(result).i32_const(NO_OUTCOME);
  code
    .global_get(result)
    .i32_const(PASS_TO + MAX_PASS_TO)
    .op("i32.lt_u")
    .op("select");
  code.local_get(budget).global_get(fuel).op("i32.sub").i32_const(OUTCOME_BITS).op("i32.shl").op("i32.or");
}

/** Exports what a global is. */
export function defineGetter(module: Module, name: string, global: number): void {
  const getter = module.declare([], ["i32"]);
  module.define(getter, new Locals([]), new Code().global_get(global).op("end"));
  module.exportFunction(name, getter);
}
