/** The undo of merge: nodes where nothing ends and from which nothing goes on are taken away. */
import { alternativeOf, endsHere, type Node, type Trie } from "./trie.js";

/** Prunes from `node` towards the root; nodes are told before they go, children first. */
export function prune(trie: Trie, node: Node, removed: (node: Node) => void): void {
  let last = node;
  while (last.parent && last.step && last.alternatives.length === 0 && !endsHere(last)) {
    const { parent, step } = last;
    const alternative = alternativeOf(parent, step.field);
    if (alternative === undefined) throw new Error(`trie: node ${last.number} is not among its parent's children`);
    removed(last);
    alternative.children.delete(step.key);
    alternative.index?.delete(last, step);
    if (alternative.children.size === 0) parent.alternatives.splice(parent.alternatives.indexOf(alternative), 1);
    trie.free(last);
    last = parent;
  }
}
