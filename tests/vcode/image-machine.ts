/** A machine for images: memory with a small software TLB, and a kernel that answers traps by a seeded rule and writes them down. */
import {
  type EmittedImage,
  type ImageMachine,
  type LinkedImage,
  READABLE,
  SAVE_OCTETS,
  Trap,
  TrapAnswer,
  type TrapKind,
  WRITABLE,
} from "../../src/vcode/image.js";
import { linkImage } from "../../src/vcode/image-target.js";
import type { Immediate } from "../../src/vcode/insn.js";
import type { RunMemory } from "../../src/vcode/target.js";
import { Chance } from "../seeded.js";

export const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
export const octets = new Uint8Array(memory.buffer);
export const view = new DataView(memory.buffer);

export const FACTS = { stlb: 4096, entries: 16, pageShift: 12 };
export const PAGE = 4096;
export const SPACE = 0x5a300000;
export const SALT = 6;
/** Physical: the packet, the first save area, and frames that pages may lie in. */
export const PACKET = 8192;
export const PACKET_OCTETS = 64;
export const SAVE = 12_288;
export const FRAMES = [16_384, 20_480, 24_576, 28_672, 40_960, 126_976];

const MEMORY: RunMemory = { buffer: memory.buffer, memory };

/** Thrown to abandon an activation. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

export interface Trapped {
  readonly kind: TrapKind;
  readonly address: number;
  readonly write: number;
  readonly place: number;
  readonly saved: readonly bigint[];
}

export function entryOf(page: number): number {
  return FACTS.stlb + ((page ^ SALT) & (FACTS.entries - 1)) * 8;
}

export function map(page: number, frame: number, rights: number, space = SPACE): void {
  view.setInt32(entryOf(page), space | page, true);
  view.setInt32(entryOf(page) + 4, frame | rights, true);
}

const chance = new Chance(1);
const BEGIN = Uint8Array.from(octets, () => chance.below(256)).fill(0, FACTS.stlb, FACTS.stlb + FACTS.entries * 8);

/** Nothing mapped, the rest of memory noise. */
export function reset(): void {
  octets.set(BEGIN);
}

export function savedAt(save: number): bigint[] {
  return Array.from({ length: SAVE_OCTETS / 8 }, (_, register) => view.getBigInt64(save + 8 * register, true));
}

/** Answers by `trapped`, told of each trap; abandons unless told. */
export class Kernel implements ImageMachine {
  readonly stlb = FACTS.stlb;
  readonly entries = FACTS.entries;
  readonly pageShift = FACTS.pageShift;
  readonly memory: RunMemory;
  readonly space: number;
  readonly salt: number;
  readonly image: LinkedImage;
  readonly traps: Trapped[] = [];
  readonly calls: (readonly number[])[] = [];
  skipValue: Immediate = 0;
  trapped: (trap: Trapped, kernel: Kernel) => number = () => {
    throw new Abandoned();
  };
  called: (args: readonly number[], kernel: Kernel) => number = () => 0;

  constructor(emitted: EmittedImage, { memory = MEMORY, space = SPACE, salt = SALT }: Partial<ImageMachine> = {}) {
    this.memory = memory;
    this.space = space;
    this.salt = salt;
    this.image = linkImage(emitted, this);
    this.image.save = SAVE;
  }

  trap(kind: TrapKind, address: number, write: number, place: number): number {
    const trap = { kind, address, write, place, saved: savedAt(this.image.save) };
    this.traps.push(trap);
    return this.trapped(trap, this);
  }

  skipped(): Immediate {
    return this.skipValue;
  }

  kernel(...args: readonly number[]): number {
    this.calls.push(args);
    return this.called(args, this);
  }

  /** Runs the image again in the middle of a trap or call, with a save area of its own. */
  nest(cause: number): void {
    const { save } = this.image;
    this.image.save = save + SAVE_OCTETS;
    try {
      this.image.run(PACKET, PACKET_OCTETS, cause, this.image.fuel);
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
    } finally {
      this.image.save = save;
    }
  }
}

const SKIPS: readonly Immediate[] = [
  0,
  1,
  -1,
  0x7fffffff,
  -0x80000000,
  2 ** 31,
  2n ** 63n - 1n,
  -(2n ** 63n),
  0x12345678_9abcdef0n,
];
const MOST_TRAPS = 60;
const MOST_NESTED = 3;

/** A kernel that answers anything that it may, the same for the same traps. */
export function moodyKernel(emitted: EmittedImage, seed: number): Kernel {
  const chance = new Chance(seed);
  const kernel = new Kernel(emitted);
  let depth = 0;
  const nest = () => {
    if (depth >= MOST_NESTED) return;
    depth++;
    kernel.nest(chance.below(4));
    depth--;
  };
  const mend = ({ kind, address, write }: Trapped) => {
    const page = address >>> FACTS.pageShift;
    if (kind === Trap.pageFault) map(page, chance.pick(FRAMES), chance.pick([0, READABLE, WRITABLE, 3, 3]));
    else if (kind === Trap.protection) map(page, chance.pick(FRAMES), write === 1 ? WRITABLE : READABLE);
    else if (kind === Trap.fuel) kernel.image.fuel += chance.below(12);
  };
  kernel.trapped = (trap) => {
    if (kernel.traps.length > MOST_TRAPS || chance.percent(4)) throw new Abandoned();
    if (chance.percent(10)) nest();
    kernel.skipValue = chance.pick(SKIPS);
    const mends = trap.kind !== Trap.overflow && trap.kind !== Trap.unaligned;
    if (chance.percent(mends ? 25 : 95)) return TrapAnswer.skip;
    mend(trap);
    return TrapAnswer.retry;
  };
  kernel.called = () => {
    if (kernel.calls.length > MOST_TRAPS || chance.percent(2)) throw new Abandoned();
    if (chance.percent(20)) nest();
    if (chance.percent(20)) map(chance.below(8), chance.pick(FRAMES), chance.below(4));
    return chance.pick([0, 1, -1, 4096, 0x7fffffff, 2 ** 32 - 1]);
  };
  return kernel;
}
