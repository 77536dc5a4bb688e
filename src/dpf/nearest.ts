/**
 * Nested prefixes of claims: the longest that contains a value has tested the most bits, so of claims of one priority
 * it wins, and the shorter ones around it need not be looked at. That holds where nothing taps, where claims end
 * at the children and nothing goes on below them, and where each child is one whole prefix: a range tests fewer bits
 * than the prefixes that it is cut into, and of "not equal" no bits count.
 */
import type { Branching } from "./branching.js";
import { rankPriority } from "./rank.js";
import { prefixesOf } from "./span-tree.js";
import { intervalsOf, type Node, type Step } from "./trie.js";

/** The one priority of all claims at the children, where only the nearest child matters. */
export function nearestPriority(children: readonly Node[]): number | undefined {
  const [first] = children[0]?.claims ?? [];
  if (first === undefined) return undefined;
  const priority = rankPriority(first.rank);
  return children.every((child) => isNearest(child, priority)) ? priority : undefined;
}

/** May the node be a child where only the nearest is looked at, and its claims have that priority? */
function isNearest(node: Node, priority: number): boolean {
  const { step, alternatives, claims } = node;
  if (step === undefined || alternatives.length > 0 || !isPrefix(step)) return false;
  return claims.every(({ rank }) => rankPriority(rank) === priority);
}

/** What the branching supposes still holds at the node, to which it leads. */
export function breaksNearest(branching: Branching | undefined, node: Node): boolean {
  if (branching?.form !== "tree" || branching.nearest === undefined) return false;
  return !isNearest(node, branching.nearest);
}

function isPrefix(step: Step): boolean {
  const [interval, another] = intervalsOf(step);
  if (interval === undefined || another !== undefined) return false;
  return prefixesOf(interval, step.field.width).length === 1;
}
