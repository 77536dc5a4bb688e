/**
 * Calls of the control plane about handlers (ash.ts), and what is told of them. A handler is bound to a binding, goes first on what
 * that matches, and ends with it, with its environment, or with the capability in whose name it was bound. Types only.
 */
import type { HandlerFault } from "../vcode/handler.js";
import type { HandlerSendCause } from "./books.js";
import type { Budget } from "./budget.js";
import type { PacketPlace } from "./calls.js";
import type { FuelRange } from "./fuel-spread.js";

export interface HandlerText {
  /** For people: its file's. */
  readonly name: string;
  readonly text: string;
}

export interface HandlerTerms {
  /** What is not said is as by default (budget.ts). */
  readonly budget?: Partial<Budget>;
  /** Environments for passTo and transfer, at most MAX_PASS_TO; the caller has authority over each. */
  readonly passTo?: readonly number[];
  /** A capability with the right to transmit: the handler sends under it, and sends nothing without one. */
  readonly transmit?: string;
  /**
   * By which it sends what is for the port that the message came in by, where that takes no frames. Captures take none: it is one of those
   * that are made while the machine runs (nic/ports.ts), and until this one is made what is for it is refused, and counted.
   */
  readonly port?: number;
  /** Its state is zeros again when an epoch begins; else it stays. */
  readonly clearAtEpoch?: boolean;
  /** In the place of the one that the binding has, whose state and counters go once all that is asked here is found right. */
  readonly instead?: boolean;
  /** Serial of the capability, the caller's or one below it, in whose name it is bound and with which it ends; else the caller's. */
  readonly under?: string;
}

export interface CallsOnHandlers {
  /**
   * Between two batches; `from` is the first packet that it sees. Its state is taken from the pages of the binding's environment.
   * E_NO_BINDING, E_CAPABILITY_OWNER, E_NAME_TAKEN where the binding has one, E_CAPABILITY_RIGHT and E_NO_CAPABILITY of `under`, E_BUDGET,
   * E_ARGUMENT, E_NO_ENVIRONMENT, E_NO_MEMORY, E_TOO_MANY, E_IMAGE, and what is wrong with the capability to transmit.
   */
  bindHandler: {
    args: HandlerTerms & { readonly binding: number; readonly handler: HandlerText };
    result: { readonly from: PacketPlace; readonly handler: HandlerView };
  };
  /**
   * Another handler in the place of those that these bindings have, in all at once or in none; terms and counters stay, and one
   * that was unbound since it was killed so often is bound again. The caller could have bound it on these terms: has the right to transmit,
   * and no fewer frames, where the handler may send, and authority over those that it may pass to and over the capability in whose name it
   * was bound. `keepState`: E_LAYOUT where a layout is another. E_NO_BINDING, E_NO_BOUND_HANDLER, E_CAPABILITY_OWNER, E_CAPABILITY_RIGHT,
   * E_CAPABILITY_STRONGER, E_BUDGET, E_NO_CAPABILITY, E_ARGUMENT and E_IMAGE of the handler, E_TOO_MANY, E_NO_MEMORY. `undoable`: code and state
   * before are kept until `settleSwap` says what becomes of `swap`, the machine's target is changed, or another swap finds all right but,
   * perhaps, the memory.
   */
  swapHandler: {
    args: {
      readonly bindings: readonly number[];
      readonly handler: HandlerText;
      readonly keepState: boolean;
      readonly undoable?: boolean;
    };
    result: { readonly from: PacketPlace; readonly swap: number };
  };
  /**
   * The swap holds, or is taken back: each of the handlers that have not ended meanwhile runs as before, on the state that it left, unless
   * that was kept: then as it lies. By the capability that made it; E_NO_CHANGE where there is none of this number to be settled.
   */
  settleSwap: { args: { readonly swap: number; readonly undo: boolean }; result: { readonly from: PacketPlace } };
  /**
   * Of all these bindings or of none: state, counters and kept packets go. Those without a handler are left out. `until`: the last packet
   * that they saw. E_NO_BINDING, E_CAPABILITY_OWNER; E_NO_BOUND_HANDLER where none has one.
   */
  unbindHandler: { args: { readonly bindings: readonly number[] }; result: { readonly until: PacketPlace } };
  /** Of these bindings, or all; those without a handler are left out. */
  handlers: {
    args: { readonly bindings?: readonly number[] };
    result: { readonly handlers: readonly HandlerView[] };
  };
  /** A copy of octets [from, from + octets) of its state, as far as there are. E_NO_BOUND_HANDLER, E_CAPABILITY_OWNER. */
  handlerState: {
    args: { readonly binding: number; readonly from: number; readonly octets: number };
    result: { readonly octets: Uint8Array };
  };
  /** The packet that killed it last; null where none has. E_NO_BOUND_HANDLER, E_CAPABILITY_OWNER. */
  handlerPacket: { args: { readonly binding: number }; result: { readonly packet: KeptPacket | null } };
}

export interface HandlerView {
  readonly binding: number;
  readonly environment: number;
  readonly name: string;
  readonly identity: string;
  /** Of its state, and the first of the pages in which that lies, in a row. */
  readonly octets: number;
  readonly firstPage: number;
  readonly pages: number;
  readonly budget: Budget;
  /** Null where the environment has ended. */
  readonly passTo: readonly (number | null)[];
  readonly mayTransmit: boolean;
  readonly port: number | null;
  readonly clearAtEpoch: boolean;
  /** False since it was killed so often in a row: messages go the normal way, and what is known of it stays. */
  readonly bound: boolean;
  readonly under: string;
  readonly counts: HandlerCounts;
}

export interface HandlerCounts {
  /** run = consumed + passed + passedTo + killed. */
  readonly run: number;
  readonly consumed: number;
  readonly passed: number;
  /** To any of the environments that it may pass to. */
  readonly passedTo: number;
  readonly killed: Readonly<Record<HandlerFault, number>>;
  /** Of all runs, killed ones too. */
  readonly fuel: number;
  readonly fuelMost: number;
  /** Runs by fuel, from least to most: up to 31 units each amount for itself, beyond 16 ranges to an octave. */
  readonly fuelSpread: readonly FuelRange[];
  readonly sent: number;
  readonly sentOctets: number;
  /** Frames that were not taken, whatever the cause; `hopsCut` and `throttled.sends` are among them. */
  readonly sendErrors: number;
  /** Those, by cause. */
  readonly sendRefused: Readonly<Record<HandlerSendCause, number>>;
  readonly hopsCut: number;
  /** Messages that went the normal way since its share of the time was used up; frames beyond its sends a second. */
  readonly throttled: { readonly share: number; readonly sends: number };
  readonly woken: number;
  readonly transfers: number;
}

export interface KeptPacket {
  readonly octets: Uint8Array;
  readonly wire: number;
  /** ns since 1970, decimal. */
  readonly time: string;
  readonly port: number;
  readonly linkType: number;
  readonly packet: number;
  readonly hops: number;
  readonly reason: HandlerFault;
  /** Where: what the handler told with a fault of its own (`told`), or else lambda << 20 | index of the instruction. */
  readonly place: number;
  readonly told: boolean;
  readonly fuel: number;
}
