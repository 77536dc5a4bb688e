/** What bound handlers decided over the last minutes: their counters are kept as they are polled, and told as rates. No clock is read here. */
import type { HandlerBinding } from "../control/protocol.js";
import { sum } from "./format.js";

export const OUTCOMES = ["consumed", "passed", "passedTo", "killed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface OutcomeRates {
  /** Wall ms at the end of each stretch, oldest first. */
  readonly times: readonly number[];
  /** Messages a second in it, by outcome. */
  readonly rates: Readonly<Record<Outcome, readonly number[]>>;
}

interface Sample {
  readonly time: number;
  readonly counts: Readonly<Record<Outcome, number>>;
}

/** Polled once a second: two minutes. */
export const KEPT = 121;

export class Outcomes {
  readonly #kept = new Map<number, readonly Sample[]>();

  /** `now`: wall ms. What is bound no more is forgotten. */
  take(bound: readonly HandlerBinding[], now: number): void {
    const living = new Set(bound.map(({ binding }) => binding));
    for (const binding of this.#kept.keys()) if (!living.has(binding)) this.#kept.delete(binding);
    for (const { binding, counts } of bound) {
      const { consumed, passed, passedTo, killed } = counts;
      const sample = { time: now, counts: { consumed, passed, passedTo, killed: sum(killed) } };
      this.#kept.set(binding, [...this.#before(binding, sample), sample].slice(-KEPT));
    }
  }

  /** Counters that have gone back are another attachment's. */
  #before(binding: number, { counts }: Sample): readonly Sample[] {
    const before = this.#kept.get(binding) ?? [];
    const last = before.at(-1);
    return last !== undefined && OUTCOMES.some((one) => counts[one] < last.counts[one]) ? [] : before;
  }

  ratesOf(binding: number): OutcomeRates {
    const samples = this.#kept.get(binding) ?? [];
    const pairs = samples.slice(1).map((sample, index) => ({ sample, before: samples[index] ?? sample }));
    const rateOf = (outcome: Outcome) =>
      pairs.map(({ sample, before }) => {
        const seconds = (sample.time - before.time) / 1000;
        return seconds > 0 ? (sample.counts[outcome] - before.counts[outcome]) / seconds : 0;
      });
    return {
      times: pairs.map(({ sample }) => sample.time),
      rates: {
        consumed: rateOf("consumed"),
        passed: rateOf("passed"),
        passedTo: rateOf("passedTo"),
        killed: rateOf("killed"),
      },
    };
  }
}
