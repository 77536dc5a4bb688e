import type { HostedStart, MachineFacts } from "../kernel/abi.js";
import type { KernelCalls } from "./kernel-calls.js";
import type { AskedBack, Losses } from "./repossession.js";
import type { RingView } from "./ring.js";
import type { Transmit } from "./transmit.js";

/** What a library OS of the installation is: called by the environment's loop, one call at a time. */
export interface Program {
  /**
   * Frames [from, to) of the ring are the program's until it returns; what it wants to keep longer it copies, or says
   * so (`keptFrom`). Cursors are signed and wrap: see ring.ts. A throw ends the environment.
   */
  frames(ring: RingView, from: number, to: number): void;
  /**
   * Cursor of the oldest frame that the program still holds: those before it are given back, it and all later ones stay
   * as they are. Undefined: it holds none, as one without this. Asked whenever the program has been called. Who holds
   * many is late, then asked for them, and gets nothing while its ring is full.
   */
  keptFrom?(): number | undefined;
  /**
   * An epoch begins, numbered from 1 (0: none has begun yet); the one before has ended: close flows
   * and timers, keep what is finished for queries. Also called at the start, where an epoch runs then.
   */
  epoch(epoch: number): void;
  /** JSON-able. Throws a QueryError, or an ArgumentError of argument.ts, where the question is wrong. */
  query(what: string, args: Readonly<Record<string, unknown>>): unknown;
  /** Called once, before anything else: what the program may ask the kernel through, and where its pages are. */
  attach?(kernel: KernelCalls, start: HostedStart): void;
  /**
   * The kernel wants so many back by a deadline; the program chooses which, and gives them by KernelCalls.answer. Frames go
   * back when `frames` returns: there is nothing to do for packets but to be quick, and to copy what is to be kept.
   */
  revoked?(asked: AskedBack): void;
  /** What was not given in time has been taken. Frames that were taken are not handed over any more. */
  repossessed?(losses: Losses): void;
}

/**
 * Throws where an option is wrong: the environment then fails before its first frame. `transmit` is absent where the environment may
 * not send.
 */
export type ProgramFactory = (
  options: Readonly<Record<string, unknown>>,
  machine: MachineFacts,
  transmit?: Transmit,
) => Program;

/** The program knows no such question. */
export class QueryError extends Error {
  constructor(what: string) {
    super(`no query is called ${JSON.stringify(what)}`);
    this.name = "QueryError";
  }
}
