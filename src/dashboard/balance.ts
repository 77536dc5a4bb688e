/** The books of DESIGN.md as equations: what the page shows, and says ✓ or the difference of. */
import type { Books } from "../control/protocol.js";
import { causeWords, sum } from "./format.js";

export interface Term {
  readonly name: string;
  readonly value: number;
}

export interface Equation {
  readonly name: string;
  readonly left: readonly Term[];
  readonly right: readonly Term[];
  /** Left minus right; 0 where the books balance. */
  readonly difference: number;
}

export function equations(books: Books): readonly Equation[] {
  return [
    equation(
      "offered",
      [["offered", books.offered]],
      [["received", books.received], ...byCause("dropped", books.dropped)],
    ),
    equation(
      "received",
      [["received", books.received]],
      [
        ["claimed", books.claimed],
        ["tapped only", books.tappedOnly],
        ["unclaimed", books.unclaimed],
      ],
    ),
    equation(
      "deliveries",
      [
        ["claimed", books.claimed],
        ["taps", books.taps],
      ],
      [
        ["consumed by handlers", books.consumed],
        ["delivered", books.delivered],
        ...byCause("undelivered", books.undelivered),
        ["in flight", books.inFlight],
      ],
    ),
  ];
}

type Pair = readonly [name: string, value: number];

function equation(name: string, left: readonly Pair[], right: readonly Pair[]): Equation {
  const terms = (pairs: readonly Pair[]) => pairs.map(([term, value]) => ({ name: term, value }));
  const total = (pairs: readonly Pair[]) => pairs.reduce((all, [, value]) => all + value, 0);
  return { name, left: terms(left), right: terms(right), difference: total(left) - total(right) };
}

/** Causes that never occurred are one term of 0, so that the equation always shows the same kinds of terms. */
function byCause(kind: string, counts: Readonly<Record<string, number>>): readonly Pair[] {
  if (sum(counts) === 0) return [[kind, 0]];
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([cause, count]): Pair => [`${kind}: ${causeWords(cause)}`, count]);
}

/** Both must agree: the server's own comparison and ours of the figures that are shown. */
export function isBalanced(books: Books): boolean {
  return books.balanced && equations(books).every((line) => line.difference === 0);
}
