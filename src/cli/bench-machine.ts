/**
 * Downloaded environments on a processor, in this thread and without an appliance: what the rows of SOSP'95 run on. On the
 * interpreter it counts how often each part of the kernel was entered, and VCODE's cycles; elsewhere nothing is in the way.
 */
import { ABI_VERSION, Cause, DownloadedCall } from "../kernel/abi.js";
import { Activations } from "../kernel/activation.js";
import { addCpuCalls } from "../kernel/cpu-calls.js";
import { OwnedPages } from "../kernel/owned-pages.js";
import { Processor } from "../kernel/processor.js";
import { Slices } from "../kernel/slices.js";
import { Stlb } from "../kernel/stlb.js";
import { Trace } from "../kernel/trace.js";
import { Transfers } from "../kernel/transfer.js";
import { Wakeups } from "../kernel/wakeup.js";
import { PhysicalMemory } from "../machine/memory.js";
import { type ImageMachine, type LinkedImage, READABLE, Trap, WRITABLE } from "../vcode/image.js";
import { emitImage, linkImage } from "../vcode/image-target.js";
import type { Program } from "../vcode/insn.js";
import type { TargetName } from "../vcode/target.js";
import { verify } from "../vcode/verify.js";

export interface BenchShape {
  readonly target: TargetName;
  /** Fuel of a slice. */
  readonly slice: number;
  readonly pageSize?: number;
  readonly stlbEntries?: number;
}

const PAGES = 512;
const GRACE = 4096;
const SLICES = 1;

/** Names of what the kernel was entered for: its calls, kinds of traps, and activations that it began in a slice. */
export type KernelWork = keyof typeof DownloadedCall | keyof typeof Trap | "activation";

export class BenchMachine {
  readonly memory: PhysicalMemory;
  /** Since the machine was made; counted on the interpreter alone. */
  readonly entered = new Map<KernelWork, number>();
  readonly #target: TargetName;
  readonly #pages: SharedPages;
  readonly #activations: Activations;
  readonly #processor: Processor;
  readonly #images: LinkedImage[] = [];

  constructor({ target, slice, pageSize = 4096, stlbEntries = 4096 }: BenchShape) {
    const memory = PhysicalMemory.create(PAGES * pageSize, pageSize);
    const stlb = new Stlb(memory, stlbEntries);
    const { tell } = new Trace(() => 0);
    this.memory = memory;
    this.#target = target;
    this.#pages = new SharedPages(memory);
    const facts = {
      abiVersion: ABI_VERSION,
      pageSize,
      memory: memory.octets.length,
      segmentSize: 0,
      segments: 0,
      ringEntries: 0,
      stlb: stlb.address,
      stlbEntries,
      slices: SLICES,
      sliceFuel: slice,
      target,
      shadow: null,
    };
    this.#activations = new Activations(memory, stlb, facts, tell, failed, this.#pages);
    const { activate } = this.#activations;
    this.#processor = new Processor({
      slices: new Slices(SLICES, slice),
      grace: GRACE,
      activation: target === "interpreter" ? this.#counted(activate) : activate,
      wakes: () => 0,
      destroy: (environment) => failed(environment, "destroyed"),
      tell,
    });
    this.#activations.runIn(this.#processor);
    addCpuCalls(this.#activations.calls, {
      processor: this.#processor,
      transfers: new Transfers(this.#processor, tell),
      wakeups: new Wakeups({ memory: runMemory(memory), pageSize, target, translate: () => undefined }, tell),
      word: () => undefined,
      mayAllocate: () => undefined,
    });
  }

  /** Numbers from 1 on; the first has all slices. */
  create(environment: number, program: Program): void {
    const verdict = verify(program, { image: true });
    if (!verdict.ok) throw new Error(`bench: ${verdict.rejections[0]?.reason}`);
    const made = this.#activations.create(environment, (machine) => {
      const counts = this.#target === "interpreter" ? this.#counting(machine) : machine;
      const image = linkImage(emitImage(verdict.program, this.#target, machine), counts);
      this.#images.push(image);
      return image;
    });
    if (typeof made === "string") throw new Error(`bench: ${made}`);
    this.#processor.admit(environment);
    if (environment === 1) this.#processor.slices.allocate(environment, 0);
  }

  /** The page is everybody's, as if its owner had given everybody a capability. */
  share(page: number): void {
    this.#pages.shared.add(page);
  }

  /** One slice. */
  slice(): void {
    this.#processor.turn(1);
  }

  /** One slice, in which the first environment gets the message. */
  send(...message: readonly number[]): void {
    this.#processor.post(1, Cause.message, message);
    this.slice();
  }

  /** Of VCODE, since the machine was made. */
  get cycles(): number {
    return this.#images.reduce((sum, { cycles = 0 }) => sum + cycles, 0);
  }

  /** Of a physical page, in network order. */
  word(page: number, offset: number): number {
    return this.memory.view.getInt32(page * this.memory.pageSize + offset);
  }

  #count(work: KernelWork): void {
    this.entered.set(work, (this.entered.get(work) ?? 0) + 1);
  }

  #counted(activate: Activations["activate"]): Activations["activate"] {
    return (environment, cause, fuel, message) => {
      // A call's activation is part of the transfer.
      if (cause !== Cause.syncCall) this.#count("activation");
      return activate(environment, cause, fuel, message);
    };
  }

  #counting(machine: ImageMachine): ImageMachine {
    return {
      ...machine,
      trap: (kind, ...rest) => {
        this.#count(nameOf(Trap, kind));
        return machine.trap(kind, ...rest);
      },
      kernel: (call, ...rest) => {
        this.#count(nameOf(DownloadedCall, call));
        return machine.kernel(call, ...rest);
      },
    };
  }
}

class SharedPages extends OwnedPages {
  readonly shared = new Set<number>();

  override access(environment: number, page: number): number {
    return this.shared.has(page) ? READABLE | WRITABLE : super.access(environment, page);
  }
}

function failed(environment: number, reason: string): never {
  throw new Error(`bench: environment ${environment}: ${reason}`);
}

function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, number: number): Name {
  for (const name in numbers) if (numbers[name] === number) return name;
  throw new Error(`bench: nothing has the number ${number}`);
}

function runMemory({ memory }: PhysicalMemory): { buffer: SharedArrayBuffer; memory: WebAssembly.Memory } {
  if (!(memory.buffer instanceof SharedArrayBuffer)) throw new Error("bench: memory is not shared");
  return { buffer: memory.buffer, memory };
}
