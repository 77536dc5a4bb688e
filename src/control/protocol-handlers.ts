/** Handlers: their texts, how they are bound, what they have done, and one run looked at step by step. */

/** At /handlers and /handlers/NAME; the text alone is `GET /handlers/NAME` with accept: text/plain. */
export interface HandlerText {
  readonly name: string;
  readonly text: string;
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
  readonly instructions: number;
  readonly stateOctets: number;
  readonly sends: boolean;
  readonly wakes: boolean;
  readonly transfers: boolean;
  /** It may give messages to other environments than its own. */
  readonly passesTo: boolean;
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
}

/** A binding's handler. */
export interface BoundHandler {
  readonly binding: number;
  readonly handler: string;
  readonly fuel: number;
  readonly share: number;
  readonly sends: number;
  readonly port: number | null;
  readonly transmit: boolean;
  readonly environments: readonly string[];
  readonly stateOctets: number;
  /** How often it was replaced, and the packet from which on this one runs. */
  readonly replaced: number;
  readonly from: { readonly epoch: number; readonly packet: number };
  readonly counters: HandlerCounters;
}

export interface HandlerCounters {
  readonly run: number;
  readonly consumed: number;
  /** Passed on to the owner by the handler's own word, and to other environments. */
  readonly passed: number;
  readonly passedTo: number;
  /** Runs that ended by a fault, by reason (vcode/handler.ts); `inRow`: the last so many all did. */
  readonly killed: Readonly<Record<string, number>>;
  readonly inRow: number;
  /** Messages that it was not run for: its share of the time was used up. */
  readonly throttled: number;
  readonly sent: number;
  /** Frames that were not sent, by cause: a kernel error, `rate` (sends a second), or `hops`. */
  readonly sendRefused: Readonly<Record<string, number>>;
  readonly woken: number;
  readonly fuelUsed: number;
  readonly fuelMaximum: number;
  readonly fuelMedian: number;
  /** Messages by fuel used: bucket b counts those with less than 2^b units, and no less than half of that. */
  readonly fuelBuckets: readonly number[];
}

/** `GET /bindings/ID/handler/state`. */
export interface HandlerState {
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
  /** Line of the text, where the fault has one. */
  readonly line: number | null;
  readonly packet: number;
  readonly epoch: number;
  readonly time: string;
  readonly wire: number;
  readonly link: number;
  readonly octets: string;
}

/** What a handler is tried on: `POST /handlers/run`. Nothing that it does reaches anybody. */
export interface HandlerTrial {
  /** A stored one, or a text. */
  readonly handler?: string;
  readonly text?: string;
  /** State as this binding's handler has it now (where the layout is the same); else zeros. */
  readonly binding?: number;
  readonly fuel?: number;
  /** One of these: packet `packet` of a stored capture, octets in hex, or the packet that killed the binding's handler. */
  readonly capture?: string;
  readonly packet?: number;
  readonly octets?: string;
  readonly killer?: boolean;
}

export interface HandlerRun {
  readonly outcome: "pass" | "consume" | "pass-to" | "killed";
  /** Of pass-to. */
  readonly environment: number | null;
  /** Of killed. */
  readonly reason: string | null;
  readonly line: number | null;
  readonly fuel: number;
  readonly cycles: number;
  /** The VCODE, as it is printed: a line for each instruction, by lambda. */
  readonly lambdas: readonly HandlerLambda[];
  /** In the order in which they ran; `steps` beyond MAX are counted only. */
  readonly steps: readonly HandlerStep[];
  readonly total: number;
  readonly sent: readonly { readonly octets: string; readonly port: number }[];
  readonly woken: readonly number[];
  readonly transfers: readonly (readonly number[])[];
  /** State after the run, and names of items that changed. */
  readonly state: HandlerState;
  readonly changed: readonly string[];
}

export interface HandlerLambda {
  readonly name: string;
  readonly insns: readonly string[];
  /** Line of the text by instruction, 0 where it has none. */
  readonly lines: readonly number[];
}

/** Before the instruction: what its registers of interest hold. */
export interface HandlerStep {
  readonly lambda: number;
  readonly insn: number;
  /** The register that the instruction assigned and its value after it, where there is one. */
  readonly register: number | null;
  readonly value: string | null;
  readonly fuel: number;
}
