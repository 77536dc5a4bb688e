/**
 * The kernel's interface, version 2: everything that a library OS may know of the kernel. Types and layouts only. The
 * numbers of the machine (ring size, page size) are asked of it and never assumed: see MachineFacts. What the control plane
 * may ask stands in calls.ts.
 */
export const ABI_VERSION = 2;

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
  /** The doorbell as it was when the environment began a look, stored when all that it then found is dealt with. */
  heard: 7,
  /** 1 while the environment sleeps on the doorbell, else 0: who sleeps does not hang. */
  waiting: 8,
  /** KiB that the environment holds outside its heap, as it last measured. */
  offHeap: 9,
  /** Bumped by whoever has posted a message, before the doorbell: to look for one costs as much as many frames. */
  posted: 10,
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
  /** Of the last frame that was refused: the error's place in KERNEL_ERRORS, and the frame's number. */
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

/** The program of a downloaded environment: its code comes with the call that creates it. */
export const DOWNLOADED_PROGRAM = "vcode";

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

/** Registers m1 … m7 of an activation's message. */
export const MESSAGE_REGISTERS = 7;

export type BindingMode = "claim" | "tap";

/** Rights that a capability carries; what each allows is said at the call that asks for it. */
export type Right = "observe" | "store" | "replay" | "bind" | "priority" | "create" | "grant" | "allocate" | "transmit";

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
  /** One of EnvironmentCall. */
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

export const EnvironmentCall = {
  /** count, first (-1: any) → first. Pages in a row, zeroed. Needs `allocate`. */
  allocate: 1,
  /** page … → how many. Up to the first that is not the caller's to give. */
  free: 2,
  /** environment, PageAccess, page … : sets what it may do, exactly. Needs `allocate`. */
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

export const PageAccess = { none: 0, read: 1, write: 2, both: 3 } as const;

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

/** An entry of the repossession vector. */
export interface Loss {
  readonly resource: ResourceName;
  readonly name: number;
  readonly count: number;
  readonly saved: number | null;
}
