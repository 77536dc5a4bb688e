/**
 * Every invariant of trie, plan and tables in one walk: for tests, after each change. Returns what is
 * wrong, as sentences; nothing where all is well.
 */

import { type Branching, isStatic, type SharedBranching, type TablePlace } from "./branching.js";
import type { Children } from "./children.js";
import type { Classifier } from "./dpf.js";
import { DETAIL_WORDS, DetailWord, LINK_WORDS, RECORD_WORDS, RecordWord } from "./layout.js";
import { breaksNearest } from "./nearest.js";
import type { Plan } from "./plan.js";
import { rawOf } from "./raw.js";
import { endsHere, intervalsOf, type Node } from "./trie.js";

export function check(classifier: Classifier): string[] {
  const wrong: string[] = [];
  const nodes: Node[] = [];
  walk(classifier.trie.root, nodes, wrong);
  if (nodes.length !== classifier.trie.nodes)
    wrong.push(`${nodes.length} nodes are reachable of ${classifier.trie.nodes}`);
  if (new Set(nodes.map(({ number }) => number)).size !== nodes.length) wrong.push("two nodes have one number");
  const fields = new Set(nodes.flatMap(({ step }) => step?.field ?? []));
  if (fields.size !== classifier.trie.fields)
    wrong.push(`${classifier.trie.fields} fields, ${fields.size} are looked at`);
  checkEnds(classifier, nodes, wrong);
  const plan = classifier.plan;
  if (plan && !plan.structural) for (const node of nodes) checkTables(plan, node, wrong);
  return wrong;
}

function walk(node: Node, nodes: Node[], wrong: string[]): void {
  nodes.push(node);
  if (node.parent && node.alternatives.length === 0 && !endsHere(node)) wrong.push(`node ${node.number} leads nowhere`);
  if (new Set(node.alternatives.map(({ field }) => field)).size !== node.alternatives.length) {
    wrong.push(`node ${node.number} looks at one field in two alternatives`);
  }
  if (node.claims.some(({ rank }, index) => rank > (node.claims[index - 1]?.rank ?? Infinity))) {
    wrong.push(`claims of node ${node.number} are out of order`);
  }
  for (const { field, children } of node.alternatives) {
    if (children.size === 0) wrong.push(`node ${node.number} has an empty alternative`);
    for (const [key, child] of children) {
      if (child.parent !== node || child.step?.field !== field || child.step.key !== key) {
        wrong.push(`node ${child.number} does not know how it is reached`);
      }
      walk(child, nodes, wrong);
    }
  }
}

/** Each live filter ends exactly where the classifier says. */
function checkEnds(classifier: Classifier, nodes: readonly Node[], wrong: string[]): void {
  let expected = 0;
  for (const [id, { mode, ends }] of classifier.live) {
    expected += ends.length;
    for (const { node } of ends) {
      const found = mode === "tap" ? node.taps.has(id) : node.claims.some((claim) => claim.id === id);
      if (!found) wrong.push(`filter ${id} does not end at node ${node.number}`);
    }
  }
  const found = nodes.reduce((sum, node) => sum + node.claims.length + node.taps.size, 0);
  if (found !== expected) wrong.push(`${found} ends in the trie, ${expected} of live filters`);
}

/** The tables say of a node what the trie says. */
function checkTables(plan: Plan, node: Node, wrong: string[]): void {
  const at = RECORD_WORDS * node.record;
  checkWays(plan, node, wrong);
  if (isAliased(node)) return;
  if (plan.record.get(at + RecordWord.claim) !== (node.claims[0]?.id ?? 0)) wrong.push(`claim of node ${node.number}`);
  if (node.claims[0] && plan.detail.getDouble(DETAIL_WORDS * node.record + DetailWord.rank) !== node.claims[0].rank)
    wrong.push(`rank of node ${node.number}`);
  const listed = tapsOf(plan, node.record).sort((a, b) => a - b);
  const taps = [...node.taps].map(([id, several]) => (several ? -id : id)).sort((a, b) => a - b);
  if (listed.join() !== taps.join()) wrong.push(`taps of node ${node.number}: ${listed.join()} for ${taps.join()}`);
}

function checkWays(plan: Plan, node: Node, wrong: string[]): void {
  for (const { field, children } of node.alternatives) {
    const branching = node.block?.branchings.find((each) => each.field === field);
    if (branching === undefined) wrong.push(`node ${node.number} has no code for one of its fields`);
    else checkWay(plan, node, branching, children, wrong);
  }
}

/** Its record says what its child needs. */
function isAliased(node: Node): boolean {
  return (
    node.block?.branchings.some((each) => each.form === "alias" || (each.form === "match" && each.shares)) === true
  );
}

function checkWay(plan: Plan, node: Node, branching: Branching, children: Children, wrong: string[]): void {
  if (isStatic(branching)) {
    const reached = [...branching.cases.values()].map((each) => each.node);
    const lost = [...children.values()].filter((child) => !reached.includes(child));
    if (lost.length > 0 || reached.length !== children.size) wrong.push(`code of node ${node.number}`);
  } else if (branching.form === "list" || branching.form === "tree") {
    checkSpans(plan, node, branching, children, wrong);
    for (const child of children.values()) {
      if (breaksNearest(branching, child)) wrong.push(`node ${child.number} is not what "nearest" supposes`);
    }
  } else {
    for (const child of children.values()) {
      const reached = childReached(plan, node, branching, child);
      if (reached !== child.record) wrong.push(`from node ${node.number} one reaches ${reached}, not ${child.number}`);
    }
  }
}

function childReached(
  plan: Plan,
  node: Node,
  branching: Extract<SharedBranching, { form: "hash" | "match" | "goto" | "alias" }>,
  { step }: Node,
): number {
  if (step === undefined) return 0;
  const at = RECORD_WORDS * node.record;
  if (branching.form === "alias") return node.record;
  if (branching.form === "goto") return placed(plan, node, branching.at);
  if (branching.form === "hash") return branching.at.dispatch.get(branching.own ? 0 : node.record, rawOf(step));
  const fits = plan.record.get(at + RecordWord.value) === rawOf(step);
  return fits ? plan.record.get(at + RecordWord.step) : 0;
}

function placed(plan: Plan, node: Node, at: TablePlace): number {
  if (at === "record") return plan.record.get(RECORD_WORDS * node.record + RecordWord.step);
  return at.dispatch.get(0, node.record);
}

/** At both ends of each interval, and beside them, exactly the children are found that contain the value. */
function checkSpans(
  plan: Plan,
  node: Node,
  branching: Extract<SharedBranching, { form: "list" | "tree" }>,
  children: Children,
  wrong: string[],
): void {
  const spans = [...children.values()].flatMap((child) =>
    child.step === undefined ? [] : intervalsOf(child.step).map((interval) => ({ child: child.record, ...interval })),
  );
  const greatest = 2 ** branching.field.width - 1;
  const values = new Set(
    spans.flatMap(({ low, high }) => [low, high, Math.max(low - 1, 0), Math.min(high + 1, greatest)]),
  );
  for (const value of [...values].slice(0, MOST_VALUES)) {
    const expected = spans.filter(({ low, high }) => low <= value && value <= high).map(({ child }) => child);
    const found = foundIn(plan, node, branching, value);
    if (found.sort().join() !== expected.sort().join()) {
      wrong.push(`value ${value} at node ${node.number} leads to ${found.join()}, not ${expected.join()}`);
    }
  }
}

const MOST_VALUES = 64;

function foundIn(
  { entries, record }: Plan,
  node: Node,
  branching: Extract<SharedBranching, { form: "list" | "tree" }>,
  value: number,
): number[] {
  const found: number[] = [];
  let entry = 0;
  if (branching.form === "list") entry = branching.lists.get(node)?.head ?? 0;
  else {
    const tree = branching.trees.get(node);
    entry = tree === undefined ? 0 : branching.spans.find(tree, value);
  }
  for (; entry !== 0; entry = entries.next(entry)) if (entries.contains(entry, value)) found.push(entries.child(entry));
  const place = branching.at;
  if (place === "record" && branching.form === "list") {
    const head = branching.lists.get(node)?.head ?? 0;
    if (record.get(RECORD_WORDS * node.record + RecordWord.step) !== head) found.push(-1);
  }
  return found;
}

function tapsOf(plan: Plan, node: number): number[] {
  const tap = plan.record.get(RECORD_WORDS * node + RecordWord.tap);
  const taps = tap > 0 ? [tap] : [];
  for (let link = Math.max(-tap, 0); link !== 0; link = plan.link.get(LINK_WORDS * link + 1))
    taps.push(plan.link.get(LINK_WORDS * link));
  return taps;
}
