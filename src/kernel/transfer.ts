/**
 * Protected control transfer (SOSP'95 §5.5): an environment enters another at its agreed entry. Any may enter any other: who may
 * ask for what is for the callee to say, and m1 tells it who the caller is, in the kernel's own writing. The registers m2 … m7 are
 * the message. A transfer is atomic: what is refused has not begun, and what has begun reaches the callee.
 *
 * *Synchronous.* The paper gives the callee the caller's slice, and all later ones, until it comes back by a transfer of its own. Here
 * activations run to completion, so the call runs the callee's entry at once, inside the caller's activation, on its fuel, and
 * what the entry gives back is the call's result: that is the whole of it for a callee that answers. One that cannot answer yet
 * *keeps* the call: its entry ends, the caller's activation is told so and ends too, and from then on the callee runs in the
 * caller's time, the rest of this slice and all later ones, while nothing of the caller's runs, until the callee gives the call
 * back. The caller is then entered with Cause.syncReturn. (A caller that has only its activation's stack could not be stopped
 * in the middle and outlive the slice.)
 *
 * *Asynchronous.* The rest of the slice goes to the callee, who is entered with the message, once the caller's activation has
 * ended. Where no rest is left by then, or the callee owes all of it, the message waits before all others for the callee's time.
 *
 * Chains are what follows from that: A→B→A enters A again inside its own activation, down to MAX_CALL_DEPTH. While its call is kept
 * a caller can neither call (E_CALLER_WAITS) nor be called (E_CALLEE_WAITS), so a circle of waiting can only come from
 * keeping, and the call that would close it is not kept (E_DEADLOCK).
 */
import { CallReturn, Cause, MESSAGE_REGISTERS } from "./abi.js";
import type { KernelError } from "./kerrno.js";
import type { Processor } from "./processor.js";
import { Refusal } from "./refusal.js";
import type { Tell } from "./trace.js";
import { NOBODY } from "./under-way.js";

/** The words that a transfer carries besides the caller's number, and a return besides who and how. */
const TRANSFER_WORDS = MESSAGE_REGISTERS - 1;
const RETURN_WORDS = MESSAGE_REGISTERS - 2;

/** How a call came out that has begun, until the next one has. `used` was spent of the caller's fuel in each case. */
export interface CallEnd {
  readonly used: number;
  /** What the callee's entry gave back; 0 where there is an error, or the call is kept. */
  readonly value: number;
  readonly kept: boolean;
  /** E_CALLEE_DIED; where it was to be kept: E_DEADLOCK, E_QUEUE_FULL, E_NO_ENVIRONMENT. */
  readonly error: KernelError | undefined;
}

/** Those who call are the environments whose activations are under way: all are kernel calls of downloaded code. */
export class Transfers {
  readonly #processor: Processor;
  readonly #tell: Tell;
  /** What the processor is handed, which reads it at once. */
  readonly #message: number[] = [];
  readonly #end: { -readonly [Key in keyof CallEnd]: CallEnd[Key] } = {
    used: 0,
    value: 0,
    kept: false,
    error: undefined,
  };

  constructor(processor: Processor, tell: Tell) {
    this.#processor = processor;
    this.#tell = tell;
  }

  /** `left`: fuel of the caller's activation. Not begun: E_NO_ENVIRONMENT, E_CALL_DEPTH, E_SLICE_OVER, E_CALLER_WAITS, E_CALLEE_WAITS. */
  call(callee: number, words: readonly number[], left: number): CallEnd {
    const processor = this.#processor;
    const caller = this.#caller(callee);
    if (processor.standsInFor(callee) !== NOBODY) throw new Refusal("E_CALLEE_WAITS");
    const { used, ended, value, kept } = processor.call(callee, Cause.syncCall, this.#from(caller, words), left);
    if (ended !== "done" || !processor.alive(callee)) return this.#ended(used, 0, false, "E_CALLEE_DIED");
    if (!kept) return this.#ended(used, value, kept, undefined);
    const error = processor.lend(caller, callee);
    if (error === undefined) this.#tell("callKept", caller, callee);
    return this.#ended(used, 0, error === undefined, error);
  }

  /** The rest of the slice and a message. E_NO_ENVIRONMENT, E_QUEUE_FULL, E_SLICE_OVER, E_CALLER_WAITS. */
  send(callee: number, words: readonly number[]): void {
    const caller = this.#caller(callee);
    this.#processor.enter(callee, Cause.asyncCall, this.#from(caller, words));
  }

  /** The callee's: the call that it is in does not come back when its entry ends, but when it is given back. E_NOT_CALLED. */
  keep(): void {
    this.#processor.keep();
  }

  /**
   * The callee's: a call that it kept comes back, with these words. The caller has its slices again, and is entered in the rest of
   * this one, once the callee's activation has ended. E_NOT_CALLED where this caller does not wait for it.
   */
  giveBack(caller: number, words: readonly number[]): void {
    const callee = this.#processor.current;
    if (callee === NOBODY || this.#processor.standsInFor(caller) !== callee) throw new Refusal("E_NOT_CALLED");
    this.#back(caller, callee, CallReturn.returned, words);
  }

  /** Before an environment is destroyed: whoever waits for it has its slices again, and is told. */
  forget(environment: number): void {
    for (const caller of this.#processor.waitingFor(environment)) {
      this.#back(caller, environment, CallReturn.destroyed, []);
    }
  }

  #back(caller: number, callee: number, how: number, words: readonly number[]): void {
    this.#tell("callGivenBack", caller, callee, how);
    const message = this.#message;
    const count = Math.min(words.length, RETURN_WORDS);
    message.length = 2 + count;
    message[0] = callee;
    message[1] = how;
    for (let index = 0; index < count; index++) message[2 + index] = words[index]!;
    this.#processor.comeBack(caller, message);
  }

  #from(caller: number, words: readonly number[]): readonly number[] {
    const message = this.#message;
    const count = Math.min(words.length, TRANSFER_WORDS);
    message.length = 1 + count;
    message[0] = caller;
    for (let index = 0; index < count; index++) message[1 + index] = words[index]!;
    return message;
  }

  #ended(used: number, value: number, kept: boolean, error: KernelError | undefined): CallEnd {
    const end = this.#end;
    end.used = used;
    end.value = value;
    end.kept = kept;
    end.error = error;
    return end;
  }

  #caller(callee: number): number {
    const processor = this.#processor;
    const caller = processor.current;
    if (caller === NOBODY) throw new Refusal("E_NOT_CALLED");
    processor.expect(callee);
    if (processor.standsInFor(caller) !== NOBODY) throw new Refusal("E_CALLER_WAITS");
    return caller;
  }
}
