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
  /** The doorbell as it was when the environment began a look, stored when all that it then found is dealt with. */
  heard: 7,
  /** 1 while the environment sleeps on the doorbell, else 0: who sleeps does not hang. */
  waiting: 8,
  /** KiB that the environment holds outside its heap, as it last measured. */
  offHeap: 9,
  /** Bumped by whoever has posted a message, before the doorbell: to look for one costs as much as many frames. */
  posted: 10,
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
    /** A program of "" is an environment without a worker: what it gets is counted, then released. */
    args: { name: string; program: string; options: Readonly<Record<string, unknown>> };
    result: { environment: number; start: HostedStart | undefined };
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
