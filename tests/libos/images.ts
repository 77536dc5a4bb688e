/** Downloaded environments of VCODE on a processor: all of the kernel that is about them, without an appliance. */
import { Activations } from "../../src/kernel/activation.js";
import { addCpuCalls } from "../../src/kernel/cpu-calls.js";
import { OwnedPages } from "../../src/kernel/owned-pages.js";
import { Processor } from "../../src/kernel/processor.js";
import { Slices } from "../../src/kernel/slices.js";
import { Stlb } from "../../src/kernel/stlb.js";
import { Trace } from "../../src/kernel/trace.js";
import { Transfers } from "../../src/kernel/transfer.js";
import { Wakeups } from "../../src/kernel/wakeup.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { READABLE, WRITABLE } from "../../src/vcode/image.js";
import { emitImage, linkImage } from "../../src/vcode/image-target.js";
import type { Program } from "../../src/vcode/insn.js";
import type { TargetName } from "../../src/vcode/target.js";
import { verify } from "../../src/vcode/verify.js";

/** Pages of which some are everybody's, as if their owner had given everybody a capability. */
class SharedPages extends OwnedPages {
  readonly shared = new Set<number>();

  override access(environment: number, page: number): number {
    return this.shared.has(page) ? READABLE | WRITABLE : super.access(environment, page);
  }
}

export interface MachineShape {
  readonly target: TargetName;
  readonly pageSize?: number;
  readonly pages?: number;
  readonly stlbEntries?: number;
  readonly slices?: number;
  readonly length?: number;
  readonly grace?: number;
  /** Throws where the handle does not let the environment allocate slices; any does, unless told. */
  readonly mayAllocate?: (environment: number, handle: number) => void;
}

export class Machine {
  readonly memory: PhysicalMemory;
  readonly activations: Activations;
  readonly processor: Processor;
  readonly transfers: Transfers;
  readonly wakeups: Wakeups;
  readonly failures: string[] = [];
  readonly trace = new Trace(() => 0);
  readonly #target: TargetName;
  readonly #pages: SharedPages;

  constructor(shape: MachineShape) {
    const { target, pageSize = 4096, pages = 64, stlbEntries = 64 } = shape;
    const { slices = 8, length = 2000, grace = 1000, mayAllocate = () => undefined } = shape;
    const memory = PhysicalMemory.create(pages * pageSize, pageSize);
    const stlb = new Stlb(memory, stlbEntries);
    const facts = {
      abiVersion: 1,
      pageSize,
      memory: memory.octets.length,
      segmentSize: 0,
      segments: 0,
      ringEntries: 16,
      stlb: stlb.address,
      stlbEntries,
      slices: 8,
      sliceFuel: 2000,
      target,
      shadow: null,
    };
    const { tell } = this.trace;
    this.memory = memory;
    this.#target = target;
    this.#pages = new SharedPages(memory);
    this.activations = new Activations(
      memory,
      stlb,
      facts,
      tell,
      (environment, reason) => this.failures.push(`${environment}: ${reason}`),
      this.#pages,
    );
    this.processor = new Processor({
      slices: new Slices(slices, length),
      grace,
      activation: this.activations.activate,
      wakes: (environment) => this.wakeups.wakes(environment),
      destroy: (environment) => this.destroy(environment),
      tell,
    });
    const { flush } = this.#pages;
    this.#pages.flush = (page) => {
      flush(page);
      this.wakeups.takePage(page);
    };
    this.activations.runIn(this.processor);
    this.transfers = new Transfers(this.processor, tell);
    const translate = (environment: number, address: number) =>
      this.activations.virtual.translate(environment, address);
    const run = { buffer: sharedOf(memory), memory: memory.memory };
    this.wakeups = new Wakeups({ memory: run, pageSize, target, translate }, tell);
    addCpuCalls(this.activations.calls, {
      processor: this.processor,
      transfers: this.transfers,
      wakeups: this.wakeups,
      word: (environment, address) => this.activations.virtual.word(environment, address),
      mayAllocate,
    });
  }

  create(environment: number, program: Program, ...positions: number[]): void {
    const verdict = verify(program, { image: true });
    if (!verdict.ok) throw new Error(JSON.stringify(verdict.rejections[0]));
    const made = this.activations.create(environment, (machine) =>
      linkImage(emitImage(verdict.program, this.#target, machine), machine),
    );
    if (typeof made === "string") throw new Error(made);
    this.processor.admit(environment);
    for (const position of positions) this.processor.slices.allocate(environment, position);
  }

  destroy(environment: number): void {
    this.transfers.forget(environment);
    this.wakeups.forget(environment);
    this.processor.forget(environment);
    this.activations.destroy(environment);
  }

  /** The page is everybody's. */
  share(page: number): void {
    this.#pages.shared.add(page);
  }

  /** A word of a physical page. */
  word(page: number, offset: number): number {
    return this.memory.words[(page * this.memory.pageSize + offset) >> 2] ?? 0;
  }

  networkWord(page: number, offset: number): number {
    return this.memory.view.getInt32(page * this.memory.pageSize + offset);
  }

  slices(count: number): void {
    for (let turn = 0; turn < count; turn++) this.processor.turn(1);
  }
}

/** Throws where the processor's accounts do not. */
export function balanced({ processor: { accounts } }: Machine): void {
  const { given, used, forfeited, idle, overrun, owed, writtenOff } = accounts;
  if (given !== used + forfeited + idle) throw new Error(`given ${given} is not ${used} + ${forfeited} + ${idle}`);
  if (overrun !== forfeited + owed + writtenOff)
    throw new Error(`overrun ${overrun} is not ${forfeited} + ${owed} + ${writtenOff}`);
}

function sharedOf({ memory }: PhysicalMemory): SharedArrayBuffer {
  if (memory.buffer instanceof SharedArrayBuffer) return memory.buffer;
  throw new Error("memory is not shared");
}
