/**
 * Images as WebAssembly, whose one function for others is `run`. An access tests its entry as image-js.ts says, in
 * line; only where that misses it goes round in a loop, which tests again after each trap that says so. What is the same with `lastPage`
 * stands there as well.
 */
import {
  type ImageFacts,
  type ImageMachine,
  type LinkedImage,
  READABLE,
  STLB_ENTRY,
  Trap,
  TrapAnswer,
  WRITABLE,
} from "./image.js";
import { type Bookkeeping, IMAGES_OWN, placeOf, savedOf, skippedLong, skippedWord, whyNot } from "./image-trap.js";
import { type ImageInsn, type Insn, type Lambda, OCTETS, type Register } from "./insn.js";
import { entryOf, isGlobal } from "./target.js";
import type { Verified } from "./verify.js";
import { defineRun, type EmittedWasm, emitWasm, type WasmLimits, type WasmPrimitives } from "./wasm.js";
import { Code, Locals } from "./wasm-code.js";
import type { WasmTrap } from "./wasm-function.js";
import { kindOf, loadFrom, push, storeTo, type Target } from "./wasm-insn.js";
import { Module } from "./wasm-module.js";
import type { ValueKind } from "./wasm-opcodes.js";

/** Of a memory, in its own units of 64 KiB: whatever the machine has. */
const ANY_MEMORY = { module: "machine", name: "memory", initial: 1, maximum: 65_536, shared: true };

/** Octets that `linkWasm` makes an image of. */
export function emitImageWasm(program: Verified, facts: ImageFacts, limits: WasmLimits = {}): Uint8Array {
  return emitTrapping(program, facts, limits, defineRun);
}

/** A module of the program, whose entry `define` makes a function of. */
export function emitTrapping(
  program: Verified,
  facts: ImageFacts,
  limits: WasmLimits,
  define: (module: Module, entry: Lambda, emitted: EmittedWasm) => void,
  keeps = IMAGES_OWN,
): Uint8Array {
  const module = new Module(ANY_MEMORY);
  const traps = new Traps(module, program.lambdas, facts, keeps);
  const primitives: WasmPrimitives = {
    kernel: (call) => {
      for (const index of call.insn.args.keys()) call.operand(index);
      call.code.call(traps.kernel);
      call.result();
    },
    left: (call) => {
      call.code.global_get(traps.fuel);
      call.result();
    },
  };
  define(module, entryOf(program), emitWasm(program, primitives, module, limits, traps));
  return module.octets();
}

const WORDS = (count: number): ValueKind[] => Array.from({ length: count }, () => "i32");

/** Numbers of scratch locals; that of 0 is for swaps. Nobody else uses `frame` and `last`: with `lastPage` they keep their values. */
const Scratch = { address: 1, page: 2, entry: 3, frame: 4, last: 5 } as const;

class Traps {
  readonly saved: number;
  readonly kernel: number;
  fuel = 0;
  readonly #whyNot: number;
  readonly #trap: number;
  readonly #skipped: Readonly<Record<ValueKind, number>>;
  readonly #space: number;
  readonly #salt: number;
  readonly #save: number;
  readonly #accesses: number;
  readonly #facts: ImageFacts;
  readonly #keeps: Bookkeeping;
  readonly #lambdas: readonly Lambda[];
  /** By lambda: the function that saves its registers and asks the kernel. */
  readonly #ask: readonly number[];

  constructor(module: Module, lambdas: readonly Lambda[], facts: ImageFacts, keeps: Bookkeeping) {
    const imported = (name: string, words: number, result: ValueKind) =>
      module.importFunction("machine", name, WORDS(words), [result]);
    const exported = (name: string) => {
      const global = module.global("i32");
      module.exportGlobal(name, global);
      return global;
    };
    this.#whyNot = imported("whyNot", 3, "i32");
    this.#trap = imported("trap", 4, "i32");
    this.#skipped = { i32: imported("skippedWord", 0, "i32"), i64: imported("skippedLong", 0, "i64") };
    this.kernel = imported("kernel", 7, "i32");
    this.#space = exported("space");
    this.#salt = exported("salt");
    this.#save = exported("save");
    this.#accesses = exported("accesses");
    this.#facts = facts;
    this.#keeps = keeps;
    this.saved = keeps.saved;
    this.#lambdas = lambdas;
    this.#ask = lambdas.map((lambda) => this.#askFunction(module, lambda));
  }

  trap(fuel: number): WasmTrap {
    this.fuel = fuel;
    return (target, insn, lambda, index) => this.#insn(target, insn, lambda, index);
  }

  /** kind, address, write, place, and the registers; what the kernel answers. */
  #askFunction(module: Module, lambda: Lambda): number {
    const kinds = savedOf(lambda, this.#keeps).map((long): ValueKind => (long ? "i64" : "i32"));
    const locals = new Locals([...WORDS(4), ...kinds]);
    const code = new Code();
    for (let register = 0; register < this.saved; register++) {
      code.global_get(this.#save);
      if (kinds[register] === undefined) code.i64_const(0n);
      else code.local_get(4 + register);
      if (kinds[register] === "i32") code.op("i64.extend_i32_s");
      code.store("i64.store", 8 * register);
    }
    code.local_get(0).local_get(1).local_get(2).local_get(3).call(this.#trap).op("end");
    const index = module.declare(locals.kinds, ["i32"]);
    module.define(index, locals, code);
    return index;
  }

  #insn(target: Target, insn: ImageInsn | Extract<Insn, { op: "fuel" }>, lambda: number, index: number): void {
    const place = placeOf(lambda, index);
    switch (insn.op) {
      case "fuel":
        return this.#pay(target, insn.units, lambda, place);
      case "aluo":
        return this.#overflowing(target, insn, lambda, place);
      case "ldv":
      case "stv":
        return this.#access(target, insn, lambda, place);
    }
  }

  /** Pushes whether the kernel says skip; `kind` and `address` push. */
  #asked(target: Target, lambda: number, place: number, kind: () => void, address: () => void, write = 0): void {
    const { code, local } = target;
    kind();
    address();
    code.i32_const(write).i32_const(place);
    for (const register of savedOf(this.#lambdas[lambda]!, this.#keeps).keys()) code.local_get(local(register));
    code.call(this.#ask[lambda]!).i32_const(TrapAnswer.skip).op("i32.eq");
  }

  #skip(target: Target, rd: Register, lambda: number): void {
    const kind = kindOf(this.#lambdas[lambda]!.registers[rd] ?? "i");
    target.code.call(this.#skipped[kind]).local_set(target.local(rd));
  }

  #pay(target: Target, units: number, lambda: number, place: number): void {
    const { code } = target;
    const short = () => code.global_get(this.fuel).i32_const(units).op("i32.lt_s");
    code.block();
    const end = code.depth;
    short().if().loop();
    const again = code.depth;
    this.#asked(
      target,
      lambda,
      place,
      () => code.i32_const(Trap.fuel),
      () => code.i32_const(0),
    );
    code.br_if(code.depth - end);
    short().br_if(code.depth - again);
    code.op("end").op("end");
    code.global_get(this.fuel).i32_const(units).op("i32.sub").global_set(this.fuel).op("end");
  }

  #overflowing(target: Target, insn: Extract<ImageInsn, { op: "aluo" }>, lambda: number, place: number): void {
    const { code, locals, local } = target;
    const exact = locals.scratch("i64");
    push(target, "i32", { reg: insn.rs1 });
    code.op("i64.extend_i32_s");
    push(target, "i32", insn.second);
    code.op("i64.extend_i32_s").op(`i64.${insn.alu}`).local_tee(exact);
    code.local_get(exact).op("i32.wrap_i64").op("i64.extend_i32_s").op("i64.ne").if().loop();
    const again = code.depth;
    this.#asked(
      target,
      lambda,
      place,
      () => code.i32_const(Trap.overflow),
      () => code.i32_const(0),
    );
    code
      .op("i32.eqz")
      .br_if(code.depth - again)
      .op("end");
    this.#skip(target, insn.rd, lambda);
    code.op("else").local_get(exact).op("i32.wrap_i64").local_set(local(insn.rd)).op("end");
  }

  #access(target: Target, insn: Extract<ImageInsn, { op: "ldv" | "stv" }>, lambda: number, place: number): void {
    const { code, locals, local } = target;
    const [octets, right] = [OCTETS[insn.memory], insn.op === "ldv" ? READABLE : WRITABLE];
    const [address, frame] = [locals.scratch("i32", Scratch.address), locals.scratch("i32", Scratch.frame)];
    this.#page(target, insn);
    code.block();
    const end = code.depth;
    const { lastPage } = this.#keeps;
    if (lastPage) {
      // Both begin as 0: a frame without rights.
      this.#unlike(target, octets, right);
      code.if();
    }
    this.#entry(target);
    this.#wrong(target, octets, right);
    code.if().loop();
    const again = code.depth;
    const why = () => code.local_get(address).i32_const(octets).i32_const(right).call(this.#whyNot);
    this.#asked(target, lambda, place, why, () => code.local_get(address), insn.op === "stv" ? 1 : 0);
    code.if();
    if (insn.op === "ldv") this.#skip(target, insn.rd, lambda);
    code.br(code.depth - end).op("end");
    this.#wrong(target, octets, right);
    code
      .br_if(code.depth - again)
      .op("end")
      .op("end");
    if (lastPage) {
      code.local_get(locals.scratch("i32", Scratch.page)).local_set(locals.scratch("i32", Scratch.last)).op("end");
    }
    const size = 2 ** this.#facts.pageShift;
    code.local_get(frame).i32_const(-size).op("i32.and");
    code
      .local_get(address)
      .i32_const(size - 1)
      .op("i32.and")
      .op("i32.or");
    if (insn.op === "stv") storeTo(target, insn);
    else {
      loadFrom(target, insn);
      code.local_set(local(insn.rd));
    }
    code.op("end");
  }

  /** Address and page into scratch locals. */
  #page(target: Target, insn: Extract<ImageInsn, { op: "ldv" | "stv" }>): void {
    const { code, locals } = target;
    const { pageShift } = this.#facts;
    if (this.#keeps.counts) code.global_get(this.#accesses).i32_const(1).op("i32.add").global_set(this.#accesses);
    push(target, "i32", { reg: insn.base });
    push(target, "i32", insn.offset);
    code.op("i32.add").local_tee(locals.scratch("i32", Scratch.address));
    code.i32_const(pageShift).op("i32.shr_u").local_set(locals.scratch("i32", Scratch.page));
  }

  /** The place of the page's entry into a scratch local. */
  #entry({ code, locals }: Target): void {
    const { entries } = this.#facts;
    code
      .local_get(locals.scratch("i32", Scratch.page))
      .global_get(this.#salt)
      .op("i32.xor")
      .i32_const(entries - 1)
      .op("i32.and");
    code.i32_const(Math.log2(STLB_ENTRY)).op("i32.shl").local_set(locals.scratch("i32", Scratch.entry));
  }

  /** Pushes 0 where the page is that of the last access, and nothing is wrong. */
  #unlike({ code, locals }: Target, octets: number, right: number): void {
    code.local_get(locals.scratch("i32", Scratch.page)).local_get(locals.scratch("i32", Scratch.last)).op("i32.xor");
    if (octets > 1) {
      code
        .local_get(locals.scratch("i32", Scratch.address))
        .i32_const(octets - 1)
        .op("i32.and")
        .op("i32.or");
    }
    code.local_get(locals.scratch("i32", Scratch.frame)).i32_const(-1).op("i32.xor");
    code.i32_const(right).op("i32.and").op("i32.or");
  }

  /** Pushes bits of whatever is wrong, 0 where nothing is; the frame into its local. */
  #wrong({ code, locals }: Target, octets: number, right: number): void {
    const { stlb } = this.#facts;
    const entry = locals.scratch("i32", Scratch.entry);
    code.local_get(entry).load("i32.load", stlb);
    code.global_get(this.#space).local_get(locals.scratch("i32", Scratch.page)).op("i32.or").op("i32.xor");
    if (octets > 1) {
      code
        .local_get(locals.scratch("i32", Scratch.address))
        .i32_const(octets - 1)
        .op("i32.and")
        .op("i32.or");
    }
    code
      .local_get(entry)
      .load("i32.load", stlb + 4)
      .local_tee(locals.scratch("i32", Scratch.frame));
    code.i32_const(-1).op("i32.xor").i32_const(right).op("i32.and").op("i32.or");
  }
}

export function moduleOf(code: Uint8Array | WebAssembly.Module): WebAssembly.Module {
  return code instanceof Uint8Array ? new WebAssembly.Module(code) : code;
}

export function linkWasm(image: Uint8Array | WebAssembly.Module, machine: ImageMachine): LinkedImage {
  const { memory, buffer } = machine.memory;
  if (memory === undefined) throw new RangeError("image: WebAssembly needs the memory itself");
  const view = new DataView(buffer);
  const { exports } = new WebAssembly.Instance(moduleOf(image), {
    machine: {
      memory,
      whyNot: (at: number, size: number, right: number) => whyNot(view, machine, at, size, right),
      trap: (kind: ImageTrap, at: number, write: number, place: number) => machine.trap(kind, at >>> 0, write, place),
      skippedWord: () => skippedWord(machine.skipped()),
      skippedLong: () => skippedLong(machine.skipped()),
      kernel: (call: number, a: number, b: number, c: number, d: number, e: number, f: number) =>
        machine.kernel(call, a, b, c, d, e, f),
    },
  });
  return new LinkedWasm(exports, machine);
}

export type ImageTrap = Parameters<ImageMachine["trap"]>[0];

class LinkedWasm implements LinkedImage {
  readonly run: LinkedImage["run"];
  readonly #fuel: WebAssembly.Global;
  readonly #save: WebAssembly.Global;
  readonly #accesses: WebAssembly.Global;

  constructor({ run, ...globals }: Readonly<Record<string, unknown>>, { space, salt }: ImageMachine) {
    if (!isRun(run)) throw new Error("image: a module without run");
    this.run = run;
    this.#fuel = globalOf(globals, "fuel");
    this.#save = globalOf(globals, "save");
    this.#accesses = globalOf(globals, "accesses");
    globalOf(globals, "space").value = space;
    globalOf(globals, "salt").value = salt;
  }

  get fuel(): number {
    return Number(this.#fuel.value);
  }

  set fuel(units: number) {
    this.#fuel.value = units;
  }

  get save(): number {
    return Number(this.#save.value);
  }

  set save(address: number) {
    this.#save.value = address;
  }

  get accesses(): number {
    return Number(this.#accesses.value);
  }
}

function isRun(value: unknown): value is LinkedImage["run"] {
  return typeof value === "function";
}

export function globalOf(globals: Readonly<Record<string, unknown>>, name: string): WebAssembly.Global {
  const global = globals[name];
  if (!isGlobal(global)) throw new Error(`image: a module without ${name}`);
  return global;
}
