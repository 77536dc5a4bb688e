/**
 * What runs a handler on a chain of messages, as WebAssembly: `chain`, which is Chained's run() (linked-handler.ts), and `at`. What is
 * found of a page for one message holds for the next: nothing that a handler which keeps to itself can do moves its pages.
 */
import { EntryRegister } from "./handler.js";
import { ENTRY_PARAMETERS } from "./image.js";
import type { Register } from "./insn.js";
import { ChainEntry } from "./message-chain.js";
import { defineGetter, pushWord } from "./run-wasm.js";
import type { EmittedWasm } from "./wasm.js";
import { Code, Locals } from "./wasm-code.js";
import type { Module } from "./wasm-module.js";
import type { ValueKind } from "./wasm-opcodes.js";

/** Parameters: the entry that is run, how many are left with it, and what all of them have. */
const PARAMETERS = ["i32", "i32", "i32", "i32"] as const satisfies readonly ValueKind[];
const [ENTRY, LEFT, BUDGET, OUTCOMES] = [0, 1, 2, 3];

/** `readsMetadata`: the handler looks at the words of MetadataWord. */
export function defineChain(module: Module, emitted: EmittedWasm, readsMetadata: boolean): void {
  const locals = new Locals(PARAMETERS);
  const local = (register: Register) => PARAMETERS.length + register;
  for (const kind of emitted.kinds) locals.add(kind);
  const [word, first, differs] = [locals.add("i32"), locals.add("i32"), locals.add("i32")];
  const at = module.global("i32");
  const code = new Code();
  // No word is below 0.
  code.i32_const(-1).local_set(first);
  code.block();
  const end = code.depth;
  code.loop();
  const again = code.depth;
  code.local_get(ENTRY).global_set(at).local_get(BUDGET).global_set(emitted.fuel);
  takeMessage(code, local, readsMetadata);
  emitted.emitBody(code, locals, local);
  code.local_get(ENTRY);
  pushWord(code, emitted, BUDGET);
  code.local_tee(word).store("i32.store", ChainEntry.word);
  code.local_get(first).local_get(word).local_get(first).i32_const(0).op("i32.ge_s").op("select").local_tee(first);
  code.local_get(word).op("i32.xor").local_get(differs).op("i32.or").local_set(differs);
  code
    .local_get(LEFT)
    .i32_const(1)
    .op("i32.sub")
    .local_tee(LEFT)
    .op("i32.eqz")
    .br_if(code.depth - end);
  // The shift's count is five bits of the outcome's six: of outcomes only NO_OUTCOME has the sixth, and its five say bit 31.
  code.local_get(OUTCOMES).local_get(word).op("i32.shr_u").i32_const(1).op("i32.and").op("i32.eqz");
  code.br_if(code.depth - end);
  code.local_get(ENTRY).load("i32.load", ChainEntry.next).local_set(ENTRY);
  code
    .br(code.depth - again)
    .op("end")
    .op("end");
  code.local_get(LEFT).i32_const(1).op("i32.shl").local_get(differs).i32_const(0).op("i32.ne").op("i32.or").op("end");
  const chain = module.declare(PARAMETERS, ["i32"]);
  module.define(chain, locals, code);
  module.exportFunction("chain", chain);
  defineGetter(module, "at", at);
}

/** The entry's registers are those of the message that the chain's entry tells of. */
function takeMessage(code: Code, local: (register: Register) => number, readsMetadata: boolean): void {
  const load = (offset: number, register: Register) =>
    code.local_get(ENTRY).load("i32.load", offset).local_set(local(register));
  load(ChainEntry.address, EntryRegister.address);
  load(ChainEntry.octets, EntryRegister.octets);
  code.i32_const(0).local_set(local(EntryRegister.cause));
  for (let each = 0; readsMetadata && each < ENTRY_PARAMETERS - EntryRegister.metadata; each++) {
    load(ChainEntry.metadata + 4 * each, EntryRegister.metadata + each);
  }
}
