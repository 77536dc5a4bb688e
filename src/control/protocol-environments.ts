/** Environments, what their activations come to, and capabilities, as they are told. */
export type { Right } from "../kernel/abi.js";

export interface Environment {
  readonly id: number;
  readonly name: string;
  /** "" is counting only: no worker. */
  readonly program: string;
  readonly kind: "hosted" | "downloaded" | "counting";
  readonly state: "starting" | "ready" | "unresponsive" | "failed" | "destroyed";
  /** Why it failed, the program's own words; or since when it is unresponsive. */
  readonly error: string | null;
  readonly ringEntries: number;
  readonly ringDepth: number;
  /** Those that it holds now, and how many of them are never taken by force. */
  readonly pages: number;
  readonly guaranteed: number;
  /** Packet buffers that its ring holds. */
  readonly segments: number;
  /** Path of whoever made it: who is at or above it has authority over it. */
  readonly owner: string;
  readonly delivered: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Frames that it sent, and that it was refused, by cause. */
  readonly sent: number;
  readonly sendRefused: Readonly<Record<string, number>>;
  /** Virtual loads and stores of a downloaded one, and times that one of them missed the software TLB. */
  readonly accesses: number;
  readonly misses: number;
  /** Of a downloaded one: slices that it owns, fuel that its code ran on, exceptions it took, activations of it that were run. */
  readonly slices: number;
  readonly fuelUsed: number;
  readonly exceptions: number;
  readonly activations: number;
  /** Units beyond its slices that it ran on and has not paid back, and activations of it that were cut off. */
  readonly fuelOwed: number;
  readonly cutOff: number;
}

/** The CPU's vector of slices. */
export interface Slices {
  /** Of a slice, in fuel. */
  readonly length: number;
  /** Position of the slice that is next. */
  readonly hand: number;
  /** Number of the environment that owns it, by position; null: nobody. */
  readonly slices: readonly (number | null)[];
}

/** What an activation came to. */
export interface Activated {
  readonly used: number;
  readonly ended: "done" | "killed" | "abandoned";
  readonly value: number;
}

/** All of it but its text, which is a token. */
export interface Capability {
  readonly serial: string;
  /** How often it has been weakened. */
  readonly version: number;
  /** Its names, from the root, joined by slashes. */
  readonly path: string;
  readonly rights: readonly string[];
  /** ms since 1970; 0 is never. */
  readonly expires: number;
  /** What frames sent under it must match, as DPF text; null: all. */
  readonly frames: string | null;
  /** What handlers bound in its name may have at most; null: as much as there can be. */
  readonly budget: { readonly fuel: number; readonly share: number; readonly sends: number } | null;
  /** The environment that it was granted to. */
  readonly environment: number | null;
}
