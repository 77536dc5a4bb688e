/**
 * Images: VCODE of downloaded environments, which addresses its environment's memory by virtual address, through the
 * software TLB, and runs as activations. What its kernel and the targets agree on stands here; image-target.ts makes them.
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
 *
 * Where several reasons hold, the one told is the first of unaligned, page fault, protection. An entry whose frame lies outside of
 * physical memory, and a save area that does, are a machine check: the kernel makes none, but if somebody scribbled over
 * them a RangeError or WebAssembly.RuntimeError comes out of run(), and nothing outside is touched.
 *
 * Where trap() answers retry, the instruction is tried again and may trap again: whoever answers so for ever runs for ever.
 * Arithmetic that overflowed overflows again.
 */
import type { Immediate } from "./insn.js";
import type { RunMemory, TargetName } from "./target.js";
import type { Verified } from "./verify.js";

export const ENTRY_PARAMETERS = 10;
/** Octets of an entry of the software TLB. */
export const STLB_ENTRY = 8;
export { READABLE, WRITABLE } from "./page-rights.js";

/** Why an instruction could not be done. `fuel`: v_fuel found too little left. */
export const Trap = { pageFault: 1, protection: 2, unaligned: 3, overflow: 4, fuel: 5 } as const;
export type TrapKind = (typeof Trap)[keyof typeof Trap];

/** What trap() gives back; anything but `skip` is `retry`. To abandon the activation it throws; nothing of it is left, and stores stay done. */
export const TrapAnswer = { retry: 0, skip: 1 } as const;

/** Registers of the lambda that trapped which are saved, from 0 on; each as 8 octets, words with their sign; those that it has not as 0. */
export const SAVED_REGISTERS = 32;
export const SAVE_OCTETS = SAVED_REGISTERS * 8;

/** What of a machine code is generated for: an image runs on machines alone that are so. */
export interface ImageFacts {
  /** Physical address of the software TLB, a multiple of 8. */
  readonly stlb: number;
  /** A power of two. */
  readonly entries: number;
  /** Binary logarithm of the page size, from 12 on. */
  readonly pageShift: number;
}

/** What an image runs on. Addresses are physical. */
export interface ImageMachine extends ImageFacts {
  readonly memory: RunMemory;
  /** Words; neither changes while an image is linked. */
  readonly space: number;
  readonly salt: number;
  /**
   * `address`: the virtual one, unsigned, 0 for overflow and fuel. `write`: 1 for a store. `place`: lambda << 20 | index of the instruction. The registers
   * lie saved at `save` of the linked image. May run the image again. Throws to abandon.
   */
  trap(kind: TrapKind, address: number, write: number, place: number): number;
  /**
   * After trap() gave back `skip`: what the instruction's register gets. A long takes a number for a word that it extends by
   * the sign, a word the low bits of a bigint. Not asked of a store, nothing of which is done, nor of a v_fuel, which pays nothing.
   */
  skipped(): Immediate;
  /** A call of the kernel: the primitive `kernel`. May run the image again, or another. Throws to abandon. */
  kernel(call: number, a: number, b: number, c: number, d: number, e: number, f: number): number;
}

/** What a target made of an image: plain data, made in one thread and linked in another. */
export type EmittedImage = EmittedCode & {
  readonly facts: ImageFacts;
  readonly instructions: number;
  readonly octets: number;
};

/** JavaScript's text, WebAssembly's octets or the module compiled of them, or the program itself. */
export type EmittedCode =
  | { readonly target: Extract<TargetName, "js">; readonly code: string }
  | { readonly target: Extract<TargetName, "wasm">; readonly code: Uint8Array | WebAssembly.Module }
  | { readonly target: Extract<TargetName, "interpreter">; readonly code: Verified };

export interface LinkedImage {
  /** Runs the entry; words that are left out are 0. Fuel is not set by it. What the machine throws comes through. */
  run(packet: number, octets: number, cause: number, ...message: readonly number[]): number;
  /** Units that are left, a word, not negative. Whoever runs the image, and its traps, may set it. */
  fuel: number;
  /** Physical address, a multiple of 8, where the next trap saves registers. */
  save: number;
  /** Virtual loads and stores that were translated or trapped, each once, modulo 2^32 with a sign. */
  readonly accesses: number;
  /** Simulated cycles (cost.ts) so far, where the interpreter runs. */
  readonly cycles?: number;
}
