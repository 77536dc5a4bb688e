/**
 * The merge rule: from the root on, an alternative that looks at the same field is shared, and in it the
 * child of the same value; where the value is new it is added to the dispatch; where the field is new an
 * alternative is added.
 */
import { alternativeOf, type Node, newAlternative, type Step, type Trie } from "./trie.js";

/** The node at the end of `path`, made where it is missing; new nodes are told in order, parents first. */
export function merge(trie: Trie, path: readonly Step[], added: (node: Node) => void): Node {
  let node = trie.root;
  for (const step of path) {
    let alternative = alternativeOf(node, step.field);
    if (alternative === undefined) {
      alternative = newAlternative(step.field);
      node.alternatives.push(alternative);
    }
    let child = alternative.children.get(step.key);
    if (child === undefined) {
      child = trie.create(node, step);
      alternative.children.set(step.key, child);
      alternative.index?.add(child, step);
      added(child);
    }
    node = child;
  }
  return node;
}
