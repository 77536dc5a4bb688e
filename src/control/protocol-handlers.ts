/** Handlers: their texts, how they are bound, what they have done, and one run looked at step by step. */
import type { HandlerCounts as Counted } from "../kernel/calls-on-handlers.js";

/** A stored handler; its text is at `…/handlers/NAME`. */
export interface HandlerSummary {
  readonly name: string;
  readonly octets: number;
  readonly bindings: readonly number[];
}

/** A complaint; lines and columns count from 1. */
export interface HandlerComplaint {
  readonly code: string;
  readonly message: string;
  /** What to write instead. */
  readonly hint: string | null;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface HandlerCheck {
  readonly ok: boolean;
  readonly errors: readonly HandlerComplaint[];
  /** Where it is right: instructions of VCODE, octets of state, and what it may ask of a binding. */
  readonly instructions?: number;
  readonly stateOctets?: number;
  readonly sends?: boolean;
  readonly wakes?: boolean;
  readonly transfers?: boolean;
  /** It may give messages to other environments than its own. */
  readonly passesTo?: boolean;
}

/** How a handler is bound: `PUT /bindings/ID/handler`. What is left out is what the kernel has for it. */
export interface HandlerAttachment {
  readonly handler: string;
  /** Units of fuel for one message. */
  readonly fuel?: number;
  /** Of the data plane's time, 0 to 1. */
  readonly share?: number;
  /** Frames a second of capture time. */
  readonly sends?: number;
  /** Number of the port that answers leave by where the message's own takes none. */
  readonly port?: number;
  /** It may send, under the caller's capability. */
  readonly transmit?: boolean;
  /** Names of environments for passTo and transfer, from 0. */
  readonly environments?: readonly string[];
  /** Its state is zeros again when an epoch begins. */
  readonly clearAtEpoch?: boolean;
  /** Serial of the capability, the caller's or one below it, with which it ends; else the caller's, and in a profile the binding's. */
  readonly capability?: string;
}

/** A binding's handler: `GET /bindings/ID/handler`. */
export interface HandlerBinding {
  readonly binding: number;
  readonly handler: string;
  readonly fuel: number;
  readonly share: number;
  readonly sends: number;
  readonly port: number | null;
  readonly transmit: boolean;
  /** Null: one that has ended. */
  readonly environments: readonly (string | null)[];
  readonly clearAtEpoch: boolean;
  readonly stateOctets: number;
  /** Physical pages of its state, in a row. */
  readonly firstPage: number;
  readonly pages: number;
  /** False since it was killed too often in a row: messages go the normal way. A new text binds it again. */
  readonly bound: boolean;
  readonly under: string;
  /** How often its text was replaced. */
  readonly replaced: number;
  readonly counts: HandlerCounts;
}

/** As the kernel counts; reasons and causes are whatever it has, for those who only tell them. */
export interface HandlerCounts extends Omit<Counted, "killed" | "sendRefused"> {
  /** By reason (vcode/handler.ts). */
  readonly killed: Readonly<Record<string, number>>;
  /** By cause. */
  readonly sendRefused: Readonly<Record<string, number>>;
  /** Exact below 32 units, within a sixteenth above. */
  readonly fuelMedian: number;
}

/** `GET /bindings/ID/handler/state`. */
export interface HandlerStateView {
  readonly octets: number;
  readonly items: readonly HandlerStateItem[];
}

/** Scalars: bigints and 64-bit numbers are decimal strings, booleans themselves. */
export type HandlerScalar = number | string | boolean;

export interface HandlerStateItem {
  readonly name: string;
  readonly kind: "record" | "array" | "places" | "table" | "accumulator" | "frame";
  /** Names of the columns, in their order; of a table the key's first. */
  readonly columns: readonly string[];
  /** Of each column: u8 … i64, bool; of one that is an array u8[6]. */
  readonly types: readonly string[];
  /** How many of `columns` are the key's. */
  readonly keys: number;
  /** Entries that there are, and that there may be. */
  readonly size: number;
  readonly capacity: number;
  /** The first of them, or those that were asked for; of a table, most recently used first. A column that is an array is one string: hex of octets, else numbers with commas. */
  readonly rows: readonly (readonly HandlerScalar[])[];
  /** Index of the first row. */
  readonly from: number;
}

/** The packet that last killed it: `GET /bindings/ID/handler/killer`. */
export interface HandlerKiller {
  readonly reason: string;
  /** Units that it had used. */
  readonly fuel: number;
  readonly packet: number;
  /** ns since 1970. */
  readonly time: string;
  readonly captured: number;
  readonly wire: number;
  readonly port: number;
  readonly linkType: number;
  /** Answers in a row of which it was the last; a trial has them, too. */
  readonly hops: number;
  readonly octets: string;
}

/** What a handler is tried on: `POST /handlers/run`. Nothing that it does reaches anybody. */
export interface HandlerTrial {
  /** A stored one, or a text. */
  readonly handler?: string;
  readonly text?: string;
  /** State as this binding's handler has it now (where the layout is the same); else zeros. */
  readonly binding?: number;
  /** Else the binding's, or as much as the kernel gives unless told. */
  readonly fuel?: number;
  /** One of these: packet `packet` of a stored capture, octets in hex, or the packet that killed the binding's handler. */
  readonly capture?: string;
  readonly packet?: number;
  readonly octets?: string;
  /** LINKTYPE_ number of the octets; Ethernet, unless told. */
  readonly linkType?: number;
  readonly killer?: boolean;
}

export interface HandlerRun {
  /** `cut`: at a trial's own most fuel, which is less than it would have had. */
  readonly outcome: "pass" | "consume" | "pass-to" | "killed" | "cut";
  /** Of pass-to. */
  readonly environment: number | null;
  /** Of killed; and the line of the text where it was killed or cut, 0 where there is none. */
  readonly reason: string | null;
  readonly line: number;
  readonly fuel: number;
  readonly cycles: number;
  /** The VCODE, as it is printed: a line for each instruction, by lambda. */
  readonly lambdas: readonly HandlerLambda[];
  /** In the order in which they ran; those beyond the first MAX_TRIAL_STEPS are counted only, but for the one at which it was killed or cut. */
  readonly steps: readonly HandlerStep[];
  readonly total: number;
  readonly sent: readonly { readonly octets: string; readonly port: number }[];
  readonly woken: readonly number[];
  readonly transfers: readonly (readonly number[])[];
  /** State after the run, and names of items that changed. */
  readonly state: HandlerStateView;
  readonly changed: readonly string[];
  /** Value by value; the first 200. */
  readonly changes: readonly HandlerChange[];
}

/** A value of the state that a run changed. */
export interface HandlerChange {
  readonly item: string;
  /** An index, or a table's key with commas; null: the item has one row only. */
  readonly at: string | null;
  readonly column: string;
  readonly type: string;
  /** Null: the entry was not there. */
  readonly before: HandlerScalar | null;
  /** Null: it is there no more. */
  readonly after: HandlerScalar | null;
}

export interface HandlerLambda {
  readonly name: string;
  readonly insns: readonly string[];
  /** Line of the text by instruction, 0 where it has none. */
  readonly lines: readonly number[];
}

/** An instruction that ran: the register that it assigned (-1: none), what that holds then, and the fuel left. */
export interface HandlerStep {
  readonly lambda: number;
  readonly insn: number;
  readonly register: number;
  readonly value: string;
  readonly fuel: number;
}
