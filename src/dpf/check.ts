/**
 * Every invariant of trie, plan and tables in one walk: for tests, after each change. Returns what is
 * wrong, as sentences; nothing where all is well.
 */
import { RECORD_WORDS, RecordWord } from "../vcode/primitive.js";
import type { Classifier } from "./dpf.js";
import type { Plan } from "./plan.js";
import { endsHere, type Node } from "./trie.js";

export function check(classifier: Classifier): string[] {
  const wrong: string[] = [];
  const nodes: Node[] = [];
  walk(classifier.trie.root, nodes, wrong);
  if (nodes.length !== classifier.trie.nodes)
    wrong.push(`${nodes.length} nodes are reachable of ${classifier.trie.nodes}`);
  if (new Set(nodes.map(({ number }) => number)).size !== nodes.length) wrong.push("two nodes have one number");
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
    for (const [value, child] of children) {
      if (child.parent !== node || child.step?.field !== field || child.step.value !== value) {
        wrong.push(`node ${child.number} does not know how it is reached`);
      }
      walk(child, nodes, wrong);
    }
  }
}

/** Each live filter ends exactly where the classifier says. */
function checkEnds(classifier: Classifier, nodes: readonly Node[], wrong: string[]): void {
  let expected = 0;
  for (const [id, { mode, ends }] of classifier.ends) {
    expected += ends.length;
    for (const node of ends) {
      const found = mode === "tap" ? node.taps.has(id) : node.claims.some((claim) => claim.id === id);
      if (!found) wrong.push(`filter ${id} does not end at node ${node.number}`);
    }
  }
  const found = nodes.reduce((sum, node) => sum + node.claims.length + node.taps.size, 0);
  if (found !== expected) wrong.push(`${found} ends in the trie, ${expected} of live filters`);
}

/** The tables say of a node what the trie says. */
function checkTables(plan: Plan, node: Node, wrong: string[]): void {
  const at = RECORD_WORDS * node.number;
  if (plan.record.get(at + RecordWord.claim) !== (node.claims[0]?.id ?? 0)) wrong.push(`claim of node ${node.number}`);
  if (node.claims[0] && plan.key.get(node.number) !== node.claims[0].rank) wrong.push(`rank of node ${node.number}`);
  const listed = tapsOf(plan, node.number).sort((a, b) => a - b);
  const taps = [...node.taps].map(([id, several]) => (several ? -id : id)).sort((a, b) => a - b);
  if (listed.join() !== taps.join()) wrong.push(`taps of node ${node.number}: ${listed.join()} for ${taps.join()}`);
  for (const { field, children } of node.alternatives) {
    const branching = node.block?.branchings.find((each) => each.field === field);
    for (const [value, child] of children) {
      let reached = 0;
      if (branching?.form === "chain") reached = branching.cases.get(value)?.constant ?? 0;
      else if (branching?.form === "step") reached = plan.record.get(at + RecordWord.step);
      else if (branching?.form === "hash") reached = plan.dispatch[branching.table]?.get(node.number, value) ?? 0;
      if (reached !== child.number) wrong.push(`from node ${node.number} one reaches ${reached}, not ${child.number}`);
    }
  }
}

function tapsOf(plan: Plan, node: number): number[] {
  const tap = plan.record.get(RECORD_WORDS * node + RecordWord.tap);
  const taps = tap > 0 ? [tap] : [];
  for (let link = Math.max(-tap, 0); link !== 0; link = plan.link.get(2 * link + 1)) taps.push(plan.link.get(2 * link));
  return taps;
}
