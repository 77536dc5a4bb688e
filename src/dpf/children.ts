/** Children of an alternative by key, in the order in which they came. Most have one: it takes no map. */
import type { Key, Node } from "./trie.js";

export class Children {
  #key: Key = 0;
  #only: Node | undefined;
  #all: Map<Key, Node> | undefined;

  get size(): number {
    return this.#all?.size ?? (this.#only === undefined ? 0 : 1);
  }

  get(key: Key): Node | undefined {
    if (this.#all !== undefined) return this.#all.get(key);
    return this.#key === key ? this.#only : undefined;
  }

  set(key: Key, node: Node): void {
    if (this.#all === undefined && (this.#only === undefined || this.#key === key)) {
      this.#key = key;
      this.#only = node;
      return;
    }
    this.#all ??= new Map(this);
    this.#only = undefined;
    this.#all.set(key, node);
  }

  delete(key: Key): void {
    if (this.#all !== undefined) this.#all.delete(key);
    else if (this.#key === key) this.#only = undefined;
  }

  keys(): Iterable<Key> {
    return this.#all?.keys() ?? (this.#only === undefined ? [] : [this.#key]);
  }

  values(): Iterable<Node> {
    return this.#all?.values() ?? (this.#only === undefined ? [] : [this.#only]);
  }

  [Symbol.iterator](): Iterator<[Key, Node]> {
    const all: Iterable<[Key, Node]> = this.#all ?? (this.#only === undefined ? [] : [[this.#key, this.#only]]);
    return all[Symbol.iterator]();
  }
}
