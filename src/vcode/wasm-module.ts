/**
 * Octets of a WebAssembly module: types, one imported memory and imported functions, functions, mutable globals, exports, code. Indices are
 * given out as things are declared; a function may be called before its code is there.
 *
 *   module   = magic { section }                       sections in the order of their numbers
 *   section  = number, octets, vector of entries
 */
import { type Code, type Locals, Octets } from "./wasm-code.js";
import {
  EXTERNAL,
  FUNCTION_TYPE,
  LIMITS_WITH_MAXIMUM,
  MAGIC,
  SECTION,
  SHARED_LIMITS,
  VALUE_KIND,
  type ValueKind,
} from "./wasm-opcodes.js";

export interface MemoryImport {
  readonly module: string;
  readonly name: string;
  /** Pages of 64 KiB that it must have at least, and may have at most. */
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

interface FunctionImport {
  readonly module: string;
  readonly name: string;
  readonly type: number;
}

interface Body {
  readonly locals: Locals;
  readonly code: Code;
}

export class Module {
  readonly #types: { readonly key: string; readonly octets: Uint8Array }[] = [];
  readonly #typeOf = new Map<string, number>();
  readonly #imported: FunctionImport[] = [];
  readonly #functions: number[] = [];
  readonly #bodies: (Body | undefined)[] = [];
  readonly #globals: ValueKind[] = [];
  readonly #exports: { readonly name: string; readonly kind: number; readonly index: number }[] = [];
  readonly #memory: MemoryImport;

  constructor(memory: MemoryImport) {
    this.#memory = memory;
  }

  /** A function of the caller's; its index. All of them before any other function. */
  importFunction(
    module: string,
    name: string,
    parameters: readonly ValueKind[],
    results: readonly ValueKind[],
  ): number {
    if (this.#bodies.length > 0) throw new RangeError(`wasm: ${name} is imported too late`);
    return this.#imported.push({ module, name, type: this.#type(parameters, results) }) - 1;
  }

  /** A function to come; its index. */
  declare(parameters: readonly ValueKind[], results: readonly ValueKind[]): number {
    this.#bodies.push(undefined);
    return this.#imported.length + this.#functions.push(this.#type(parameters, results)) - 1;
  }

  /** `code` ends in its `end`; `locals` began with the parameters. */
  define(index: number, locals: Locals, code: Code): void {
    this.#bodies[index - this.#imported.length] = { locals, code };
  }

  /** A mutable global that begins with 0; its index. */
  global(kind: ValueKind): number {
    return this.#globals.push(kind) - 1;
  }

  exportFunction(name: string, index: number): void {
    this.#exports.push({ name, kind: EXTERNAL.function, index });
  }

  exportGlobal(name: string, index: number): void {
    this.#exports.push({ name, kind: EXTERNAL.global, index });
  }

  #type(parameters: readonly ValueKind[], results: readonly ValueKind[]): number {
    const key = `${parameters.join()}:${results.join()}`;
    const known = this.#typeOf.get(key);
    if (known !== undefined) return known;
    const octets = new Octets().byte(FUNCTION_TYPE);
    for (const kinds of [parameters, results]) octets.u32(kinds.length).bytes(kinds.map((kind) => VALUE_KIND[kind]));
    const index = this.#types.push({ key, octets: octets.take() }) - 1;
    this.#typeOf.set(key, index);
    return index;
  }

  /** Throws a RangeError where a function was declared and not defined. */
  octets(): Uint8Array {
    const to = new Octets().bytes(MAGIC);
    section(to, SECTION.type, this.#types.length, (entries) => {
      for (const { octets } of this.#types) entries.bytes(octets);
    });
    section(to, SECTION.import, 1 + this.#imported.length, (entries) => this.#imports(entries));
    section(to, SECTION.function, this.#functions.length, (entries) => {
      for (const type of this.#functions) entries.u32(type);
    });
    section(to, SECTION.global, this.#globals.length, (entries) => {
      for (const kind of this.#globals) zero(entries, kind);
    });
    section(to, SECTION.export, this.#exports.length, (entries) => {
      for (const { name, kind, index } of this.#exports) entries.name(name).byte(kind).u32(index);
    });
    section(to, SECTION.code, this.#bodies.length, (entries) => {
      this.#bodies.forEach((body, index) => {
        if (body === undefined) throw new RangeError(`wasm: function ${this.#imported.length + index} has no code`);
        const octets = new Octets();
        body.locals.encode(octets);
        octets.bytes(body.code.octets.take());
        entries.u32(octets.length).bytes(octets.take());
      });
    });
    return to.take();
  }

  #imports(entries: Octets): void {
    const { module, name, initial, maximum, shared } = this.#memory;
    entries.name(module).name(name).byte(EXTERNAL.memory);
    entries
      .byte(shared ? SHARED_LIMITS : LIMITS_WITH_MAXIMUM)
      .u32(initial)
      .u32(maximum);
    for (const each of this.#imported) {
      entries.name(each.module).name(each.name).byte(EXTERNAL.function).u32(each.type);
    }
  }
}

/** Type, mutable, and the constant that it begins with. */
function zero(entries: Octets, kind: ValueKind): void {
  const [constant, end] = [kind === "i32" ? 0x41 : 0x42, 0x0b];
  entries.bytes([VALUE_KIND[kind], 1, constant, 0, end]);
}

function section(to: Octets, number: number, count: number, fill: (entries: Octets) => void): void {
  if (count === 0) return;
  const entries = new Octets().u32(count);
  fill(entries);
  to.byte(number).u32(entries.length).bytes(entries.take());
}
