/**
 * Handlers: VCODE that runs where a packet lies (SIGCOMM'96, ASHs). A handler is an image (image.ts) in an address space of its
 * own, in which nothing is mapped but its state; it is entered once for each message, and what it loads of the message is bounded by
 * the verifier's proof. What its compiler, the targets and the kernel agree on stands here; none of them trusts the others for it.
 *
 * Entry, as any image's: packet (p), octets (i): the message as captured; cause (i): 0; then its metadata, the words of MetadataWord.
 * It gives back an outcome: PASS, CONSUME, or PASS_TO + k, to the k-th environment that its binding names. Any other word is a fault.
 *
 * State begins at the virtual address STATE_BASE and has as many octets as its compiler said, zeros at first; all of its pages are
 * resident, readable and writable. Virtual loads and stores elsewhere are faults. Nothing below STATE_BASE is ever mapped, so that
 * 0 is no reference.
 *
 * kernel(call, a … f) with the numbers of HandlerCall; a call that is none of these is a fault. Virtual addresses are words.
 */

/** Address of the state's first octet; a multiple of every page size that a machine may have. */
export const STATE_BASE = 0x0010_0000;

/** Octets of state that a handler may have. */
export const MAX_STATE_OCTETS = 4 * 1024 * 1024;

/** Octets of a frame that a handler may build. */
export const MAX_FRAME_OCTETS = 2048;

/** Registers of the entry's parameters; those of MetadataWord are from `metadata` on. */
export const EntryRegister = { address: 0, octets: 1, cause: 2, metadata: 3 } as const;

/** Indexes into the words m1 … m7, which follow the cause. */
export const MetadataWord = {
  /** Octets that the packet had on its link. */
  wire: 0,
  /** Capture time, ns since 1970, a 64-bit number. */
  timeHigh: 1,
  timeLow: 2,
  /** Port that it came in by. */
  port: 3,
  /** Its link type. */
  link: 4,
  /** Its number in the epoch, from 1, modulo 2^32. */
  packet: 5,
  /** How many handlers' answers led to it: 0 for what no handler sent. */
  hops: 6,
} as const;

/** Outcomes. */
export const PASS = 0;
export const CONSUME = 1;
export const PASS_TO = 2;
/** Environments that a binding may name for PASS_TO. */
export const MAX_PASS_TO = 16;

export const HandlerCall = {
  /** fault(reason, place): the message kills the handler; does not come back. */
  fault: 1,
  /**
   * vector(from, length, to): copies octets [from, from + length) of the message to the virtual address `to`; 0. A fault where these
   * are not all octets of the message, or not all of the state's.
   */
  vector: 2,
  /**
   * send(frame, length, port): sends `length` octets at the virtual address `frame` by a port (-1: the one that the message came in by), before
   * the owner is scheduled. 0 where the port took a copy, else the number of a kernel error. A fault where they are not all the state's.
   */
  send: 3,
  /** wake(tag): the owner is woken when the message is done with, and told the tag; 0. */
  wake: 4,
  /** transfer(k, a, b, c): an asynchronous protected control transfer to the k-th environment that the binding names; 0 or the number of a kernel error. */
  transfer: 5,
  /** clear(to, length): zeros; a fault where they are not all the state's. */
  clear: 6,
  /** move(from, to, length): within the state, as if by way of a copy elsewhere. */
  move: 7,
} as const;
export type HandlerCallName = keyof typeof HandlerCall;

/** Fuel of each call, beside its v_fuel; of those with a length, one unit for each 16 octets more. */
export const HANDLER_CALL_FUEL: Readonly<Record<HandlerCallName, number>> = {
  fault: 1,
  vector: 24,
  send: 200,
  wake: 32,
  transfer: 96,
  clear: 16,
  move: 24,
};

/** Why a handler faulted: what fault() is told, and what the kernel finds itself. */
export const HANDLER_FAULTS = [
  /** An offset beyond the message's octets. */
  "message",
  /** An index beyond an array, or an offset beyond a frame. */
  "index",
  /** A length that a pipe or a frame cannot have. */
  "length",
  /** A virtual address that is not the state's. */
  "address",
  /** An access that is not a multiple of its size. */
  "unaligned",
  /** A kernel call that is none, or with arguments that it cannot have. */
  "call",
  /** An outcome that is none. */
  "outcome",
  /** More fuel than the message's budget. */
  "fuel",
  /** An arithmetic result that v_addo and its kin cannot hold. */
  "overflow",
] as const;
export type HandlerFault = (typeof HANDLER_FAULTS)[number];

/** The word that fault() is told: 0 is none. */
export function faultNumber(fault: HandlerFault): number {
  return HANDLER_FAULTS.indexOf(fault) + 1;
}

/** Undefined where the word is none. */
export function faultOf(number: number): HandlerFault | undefined {
  return HANDLER_FAULTS[number - 1];
}

/**
 * What linked handlers are entered by: the outcome in the low OUTCOME_BITS, above them the fuel used, so that one number tells
 * both. Budgets are below 2^(32 - OUTCOME_BITS).
 */
export const OUTCOME_BITS = 6;
export const OUTCOME_MASK = 2 ** OUTCOME_BITS - 1;
export const MAX_MESSAGE_FUEL = 2 ** (31 - OUTCOME_BITS) - 1;
