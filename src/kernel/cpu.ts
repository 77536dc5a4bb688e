/**
 * The CPU as the kernel has it: the vector of slices, the processor that runs downloaded environments in them, what they transfer
 * control by, and what wakes them; and when it runs. A lossless replay runs slices at batch boundaries only, each of them once, and
 * then in rounds until no packet waits for anybody who is given time: so what they do depends on the packets alone, and the bounds
 * on it are told in fuel and rounds. Else a little runs between any two turns of the replay.
 *
 * A downloaded environment is given one slice when it is created, unless somebody says how many, where one is free, so that it runs
 * at all; its code is given more by a capability with the right `allocate`.
 */

import type { PhysicalMemory } from "../machine/memory.js";
import { READABLE } from "../vcode/image.js";
import { ANY_SLICE, type MachineFacts } from "./abi.js";
import type { Activations } from "./activation.js";
import type { SlicesView } from "./calls.js";
import { addCpuCalls } from "./cpu-calls.js";
import type { Environment, Environments } from "./environment.js";
import { DRAIN_FUEL, DRAIN_ROUNDS, SLICE_GRACE_SHARE, TICK_MS, TURN_FUEL } from "./limits.js";
import { Processor } from "./processor.js";
import { Slices, UNOWNED } from "./slices.js";
import type { Tell } from "./trace.js";
import { Transfers } from "./transfer.js";
import { Wakeups } from "./wakeup.js";

export interface CpuParts {
  readonly memory: PhysicalMemory;
  readonly environments: Environments;
  readonly activations: Activations;
  readonly facts: MachineFacts;
  /** Throws the Refusal where this handle is none that lets the environment allocate slices. */
  readonly mayAllocate: (environment: number, handle: number) => void;
  /** So many packets of the environment were delivered, and so many not: their activations were cut off. */
  readonly ended: (environment: Environment, delivered: number, cutOff: number) => void;
  /** It went too far beyond its time, or too often. */
  readonly greedy: (environment: number) => void;
  /** It gave back a slice by itself. */
  readonly gaveSlice: (environment: number) => void;
  readonly tell: Tell;
}

export class Cpu {
  readonly processor: Processor;
  readonly transfers: Transfers;
  readonly wakeups: Wakeups;
  readonly #parts: CpuParts;

  constructor(parts: CpuParts) {
    const { memory, environments, activations, facts, tell } = parts;
    const { virtual } = activations;
    this.#parts = parts;
    this.processor = new Processor({
      slices: new Slices(facts.slices, facts.sliceFuel),
      grace: Math.ceil(facts.sliceFuel * SLICE_GRACE_SHARE),
      activation: activations.activate,
      wakes: (environment) => this.wakeups.wakes(environment),
      inbox: (environment) => environments.get(environment)?.inbox,
      destroy: parts.greedy,
      tell,
    });
    activations.runIn(this.processor);
    this.transfers = new Transfers(this.processor, tell);
    const run = { buffer: memory.shared, memory: memory.memory };
    const translate = (environment: number, address: number) => virtual.translate(environment, address);
    this.wakeups = new Wakeups({ memory: run, pageSize: facts.pageSize, target: facts.target, translate }, tell);
    const { flush } = activations.pages;
    activations.pages.flush = (page, environment) => {
      flush(page, environment);
      this.#unread(page, environment);
    };
    addCpuCalls(activations.calls, {
      processor: this.processor,
      transfers: this.transfers,
      wakeups: this.wakeups,
      word: (environment, address) => virtual.word(environment, address),
      mayAllocate: parts.mayAllocate,
      gaveSlice: parts.gaveSlice,
    });
  }

  get slices(): Slices {
    return this.processor.slices;
  }

  get book(): SlicesView {
    const { length, hand } = this.slices;
    return { length, hand, slices: this.slices.owners().map((owner) => (owner === UNOWNED ? null : owner)) };
  }

  /** It is told its start in its first slice. */
  admit(environment: number, slices = 1): void {
    this.processor.admit(environment);
    for (let left = Math.min(slices, this.slices.free); left > 0; left--) this.slices.allocate(environment, ANY_SLICE);
  }

  /** Nothing of it runs from now on; who waits for it is told, and its slices are free. */
  forget(environment: number): void {
    this.transfers.forget(environment);
    this.wakeups.forget(environment);
    this.processor.forget(environment);
  }

  /** A batch boundary of a lossless replay. Packets that still wait afterwards are for those who are given no time, or use too much. */
  boundary(): void {
    if (this.#idle) return;
    const { processor } = this;
    this.wakeups.beginTurn();
    // Where the hand stood depends on the time that has passed since.
    this.slices.rewind();
    let used = processor.round();
    this.collect();
    let before = Number.POSITIVE_INFINITY;
    for (let rounds = 1; rounds < DRAIN_ROUNDS && used < DRAIN_FUEL; rounds++) {
      const { waiting } = this;
      // Who has no slice is served out of others' rests, or not at all: the round before says which.
      if (waiting === 0 || (waiting === before && !this.#served)) break;
      before = waiting;
      const more = processor.round();
      if (more === 0) break;
      used += more;
      this.collect();
    }
  }

  /**
   * Between two turns of anything else: a round, and more while somebody is awaited. Who is awake with nothing to do uses
   * a unit or two of a slice: rounds of that until the fuel is used would take a second. `arrived`: a message is there that is
   * to be taken first, and the rest waits for the next turn; asked between two slices.
   */
  turn(arrived?: () => boolean): void {
    if (this.#idle) return;
    const { processor } = this;
    this.wakeups.beginTurn();
    let used = processor.round(arrived);
    while (processor.pressed && used < TURN_FUEL && arrived?.() !== true) {
      const more = processor.turn(1);
      if (more === 0) break;
      used += more;
    }
    this.collect();
  }

  /** ms until `turn` is to be called again, at most: now and then for who is awake without anything to do, or sleeps on a predicate. */
  get pause(): number {
    if (this.#idle) return Number.POSITIVE_INFINITY;
    if (this.processor.pressed) return 0;
    return this.wakeups.isWaitedFor || this.processor.busy ? TICK_MS : Number.POSITIVE_INFINITY;
  }

  /** Counts packets whose activations have ended, and lets go of their octets. */
  collect(): void {
    for (const environment of this.#parts.environments.downloaded) this.collectOf(environment);
  }

  collectOf(environment: Environment): void {
    const { delivered, cutOff } = environment.inbox?.collect() ?? { delivered: 0, cutOff: 0 };
    if (delivered + cutOff > 0) this.#parts.ended(environment, delivered, cutOff);
  }

  get #idle(): boolean {
    return this.#parts.environments.downloaded.length === 0;
  }

  /** Packets that wait for downloaded environments. */
  get waiting(): number {
    return this.#parts.environments.downloaded.reduce((sum, { inbox }) => sum + (inbox?.waiting ?? 0), 0);
  }

  /** Some wait for one that runs in a slice. */
  get #served(): boolean {
    const { processor, slices } = this;
    const { environments } = this.#parts;
    return slices.owners().some((owner) => {
      const runner = owner === UNOWNED ? undefined : environments.get(processor.runnerFor(owner));
      return (runner?.inbox?.waiting ?? 0) > 0;
    });
  }

  /** Rights to a page ended: so do the predicates of whoever may read it no more, and nobody else's. */
  #unread(page: number, environment: number | undefined): void {
    if (environment === undefined) this.wakeups.takePage(page);
    else if ((this.#parts.activations.pages.access(environment, page) & READABLE) === 0)
      this.wakeups.takePageFrom(environment, page);
  }
}
