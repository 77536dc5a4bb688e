/**
 * What is known where ways meet: what all of them know. A register in which they bring different values holds a value of its own from
 * there on, of which is known what all ways know of theirs. If they bring different addresses, the count there is the one that all
 * have in common, or that of a register in which each way brings the count of its address, or a count without a register.
 *
 * At a loop's head the way round is not known yet when it is first met. It is left out, then met again with what came
 * round, until nothing is lost any more: so the last answer holds for every round. That ends, since nothing is ever won back:
 * a register that differed once is taken to differ, a bound that moved is given up, and of the places where a count may be
 * found the next one is tried.
 */

import type { Liveness } from "./addressing.js";
import { Facts, type Known, meet, meetTrees, NOTHING, type Steps, widen } from "./facts.js";
import type { Register } from "./insn.js";
import { get, intersect, put, type Tree } from "./persistent.js";
import type { Value, Values } from "./values.js";
import type { State } from "./verify-step.js";

/** What was last known at a loop's head. */
interface Head {
  state: State;
  readonly differ: Set<Register>;
  /** By register of an address: the first place where its count may still be found. */
  readonly places: Map<Register, number>;
}

/** A register in which ways bring different values. */
interface Different {
  readonly register: Register;
  readonly value: Value;
  readonly brought: readonly Value[];
}

/** One meeting. */
interface Meeting {
  readonly block: number;
  readonly ways: readonly State[];
  readonly old: Head | undefined;
  readonly different: readonly Different[];
}

interface Addresses {
  /** Whether an address has another count or region than when it was last looked at. */
  changed: boolean;
  /** Counts that no register holds, by the register of the address. */
  readonly counts: Different[];
  readonly places: Map<Register, number>;
}

/** Behind all registers. */
const NOWHERE = Number.POSITIVE_INFINITY;

/** Registers that differ are dearer than other steps. */
const STEPS_OF_DIFFERENCE = 8;

export class Join {
  readonly #values: Values;
  readonly #steps: Steps;
  readonly #isLive: Liveness;
  readonly #heads = new Map<number, Head>();

  constructor(values: Values, steps: Steps, isLive: Liveness) {
    this.#values = values;
    this.#steps = steps;
    this.#isLive = isLive;
  }

  /** Forgets what was known at a loop's head: it is come to anew. */
  forget(block: number): void {
    this.#heads.delete(block);
  }

  /** undefined where a head knows what it knew before. */
  meet(block: number, head: boolean, ways: readonly State[]): State | undefined {
    const [first] = ways;
    if (first === undefined) throw new Error("verifier: a block that no way leads to");
    if (!head && ways.length === 1) return first;
    const old = this.#heads.get(block);
    const { held, different } = this.#hold(block, ways, old);
    const meeting = { block, ways, old, different };
    const addresses = this.#addresses(meeting);
    const known = new Map<Value, Known>();
    for (const { value, brought } of [...different, ...addresses.counts]) {
      known.set(value, this.#knownOf(ways, brought));
    }
    let { facts } = first;
    for (const way of ways) facts = meetTrees(facts, way.facts, meet, this.#steps);
    for (const [value, what] of known) if (what !== NOTHING) facts = put(facts, value, what);
    return head ? this.#again(meeting, { held, facts }, addresses, known) : { held, facts };
  }

  /** A head: no more than what was known of it before. */
  #again(
    { block, old, different }: Meeting,
    state: State,
    { changed, counts, places }: Addresses,
    known: ReadonlyMap<Value, Known>,
  ): State | undefined {
    if (old === undefined) {
      const differ = new Set(different.map(({ register }) => register));
      this.#heads.set(block, { state, differ, places });
      return state;
    }
    const held = intersect(old.state.held, state.held, (_, now) => now, this.#visit);
    let facts = meetTrees(old.state.facts, state.facts, widen, this.#steps);
    // Of what differs since this time only, nothing was known before.
    const fresh = different.filter(({ register }) => !old.differ.has(register));
    fresh.push(...counts.filter(({ register }) => old.places.get(register) !== NOWHERE));
    for (const { value } of fresh) facts = put(facts, value, known.get(value) ?? NOTHING);
    for (const { register } of different) old.differ.add(register);
    for (const [register, place] of places) old.places.set(register, place);
    if (!changed && held === old.state.held && facts === old.state.facts) return undefined;
    old.state = { held, facts };
    return old.state;
  }

  readonly #visit = (): void => this.#steps.take();

  /** Registers that ways hold different values in are kept where they may still be read. */
  #hold(
    block: number,
    ways: readonly State[],
    old: Head | undefined,
  ): { held: Tree<Value>; different: readonly Different[] } {
    const differ = new Set(old?.differ);
    const both = (mine: Value, theirs: Value, register: Register) => {
      if (mine === theirs) return mine;
      if (!this.#isLive(block, register)) return undefined;
      differ.add(register);
      return this.#values.arriving(block, register);
    };
    let held = ways[0]?.held;
    for (const way of ways) held = intersect(held, way.held, both, this.#visit);
    const different: Different[] = [];
    for (const register of differ) {
      if (get(held, register) === undefined) continue;
      this.#steps.take(STEPS_OF_DIFFERENCE * ways.length);
      const value = this.#values.arriving(block, register);
      held = put(held, register, value);
      different.push({ register, value, brought: ways.flatMap((way) => get(way.held, register) ?? []) });
    }
    return { held, different };
  }

  #knownOf(ways: readonly State[], brought: readonly Value[]): Known {
    let known: Known | undefined;
    for (const [index, way] of ways.entries()) {
      const value = brought[index];
      if (value === undefined || known === NOTHING) return NOTHING;
      const about = new Facts(this.#values, this.#steps, way.facts).about(value);
      known = known === undefined ? about : meet(known, about);
    }
    return known ?? NOTHING;
  }

  #addresses(meeting: Meeting): Addresses {
    const found: Addresses = { changed: false, counts: [], places: new Map() };
    for (const { register, value, brought } of meeting.different) {
      const addresses = brought.flatMap((each) => this.#values.address(each) ?? []);
      const region = addresses[0]?.region;
      if (
        region === undefined ||
        addresses.length < brought.length ||
        addresses.some((each) => each.region !== region)
      ) {
        if (this.#values.setAddress(value, undefined)) found.changed = true;
        continue;
      }
      const counts = addresses.map(({ count }) => count);
      const { place, count } = this.#countOf(meeting, register, counts);
      found.places.set(register, place);
      const arriving = count ?? this.#values.countArriving(meeting.block, register);
      if (count === undefined) found.counts.push({ register, value: arriving, brought: counts });
      if (this.#values.setAddress(value, { region, count: arriving })) found.changed = true;
    }
    return found;
  }

  /**
   * Place 0: all ways bring one count. Else they do not, so a register in which each brings the count of its address is one of
   * those that differ; its place is its number and one. Beyond them all: no register does.
   */
  #countOf({ old, different }: Meeting, address: Register, counts: readonly Value[]) {
    const from = old?.places.get(address) ?? 0;
    if (from === 0 && counts.every((count) => count === counts[0])) return { place: 0, count: counts[0] };
    let best: Different | undefined;
    for (const each of different) {
      this.#steps.take();
      if (each.register + 1 < from || (best !== undefined && best.register < each.register)) continue;
      if (each.brought.every((value, way) => value === counts[way])) best = each;
    }
    return best === undefined ? { place: NOWHERE, count: undefined } : { place: best.register + 1, count: best.value };
  }
}
