/**
 * A merged program as a WebAssembly module that judges a batch: verified VCODE in the loop over rows, primitives in
 * line (batch-wasm-primitives.ts). It reads and writes one stretch of the machine's memory, as batch-layout.ts has it.
 *
 *   run(context, from, to)   judges rows [from, to); the row at which it stopped
 */
import type { Verified } from "../vcode/verify.js";
import { type EmittedWasm, emitWasm } from "../vcode/wasm.js";
import { Code, Locals } from "../vcode/wasm-code.js";
import { Module } from "../vcode/wasm-module.js";
import { FRAME_FUEL } from "./batch.js";
import { COLUMN_OCTETS, Column, ContextWord } from "./batch-layout.js";
import { batchPrimitives } from "./batch-wasm-primitives.js";
import { BatchState } from "./batch-wasm-state.js";
import { LINK_WORDS } from "./layout.js";
import { MOST_STEPS } from "./limits.js";
import type { Traits } from "./traits.js";

/** Pages of 64 KiB that a machine's memory may have. */
const MOST_PAGES = 32_768;

export function emitBatchWasm(program: Verified, traits: Traits): Uint8Array {
  const module = new Module({ module: "machine", name: "memory", initial: 1, maximum: MOST_PAGES, shared: true });
  const locals = new Locals(["i32", "i32", "i32"]);
  const isAlone = program.lambdas.length === 1;
  const state = isAlone ? BatchState.inLocals(locals, program.tables) : BatchState.inGlobals(module);
  const primitives = batchPrimitives(state, emitMore(module), traits);
  // One function keeps its state in locals, so it must stay one: its plan has seen to its size (cut.ts).
  const limits = isAlone ? { nesting: Infinity, size: Infinity } : {};
  const emitted = emitWasm(program, primitives, module, limits);
  const run = module.declare(["i32", "i32", "i32"], ["i32"]);
  module.exportFunction("run", run);
  module.define(run, locals, new Run(program, traits, emitted, locals, state).emit());
  return module.octets();
}

const [CONTEXT, FROM, TO] = [0, 1, 2];

/** The function `run`: the loop over rows, and the entry's body in it. */
class Run {
  readonly #code = new Code();
  readonly #program: Verified;
  readonly #traits: Traits;
  readonly #emitted: EmittedWasm;
  readonly #locals: Locals;
  readonly #state: BatchState;
  /** Address of the row's first column. */
  readonly #row: number;
  /** Where the row's taps begin, and the last place where a row may. */
  readonly #start: number;
  readonly #lastTap: number;
  readonly #registers: readonly number[];

  constructor(program: Verified, traits: Traits, emitted: EmittedWasm, locals: Locals, state: BatchState) {
    this.#program = program;
    this.#traits = traits;
    this.#emitted = emitted;
    this.#locals = locals;
    this.#state = state;
    this.#row = locals.add("i32");
    this.#start = locals.add("i32");
    this.#lastTap = locals.add("i32");
    this.#registers = emitted.kinds.map((kind) => locals.add(kind));
  }

  emit(): Code {
    const code = this.#code;
    this.#begin();
    code.block();
    const stop = code.depth;
    code.local_get(this.#row).local_get(TO).op("i32.ge_s");
    this.#branchTo(stop);
    code.loop();
    const rows = code.depth;
    if (this.#traits.taps) {
      this.#state.get(code, "at").local_get(this.#lastTap).op("i32.gt_s");
      this.#branchTo(stop);
    }
    this.#rowBegins();
    this.#emitted.emitBody(code, this.#locals, (register) => this.#registers[register] ?? 0);
    this.#rowEnds();
    code.local_get(this.#row).i32_const(4).op("i32.add").local_tee(this.#row).local_get(TO).op("i32.lt_s");
    this.#branchTo(rows);
    code.op("end").op("end");
    this.#end();
    return code;
  }

  #branchTo(depth: number): void {
    this.#code.br_if(this.#code.depth - depth);
  }

  #begin(): void {
    const code = this.#code;
    this.#state.fetch(code, CONTEXT, this.#program.tables);
    this.#context(ContextWord.lastTap).local_set(this.#lastTap);
    for (const number of [FROM, TO]) {
      this.#context(ContextWord.columns);
      code.local_get(number).i32_const(2).op("i32.shl").op("i32.add").local_set(number);
    }
    code.local_get(FROM).local_set(this.#row);
  }

  #context(word: number): Code {
    return this.#code.local_get(CONTEXT).load("i32.load", 4 * word);
  }

  /** The frame in registers 0 and 1, its facts behind them, and nothing found yet. */
  #rowBegins(): void {
    const code = this.#code;
    const { taps, claims, several, wire, link } = this.#traits;
    const facts = [...(wire ? [Column.wire] : []), ...(link ? [Column.linkType] : [])];
    for (const [register, column] of [Column.address, Column.captured, ...facts].entries()) {
      code.local_get(this.#row).load("i32.load", column * COLUMN_OCTETS);
      code.local_set(this.#registers[register] ?? 0);
    }
    this.#countIsNotNegative();
    if (claims) this.#state.set(code.i32_const(0), "best");
    if (claims && several) this.#state.set(code.i64_const(-1n), "rank");
    const paysFuel = this.#program.lambdas.some(({ insns }) => insns.some(({ op }) => op === "fuel"));
    if (paysFuel) code.i32_const(FRAME_FUEL).global_set(this.#emitted.fuel);
    if (!taps) return;
    this.#state.get(code, "mark").i32_const(1).op("i32.add");
    this.#state.set(code, "mark");
    this.#state.get(code, "at").local_set(this.#start);
    code
      .local_get(this.#row)
      .local_get(this.#start)
      .store("i32.store", Column.tapStart * COLUMN_OCTETS);
  }

  /** As the verifier took it for; code of ours needs no reminder, since it asks for octets before it does anything else. */
  #countIsNotNegative(): void {
    const hasResiduals = this.#program.lambdas.some(({ result }) => result !== undefined);
    const count = this.#registers[1];
    if (!hasResiduals || count === undefined) return;
    this.#code.local_get(count).i32_const(0).local_get(count).i32_const(0).op("i32.gt_s").op("select").local_set(count);
  }

  #rowEnds(): void {
    const code = this.#code;
    const store = (column: number, push: () => void) => {
      code.local_get(this.#row);
      push();
      code.store("i32.store", column * COLUMN_OCTETS);
    };
    if (this.#traits.claims) store(Column.winner, () => this.#state.get(code, "best"));
    if (!this.#traits.taps) return;
    store(Column.tapCount, () => this.#state.get(code, "at").local_get(this.#start).op("i32.sub"));
  }

  #end(): void {
    const code = this.#code;
    code.local_get(CONTEXT);
    this.#state.get(code, "at").store("i32.store", 4 * ContextWord.at);
    code.local_get(this.#row);
    this.#context(ContextWord.columns).op("i32.sub").i32_const(2).op("i32.shr_u").op("end");
  }
}

/**
 * more(next, at, mark, link, taps, seen): lists the taps of a list of links from `at` on, but those that were listed for
 * this row before; the new end. `next` is not 0. The list ends, since our tables say so; where somebody made it go round, it traps.
 */
function emitMore(module: Module): number {
  const parameters = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;
  const [next, at, mark, link, taps, seen] = [0, 1, 2, 3, 4, 5];
  const locals = new Locals(parameters);
  const code = new Code();
  const [id, place, left] = [locals.add("i32"), locals.add("i32"), locals.add("i32")];
  code.i32_const(MOST_STEPS).local_set(left);
  code.loop();
  code.local_get(left).i32_const(1).op("i32.sub").local_tee(left).op("i32.eqz").if().op("unreachable").op("end");
  code
    .local_get(link)
    .local_get(next)
    .i32_const(Math.log2(4 * LINK_WORDS))
    .op("i32.shl")
    .op("i32.add");
  code.local_tee(place).load("i32.load", 0).local_set(id);
  code.local_get(place).load("i32.load", 4).local_set(next);
  code.block();
  code.local_get(id).i32_const(0).op("i32.lt_s").if();
  code.i32_const(0).local_get(id).op("i32.sub").local_tee(id);
  code.i32_const(2).op("i32.shl").local_get(seen).op("i32.add").local_tee(place);
  code.load("i32.load").local_get(mark).op("i32.eq").br_if(1);
  code.local_get(place).local_get(mark).store("i32.store");
  code.op("end");
  code.local_get(taps).local_get(at).i32_const(2).op("i32.shl").op("i32.add").local_get(id).store("i32.store");
  code.local_get(at).i32_const(1).op("i32.add").local_set(at);
  code.op("end");
  code.local_get(next).br_if(0);
  code.op("end");
  code.local_get(at).op("end");
  const index = module.declare(parameters, ["i32"]);
  module.define(index, locals, code);
  return index;
}
