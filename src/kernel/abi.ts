/**
 * The kernel's interface, version 1: everything that an environment (a library OS, or the control
 * plane, which is one too) may know of the kernel. Types and layouts only. The numbers of the
 * machine (ring size, page size) are asked of it and never assumed: see MachineFacts.
 */
import type { Filter } from "../dpf/atom.js";
import type { LaneCounts, WireOptions } from "../nic/lane.js";
import type { Level } from "./events.js";
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
export type Right = "observe" | "store" | "replay" | "bind" | "priority" | "create" | "grant" | "allocate" | "transmit";

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
  /** Serial of the capability, the caller's or one below it, in whose name it is made and with which it ends; else the caller's. */
  readonly under?: string;
}

/** What anybody above it may know of a capability: all but the text that has its rights. */
export interface CapabilityView {
  readonly serial: string;
  /** How often it has been weakened. */
  readonly version: number;
  /** Its names, joined by slashes. */
  readonly path: string;
  readonly rights: readonly Right[];
  /** ms since 1970; 0 is never. */
  readonly expires: number;
  /** A filter in words (dpf/packed.ts); null: all frames. */
  readonly frames: readonly number[] | null;
  /** The environment that it was granted to. */
  readonly environment: number | null;
}

/** What a capability is to have; absent frames are those of the one that it is made from. */
export interface WantedRights {
  readonly rights: readonly Right[];
  /** ms since 1970; 0 is never. */
  readonly expires: number;
  readonly frames?: readonly number[] | undefined;
}

/** Calls: arguments, result, and the right each needs. Errors are those of kerrno.ts. */
export interface Calls {
  createEnvironment: {
    /**
     * A program of "" is an environment without a worker: what it gets is counted, then released. "vcode" is a downloaded
     * environment of `code`, VCODE's text: E_IMAGE where it is none that may run.
     */
    args: {
      name: string;
      program: string;
      options: Readonly<Record<string, unknown>>;
      code?: string;
      /** Path, the caller's or one below it, that is to have authority over it; else the caller's. */
      owner?: readonly string[];
      /** A capability with the right to transmit: the environment sends under it. */
      transmit?: string;
    };
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
  /** Events of these levels are told, and of no others. */
  trace: { args: { levels: readonly Level[] }; result: Record<never, never> };
  /** A wire has two ends, each a port: what is sent to one arrives at the other; a hairpin has one. A file has one. Takes effect at once. */
  createPort: { args: NewPort; result: { ports: readonly number[] } };
  /** What is in flight on it never arrives. */
  destroyPort: { args: { name: string }; result: Record<never, never> };
  ports: { args: Record<never, never>; result: { ports: readonly PortView[] } };
  /** How often these nodes were entered. */
  heatOf: { args: { nodes: readonly number[] }; result: { on: boolean; counts: readonly number[] } };
  /** The drill: asks the environment for so many, as pressure does; `count` is cut to what it holds. Does not wait. */
  reclaim: {
    args: { environment: number; resource: ResourceName; count: number; deadlineMs: number };
    result: RevocationView;
  };
  /** The last request for each resource, and what stands in the repossession vector, oldest first. */
  revocations: {
    args: { environment: number };
    result: { requests: readonly RevocationView[]; vector: readonly Loss[] };
  };
  /** The book of pages, from a physical name on. */
  pageBook: {
    args: { from: number; limit: number };
    result: { total: number; free: number; pages: readonly PageView[] };
  };
  segmentBook: { args: Record<never, never>; result: { segments: readonly SegmentView[] } };
  /** Is the capability one that holds? What it is. */
  present: { args: Record<never, never>; result: CapabilityView };
  /** Those at or below the caller's. */
  capabilities: { args: Record<never, never>; result: { capabilities: readonly CapabilityView[] } };
  /** One that is weaker than the caller's, or as strong, below it. The text is told here only. */
  derive: {
    args: WantedRights & { name: string };
    result: { text: string; capability: CapabilityView };
  };
  /** The same, for an environment: it gets a handle, and the capability ends with it. */
  grant: {
    args: WantedRights & { name: string; environment: number };
    result: { handle: number; capability: CapabilityView };
  };
  /**
   * One at or below the caller's, by serial or path, has less from now on: its old text is refused, and what below it
   * would be stronger is revoked.
   */
  weaken: {
    args: WantedRights & { of: string };
    result: { text: string; capability: CapabilityView; ended: number; bindings: number };
  };
  /** One at or below the caller's, by serial or path, and all below it end, and the bindings made under them. How many. */
  revoke: { args: { of: string }; result: { ended: number; bindings: number } };
}

export type CallName = keyof Calls;

export type NewPort =
  | {
      readonly kind: "wire";
      readonly name: string;
      readonly options: WireOptions;
      readonly hairpin: boolean;
      /** LINKTYPE_ number of the frames that are sent to it. */
      readonly linkType: number;
    }
  | { readonly kind: "file"; readonly name: string; readonly path: string; readonly linkType: number };

/** A port that was made, and what went through each of its ends. */
export interface PortView {
  readonly name: string;
  readonly kind: "wire" | "file";
  readonly linkType: number;
  readonly options: WireOptions | null;
  readonly ends: readonly PortEnd[];
  /** Of a file that can no longer be written: why. */
  readonly error: string | null;
}

export interface PortEnd {
  readonly port: number;
  /** Frames that were sent to it and not refused; of a wire also what became of them. */
  readonly sent: number;
  readonly sentOctets: number;
  /** By cause. */
  readonly refused: Readonly<Record<string, number>>;
  readonly inFlight: number;
  /** Of a file: frames that are in it. */
  readonly written: number | null;
  readonly wire: LaneCounts | null;
}

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

/** An entry of the repossession vector. */
export interface Loss {
  readonly resource: ResourceName;
  readonly name: number;
  readonly count: number;
  readonly saved: number | null;
}

/** How far a request has come. `answered`: all was given; `forced`: what was not given in time was taken. */
export interface RevocationView {
  readonly sequence: number;
  readonly resource: ResourceName;
  readonly count: number;
  readonly deadlineMs: number;
  readonly state: "asked" | "answered" | "forced";
  readonly given: number;
  readonly taken: number;
  /** The environment answered when it was over. */
  readonly late: boolean;
}

/** `owner`: an environment, or null; `use` says whose it is then. Readers and writers: who else may. */
export interface PageView {
  readonly page: number;
  readonly owner: number | null;
  readonly use: "free" | "environment" | "packets" | "kernel";
  readonly readers: readonly number[];
  readonly writers: readonly number[];
  /** Is never taken by force. */
  readonly guaranteed: boolean;
}

export interface SegmentView {
  readonly segment: number;
  readonly generation: number;
  /** Ports and environments that hold it. */
  readonly holds: number;
  readonly environments: readonly number[];
}
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
