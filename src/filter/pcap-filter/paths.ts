/**
 * Which frames make a predicate true, which false, from left to right and with faults, as alternatives of conjunctions.
 *
 * A frame makes a predicate true, or false, or ends in a fault. With N the frames without a fault,
 *
 *   S(p, b)   the frames for which p is b                       S(p, true) ∪ S(p, false) = N(p), and the two are disjoint
 *   G(p, b)   some set with S(p, b) ⊆ G(p, b) ⊆ N(p)            mostly mere lengths: the loads of p are there
 *
 * An operator decides at once where its left side has one answer d (`or`: true, `and`: false); else its right side is asked:
 *
 *   S(p op q,  d) = S(p, d) ∪ G(p, !d) S(q, d)     instead of S(p, !d) S(q, d): what G has more is in S(p, d) already
 *   S(p op q, !d) = S(p, !d) S(q, !d)              both have to be asked, and neither decides
 *   G(p op q,  d) = S(p, d) ∪ G(p, !d) G(q, d)     ⊇ S(p op q, d), since G(q, d) ⊇ S(q, d). ⊆ N: in S(p, d) q is not asked; in
 *                                                  G(p, !d) G(q, d) neither p nor q has a fault
 *   G(p op q, !d) = G(p, !d) G(q, !d)              ⊇ S(p, !d) S(q, !d), and neither has a fault there
 *   S(not p, b)   = S(p, !b)                       G likewise
 *
 * A product is an intersection. Nothing is complemented and nothing taken away, so where a leaf's sets are
 * larger than they should be, so are all others: never too small.
 */
import { type Algebra, type Alternatives, EVERYTHING, NOTHING } from "./alternatives.js";
import type { Leaves } from "./leaf.js";
import type { Numbers } from "./number.js";
import type { Predicate, Step } from "./predicate.js";

type Chain = Extract<Predicate, { kind: "chain" }>;
type Leaf = Exclude<Predicate, Chain | { kind: "not" }>;

/** S: exactly the frames with that answer; G: at least these, and none with a fault. */
interface Asked {
  readonly set: "S" | "G";
  readonly answer: boolean;
}

const FOUR: readonly Asked[] = [
  { set: "S", answer: false },
  { set: "S", answer: true },
  { set: "G", answer: false },
  { set: "G", answer: true },
];

function indexOf({ set, answer }: Asked): number {
  return (set === "G" ? 2 : 0) + (answer ? 1 : 0);
}

export class Paths {
  readonly #algebra: Algebra;
  readonly #numbers: Numbers;
  readonly #leaves: Leaves;

  constructor(algebra: Algebra, numbers: Numbers, leaves: Leaves) {
    this.#algebra = algebra;
    this.#numbers = numbers;
    this.#leaves = leaves;
  }

  /** S(predicate, answer). */
  where(predicate: Predicate, answer: boolean): Alternatives {
    return this.#find(predicate, { set: "S", answer });
  }

  #find(predicate: Predicate, asked: Asked): Alternatives {
    // Where the answer is not exact anyway, what a G would leave out is not worth the work.
    const { exhausted, inexact } = this.#algebra;
    if (exhausted || (asked.set === "G" && inexact !== undefined)) return EVERYTHING;
    let [at, { set, answer }] = [predicate, asked];
    for (; at.kind === "not"; at = at.of) answer = !answer;
    return at.kind === "chain" ? this.#chain(at, { set, answer }) : this.#leaf(at, { set, answer });
  }

  #leaf(leaf: Leaf, { set, answer }: Asked): Alternatives {
    switch (leaf.kind) {
      case "constant":
        return leaf.value === answer ? EVERYTHING : NOTHING;
      case "store":
        return answer ? this.#leaves.computable(this.#numbers.of(leaf.value)) : NOTHING;
      case "protochain":
        this.#algebra.approximate("atoms follow no chain of headers");
        return EVERYTHING;
      case "comparison":
        return set === "G" ? this.#leaves.comparable(leaf) : this.#leaves.compared(leaf, answer);
    }
  }

  /** From the first term on; of each prefix those of the four sets that a longer one will ask for. */
  #chain({ first, rest }: Chain, asked: Asked): Alternatives {
    const wanted = wantedOf(rest, asked);
    const isWanted = (prefix: number, index: number) => (((wanted[prefix] ?? 0) >> index) & 1) === 1;
    let sets = FOUR.map((each, index) => (isWanted(0, index) ? this.#find(first, each) : NOTHING));
    for (const [at, link] of rest.entries()) {
      const before = sets;
      sets = FOUR.map((each, index) => (isWanted(at + 1, index) ? this.#joined(before, link, each) : NOTHING));
    }
    return sets[indexOf(asked)] ?? NOTHING;
  }

  #joined(before: readonly Alternatives[], { operator, term }: Step, asked: Asked): Alternatives {
    const of = (each: Asked) => before[indexOf(each)] ?? NOTHING;
    const decisive = operator === "or";
    if (asked.answer !== decisive) return this.#times(of(asked), term, asked);
    const decided = of({ set: "S", answer: decisive });
    if (decided === EVERYTHING) return decided;
    const undecided = of({ set: "G", answer: !decisive });
    return this.#algebra.union(decided, this.#times(undecided, term, asked));
  }

  /** The term is not looked at where nothing comes to it. */
  #times(set: Alternatives, term: Predicate, asked: Asked): Alternatives {
    return set.length === 0 ? NOTHING : this.#algebra.product(set, this.#find(term, asked));
  }
}

/** By length of the prefix, bits of the sets that are asked for. */
function wantedOf(rest: readonly Step[], asked: Asked): Uint8Array {
  const wanted = new Uint8Array(rest.length + 1);
  wanted[rest.length] = 1 << indexOf(asked);
  for (let at = rest.length; at > 0; at--) {
    const decisive = rest[at - 1]?.operator === "or";
    let before = 0;
    for (const [index, each] of FOUR.entries()) {
      if ((((wanted[at] ?? 0) >> index) & 1) === 0) continue;
      if (each.answer !== decisive) before |= 1 << index;
      else before |= (1 << indexOf({ set: "S", answer: decisive })) | (1 << indexOf({ set: "G", answer: !decisive }));
    }
    wanted[at - 1] = before;
  }
  return wanted;
}
