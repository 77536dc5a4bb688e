/**
 * Every access inside its region, and every address passed with its own count: a walk over the flow graph that keeps what is known
 * at each point, and goes round loops until what is known at their heads holds for every round.
 *
 * Facts are about values, and a value that an instruction in a loop makes has the same name in every round. Still no fact about an
 * older one is taken for one about the newest: whoever comes to that instruction again has passed the loop's head, where
 * the way from outside knew no such value; so what came round with the older one was dropped there, and a register that still
 * holds it holds a value of the head's since.
 */

import { addressing, livenessOf } from "./addressing.js";
import type { Steps } from "./facts.js";
import type { Flow } from "./flow.js";
import type { Region } from "./insn.js";
import type { Subject } from "./rejection.js";
import { Values } from "./values.js";
import { Join } from "./verify-join.js";
import { type After, type State, Step } from "./verify-step.js";

/** Instructions looked at, registers met and facts tried, of a whole program. */
export const MAX_PROOF_STEPS = 1 << 23;
/** Times that a loop is entered, and nothing of what came round before is kept: enough for five loops in each other. */
const MAX_ENTERED = 32;

export function checkBounds(subject: Subject, flow: Flow, writable: readonly Region[], steps: Steps): void {
  new Proof(subject, flow, writable, steps).run();
  if (steps.left < 0) subject.reject(0, "limit", `its proof takes more than ${MAX_PROOF_STEPS} steps`);
}

const NEVER: After = { taken: undefined, past: undefined };

class Proof {
  readonly #subject: Subject;
  readonly #flow: Flow;
  readonly #steps: Steps;
  readonly #step: Step;
  readonly #join: Join;
  readonly #entry: State;
  readonly #before: (State | undefined)[] = [];
  readonly #after: (After | undefined)[] = [];
  /** By block: how many of its successors are still to be walked; where there are no loops. */
  readonly #waiting: Int32Array;
  /** By block: when it was last walked, and, of a loop's head, when it was last come to from outside. */
  readonly #walked: Int32Array;
  readonly #entered: Int32Array;
  /** By block that is a loop's head: how often it was entered. */
  readonly #times: Int32Array;
  #turn = 0;

  constructor(subject: Subject, flow: Flow, writable: readonly Region[], steps: Steps) {
    this.#subject = subject;
    this.#flow = flow;
    this.#steps = steps;
    const values = new Values();
    const matters = addressing(subject.lambda, subject.program);
    this.#step = new Step(subject, writable, matters, values, steps);
    this.#join = new Join(values, steps, livenessOf(subject.lambda, flow, matters));
    this.#entry = this.#step.entry();
    this.#waiting = new Int32Array(flow.start.length);
    flow.successors.forEach((successors, block) => {
      this.#waiting[block] = successors.length;
    });
    this.#walked = new Int32Array(flow.start.length);
    this.#entered = new Int32Array(flow.start.length);
    this.#times = new Int32Array(flow.start.length);
  }

  run(): void {
    // Without loops the first look at a block is the last.
    this.#step.judging = this.#flow.back.length === 0;
    this.#settle();
    if (this.#step.judging) return;
    this.#step.judging = true;
    for (const block of this.#flow.order) {
      const before = this.#before[block];
      if (before !== undefined && this.#steps.left >= 0) this.#walk(block, before);
    }
  }

  /** In order; back to a loop's head whenever something new came round to it. */
  #settle(): void {
    const { order, rank, successors } = this.#flow;
    const stale = new Uint8Array(rank.length).fill(1);
    for (let at = 0; at < order.length && this.#steps.left >= 0; ) {
      const block = order[at++] ?? 0;
      this.#steps.take();
      if (stale[block] === 0) continue;
      stale[block] = 0;
      const ways = this.#waysTo(block);
      const before = ways.length === 0 ? undefined : this.#join.meet(block, this.#flow.head[block] === 1, ways);
      if (before === undefined && (ways.length > 0 || this.#after[block] === NEVER)) continue;
      if (!this.#step.judging) this.#before[block] = before;
      this.#after[block] = before === undefined ? NEVER : this.#walk(block, before);
      this.#walked[block] = ++this.#turn;
      this.#release(block);
      for (const next of successors[block] ?? []) {
        stale[next] = 1;
        const back = (rank[next] ?? 0) <= (rank[block] ?? 0);
        if (back) at = Math.min(at, rank[next] ?? 0);
        else this.#enter(next);
      }
    }
  }

  /** Without loops what is known after a block is of no use when all that follow it have been walked. */
  #release(block: number): void {
    if (!this.#step.judging) return;
    for (const from of this.#flow.predecessors[block] ?? []) {
      const left = (this.#waiting[from] ?? 0) - 1;
      this.#waiting[from] = left;
      if (left === 0) this.#after[from] = undefined;
    }
  }

  /**
   * What came round in a loop that is entered anew says nothing of what will come round now. Where loops lie in each other that is twice as
   * often with each: beyond some times what was known stays, and can only become less, which proves less and holds all the same.
   */
  #enter(block: number): void {
    if (this.#flow.head[block] === 0) return;
    const times = this.#times[block] ?? 0;
    if (times >= MAX_ENTERED) return;
    this.#times[block] = times + 1;
    this.#entered[block] = ++this.#turn;
    this.#join.forget(block);
  }

  /** None where what is known forbids all of them: what stands there never runs, and needs no proof. */
  #waysTo(block: number): State[] {
    const ways = this.#flow.rank[block] === 0 ? [this.#entry] : [];
    const add = (state: State | undefined) => {
      if (state !== undefined) ways.push(state);
    };
    for (const from of this.#flow.predecessors[block] ?? []) {
      const after = this.#after[from];
      if (after === undefined || this.#isOutdated(from, block)) continue;
      const insn = this.#subject.lambda.insns[(this.#flow.end[from] ?? 0) - 1];
      const jumps = insn !== undefined && "label" in insn && insn.op !== "label";
      const taken = jumps && this.#flow.blockAt[insn.label] === block;
      if (taken) add(after.taken);
      // Both, where a branch goes to what comes next anyway.
      if (!taken || (insn.op !== "j" && block === from + 1)) add(after.past);
    }
    return ways;
  }

  #isOutdated(from: number, to: number): boolean {
    const back = (this.#flow.rank[from] ?? 0) >= (this.#flow.rank[to] ?? 0);
    return back && (this.#walked[from] ?? 0) < (this.#entered[to] ?? 0);
  }

  #walk(block: number, before: State): After {
    const { insns } = this.#subject.lambda;
    const end = this.#flow.end[block] ?? 0;
    this.#step.begin(before);
    for (let index = this.#flow.start[block] ?? 0; index < end; index++) {
      const insn = insns[index];
      if (insn !== undefined) this.#step.run(insn, index);
    }
    const last = insns[end - 1];
    if (last?.op === "br" || last?.op === "bri") return this.#step.branch(last);
    const state = this.#step.state();
    return { taken: state, past: state };
  }
}
