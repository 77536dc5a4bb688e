/**
 * Modules as text, for people and for golden files: a disassembler of what wasm-module.ts writes, in the flat form
 * of the text format, one instruction a line, indented by blocks. It reads nothing else: an opcode that we do not emit is an
 * error. Given names, locals and functions have them instead of numbers.
 */
import { CONTROL, EXTERNAL, MEMORY, PLAIN, SECTION, SHARED_LIMITS, VALUE_KIND } from "./wasm-opcodes.js";

export interface WatNames {
  function?(index: number): string | undefined;
  global?(index: number): string | undefined;
  local?(func: number, index: number): string | undefined;
}

/** Throws a RangeError where the octets are none of ours. */
export function printWat(module: Uint8Array, names: WatNames = {}): string {
  return new Printer(module, names).module();
}

interface Signature {
  readonly parameters: readonly string[];
  readonly results: readonly string[];
}

const KINDS = new Map(Object.entries(VALUE_KIND).map(([name, octet]) => [octet, name]));
const CONTROLS = new Map<number, string>(Object.entries(CONTROL).map(([name, octet]) => [octet, name]));
const PLAINS = new Map<number, string>(Object.entries(PLAIN).map(([name, octet]) => [octet, name]));
const MEMORIES = new Map<number, string>(Object.entries(MEMORY).map(([name, octet]) => [octet, name]));

class Printer {
  readonly #octets: Uint8Array;
  readonly #names: WatNames;
  readonly #types: Signature[] = [];
  readonly #functions: number[] = [];
  #imported = 0;
  readonly #lines: string[] = [];
  #at = 8;

  constructor(octets: Uint8Array, names: WatNames) {
    this.#octets = octets;
    this.#names = names;
  }

  module(): string {
    while (this.#at < this.#octets.length) {
      const number = this.#byte();
      const end = this.#u32() + this.#at;
      this.#section(number);
      if (this.#at !== end) throw new RangeError(`wat: section ${number} ends at ${this.#at}, not at ${end}`);
    }
    return ["(module", ...this.#lines.map((line) => `  ${line}`), ")", ""].join("\n");
  }

  #section(number: number): void {
    const count = this.#u32();
    for (let index = 0; index < count; index++) {
      if (number === SECTION.type) this.#types.push(this.#type());
      else if (number === SECTION.import) this.#lines.push(this.#import());
      else if (number === SECTION.function) this.#functions.push(this.#u32());
      else if (number === SECTION.global) this.#lines.push(this.#globalEntry(index));
      else if (number === SECTION.export) this.#lines.push(this.#export());
      else if (number === SECTION.code) this.#code(this.#imported + index);
      else throw new RangeError(`wat: section ${number} is none of ours`);
    }
  }

  #type(): Signature {
    this.#byte();
    return { parameters: this.#kinds(), results: this.#kinds() };
  }

  #kinds(): string[] {
    return Array.from({ length: this.#u32() }, () => this.#kind());
  }

  #import(): string {
    const [module, name] = [this.#text(), this.#text()];
    if (this.#byte() === EXTERNAL.function) return this.#importedFunction(module, name);
    const shared = this.#byte() === SHARED_LIMITS;
    return `(import "${module}" "${name}" (memory ${this.#u32()} ${this.#u32()}${shared ? " shared" : ""}))`;
  }

  #importedFunction(module: string, name: string): string {
    const index = this.#functions.push(this.#u32()) - 1;
    this.#imported = this.#functions.length;
    const { parameters, results } = this.#signature(index);
    const types = [...parameters.map((kind) => ` (param ${kind})`), ...results.map((kind) => ` (result ${kind})`)];
    return `(import "${module}" "${name}" (func ${this.#function(index)}${types.join("")}))`;
  }

  #signature(index: number): Signature {
    const signature = this.#types[this.#functions[index] ?? -1];
    if (signature === undefined) throw new RangeError(`wat: function ${index} has no type`);
    return signature;
  }

  #globalEntry(index: number): string {
    const kind = this.#kind();
    this.#byte();
    const value = this.#constant(this.#byte());
    this.#byte();
    return `(global ${this.#global(index)} (mut ${kind}) (${kind}.const ${value}))`;
  }

  #constant(opcode: number): string {
    return opcode === CONTROL["i32.const"] ? String(this.#s32()) : String(this.#s64());
  }

  #export(): string {
    const name = this.#text();
    const isFunction = this.#byte() === EXTERNAL.function;
    const index = this.#u32();
    const what = isFunction ? `func ${this.#function(index)}` : `global ${this.#global(index)}`;
    return `(export "${name}" (${what}))`;
  }

  #code(index: number): void {
    const end = this.#u32() + this.#at;
    const { parameters, results } = this.#signature(index);
    const named = (kind: string, local: number) => `${this.#local(index, local)} ${kind}`;
    this.#lines.push(
      [
        `(func ${this.#function(index)}`,
        ...parameters.map((kind, local) => `(param ${named(kind, local)})`),
        ...results.map((kind) => `(result ${kind})`),
      ].join(" "),
    );
    let local = parameters.length;
    for (let runs = this.#u32(); runs > 0; runs--) {
      const count = this.#u32();
      const kind = this.#kind();
      for (let each = 0; each < count; each++) this.#lines.push(`  (local ${named(kind, local++)})`);
    }
    this.#body(index, end);
    this.#lines.push(")");
  }

  #body(index: number, end: number): void {
    let depth = 1;
    while (this.#at < end) {
      const opcode = this.#byte();
      const closes = opcode === PLAIN.end || opcode === PLAIN.else;
      if (closes) depth--;
      const text = this.#insn(index, opcode);
      // The last `end` closes the function.
      if (this.#at < end) this.#lines.push("  ".repeat(depth) + text);
      const opens = opcode === CONTROL.block || opcode === CONTROL.loop || opcode === CONTROL.if;
      if (opens || opcode === PLAIN.else) depth++;
    }
  }

  #insn(index: number, opcode: number): string {
    const plain = PLAINS.get(opcode);
    if (plain !== undefined) return plain;
    const memory = MEMORIES.get(opcode);
    if (memory !== undefined) {
      const align = this.#u32();
      const offset = this.#u32();
      return `${memory}${offset === 0 ? "" : ` offset=${offset}`} align=${1 << align}`;
    }
    const name = CONTROLS.get(opcode);
    if (name === undefined) throw new RangeError(`wat: opcode ${opcode} at ${this.#at - 1} is none of ours`);
    return `${name}${this.#immediate(index, opcode)}`;
  }

  #immediate(index: number, opcode: number): string {
    switch (opcode) {
      case CONTROL.block:
      case CONTROL.loop:
      case CONTROL.if: {
        const kind = KINDS.get(this.#byte());
        return kind === undefined ? "" : ` (result ${kind})`;
      }
      case CONTROL.br_table: {
        const labels = Array.from({ length: this.#u32() }, () => this.#u32());
        return ` ${[...labels, this.#u32()].join(" ")}`;
      }
      case CONTROL.call:
        return ` ${this.#function(this.#u32())}`;
      case CONTROL["local.get"]:
      case CONTROL["local.set"]:
      case CONTROL["local.tee"]:
        return ` ${this.#local(index, this.#u32())}`;
      case CONTROL["global.get"]:
      case CONTROL["global.set"]:
        return ` ${this.#global(this.#u32())}`;
      case CONTROL["i32.const"]:
      case CONTROL["i64.const"]:
        return ` ${this.#constant(opcode)}`;
      default:
        return ` ${this.#u32()}`;
    }
  }

  #function(index: number): string {
    return `$${this.#names.function?.(index) ?? `f${index}`}`;
  }

  #global(index: number): string {
    return `$${this.#names.global?.(index) ?? `g${index}`}`;
  }

  #local(func: number, index: number): string {
    return `$${this.#names.local?.(func, index) ?? `l${index}`}`;
  }

  #kind(): string {
    const octet = this.#byte();
    const kind = KINDS.get(octet);
    if (kind === undefined) throw new RangeError(`wat: type ${octet} is none of ours`);
    return kind;
  }

  #byte(): number {
    const octet = this.#octets[this.#at++];
    if (octet === undefined) throw new RangeError("wat: the module ends too early");
    return octet;
  }

  #u32(): number {
    return Number(BigInt.asUintN(32, this.#leb(false)));
  }

  #s32(): number {
    return Number(BigInt.asIntN(32, this.#leb(true)));
  }

  #s64(): bigint {
    return BigInt.asIntN(64, this.#leb(true));
  }

  #leb(signed: boolean): bigint {
    let value = 0n;
    let bits = 0n;
    for (;;) {
      const octet = this.#byte();
      value |= BigInt(octet & 0x7f) << bits;
      bits += 7n;
      if (octet < 0x80) return signed && (octet & 0x40) !== 0 ? value - (1n << bits) : value;
    }
  }

  #text(): string {
    const length = this.#u32();
    this.#at += length;
    return new TextDecoder().decode(this.#octets.subarray(this.#at - length, this.#at));
  }
}
