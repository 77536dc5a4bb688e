/**
 * The kernel's interface as downloaded code sees it: causes of activations, calls, the context page. A part of abi.ts, through
 * which others import it.
 */

/** The program of a downloaded environment: its code comes with the call that creates it. */
export const DOWNLOADED_PROGRAM = "vcode";

/** Why a downloaded environment's entry is called; m1 … m7 say what about. */
export const Cause = {
  start: 1,
  endOfSlice: 2,
  /** A packet that a binding gave to it, whose captured octets are the region `packet`; message as PacketMessage says. */
  message: 3,
  /** m1: the environment that calls, in the kernel's writing; then its words. What the entry gives back is the call's result. */
  syncCall: 4,
  /** As syncCall; nobody waits for a result. */
  asyncCall: 5,
  /** m1 kind (Trap of vcode/image.ts), m2 virtual address, m3 1 for a store, m4 place, m5 virtual address of the saved registers. */
  exception: 6,
  /** m1: one of Resource, m2: how many are asked for, m3: ms to answer in. By answer(), or by giving them back otherwise. */
  revocation: 7,
  /** m1: one of Resource; m2: losses that were written into the repossession vector. */
  repossession: 8,
  /** m1: the tag of the product that fired, or PAGE_TAKEN. */
  wake: 9,
  /** A call that was kept has come back. m1: who kept it; m2: one of CallReturn; then the words given back. */
  syncReturn: 10,
  /** m1: number of the epoch that has begun, the last where there were several since; no packet of it has come before. */
  epoch: 11,
  /** What became of a change that was asked for. m1: its number; m2: the binding's slot, or the error as a call answers it. */
  changed: 12,
} as const;

/** What stands in m1 … m7 with a packet, counted from 0: as in a packet ring's entry (RingEntry). */
export const PacketMessage = {
  /** Binding slot. */
  binding: 0,
  /** Octets on the wire; captured are as many as the region has. */
  wire: 1,
  /** LINKTYPE_ number. */
  linkType: 2,
  /** ns since 1970. */
  timeLow: 3,
  timeHigh: 4,
  /** Number of the frame in its epoch, from 1, modulo 2^32. */
  packet: 5,
  port: 6,
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
  /**
   * alloc(page, or -1 for any): the physical page, zeroed and the caller's. E_NO_PAGE, E_PAGE_TAKEN, E_TOO_MANY. E_NO_MEMORY: none is
   * free now, and at the next batch boundary the biggest holder is asked for some.
   */
  alloc: 3,
  /** free(page): no mapping of it is left anywhere. E_NO_PAGE, E_PAGE_OWNER, E_PAGE_FIXED. */
  free: 4,
  /**
   * map(virtual page, physical page, rights): writes the software TLB; it may forget. Rights: READABLE, WRITABLE or both
   * (vcode/page-rights.ts). E_ARGUMENT, E_NO_PAGE, E_PAGE_RIGHT, E_PAGE_FIXED where the virtual page is guaranteed.
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
   * E_NOT_CALLED, E_CALL_DEPTH, E_SLICE_OVER, E_CALLER_WAITS, E_CALLEE_WAITS, E_CALLEE_DIED, E_CALL_KEPT; where the callee means to keep
   * the call, and cannot: E_DEADLOCK, E_QUEUE_FULL.
   */
  transfer: 12,
  /** asyncTransfer(environment, m2 … m6). E_NO_ENVIRONMENT, E_NOT_CALLED, E_QUEUE_FULL, E_SLICE_OVER, E_CALLER_WAITS. */
  asyncTransfer: 13,
  /** giveBack(environment, m3 … m7): a call of that environment's, which was kept, comes back. E_NOT_CALLED. */
  giveBack: 14,
  /** keep(): the call that is this activation is not over when its entry ends, but when it is given back. E_NOT_CALLED. */
  keep: 15,
  /** sleep(wakeup predicate, or -1 for none): until that holds, or something is posted. E_NO_PREDICATE. */
  sleep: 16,
  /** sliceLeft(): fuel that may be used before the slice is over. E_SLICE_OVER in none. */
  sliceLeft: 17,
  /**
   * sliceAlloc(position, or ANY_SLICE; handle of a capability to allocate): the position. E_HANDLE, E_CAPABILITY_REVOKED,
   * E_CAPABILITY_EXPIRED, E_CAPABILITY_RIGHT, E_ARGUMENT, E_SLICE_TAKEN, E_NO_SLICE.
   */
  sliceAlloc: 18,
  /** sliceFree(position). E_ARGUMENT, E_SLICE_OWNER. */
  sliceFree: 19,
  /** sliceOwner(position): the environment, or -1, which here is no error. The books are open. */
  sliceOwner: 20,
  /**
   * predicate(virtual address, terms): of so many terms of four words each, tag, place in COMPARISONS, virtual address and constant;
   * those with one tag in a row are a product. Its number. Costs by terms. E_ADDRESS, E_ARGUMENT, E_TOO_MANY, and E_PREDICATE_RATE, in the
   * next turn no more.
   */
  predicate: 21,
  /** predicateFree(number). E_NO_PREDICATE. */
  predicateFree: 22,
  /**
   * answer(one of Resource, name): gives a page, a slice or a binding that was asked for; how many are still asked for. E_ARGUMENT,
   * E_NOT_ASKED, E_REVOCATION_LATE; by the name E_NO_PAGE, E_PAGE_OWNER, E_PAGE_FIXED, E_SLICE_OWNER, E_NO_BINDING.
   */
  answer: 23,
  /**
   * saveIn(first page, count): contents of pages that are taken by force are saved in these pages of the caller's own, in order.
   * E_ARGUMENT, E_NO_PAGE, E_PAGE_OWNER, E_PAGE_FIXED.
   */
  saveIn: 24,
  /**
   * send(handle of a capability to transmit, physical page, offset, octets, port): a frame that lies in the caller's own pages, in a row
   * from there; the kernel takes a copy, and judges that. By physical names, since the software TLB may forget. E_NO_PAGE, E_ARGUMENT,
   * E_SEND_RATE, E_HANDLE, E_CAPABILITY_REVOKED, E_CAPABILITY_EXPIRED, E_CAPABILITY_RIGHT, E_NO_PORT, E_FRAME_LENGTH, E_NOT_OWNED,
   * E_TEMPLATE, E_PORT_FULL.
   */
  send: 25,
  /** sendHandle(): of the capability under which it was made to send; 0: it may not. Others that are granted are told to whoever grants. */
  sendHandle: 26,
  /**
   * share(environment, page of the caller's own, READABLE, WRITABLE, both or 0): what that environment may do with it, exactly; it may map it as far
   * as that goes. What gets less ends at once, in every mapping. E_ARGUMENT, E_NO_ENVIRONMENT, E_NO_PAGE, E_PAGE_OWNER, E_PAGE_FIXED.
   */
  share: 27,
  /** relock(page of the caller's own): nobody else may do anything with it any more. E_NO_PAGE, E_PAGE_OWNER, E_PAGE_FIXED. */
  relock: 28,
  /**
   * present(virtual address, octets): the text of a capability that stands there, checked in full; a handle of it, which is all that
   * other calls ask for. E_ARGUMENT, E_ADDRESS, E_TOO_MANY, E_CAPABILITY_FORGED, E_CAPABILITY_EXPIRED, E_CAPABILITY_REVOKED,
   * E_CAPABILITY_WEAKENED.
   */
  present: 29,
  /** close(handle): it is worth nothing any more. E_HANDLE. */
  close: 30,
  /**
   * derive(handle, virtual address and octets of a name, RightBits, when it ends, virtual address of the text): octets of the text that
   * was written there, of a capability below that of the handle, as strong or weaker. Time in seconds since 1970, unsigned; 0: never. Only
   * of what was granted to an environment, or is below: nothing of that is kept for the next start. E_HANDLE, E_CAPABILITY_REVOKED,
   * E_CAPABILITY_EXPIRED, E_NOT_KEPT, E_ARGUMENT, E_ADDRESS, E_NAME, E_NAME_TAKEN, E_CAPABILITY_STRONGER, E_TOO_MANY.
   */
  derive: 31,
  /**
   * weaken(handle, handle of a capability at or below, RightBits, when it ends): 0. Its handles follow it, its old text is refused, and
   * what is below it and would be stronger ends. Of which, as derive. E_HANDLE, E_CAPABILITY_REVOKED, E_CAPABILITY_EXPIRED, E_NOT_KEPT,
   * E_NO_CAPABILITY, E_ARGUMENT, E_CAPABILITY_STRONGER.
   */
  weaken: 32,
  /**
   * revoke(handle, handle of a capability at or below): with all below it; how many. Of which, as derive. E_HANDLE,
   * E_CAPABILITY_REVOKED, E_CAPABILITY_EXPIRED, E_NOT_KEPT, E_NO_CAPABILITY.
   */
  revoke: 33,
  /**
   * bindingOf(environment, virtual address and octets of a name): slot of its binding of this name. The books are open. E_NO_ENVIRONMENT,
   * E_ARGUMENT, E_ADDRESS, E_NO_BINDING.
   */
  bindingOf: 34,
  /**
   * bind(handle of a capability to bind, binding, one of BindMode, priority): the caller is to get what this binding's filter, which was
   * compiled when that was bound, matches, in a binding of the same name. The number of the change, of which Cause.changed tells what
   * became: it is judged by the compile worker, and takes effect between two packets. E_HANDLE, E_CAPABILITY_REVOKED,
   * E_CAPABILITY_EXPIRED, E_CAPABILITY_RIGHT, E_CAPABILITY_OWNER, E_NO_BINDING, E_NO_ENVIRONMENT, E_ARGUMENT, E_NAME_TAKEN, E_TOO_MANY;
   * by Cause.changed: E_CLAIM_IDENTICAL, E_CLAIM_OVERLAP, E_COMPILE, E_TOO_MANY, and E_NO_BINDING where it ended before it began.
   */
  bind: 35,
  /**
   * outcome(number of a change): what Cause.changed would tell, where it could not be told since as much waited for the caller as may.
   * E_NO_CHANGE, E_CHANGE_PENDING, and what became of the change.
   */
  outcome: 36,
  /**
   * release(handle of a capability to bind, or 0, binding): it gets nothing any more; by 0 the caller's own. 0. E_HANDLE,
   * E_CAPABILITY_REVOKED, E_CAPABILITY_EXPIRED, E_CAPABILITY_RIGHT, E_CAPABILITY_OWNER, E_NO_BINDING.
   */
  release: 37,
} as const;
export type DownloadedCallName = keyof typeof DownloadedCall;

/** Rights as bits of a word; what each allows is said at the call that asks for it. */
export const RightBits = {
  observe: 1,
  store: 2,
  replay: 4,
  bind: 8,
  priority: 16,
  create: 32,
  grant: 64,
  allocate: 128,
  transmit: 256,
  handler: 512,
} as const;

export const BindMode = { tap: 0, claim: 1 } as const;

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
