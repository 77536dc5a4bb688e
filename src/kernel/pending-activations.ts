/**
 * Activations that wait for their environment to run: of each a cause and the registers of its message, in a ring of bounded
 * length for each environment. Nothing is allocated when one comes or goes. Before all of them an epoch is told, which takes no room in
 * the ring, and of several that have begun the last.
 */
import { Cause, MESSAGE_REGISTERS } from "./abi.js";
import { MAX_ENVIRONMENTS, MAX_PENDING } from "./limits.js";

const WORDS = 1 + MESSAGE_REGISTERS;

export class PendingActivations {
  readonly #words = new Int32Array(MAX_ENVIRONMENTS * MAX_PENDING * WORDS);
  readonly #first = new Uint16Array(MAX_ENVIRONMENTS);
  readonly #count = new Uint16Array(MAX_ENVIRONMENTS);
  /** Number of an epoch that is to be told; 0: none. */
  readonly #epoch = new Int32Array(MAX_ENVIRONMENTS);
  /** What take() took; `message` is the same array each time. */
  cause = 0;
  readonly message: number[] = Array.from({ length: MESSAGE_REGISTERS }, () => 0);

  /** How many stand in its ring. */
  of(environment: number): number {
    return this.#count[environment] ?? 0;
  }

  /** Whether take() would find something. */
  waits(environment: number): boolean {
    return this.of(environment) > 0 || (this.#epoch[environment] ?? 0) > 0;
  }

  /** The environment is to hear of this epoch, from 1. */
  putEpoch(environment: number, epoch: number): void {
    this.#epoch[environment] = epoch;
  }

  /** Behind all others; the caller has looked whether there is room. Words that are missing are 0. */
  put(environment: number, cause: number, message: readonly number[]): void {
    const count = this.#roomy(environment);
    this.#write(environment, count, cause, message);
    this.#count[environment] = count + 1;
  }

  /** Before all others. */
  putFirst(environment: number, cause: number, message: readonly number[]): void {
    const count = this.#roomy(environment);
    this.#first[environment] = (this.#first[environment]! + MAX_PENDING - 1) % MAX_PENDING;
    this.#write(environment, 0, cause, message);
    this.#count[environment] = count + 1;
  }

  /** The first, into `cause` and `message`; false where there is none. */
  take(environment: number): boolean {
    const epoch = this.#epoch[environment] ?? 0;
    if (epoch > 0) {
      this.#epoch[environment] = 0;
      this.cause = Cause.epoch;
      this.message.fill(0);
      this.message[0] = epoch;
      return true;
    }
    const count = this.of(environment);
    if (count === 0) return false;
    const at = this.#at(environment, 0);
    this.cause = this.#words[at]!;
    for (let register = 0; register < MESSAGE_REGISTERS; register++)
      this.message[register] = this.#words[at + 1 + register]!;
    this.#first[environment] = (this.#first[environment]! + 1) % MAX_PENDING;
    this.#count[environment] = count - 1;
    return true;
  }

  clear(environment: number): void {
    this.#count[environment] = 0;
    this.#epoch[environment] = 0;
  }

  #roomy(environment: number): number {
    const count = this.of(environment);
    if (count >= MAX_PENDING) throw new Error(`pending: environment ${environment} has no room`);
    return count;
  }

  #write(environment: number, index: number, cause: number, message: readonly number[]): void {
    const at = this.#at(environment, index);
    this.#words[at] = cause;
    for (let register = 0; register < MESSAGE_REGISTERS; register++)
      this.#words[at + 1 + register] = message[register] ?? 0;
  }

  #at(environment: number, index: number): number {
    return (environment * MAX_PENDING + ((this.#first[environment]! + index) % MAX_PENDING)) * WORDS;
  }
}
