/**
 * Calls of the control plane, which is an environment too: arguments, results, and what is told of what there is. Each is made
 * with the caller's capability; the right that it needs stands in the table of the kernel's front door. Types only.
 */
import type { Filter } from "../dpf/atom.js";
import type { Target } from "../dpf/target.js";
import type { LaneCounts, WireOptions } from "../nic/lane.js";
import type { BindingMode, HostedStart, Loss, ResourceName, Right } from "./abi.js";
import type { Budget } from "./budget.js";
import type { CallsOnHandlers } from "./calls-on-handlers.js";
import type { Level } from "./events.js";
import type { KernelError } from "./kerrno.js";

/** What an environment is: a library OS in a worker, verified code that the kernel runs, or a counter of what it gets. */
export type EnvironmentKind = "hosted" | "downloaded" | "counting";

/** How an activation ended. */
export interface ActivationEnd {
  /** Fuel, of what it was given; what ran on it inside of calls is part of it. */
  readonly used: number;
  /** Killed: out of fuel, or a machine check, which destroys the environment. Abandoned: by itself, or nested too deeply. */
  readonly ended: "done" | "killed" | "abandoned";
  /** What the entry gave back; 0 where it did not. */
  readonly value: number;
}

/** The octets of a packet, which the activation that it is for may read. */
export interface PacketRegion {
  /** Physical. */
  readonly address: number;
  readonly octets: number;
}

/**
 * Runs an environment's entry to its end. Fuel: 1 unit is 1 instruction of VCODE; at most 2^31 - 1. How it ended is to be read at once:
 * the next activation of the environment writes it into the same object.
 */
export type Activation = (
  environment: number,
  cause: number,
  fuel: number,
  message: readonly number[],
  packet?: PacketRegion,
) => ActivationEnd;

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
  /** What handlers bound in its name may have at most; null: as much as there can be. */
  readonly budget: Budget | null;
  /** The environment that it was granted to. */
  readonly environment: number | null;
}

/** What a capability is to have; absent frames, and an absent budget, are those of the one that it is made from. */
export interface WantedRights {
  readonly rights: readonly Right[];
  /** ms since 1970; 0 is never. */
  readonly expires: number;
  readonly frames?: readonly number[] | undefined;
  readonly budget?: Budget | undefined;
}

/** Calls: arguments, result, and the right each needs. Errors are those of kerrno.ts. */
export interface Calls extends CallsOnHandlers {
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
      /** Of the CPU, to a downloaded one: 1 unless said, where so many are free; with 0 it is not run until it is given one. */
      slices?: number;
    };
    result: { environment: number; start: HostedStart | undefined };
  };
  /**
   * Runs the entry of a downloaded environment once, between two batches. At most seven words of message. Calls, returns,
   * exceptions, epochs and what became of changes are the kernel's alone to say.
   */
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
  /**
   * All of these or none; cannot be refused where there are the bindings. `until`: the last packet that they saw, and what they had
   * matched by then, together. E_NO_BINDING, E_CAPABILITY_OWNER.
   */
  unbind: { args: { bindings: readonly number[] }; result: { until: PacketPlace; packets: number; octets: number } };
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
  target: { args: { target: Target; shadow: Target | null }; result: Record<never, never> };
  /** Whether nodes of the trie are counted as they are entered; takes effect at a batch boundary. */
  heat: { args: { on: boolean }; result: Record<never, never> };
  /** Events of these levels are told, and of no others. */
  trace: { args: { levels: readonly Level[] }; result: Record<never, never> };
  /**
   * A wire has two ends, each a port: what is sent to one arrives at the other; a hairpin has one. A file has one. Takes effect at once. It is
   * the caller's, whose path may end it, or its owner's, at or below the caller's path. E_CAPABILITY_OWNER, E_TOO_MANY.
   */
  createPort: { args: NewPort; result: { ports: readonly number[] } };
  /** What is in flight on it never arrives. E_NO_PORT, E_CAPABILITY_OWNER. */
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
  /** The vector of slices: units of fuel in each, the position that is next, and the owner of each by position. */
  slices: { args: Record<never, never>; result: SlicesView };
  /** Gives a downloaded environment this slice. E_ARGUMENT, E_SLICE_TAKEN, E_NOT_DOWNLOADED. */
  allocateSlice: { args: { environment: number; position: number }; result: SlicesView };
  /** E_ARGUMENT, E_SLICE_OWNER. */
  releaseSlice: { args: { environment: number; position: number }; result: SlicesView };
  /** The book of pages, from a physical name on; with an owner, of those that this environment owns. */
  pageBook: {
    args: { from: number; limit: number; owner?: number };
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
      readonly owner?: readonly string[];
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

export interface SlicesView {
  /** Units of fuel. */
  readonly length: number;
  /** Position of the slice that is next. */
  readonly hand: number;
  /** By position: an environment, or null. */
  readonly slices: readonly (number | null)[];
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
