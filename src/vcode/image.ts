/**
 * Images: VCODE of downloaded environments, which addresses its environment's memory by virtual address, through the
 * software TLB, and runs as activations. What its kernel and the targets agree on stands here.
 *
 * The entry, lambda 0, has `regions: ["packet"]` and the parameters
 *
 *   packet (p), octets (i)     the message that the activation is about; no octets where it is about none
 *   cause (i), m1 … m7 (i)     why it was activated (the kernel's numbers), and the message's registers
 *
 * and gives back a word. All activations of an environment begin there.
 *
 * A virtual load or store takes a word, its low bits an offset in a page. It must be a multiple of its size (else: unaligned),
 * so none crosses a page. Translation, in line, with `page = address >>> pageShift`:
 *
 *   entry = stlb + ((page ^ salt) & (entries - 1)) * 8      two words: tag, frame
 *   tag   = space | page                                    else: page fault
 *   frame = physical address of the page | rights           READABLE for a load, WRITABLE for a store, else: protection
 */
import type { RunMemory, TargetName } from "./target.js";

export const ENTRY_PARAMETERS = 10;
/** Octets of an entry of the software TLB. */
export const STLB_ENTRY = 8;
export const READABLE = 1;
export const WRITABLE = 2;

/** Why an instruction could not be done. `fuel`: v_fuel found too little left. */
export const Trap = { pageFault: 1, protection: 2, unaligned: 3, overflow: 4, fuel: 5 } as const;
export type TrapKind = (typeof Trap)[keyof typeof Trap];

/** What trap() gives back. To abandon the activation it throws; nothing of it is left, and stores stay done. */
export const TrapAnswer = { retry: 0, skip: 1 } as const;

/** Registers of the lambda that trapped which are saved, from 0 on; each as 8 octets, words with their sign. */
export const SAVED_REGISTERS = 32;
export const SAVE_OCTETS = SAVED_REGISTERS * 8;

/** What an image runs on. Addresses are physical. */
export interface ImageMachine {
  readonly memory: RunMemory;
  readonly stlb: number;
  /** A power of two. */
  readonly entries: number;
  /** Binary logarithm of the page size, from 12 on. */
  readonly pageShift: number;
  readonly space: number;
  readonly salt: number;
  /**
   * `address`: the virtual one, 0 for overflow and fuel. `write`: 1 for a store. `place`: lambda << 20 | index of the instruction. The registers
   * lie saved at `save` of the linked image. May run the image again. Throws to abandon.
   */
  trap(kind: TrapKind, address: number, write: number, place: number): number;
  /** After trap() gave back `skip`: what the instruction's register gets; nothing of a store is done, a v_fuel pays nothing. */
  skipped(): number;
  /** A call of the kernel: the primitive `kernel`. May run the image again, or another. Throws to abandon. */
  kernel(call: number, a: number, b: number, c: number, d: number, e: number, f: number): number;
}

/** What a target made of an image: plain data, made in one thread and linked in another. */
export interface EmittedImage {
  readonly target: TargetName;
  /** JavaScript's text, WebAssembly's octets, or the program itself. */
  readonly code: unknown;
  readonly instructions: number;
  readonly octets: number;
}

export interface LinkedImage {
  /** Runs the entry. Fuel is not set by it. What the machine throws comes through. */
  run(packet: number, octets: number, cause: number, ...message: readonly number[]): number;
  fuel: number;
  /** Physical address, a multiple of 8, where the next trap saves registers. */
  save: number;
  /** Virtual loads and stores that were translated or trapped, modulo 2^32. */
  readonly accesses: number;
}
