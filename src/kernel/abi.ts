/**
 * The kernel's interface, version 1: everything that an environment (a library OS, or the control
 * plane, which is one too) may know of the kernel. Types and layouts only. The numbers of the
 * machine (ring size, page size) are asked of it and never assumed: see MachineFacts.
 */
import type { Filter } from "../dpf/atom.js";
import type { KernelError } from "./kerrno.js";

export const ABI_VERSION = 1;

/** What an environment may ask of the machine it runs on. */
export interface MachineFacts {
  readonly abiVersion: number;
  readonly pageSize: number;
  readonly memory: number;
  readonly segmentSize: number;
  readonly segments: number;
  /** Entries of an environment's packet ring: a power of two. */
  readonly ringEntries: number;
  /** Physical address and entries of the software TLB, which all downloaded environments share. */
  readonly stlb: number;
  readonly stlbEntries: number;
  /** What runs the merged filter program, and what runs beside it for comparison. */
  readonly target: string;
  readonly shadow: string | null;
}

/**
 * A packet ring's entry: eight 32-bit words, little-endian. The kernel owns entry i while
 * `tail <= i - ringEntries`; the environment owns it, and the octets it points to, from the moment
 * `head` passes it until `tail` does. Cursors count from 0 and wrap at 2^32.
 */
export const RING_ENTRY_WORDS = 8;
export const RingEntry = {
  /** Physical address of the frame. */
  address: 0,
  captured: 1,
  wire: 2,
  /** Binding slot (low 16 bits), LINKTYPE_ number (high 16 bits). */
  binding: 3,
  timeLow: 4,
  timeHigh: 5,
  /** Number of the frame in its epoch, from 1, modulo 2^32. */
  packet: 6,
  /** Generation of the segment (low 24 bits), port (high 8 bits). */
  generation: 7,
} as const;

/** Words of an environment's mailbox, one page shared by kernel and environment. */
export const Mailbox = {
  /** Entries published; written by the kernel. */
  head: 0,
  /** Entries given back; written by the environment, which then notifies waiters on this word. */
  tail: 1,
  /** Bumped by whoever has something for the environment; the environment sleeps on it. */
  doorbell: 2,
  /** Number of the epoch that has begun; written by the kernel when the ring is drained. */
  epoch: 3,
  /** Last epoch whose beginning the environment has dealt with; it notifies waiters on this word. */
  epochSeen: 4,
  /** One of EnvironmentWord; written by the environment. */
  state: 5,
  /** Bumped by the environment whenever it looks at its ring. */
  heartbeat: 6,
} as const;

export const EnvironmentWord = { starting: 0, ready: 1, failed: 2 } as const;

/** What a hosted environment's worker is started with. */
export interface HostedStart {
  readonly environment: number;
  readonly name: string;
  readonly program: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly memory: WebAssembly.Memory;
  /** Physical addresses of the mailbox page and of the ring. */
  readonly mailbox: number;
  readonly ring: number;
  readonly machine: MachineFacts;
}

/** The program of a downloaded environment: its code comes with the call that creates it. */
export const DOWNLOADED_PROGRAM = "vcode";

/** What an environment is: a library OS in a worker, verified code that the kernel runs, or a counter of what it gets. */
export type EnvironmentKind = "hosted" | "downloaded" | "counting";

/** Why a downloaded environment's entry is called; m1 … m7 say what about. */
export const Cause = {
  start: 1,
  endOfSlice: 2,
  message: 3,
  /** m1: the environment that calls, in the kernel's writing; then its words. What the entry gives back is the call's result. */
  syncCall: 4,
  /** As syncCall; nobody waits for a result. */
  asyncCall: 5,
  /** m1 kind (Trap of vcode/image.ts), m2 virtual address, m3 1 for a store, m4 place, m5 virtual address of the saved registers. */
  exception: 6,
  revocation: 7,
  repossession: 8,
  /** m1: the tag of the product that fired, or PAGE_TAKEN. */
  wake: 9,
  /** A call that was kept has come back. m1: who kept it; m2: one of CallReturn; then the words given back. */
  syncReturn: 10,
} as const;

/**
 * What an entry that was called with Cause.exception gives back: the instruction is tried again; or is left out, and its
 * register gets what exceptionValue() was told, else 0; or nothing more of the activation is done. Any other word abandons.
 */
export const ExceptionAnswer = { retry: 0, skip: 1, abandon: 2 } as const;

/**
 * The context page: the last virtual page of every downloaded environment, guaranteed, readable and writable, so that its
 * address is minus the page size. Offsets in octets.
 */
export const ContextPage = {
  /** Eight areas of 256 octets: of the trap that n handlers were at work at, in area n. */
  save: 0,
  saveAreas: 8,
  /** The repossession vector, to the end of the page. */
  repossession: 2048,
} as const;

/**
 * Calls of downloaded code, `v_scalli rd, kernel, number, a, b, c, d, e, f`. From -255 to -1 a result is an error: minus its
 * number in kerrno.ts. E_CALL: there is no such call here, or not yet.
 */
export const DownloadedCall = {
  /** null(): 0, and nothing else. */
  null: 0,
  /** self(): the caller's number. */
  self: 1,
  /** left(): fuel of this activation that is left. */
  left: 2,
  /** alloc(page, or -1 for any): the physical page, zeroed and the caller's. E_NO_PAGE, E_PAGE_TAKEN, E_NO_MEMORY. */
  alloc: 3,
  /** free(page): no mapping of it is left anywhere. E_NO_PAGE, E_PAGE_OWNER, E_PAGE_FIXED. */
  free: 4,
  /**
   * map(virtual page, physical page, rights): writes the software TLB; it may forget. Rights: READABLE, WRITABLE or both
   * (vcode/image.ts). E_ARGUMENT, E_NO_PAGE, E_PAGE_RIGHT, E_PAGE_FIXED where the virtual page is guaranteed.
   */
  map: 5,
  /** unmap(virtual page): 0. E_ARGUMENT, E_PAGE_FIXED. */
  unmap: 6,
  /** fact(one of MachineFact): of the machine. E_ARGUMENT. */
  fact: 7,
  /** counter(one of StlbCounter): of the caller's own accesses, modulo 2^31. E_ARGUMENT. */
  counter: 8,
  /** tell(a, b, c): an event of the trace, for whoever debugs the caller. */
  tell: 9,
  /**
   * exceptionValue(low, high): what the instruction gets that the handler at work will leave out: a long both words, a word the
   * low one. E_NO_EXCEPTION.
   */
  exceptionValue: 10,
  /** yield(environment, or -1 for none): the rest of the slice is another's. E_NO_ENVIRONMENT, E_SLICE_OVER. */
  yield: 11,
  /**
   * transfer(environment, m2 … m6): synchronous protected control transfer; what the callee's entry gave back. E_NO_ENVIRONMENT,
   * E_CALL_DEPTH, E_SLICE_OVER, E_CALLER_WAITS, E_CALLEE_WAITS, E_CALLEE_DIED, E_CALL_KEPT.
   */
  transfer: 12,
  /** asyncTransfer(environment, m2 … m6). E_NO_ENVIRONMENT, E_QUEUE_FULL, E_SLICE_OVER, E_CALLER_WAITS. */
  asyncTransfer: 13,
  /** giveBack(environment, m3 … m7): a call of that environment's, which was kept, comes back. E_NOT_CALLED. */
  giveBack: 14,
  /** keep(): the call that is this activation is not over when its entry ends, but when it is given back. E_NOT_CALLED. */
  keep: 15,
  /** sleep(wakeup predicate, or -1 for none): until that holds, or something is posted. E_NO_PREDICATE. */
  sleep: 16,
  /** sliceLeft(): fuel that may be used before the slice is over. */
  sliceLeft: 17,
  /** sliceAlloc(position, or ANY_SLICE; handle of a capability to allocate): the position. E_ARGUMENT, E_SLICE_TAKEN, E_NO_SLICE. */
  sliceAlloc: 18,
  /** sliceFree(position). E_ARGUMENT, E_SLICE_OWNER. */
  sliceFree: 19,
  /** sliceOwner(position): the environment, or -1. The books are open. */
  sliceOwner: 20,
  /**
   * predicate(virtual address, terms): of so many terms of four words each, tag, place in COMPARISONS, virtual address and constant;
   * those with one tag in a row are a product. Its number. E_ADDRESS, E_ARGUMENT, E_TOO_MANY.
   */
  predicate: 21,
  /** predicateFree(number). E_NO_PREDICATE. */
  predicateFree: 22,
} as const;
export type DownloadedCallName = keyof typeof DownloadedCall;

export const MachineFact = {
  abiVersion: 0,
  pageSize: 1,
  physicalPages: 2,
  stlbEntries: 3,
  ringEntries: 4,
  /** Virtual page number of the context page. */
  contextPage: 5,
  /** Fuel of a slice. */
  sliceFuel: 6,
} as const;

export const StlbCounter = { accesses: 0, hits: 1, misses: 2 } as const;

/** How an activation ended. */
export interface ActivationEnd {
  /** Fuel, of what it was given; what ran on it inside of calls is part of it. */
  readonly used: number;
  /** Killed: out of fuel, or a machine check, which destroys the environment. Abandoned: by itself, or nested too deeply. */
  readonly ended: "done" | "killed" | "abandoned";
  /** What the entry gave back; 0 where it did not. */
  readonly value: number;
}

/** Registers m1 … m7 of an activation's message. */
export const MESSAGE_REGISTERS = 7;

/** Runs an environment's entry to its end. Fuel: 1 unit is 1 instruction of VCODE; at most 2^31 - 1. */
export type Activation = (
  environment: number,
  cause: number,
  fuel: number,
  message: readonly number[],
) => ActivationEnd;

export type BindingMode = "claim" | "tap";

/** Rights that a capability carries; what each allows is said at the call that asks for it. */
export type Right = "observe" | "store" | "replay" | "bind" | "priority" | "create" | "grant";

/**
 * A file that is read directly; a file that another thread reads and feeds through a ring, since it is
 * gzipped or goes through another reader; or a stream in such a ring, which cannot go back.
 */
export type ReplaySource =
  | { readonly kind: "file"; readonly name: string; readonly path: string }
  | { readonly kind: "fed"; readonly name: string; readonly path: string; readonly reader: string }
  | { readonly kind: "stream"; readonly name: string; readonly ring: SharedArrayBuffer };

/** Where a packet is: its number in the epoch, from 1. */
export interface PacketPlace {
  readonly epoch: number;
  readonly packet: number;
}

export interface NewBinding {
  readonly name: string;
  readonly environment: number;
  readonly mode: BindingMode;
  readonly priority: number;
  readonly filter: Filter;
}

/** Calls: arguments, result, and the right each needs. Errors are those of kerrno.ts. */
export interface Calls {
  createEnvironment: {
    /**
     * A program of "" is an environment without a worker: what it gets is counted, then released. "vcode" is a downloaded
     * environment of `code`, VCODE's text: E_IMAGE where it is none that may run.
     */
    args: { name: string; program: string; options: Readonly<Record<string, unknown>>; code?: string };
    result: { environment: number; start: HostedStart | undefined };
  };
  /** Runs the entry of a downloaded environment once, between two batches. At most seven words of message. */
  activate: {
    args: { environment: number; cause: number; message: readonly number[]; fuel: number };
    result: ActivationEnd;
  };
  destroyEnvironment: { args: { environment: number }; result: Record<never, never> };
  /** Takes effect at a batch boundary; `from` is the first packet that the new binding sees. */
  bind: {
    args: NewBinding;
    result: { binding: number; from: PacketPlace };
  };
  /** Another filter for bindings, in all of them at once or in none; counters are kept. */
  rebind: { args: { bindings: readonly number[]; filter: Filter }; result: { from: PacketPlace } };
  /**
   * Many at once: these begin and those in `release` end between the same two packets, or nothing changes. New ones may
   * have the names of those that end.
   */
  exchange: {
    args: { bindings: readonly NewBinding[]; release: readonly number[] };
    result: { bindings: readonly number[]; from: PacketPlace };
  };
  /** Cannot be refused where there is the binding. `until`: the last packet that the binding saw, and what it had matched by then. */
  unbind: { args: { binding: number }; result: { until: PacketPlace; packets: number; octets: number } };
  /** Opens captures and stands paused before the first packet. Several are merged by time, each on a port of its own. */
  openReplay: { args: { sources: readonly ReplaySource[]; options: ReplayOptions }; result: Record<never, never> };
  play: { args: Record<never, never>; result: Record<never, never> };
  pause: { args: Record<never, never>; result: Record<never, never> };
  /** Lets through this many packets, then pauses. */
  step: { args: { packets: number }; result: Record<never, never> };
  /** Begins a new epoch at a packet number (from 1) or at the first packet not before a time (ns, decimal). */
  seek: { args: { packet: number } | { time: string }; result: { epoch: number } };
  speed: { args: { speed: Speed }; result: Record<never, never> };
  /** Leaves out the rest of the gap that the replay is waiting in. */
  skip: { args: Record<never, never>; result: Record<never, never> };
  stop: { args: Record<never, never>; result: Record<never, never> };
  /** Another target for the merged program, with or without a shadow; takes effect at a batch boundary. */
  target: { args: { target: string; shadow: string | null }; result: Record<never, never> };
  /** Whether nodes of the trie are counted as they are entered; takes effect at a batch boundary. */
  heat: { args: { on: boolean }; result: Record<never, never> };
  /** How often these nodes were entered. */
  heatOf: { args: { nodes: readonly number[] }; result: { on: boolean; counts: readonly number[] } };
}

export type CallName = keyof Calls;

/** A factor of capture time, or flat out. */
export type Speed = number | "max";

export interface ReplayOptions {
  readonly speed: Speed;
  /** How many times the capture is played; 0: until stopped. */
  readonly loop: number;
  /**
   * Turns with every environment, so that nothing is dropped; else a paced replay drops into full
   * rings, and counts. Flat out is lossless whatever this says.
   */
  readonly lossless: boolean;
}

export interface CallRequest<K extends CallName = CallName> {
  readonly seq: number;
  /** The caller's capability, as text (capability.ts). */
  readonly capability: string;
  readonly call: K;
  readonly args: Calls[K]["args"];
}

export type CallAnswer<K extends CallName = CallName> =
  | { readonly seq: number; readonly ok: true; readonly result: Calls[K]["result"] }
  | {
      readonly seq: number;
      readonly ok: false;
      readonly error: KernelError;
      readonly detail: string;
      /** Of several things that were asked for: which of them cannot be. */
      readonly at?: number;
    };

/** How a call that was kept has come back. */
export const CallReturn = { returned: 0, destroyed: 1 } as const;

/** In place of a slice's position: any that is free. */
export const ANY_SLICE = -1;

export const COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** The unsigned word at a virtual address, a multiple of 4, compared with a constant. */
export interface WakeupTerm {
  readonly address: number;
  readonly comparison: Comparison;
  readonly constant: number;
}

/** True where all its terms are. Its tag, from 1 to 2^31 - 1, tells the sleeper which product it was. */
export interface WakeupProduct {
  readonly tag: number;
  readonly terms: readonly WakeupTerm[];
}

/** In place of a tag: a page that the predicate reads is not the environment's any more. */
export const PAGE_TAKEN = -1;
