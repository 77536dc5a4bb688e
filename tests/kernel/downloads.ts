/** Downloaded environments without a compiler: an image is a closure that does by hand what emitted code does. */

import { DownloadedCall, type DownloadedCallName } from "../../src/kernel/abi.js";
import { Activations } from "../../src/kernel/activation.js";
import { KERNEL_ERRORS, type KernelError } from "../../src/kernel/kerrno.js";
import { Stlb } from "../../src/kernel/stlb.js";
import { Trace } from "../../src/kernel/trace.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import {
  type ImageMachine,
  type LinkedImage,
  READABLE,
  Trap,
  TrapAnswer,
  type TrapKind,
  WRITABLE,
} from "../../src/vcode/image.js";

/** What the code of a hand-made image has. */
export class HandMade {
  readonly machine: ImageMachine;
  readonly #words: Int32Array;
  accesses = 0;
  fuel = 0;
  save = 0;
  /** What the next trap saves in register 0. */
  register = 0;

  constructor(machine: ImageMachine) {
    this.machine = machine;
    this.#words = new Int32Array(machine.memory.buffer);
  }

  load(address: number): number {
    const physical = this.#translate(address, 0, READABLE);
    return physical === undefined
      ? Number(BigInt.asIntN(32, BigInt(this.machine.skipped())))
      : this.#words[physical >> 2]!;
  }

  store(address: number, word: number): void {
    const physical = this.#translate(address, 1, WRITABLE);
    if (physical !== undefined) this.#words[physical >> 2] = word;
  }

  /** v_fuel. */
  pay(units: number): void {
    while (this.fuel < units) if (this.#trap(Trap.fuel, 0, 0) === TrapAnswer.skip) return;
    this.fuel -= units;
  }

  call(name: DownloadedCallName, ...args: readonly number[]): number {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
    return this.machine.kernel(DownloadedCall[name], a, b, c, d, e, f);
  }

  /** Undefined where the instruction is left out. */
  #translate(address: number, write: number, right: number): number | undefined {
    const { stlb, entries, pageShift, space, salt } = this.machine;
    this.accesses++;
    for (;;) {
      const page = address >>> pageShift;
      const entry = (stlb + ((page ^ salt) & (entries - 1)) * 8) >> 2;
      const frame = this.#words[entry + 1]!;
      const offset = address & ((1 << pageShift) - 1);
      let kind: TrapKind | undefined;
      if ((address & 3) !== 0) kind = Trap.unaligned;
      else if (this.#words[entry] !== (space | page)) kind = Trap.pageFault;
      else if ((frame & right) === 0) kind = Trap.protection;
      if (kind === undefined) return (frame & -(1 << pageShift)) + offset;
      if (this.#trap(kind, address, write) === TrapAnswer.skip) return undefined;
    }
  }

  #trap(kind: TrapKind, address: number, write: number): number {
    this.#words[this.save >> 2] = this.register;
    return this.machine.trap(kind, address, write, 1);
  }
}

export type Entry = (cpu: HandMade, cause: number, ...message: number[]) => number;

/** 64 pages, of which the software TLB has some. */
export class Downloads {
  readonly memory: PhysicalMemory;
  readonly trace = new Trace(() => 0);
  readonly failures: string[] = [];
  readonly activations: Activations;

  constructor(stlbEntries = 64, pageSize = 4096) {
    const memory = PhysicalMemory.create(64 * pageSize, pageSize);
    this.memory = memory;
    const stlb = new Stlb(memory, stlbEntries);
    const facts = {
      abiVersion: 1,
      pageSize: memory.pageSize,
      memory: memory.octets.length,
      segmentSize: 0,
      segments: 0,
      ringEntries: 16,
      stlb: stlb.address,
      stlbEntries,
      slices: 8,
      sliceFuel: 2000,
      target: "js",
      shadow: null,
    };
    this.trace.switch(["error", "warning", "info", "debug"]);
    this.activations = new Activations(memory, stlb, facts, this.trace.tell, (environment, reason) =>
      this.failures.push(`${environment}: ${reason}`),
    );
  }

  create(environment: number, entry: Entry): HandMade {
    let cpu: HandMade | undefined;
    const made = this.activations.create(environment, (machine) => {
      cpu = new HandMade(machine);
      return linked(cpu, entry);
    });
    if (typeof made === "string" || cpu === undefined) throw new Error(String(made));
    return cpu;
  }

  run(environment: number, fuel = 100_000, cause = 1, ...message: number[]) {
    return { ...this.activations.activate(environment, cause, fuel, message) };
  }

  events(): string[] {
    return this.trace.since(0).map(({ name, fields }) => `${name} ${fields.join(" ")}`);
  }
}

function linked(cpu: HandMade, entry: Entry): LinkedImage {
  return {
    run: (_packet, _octets, cause, ...message) => entry(cpu, cause, ...message),
    get fuel() {
      return cpu.fuel;
    },
    set fuel(units) {
      cpu.fuel = units;
    },
    get save() {
      return cpu.save;
    },
    set save(address) {
      cpu.save = address;
    },
    get accesses() {
      return cpu.accesses;
    },
  };
}

const ERRORS = Object.keys(KERNEL_ERRORS) as KernelError[];

/** A word that a kernel call answered: its error, or itself. */
export function said(word: number): KernelError | number {
  return (word < 0 ? ERRORS[-word - 1] : undefined) ?? word;
}
