/** A hosted environment without a worker: it writes its mailbox and its call ring as a library OS would, when the test says so. */
import {
  CALL_SLOT_WORDS,
  CALL_SLOTS,
  CallSlot,
  CallState,
  HostedCall,
  Mailbox,
  REVOCATION_WORDS,
  Resource,
  type ResourceName,
  RevocationWord,
} from "../../src/kernel/abi.js";
import { errorOf } from "../../src/kernel/kerrno.js";
import { type Losses, RevocationReader } from "../../src/libos/repossession.js";
import type { KernelBench } from "./kernel-bench.js";

export class Simulated {
  readonly id: number;
  readonly words: Int32Array;
  readonly box: number;
  readonly calls: number;
  readonly #bench: KernelBench;
  readonly #view: RevocationReader;
  #cursor = 0;

  constructor(bench: KernelBench, name: string) {
    this.#bench = bench;
    const made = bench.kernel.createEnvironment({ name, program: "some", options: {} });
    this.id = made.environment;
    this.words = bench.memory.words;
    this.box = made.start!.mailbox >> 2;
    this.calls = made.start!.calls >> 2;
    this.#view = new RevocationReader(made.start!);
  }

  /** Writes a call into its slot, and shows it. */
  post(call: number, args: readonly number[], change: Partial<Record<keyof typeof CallSlot, number>> = {}): number {
    const at = this.calls + (this.#cursor & (CALL_SLOTS - 1)) * CALL_SLOT_WORDS;
    const slot = { sequence: this.#cursor, call, handle: 0, count: args.length, state: CallState.asked, ...change };
    for (const [name, value] of Object.entries(slot)) this.words[at + CallSlot[name as keyof typeof CallSlot]] = value;
    this.words.set(args, at + CallSlot.words);
    this.words[this.box + Mailbox.callHead] = ++this.#cursor;
    return at;
  }

  /** The results in the slot, or the error. */
  read(at: number): number[] | string {
    if (this.words[at] !== CallState.answered) return "no answer";
    const error = this.words[at + CallSlot.error]!;
    if (error !== 0) return errorOf(error);
    return [...this.words.subarray(at + CallSlot.words, at + CallSlot.words + this.words[at + CallSlot.count]!)];
  }

  ask(call: keyof typeof HostedCall, ...args: readonly number[]): number[] | string {
    const at = this.post(HostedCall[call], args);
    this.#bench.kernel.tend();
    return this.read(at);
  }

  /** `count` pages of its own, one by one. */
  take(count: number): number[] {
    return Array.from({ length: count }, () => {
      const got = this.ask("allocate", 1, -1);
      if (typeof got === "string") throw new Error(got);
      return got[0]!;
    });
  }

  /** What the mailbox says is asked for: how many, and for packets the cursor. */
  asked(resource: ResourceName): { count: number; cursor: number } {
    const at = this.box + Mailbox.revocations + Resource[resource] * REVOCATION_WORDS;
    return { count: this.words[at + RevocationWord.count]!, cursor: this.words[at + RevocationWord.cursor]! };
  }

  losses(): Losses | undefined {
    return this.#view.losses();
  }

  set tail(cursor: number) {
    this.words[this.box + Mailbox.tail] = cursor;
  }

  get floor(): number {
    return this.words[this.box + Mailbox.floor]!;
  }
}
