/**
 * Running a verified program by itself on any target, with the same outcome on each: what v_ret gives back, what is
 * stored, and the fuel that is left. (The data plane puts programs into loops of its own instead: emitJs, emitWasm.)
 * Programs that call primitives are not for here.
 */
import { isLong, long, word } from "./compute.js";
import { type Immediate, instructionsOf, type Lambda } from "./insn.js";
import { Interpreter, type Outcome } from "./interp.js";
import { emitJs, instantiate } from "./js.js";
import { printProgram } from "./print.js";
import type { StructureLimits } from "./structure.js";
import type { Verified } from "./verify.js";
import { defineRun, emitWasm } from "./wasm.js";
import { Module } from "./wasm-module.js";

export const TARGETS = ["interpreter", "js", "wasm"] as const;
export type TargetName = (typeof TARGETS)[number];

/** What addresses point into. WebAssembly needs the memory itself, the others only its octets. */
export interface RunMemory {
  readonly buffer: SharedArrayBuffer;
  readonly memory?: WebAssembly.Memory;
}

export interface Statistics {
  readonly instructions: number;
  /** Of what was generated: text, or a module; of the listing, where the interpreter runs. */
  readonly octets: number;
  /** What generating it took, where a clock was given. */
  readonly milliseconds: number | undefined;
}

export interface Runnable {
  /** The arguments are the entry's, longs as bigint; fuel is an int32, not negative. */
  run(args: readonly Immediate[], fuel: number): Outcome;
  readonly statistics: Statistics;
}

export interface CompileOptions {
  /** Milliseconds, for the statistics. */
  readonly clock?: () => number;
  /** Below what is sensible, so that tests see small programs cut. */
  readonly nesting?: number;
  readonly size?: number;
}

type Made = Pick<Runnable, "run"> & { readonly octets: number };
type Make = (program: Verified, memory: RunMemory, limits: StructureLimits) => Made;

export function compile(
  program: Verified,
  target: TargetName,
  memory: RunMemory,
  { clock, ...limits }: CompileOptions = {},
): Runnable {
  const before = clock?.();
  const { run, octets } = MAKE[target](program, memory, limits);
  const after = clock?.();
  const milliseconds = before === undefined || after === undefined ? undefined : after - before;
  return { run, statistics: { instructions: instructionsOf(program), octets, milliseconds } };
}

const MAKE: Readonly<Record<TargetName, Make>> = {
  interpreter: interpreted,
  js: compiledJs,
  wasm: compiledWasm,
};

function interpreted(program: Verified, { buffer }: RunMemory): Made {
  const interpreter = new Interpreter(program, new DataView(buffer));
  return { octets: printProgram(program).length, run: (args, fuel) => interpreter.run(args, fuel) };
}

interface JsRun {
  readonly run: (fuel: number, args: readonly Immediate[]) => Immediate;
  readonly left: () => number;
}

/** Thrown by generated code; made once, since a stack is not wanted. */
const exhausted = new Error("fuel");

function compiledJs(program: Verified, { buffer }: RunMemory, limits: StructureLimits): Made {
  const entry = entryOf(program);
  const { prelude, functions, entry: text } = emitJs(program, {}, limits);
  const source = [
    '"use strict";',
    "const { view, exhausted } = environment;",
    prelude,
    ...functions,
    "function run(units, args) {",
    text.locals,
    ...Array.from({ length: entry.parameters }, (_, register) => `r${register} = args[${register}];`),
    "fuel = units;",
    text.body,
    "return v_ret;",
    "}",
    "return { run, left: () => fuel };",
  ].join("\n");
  const { run, left } = instantiate<object, JsRun>(source, { view: new DataView(buffer), exhausted });
  return {
    octets: source.length,
    run: (args, fuel) => {
      try {
        const value = run(fuel, argumentsOf(entry, args));
        return { ok: true, value, fuel: left() };
      } catch (error) {
        if (error !== exhausted) throw error;
        return { ok: false, fault: "fuel", fuel: left() };
      }
    },
  };
}

const PAGE = 65_536;

/** A module with one function, `run`, and globals for what it leaves behind. */
export function wasmModule(program: Verified, octets: number, limits: StructureLimits = {}): Uint8Array {
  const entry = entryOf(program);
  const pages = Math.floor(octets / PAGE);
  const module = new Module({ module: "machine", name: "memory", initial: pages, maximum: pages, shared: true });
  const emitted = emitWasm(program, {}, module, limits);
  defineRun(module, entry, emitted);
  module.exportGlobal("fault", emitted.fault);
  return module.octets();
}

function compiledWasm(program: Verified, { buffer, memory }: RunMemory, limits: StructureLimits): Made {
  if (memory === undefined) throw new RangeError("compile: WebAssembly needs the memory itself");
  const entry = entryOf(program);
  const octets = wasmModule(program, buffer.byteLength, limits);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(octets), { machine: { memory } });
  const { run, fuel, fault } = instance.exports;
  if (typeof run !== "function" || !isGlobal(fuel) || !isGlobal(fault))
    throw new Error("compile: a module without run");
  return {
    octets: octets.length,
    run: (args, units) => {
      fuel.value = units;
      fault.value = 0;
      try {
        const value: Immediate | undefined = run(...argumentsOf(entry, args));
        return { ok: true, value: value ?? 0, fuel: Number(fuel.value) };
      } catch (error) {
        if (fault.value !== 1) throw error;
        return { ok: false, fault: "fuel", fuel: Number(fuel.value) };
      }
    },
  };
}

export function isGlobal(value: unknown): value is WebAssembly.Global {
  return value instanceof WebAssembly.Global;
}

export function entryOf(program: Verified): Lambda {
  const entry = program.lambdas[0];
  if (entry === undefined) throw new RangeError("compile: a program without an entry");
  return entry;
}

function argumentsOf(entry: Lambda, args: readonly Immediate[]): Immediate[] {
  return entry.registers.slice(0, entry.parameters).map((type, register) => {
    const value = args[register] ?? 0;
    return isLong(type) ? long(value) : word(value);
  });
}
