/**
 * Activations that are under way, one inside the other, and what the slice in which they run has left. The outermost runs on the
 * rest of the slice and the grace; whatever it calls runs on its fuel, so each unit is charged once, to the slice while there is
 * some, then to the grace of whoever's time it is.
 *
 * Kernel calls for which it matters say how much fuel is left of the activation that makes them: `left`. What ran until
 * then is charged there.
 */
import type { Activation, ActivationEnd, PacketRegion } from "./calls.js";
import type { CpuAccounts } from "./cpu-accounts.js";
import { MAX_CALL_DEPTH } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { Tell } from "./trace.js";

/** A message without words. */
export const NO_WORDS: readonly number[] = [];

/** In place of an environment's number. */
export const NOBODY = -1;

/** What a stretch of time has left, and for whom. */
export interface Time {
  /** Units of the slice. */
  rest: number;
  /** Units beyond it. */
  grace: number;
  /** Whose slice it is; NOBODY outside of one. */
  payer: number;
  /** Whose time it is: owes what runs beyond it. */
  runs: number;
  /** An outermost activation was cut off. */
  cutOff: boolean;
}

/** How an activation that was run ended; the same object is used again by the next one of its depth. */
export interface Ran extends ActivationEnd {
  /** It is a call, and its caller is to wait (transfer.ts). */
  readonly kept: boolean;
}

interface Entered {
  environment: number;
  /** Who called; NOBODY where it is no synchronous call. */
  caller: number;
  fuel: number;
  /** Of its fuel, what is charged. */
  used: number;
  ended: ActivationEnd["ended"];
  value: number;
  kept: boolean;
}

export class UnderWay {
  readonly #activation: Activation;
  readonly #accounts: CpuAccounts;
  readonly #tell: Tell;
  readonly #frames: readonly Entered[] = Array.from({ length: MAX_CALL_DEPTH }, newFrame);
  #depth = 0;
  readonly #outside = noTime();
  readonly #slice = noTime();
  #time: Time = this.#outside;

  constructor(activation: Activation, accounts: CpuAccounts, tell: Tell) {
    this.#activation = activation;
    this.#accounts = accounts;
    this.#tell = tell;
  }

  get depth(): number {
    return this.#depth;
  }

  /** The environment whose activation is under way; NOBODY where none is. */
  get current(): number {
    return this.#frames[this.#depth - 1]?.environment ?? NOBODY;
  }

  get time(): Time {
    return this.#time;
  }

  /** Whether one of this environment's is under way. */
  under(environment: number): boolean {
    return this.#frames.some((frame, at) => at < this.#depth && frame.environment === environment);
  }

  /** Runs with another time in place of the present one, as a thing of its own. */
  within<T>(time: Time, run: () => T): T {
    const before = this.#time;
    this.#time = time;
    try {
      return run();
    } finally {
      this.#time = before;
    }
  }

  /** A slice begins, of so many units; none begins inside another. The same object each time. */
  beginSlice(payer: number, rest: number): Time {
    if (this.#time.payer !== NOBODY) throw new Error("under way: a slice inside a slice");
    const time = this.#slice;
    time.rest = rest;
    time.grace = 0;
    time.payer = payer;
    time.runs = NOBODY;
    time.cutOff = false;
    this.#time = time;
    return time;
  }

  /** It is over, however it went. */
  endSlice(): void {
    this.#time = this.#outside;
  }

  /** An environment in its own time, on all of it. There is room where the depth is below MAX_CALL_DEPTH. */
  run(environment: number, cause: number, message: readonly number[], packet?: PacketRegion): Ran {
    return this.#run(environment, NOBODY, cause, this.#time.rest + this.#time.grace, message, packet);
  }

  /**
   * Inside the current activation, on the rest of the slice, not on the grace: that stays with whoever's time it is, to hear
   * of a callee that used up everything. The caller takes `used` off its own fuel. E_CALL_DEPTH, E_SLICE_OVER.
   */
  call(environment: number, cause: number, message: readonly number[], left: number): Ran {
    if (this.#depth >= MAX_CALL_DEPTH) throw new Refusal("E_CALL_DEPTH");
    const caller = this.settle(left);
    const fuel = Math.min(this.#time.rest, left);
    if (fuel <= 0) throw new Refusal("E_SLICE_OVER");
    const ran = this.#run(environment, caller.environment, cause, fuel, message);
    caller.used += ran.used;
    return ran;
  }

  /** As run, inside the current activation, and on its fuel; what it may go on with. */
  inside(environment: number, cause: number, left: number): number {
    const outer = this.settle(left);
    if (this.#depth < MAX_CALL_DEPTH && this.#time.rest + this.#time.grace > 0)
      outer.used += this.run(environment, cause, NO_WORDS).used;
    return Math.max(0, outer.fuel - outer.used);
  }

  /** Whoever made the call that is the current activation is to wait for it to come back. E_NOT_CALLED. */
  keep(): void {
    const top = this.#frames[this.#depth - 1];
    if (top === undefined || top.caller === NOBODY) throw new Refusal("E_NOT_CALLED");
    top.kept = true;
  }

  /** Charges what the current activation has used until now. */
  settle(left: number): Entered {
    const top = this.#frames[this.#depth - 1];
    if (top === undefined) throw new Error("under way: nothing runs");
    this.#charge(top, Math.max(top.used, top.fuel - left));
    return top;
  }

  #run(
    environment: number,
    caller: number,
    cause: number,
    fuel: number,
    message: readonly number[],
    packet?: PacketRegion,
  ): Ran {
    const frame = this.#frames[this.#depth++];
    if (frame === undefined) throw new Error(`under way: more than ${MAX_CALL_DEPTH}`);
    begin(frame, environment, caller, fuel);
    try {
      const { ended, used, value } = this.#activation(environment, cause, fuel, message, packet);
      // None is free, so that a turn comes to its end.
      this.#charge(frame, Math.max(used, frame.used, 1));
      frame.ended = ended;
      frame.value = value;
      if (ended === "killed") this.#wasCutOff(frame, cause);
      return frame;
    } finally {
      this.#depth--;
    }
  }

  #wasCutOff({ environment, used }: Entered, cause: number): void {
    this.#accounts.cutOff[environment]! += 1;
    // A callee had what its caller left it: only who is cut off in its own time is to blame.
    if (this.#depth === 1) this.#time.cutOff = true;
    this.#tell("activationCutOff", environment, cause, used);
  }

  /** `used` counts from the activation's begin. */
  #charge(frame: Entered, used: number): void {
    const time = this.#time;
    const more = used - frame.used;
    const within = Math.min(more, time.rest);
    const over = more - within;
    time.rest -= within;
    time.grace = Math.max(0, time.grace - over);
    frame.used = used;
    this.#accounts.run(frame.environment, time.payer, within, time.runs, over);
  }
}

export function noTime(): Time {
  return { rest: 0, grace: 0, payer: NOBODY, runs: NOBODY, cutOff: false };
}

function newFrame(): Entered {
  return { environment: NOBODY, caller: NOBODY, fuel: 0, used: 0, ended: "done", value: 0, kept: false };
}

function begin(frame: Entered, environment: number, caller: number, fuel: number): void {
  frame.environment = environment;
  frame.caller = caller;
  frame.fuel = fuel;
  frame.used = 0;
  frame.kept = false;
}
