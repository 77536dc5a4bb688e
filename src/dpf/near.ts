/**
 * Which filters may match a packet that a given one matches: found by walking the trie, so that of ten thousand
 * filters only those are compared whose fields do not say at once that they look for something else. It leaves out
 * only what is certainly disjoint.
 */
import { type Conjunction, type Fact, fullMask, type Test } from "./atom.js";
import type { Work } from "./search.js";
import { type Alternative, intervalsOf, type Node, type Step, type Trie } from "./trie.js";

/** The tests of one region by place, those of facts among the first's, and the move that ends it. */
interface PlacedTests {
  readonly tests: Map<string, Test[]>;
  readonly move: string | undefined;
}

/**
 * Nodes where what ends may overlap with the canonical conjunction, told one by one. False where there was not work
 * enough to look at all of them.
 */
export function nodesNear(trie: Trie, form: Conjunction, work: Work, visit: (node: Node) => void): boolean {
  return walk(trie.root, placedTests(form), 0, work, visit);
}

function placedTests(form: Conjunction): PlacedTests[] {
  const regions: PlacedTests[] = [];
  let tests = new Map<string, Test[]>();
  const first = tests;
  for (const atom of form) {
    if (atom.kind === "shift-loaded") {
      regions.push({ tests, move: placeOf(atom, atom.mask, atom.left) });
      tests = new Map();
    } else if (atom.kind !== "shift" && atom.kind !== "length") {
      const place = placeOf(atom);
      const its = atom.of === undefined ? tests : first;
      const list = its.get(place);
      if (list) list.push(atom);
      else its.set(place, [atom]);
    }
  }
  return [...regions, { tests, move: undefined }];
}

interface Place {
  readonly of?: Fact | undefined;
  readonly offset: number;
  readonly width: number;
}

function placeOf({ of, offset, width }: Place, mask = 0, left = 0): string {
  return of ?? `${offset} ${width} ${mask} ${left}`;
}

/** `at`: which of the regions has the node's base; undefined where their bases may differ. */
function walk(
  node: Node,
  regions: readonly PlacedTests[],
  at: number | undefined,
  work: Work,
  visit: (node: Node) => void,
): boolean {
  visit(node);
  const region = at === undefined ? undefined : regions[at];
  for (const alternative of node.alternatives) {
    const { field } = alternative;
    const isSameMove = field.kind === "move" && region?.move === placeOf(field, field.mask, field.left);
    const next = field.kind !== "move" ? at : isSameMove && at !== undefined ? at + 1 : undefined;
    for (const child of childrenNear(alternative, field.of === undefined ? region : regions[0], work)) {
      if (!walk(child, regions, next, work, visit)) return false;
    }
  }
  return work.left >= 0;
}

function* childrenNear(
  { field, children, index }: Alternative,
  region: PlacedTests | undefined,
  work: Work,
): Generator<Node> {
  const tests = region?.tests.get(placeOf(field)) ?? [];
  work.left--;
  if (work.left < 0) return;
  const same = tests.find((test) => test.kind === "equal" && test.mask === field.mask);
  if (field.kind === "test" && same?.kind === "equal") {
    const child = children.get(same.value);
    if (child) yield child;
    return;
  }
  const bounds = field.mask === fullMask(field.width) && index !== undefined ? tests.map(boundsOf) : [];
  const [first] = bounds.toSorted((a, b) => a.high - a.low - (b.high - b.low));
  for (const child of first === undefined || index === undefined ? children.values() : index.overlapping(first)) {
    work.left -= 1 + tests.length;
    if (work.left < 0) return;
    const { step } = child;
    if (step === undefined || tests.every((test) => mayBoth(step, test))) yield child;
  }
}

/** May one value satisfy both? Tests of one place. */
function mayBoth(step: Step, test: Test): boolean {
  const { field } = step;
  if (field.kind === "test") return mayEqual(step.low, field.mask, test);
  if (field.kind !== "span" || field.mask !== fullMask(field.width)) return true;
  const bounds = boundsOf(test);
  return intervalsOf(step).some(({ low, high }) => low <= bounds.high && bounds.low <= high);
}

function mayEqual(value: number, mask: number, test: Test): boolean {
  if (test.kind === "equal") return ((value ^ test.value) & mask & test.mask) === 0;
  if (test.mask !== mask) return true;
  return test.kind === "range" ? test.low <= value && value <= test.high : test.value !== value;
}

/** Least and greatest value of the field that may satisfy it. */
function boundsOf(test: Test): { low: number; high: number } {
  const free = (fullMask(test.width) & ~test.mask) >>> 0;
  if (test.kind === "equal") return { low: test.value, high: (test.value | free) >>> 0 };
  if (test.kind === "range" && free === 0) return { low: test.low, high: test.high };
  return { low: 0, high: fullMask(test.width) };
}
