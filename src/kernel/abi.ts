/**
 * The kernel's interface, version 3: everything that a library OS may know of the kernel. Types and layouts only. The
 * numbers of the machine (ring size, page size) are asked of it and never assumed: see MachineFacts. What the control plane
 * may ask stands in calls.ts.
 */
import type { Target } from "../dpf/target.js";

export const ABI_VERSION = 3;

export * from "./abi-downloaded.js";

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
  /** Slices in the CPU's vector, and units of fuel in each. */
  readonly slices: number;
  readonly sliceFuel: number;
  /** What runs the merged filter program, and what runs beside it for comparison. */
  readonly target: Target;
  readonly shadow: Target | null;
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
  /** Wakes by handlers, and the tag of the last; handlers of its bindings that were unbound since they were killed so often. */
  handlerWakes: 12,
  handlerTag: 13,
  handlersUnbound: 14,
  /** Calls asked, of the call ring; written by the environment, which then notifies waiters on `tail`. */
  callHead: 16,
  /** Calls answered; written by the kernel. */
  callTail: 17,
  /**
   * Entries before this cursor are the kernel's: given back, or taken by force, and then `tail` may lag behind it. Written by
   * the kernel alone; an environment that finds it beyond its tail goes on from here.
   */
  floor: 18,
  /** What the kernel asks for: REVOCATION_WORDS for each of RESOURCES (see RevocationWord). */
  revocations: 32,
} as const;

/**
 * A transmit ring: a box of words, then entries, in pages of the environment's own, behind which lie octets for frames. The
 * environment fills entry `head` and then advances `head`; the kernel looks at the ring at batch boundaries, takes a copy of each frame, judges
 * the copy, and advances `tail`: from then on entry and octets are the environment's again. Cursors count from 0 and wrap at 2^32.
 */
export const TRANSMIT_ENTRY_WORDS = 8;
export const TransmitEntry = {
  /** Physical address of the frame: all of it in pages that the environment owns. */
  address: 0,
  /** Octets. */
  length: 1,
  /** The port by which it leaves. */
  port: 2,
  /** Handle of a capability with the right to transmit. */
  capability: 3,
  /** The environment's own number for it, told again where it is refused. */
  sequence: 4,
} as const;

export const TRANSMIT_BOX_WORDS = 16;
export const TransmitBox = {
  /** Written by the environment. */
  head: 0,
  /** Written by the kernel, as all below; it never reads them back. */
  tail: 1,
  sent: 2,
  refused: 3,
  /** Of the last frame that was refused: the error's number (errorNumber of kerrno.ts; 0: none was), and the frame's. */
  error: 4,
  sequence: 5,
} as const;

/** Where a hosted environment's transmit ring is, and under which capability it sends. */
export interface TransmitStart {
  /** Physical addresses of the box and of the octets for frames; entries follow the box. */
  readonly box: number;
  readonly buffers: number;
  /** A power of two. */
  readonly entries: number;
  /** Octets for frames. */
  readonly octets: number;
  readonly mostFrameOctets: number;
  readonly capability: number;
}

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
  /** Physical address of the page with call ring and repossession vector. */
  readonly calls: number;
  /** Physical addresses of the first segment, and of the words in which the generation of each can be read. */
  readonly segments: number;
  readonly generations: number;
  readonly machine: MachineFacts;
  /** Absent: it may not send. */
  readonly transmit?: TransmitStart;
}

export type BindingMode = "claim" | "tap";

/** Rights that a capability carries; what each allows is said at the call that asks for it. */
export type Right =
  | "observe"
  | "store"
  | "replay"
  | "bind"
  | "priority"
  | "create"
  | "grant"
  | "allocate"
  | "transmit"
  | "handler";

// --- what hosted environments ask of the kernel, and the kernel of them ---

/**
 * The page after the mailbox begins with the call ring: CALL_SLOTS slots of CALL_SLOT_WORDS words. The environment fills
 * slot `callHead & (CALL_SLOTS - 1)`, sets its state to `asked`, and moves `callHead`; the kernel does what is asked at the
 * next batch boundary, by environment number and then in order, writes its answer into the slot, sets the state to
 * `answered`, and notifies waiters on it.
 */
export const CALL_SLOTS = 16;
export const CALL_SLOT_WORDS = 32;
/** Words of arguments or results in a slot. */
export const CALL_WORDS = 24;
export const CallSlot = {
  state: 0,
  /** Cursor of the call, from 0, modulo 2^32. */
  sequence: 1,
  /** One of HostedCall. */
  call: 2,
  /** Of the capability that allows it; 0 where the call needs none. */
  handle: 3,
  /** Words in use: of arguments when asked, of results when answered. */
  count: 4,
  /** Number of the error (kerrno.ts), 0 without. */
  error: 5,
  words: 8,
} as const;
export const CallState = { free: 0, asked: 1, answered: 2 } as const;

export const HostedCall = {
  /**
   * count, first (-1: any) → first. Pages in a row, zeroed. By handle 0 up to a quarter of the machine's, more needs `allocate`.
   * E_NO_MEMORY: that many in a row are not free now. Where that many are not free at all, the biggest holder has been asked for some
   * when the error is read: to be had when its deadline is over, if nobody is quicker.
   */
  allocate: 1,
  /** page … → how many. Up to the first that is not the caller's to give. */
  free: 2,
  /** environment, READABLE | WRITABLE, page … : sets what it may do, exactly. By handle 0, or one with `allocate`. */
  share: 3,
  /** environment, page … */
  unshare: 4,
  /** page … : nobody but the owner has access any more, and the page has another generation. */
  relock: 5,
  /** → page size, pages, free pages, segment size, segments, entries of the packet ring. */
  facts: 6,
  /** Resource, name … → how many are still asked for. Pages and bindings by name; packets go back by the tail. */
  answer: 7,
  /** from → pages of the caller's own, from this physical name on, ascending; fewer than CALL_WORDS: there are no more. */
  pages: 8,
  /** page … : the contents of pages that are taken by force are saved in these, in order; takes the place of those before. */
  saveIn: 9,
  /** page → owner (-1: free), generation, guaranteed, readers low, high, writers low, high: bits by environment number. */
  pageBook: 10,
  /** segment → generation, environments that hold it: bits low, high. */
  segmentBook: 11,
} as const;

export { READABLE, WRITABLE } from "../vcode/page-rights.js";

/** What can be asked back, in order of their numbers. */
export const RESOURCES = ["pages", "packets", "slices", "bindings"] as const;
export type ResourceName = (typeof RESOURCES)[number];
export const Resource = { pages: 0, packets: 1, slices: 2, bindings: 3 } as const;

/** Of each resource, at Mailbox.revocations + number × REVOCATION_WORDS; written by the kernel, `sequence` last. */
export const REVOCATION_WORDS = 4;
export const RevocationWord = {
  /** Another number is another request; 0: there was none yet. */
  sequence: 0,
  /** How many are still asked for; 0: none, it is over. Packets are counted in segments. */
  count: 1,
  deadlineMs: 2,
  /** Packets: the tail must come to this cursor. */
  cursor: 3,
} as const;

/**
 * The repossession vector (SOSP'95 §3.4): what was taken by force. Its first word counts the entries ever written, entry i
 * lies at `VECTOR_HEADER_WORDS + (i & (VECTOR_ENTRIES - 1)) * VECTOR_ENTRY_WORDS`; older ones are overwritten.
 */
export const VECTOR_AT = CALL_SLOTS * CALL_SLOT_WORDS * 4;
export const VECTOR_ENTRIES = 64;
export const VECTOR_HEADER_WORDS = 4;
export const VECTOR_ENTRY_WORDS = 4;
export const VectorEntry = {
  /** One of Resource. */
  resource: 0,
  /** Physical name of the first: page, segment, slice, binding slot. */
  name: 1,
  /** How many names in a row. */
  count: 2,
  /** Pages: the first page of those in which the contents were saved, in a row; else -1. */
  saved: 3,
} as const;

/** An entry of the repossession vector. */
export interface Loss {
  readonly resource: ResourceName;
  readonly name: number;
  readonly count: number;
  readonly saved: number | null;
}
