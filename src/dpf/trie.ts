/**
 * The trie: all filters, merged on the canonical order of their atoms.
 *
 *   node         a point on the way of one or more filters; filters that end here match when it is reached
 *   alternative  one field that some filter looks at next, with the children by value of that field;
 *                a move (loaded shift, or a least length) has one child, under the value 0
 *
 * All alternatives of a node are walked, so every matching filter is found. Values are int32, as loads
 * of generated code give them. Nodes have numbers from 1, used again when a node is gone.
 */
import type { Conjunction, Width } from "./atom.js";
import type { Block } from "./plan.js";

export type FieldKind = "test" | "move" | "length";

/** What is looked at; one object for equal fields, so that identity is equality. */
export interface Field {
  readonly kind: FieldKind;
  /** Of a least length: the octets. */
  readonly offset: number;
  readonly width: Width;
  readonly mask: number;
  readonly left: number;
}

export interface Step {
  readonly field: Field;
  readonly value: number;
}

export interface Claim {
  readonly id: number;
  readonly rank: number;
}

export interface Alternative {
  readonly field: Field;
  readonly children: Map<number, Node>;
}

export interface Node {
  readonly number: number;
  readonly parent: Node | undefined;
  /** How it is reached from its parent; the root is not. */
  readonly step: Step | undefined;
  readonly alternatives: Alternative[];
  /** Best first. */
  readonly claims: Claim[];
  /** Id → whether the filter ends at other nodes too. */
  readonly taps: Map<number, boolean>;
  /** The block of code that handles it, as last planned. */
  block: Block | undefined;
}

/** Nodes that a trie may have: bounds memory, whatever filters come. */
export const MAX_NODES = 1 << 20;

export class Trie {
  readonly root: Node;
  readonly #fields = new Map<string, Field>();
  readonly #free: number[] = [];
  #next = 1;
  #count = 0;

  constructor() {
    this.root = this.create(undefined, undefined);
  }

  get nodes(): number {
    return this.#count;
  }

  /** One more than the greatest number in use so far. */
  get numbers(): number {
    return this.#next;
  }

  create(parent: Node | undefined, step: Step | undefined): Node {
    this.#count++;
    const number = this.#free.pop() ?? this.#next++;
    return { number, parent, step, alternatives: [], claims: [], taps: new Map(), block: undefined };
  }

  free(node: Node): void {
    this.#count--;
    this.#free.push(node.number);
  }

  /** The way of a canonical conjunction. */
  path(form: Conjunction): Step[] {
    return form.map((atom) => {
      if (atom.kind === "equal")
        return { field: this.#field("test", atom.offset, atom.width, atom.mask, 0), value: atom.value | 0 };
      if (atom.kind === "shift") return { field: this.#field("length", atom.octets, 8, 0, 0), value: 0 };
      return { field: this.#field("move", atom.offset, atom.width, atom.mask, atom.left), value: 0 };
    });
  }

  #field(kind: FieldKind, offset: number, width: Width, mask: number, left: number): Field {
    const key = `${kind} ${offset} ${width} ${mask} ${left}`;
    const known = this.#fields.get(key);
    if (known) return known;
    const field = { kind, offset, width, mask, left };
    this.#fields.set(key, field);
    return field;
  }
}

export function alternativeOf(node: Node, field: Field): Alternative | undefined {
  return node.alternatives.find((alternative) => alternative.field === field);
}

export function endsHere(node: Node): boolean {
  return node.claims.length > 0 || node.taps.size > 0;
}
