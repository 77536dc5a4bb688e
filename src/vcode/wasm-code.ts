/**
 * Code of one WebAssembly function, appended opcode by opcode. Methods have the names of the specification with `_` for
 * the dot; opcodes without immediates go through `op`. Nothing is checked here: the engine validates the module.
 *
 *   const locals = new Locals(["i32", "i32"]);
 *   const code = new Code();
 *   code.local_get(0).local_get(1).op("i32.add").op("end");
 */
import {
  CONTROL,
  type LoadOpcode,
  MEMORY,
  PLAIN,
  type PlainOpcode,
  type StoreOpcode,
  VALUE_KIND,
  type ValueKind,
  VOID,
} from "./wasm-opcodes.js";

/** Octets that grow; numbers in LEB128. */
export class Octets {
  #octets = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): this {
    if (this.#length === this.#octets.length) this.#grow(1);
    this.#octets[this.#length++] = value;
    return this;
  }

  bytes(values: ArrayLike<number>): this {
    if (this.#length + values.length > this.#octets.length) this.#grow(values.length);
    this.#octets.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  #grow(by: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#octets.length, this.#length + by));
    grown.set(this.#octets);
    this.#octets = grown;
  }

  u32(value: number): this {
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest);
  }

  s32(value: number): this {
    let rest = value | 0;
    for (; rest < -0x40 || rest > 0x3f; rest >>= 7) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest & 0x7f);
  }

  s64(value: bigint): this {
    let rest = BigInt.asIntN(64, value);
    for (; rest < -0x40n || rest > 0x3fn; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80);
    return this.byte(Number(rest & 0x7fn));
  }

  name(text: string): this {
    const octets = new TextEncoder().encode(text);
    return this.u32(octets.length).bytes(octets);
  }

  take(): Uint8Array {
    return this.#octets.slice(0, this.#length);
  }
}

/** Local variables of a function, parameters first. */
export class Locals {
  readonly #parameters: number;
  readonly #kinds: ValueKind[];
  readonly #scratch = new Map<string, number>();

  constructor(parameters: readonly ValueKind[]) {
    this.#parameters = parameters.length;
    this.#kinds = [...parameters];
  }

  /** Index of a new one. */
  add(kind: ValueKind): number {
    return this.#kinds.push(kind) - 1;
  }

  /** Index of the `number`th of that kind for passing use: nothing keeps its value from one instruction to the next. */
  scratch(kind: ValueKind, number = 0): number {
    const name = `${kind} ${number}`;
    const index = this.#scratch.get(name) ?? this.add(kind);
    this.#scratch.set(name, index);
    return index;
  }

  get kinds(): readonly ValueKind[] {
    return this.#kinds;
  }

  /** Runs of one kind, as a function body begins. */
  encode(to: Octets): void {
    const runs: { kind: ValueKind; count: number }[] = [];
    for (const kind of this.#kinds.slice(this.#parameters)) {
      const last = runs.at(-1);
      if (last?.kind === kind) last.count++;
      else runs.push({ kind, count: 1 });
    }
    to.u32(runs.length);
    for (const { kind, count } of runs) to.u32(count).byte(VALUE_KIND[kind]);
  }
}

export class Code {
  readonly octets = new Octets();
  #depth = 0;

  /** Blocks, loops and ifs that are open: `br(depth - level)` leaves the one before which `depth` was `level - 1`. */
  get depth(): number {
    return this.#depth;
  }

  op(name: PlainOpcode): this {
    if (name === "end") this.#depth--;
    this.octets.byte(PLAIN[name]);
    return this;
  }

  block(result?: ValueKind): this {
    return this.#open(CONTROL.block, result);
  }

  loop(result?: ValueKind): this {
    return this.#open(CONTROL.loop, result);
  }

  if(result?: ValueKind): this {
    return this.#open(CONTROL.if, result);
  }

  #open(opcode: number, result: ValueKind | undefined): this {
    this.#depth++;
    this.octets.byte(opcode).byte(result === undefined ? VOID : VALUE_KIND[result]);
    return this;
  }

  /** `label`: how many blocks further out, 0 the innermost. */
  br(label: number): this {
    return this.#with(CONTROL.br, label);
  }

  br_if(label: number): this {
    return this.#with(CONTROL.br_if, label);
  }

  br_table(labels: readonly number[], other: number): this {
    this.octets.byte(CONTROL.br_table).u32(labels.length);
    for (const label of labels) this.octets.u32(label);
    this.octets.u32(other);
    return this;
  }

  call(index: number): this {
    return this.#with(CONTROL.call, index);
  }

  local_get(index: number): this {
    return this.#with(CONTROL["local.get"], index);
  }

  local_set(index: number): this {
    return this.#with(CONTROL["local.set"], index);
  }

  local_tee(index: number): this {
    return this.#with(CONTROL["local.tee"], index);
  }

  global_get(index: number): this {
    return this.#with(CONTROL["global.get"], index);
  }

  global_set(index: number): this {
    return this.#with(CONTROL["global.set"], index);
  }

  i32_const(value: number): this {
    this.octets.byte(CONTROL["i32.const"]).s32(value);
    return this;
  }

  i64_const(value: bigint): this {
    this.octets.byte(CONTROL["i64.const"]).s64(value);
    return this;
  }

  /** Nothing is promised of the alignment. */
  load(name: LoadOpcode, offset = 0): this {
    return this.#memory(MEMORY[name], offset);
  }

  store(name: StoreOpcode, offset = 0): this {
    return this.#memory(MEMORY[name], offset);
  }

  #memory(opcode: number, offset: number): this {
    this.octets.byte(opcode).u32(0).u32(offset);
    return this;
  }

  #with(opcode: number, index: number): this {
    this.octets.byte(opcode).u32(index);
    return this;
  }
}
