/**
 * The trie: all filters, merged on the canonical order of their atoms.
 *
 *   node         a point on the way of one or more filters; filters that end here match when it is reached
 *   alternative  one field that some filter looks at next, with its children
 *
 *   test         children by value of the field under its mask: at most one is reached
 *   span         children by interval of values: all that contain the value are reached. Networks, port ranges and
 *                inequalities of one field are one alternative, whatever their number
 *   move         a loaded shift, with one child
 *   length       octets left within bounds, with one child
 *   residual     a predicate in VCODE, with one child
 *
 * All alternatives of a node are walked, so every matching filter is found. Nodes have numbers from 1, used
 * again when a node is gone.
 */

import {
  type Atom,
  type Conjunction,
  type Fact,
  fullMask,
  MAX_LENGTH,
  type Test,
  type Tested,
  type Width,
} from "./atom.js";
import type { Block } from "./branching.js";
import { Children } from "./children.js";
import type { Interval } from "./entries.js";
import { IntervalIndex } from "./interval-index.js";

export type FieldKind = "test" | "span" | "move" | "length" | "residual";

/** What is looked at; one object for equal fields, so that identity is equality. */
export interface Field {
  readonly kind: FieldKind;
  /** Of a test or span: the fact, where it looks at no octets. */
  readonly of: Fact | undefined;
  readonly offset: number;
  readonly width: Width;
  readonly mask: number;
  /** Of a move: how far what was loaded is scaled. */
  readonly left: number;
  /** Of a length. */
  readonly least: number;
  readonly most: number;
  /** Of a residual: its number, and the facts that it takes, in the order of its parameters. */
  readonly residual: number;
  readonly takes: readonly Fact[];
}

export type Key = number | string;

/** How a child is reached. */
export interface Step {
  readonly field: Field;
  /** Among its siblings: the value of a test, unsigned; the interval of a span as text; else 0. */
  readonly key: Key;
  /** Of a span: low to high, and where low is greater all but what lies between. */
  readonly low: number;
  readonly high: number;
}

export interface Claim {
  readonly id: number;
  readonly rank: number;
}

export interface Alternative {
  readonly field: Field;
  readonly children: Children;
  /** Of a span: its children by their intervals. */
  readonly index: IntervalIndex<Node> | undefined;
}

export interface Node {
  readonly number: number;
  readonly parent: Node | undefined;
  /** How it is reached from its parent; the root is not. */
  readonly step: Step | undefined;
  readonly alternatives: Alternative[];
  /** Best first. */
  readonly claims: Claim[];
  /** Id → whether the filter ends at other nodes too; NO_TAPS until there is one. */
  taps: Map<number, boolean>;
  /** Number of its record in the plan's tables, by which code knows it (layout.ts); it may be its parent's. */
  record: number;
  /** The block of code that handles it, as last planned. */
  block: Block | undefined;
}

/** One for all nodes, into which nothing is put: most nodes have no taps ever. */
export const NO_TAPS = new Map<number, boolean>();

const NO_FIELD = {
  of: undefined,
  offset: 0,
  width: 8,
  mask: 0,
  left: 0,
  least: 0,
  most: 0,
  residual: 0,
  takes: [],
} as const;

export class Trie {
  readonly root: Node;
  readonly #fields = new Map<string, Field>();
  /** Nodes that a field leads to. One that leads to none is forgotten: else authors could make fields without end. */
  readonly #uses = new Map<Field, { readonly key: string; nodes: number }>();
  readonly #free: number[] = [];
  #next = 1;
  #count = 0;
  /** Ends of filters that claim, and that tap, as the classifier counts them. */
  claims = 0;
  taps = 0;

  constructor() {
    this.root = this.create(undefined, undefined);
  }

  get nodes(): number {
    return this.#count;
  }

  create(parent: Node | undefined, step: Step | undefined): Node {
    this.#count++;
    const uses = step && this.#uses.get(step.field);
    if (uses) uses.nodes++;
    const number = this.#free.pop() ?? this.#next++;
    return { number, record: 0, parent, step, alternatives: [], claims: [], taps: NO_TAPS, block: undefined };
  }

  free(node: Node): void {
    this.#count--;
    this.#free.push(node.number);
    const uses = node.step && this.#uses.get(node.step.field);
    if (node.step === undefined || uses === undefined || --uses.nodes > 0) return;
    this.#uses.delete(node.step.field);
    this.#fields.delete(uses.key);
  }

  /** Fields by which nodes are reached. */
  get fields(): number {
    return this.#fields.size;
  }

  /** Does any frame's way depend on the fact? */
  asks(fact: Fact): boolean {
    for (const [{ of, takes }, { nodes }] of this.#uses)
      if (nodes > 0 && (of === fact || takes.includes(fact))) return true;
    return false;
  }

  /**
   * The way of a canonical conjunction, to be merged before any node goes; `residual`: what must hold besides. `known`: steps
   * of atoms of other conjunctions, between which no node goes either.
   */
  path(form: Conjunction, residual?: Pick<Field, "residual" | "takes">, known = new Map<Atom, Step>()): Step[] {
    const steps = form.map((atom): Step => {
      const step = known.get(atom) ?? this.#step(atom);
      known.set(atom, step);
      return step;
    });
    if (residual !== undefined) steps.push(this.#one("residual", `residual ${residual.residual}`, residual));
    return steps;
  }

  #step(atom: Atom): Step {
    switch (atom.kind) {
      case "length":
        return this.#one("length", `length ${atom.least} ${atom.most}`, { least: atom.least, most: atom.most });
      case "shift":
        return this.#one("length", `length ${atom.octets} ${MAX_LENGTH}`, { least: atom.octets, most: MAX_LENGTH });
      case "shift-loaded": {
        const { offset, width, mask, left } = atom;
        return this.#one("move", `move ${offset} ${width} ${mask} ${left}`, { offset, width, mask, left });
      }
      default:
        return this.#test(atom);
    }
  }

  /**
   * A test as a step. Networks (a mask of leading bits) are intervals; that a field of one bit is not one value says
   * that it is the other.
   */
  #test(atom: Test): Step {
    const { width, mask } = atom;
    const full = fullMask(width);
    if (atom.kind === "range") return this.#span(atom, mask, atom.low, atom.high);
    if (atom.kind === "not-equal") {
      if ((mask & (mask - 1)) === 0) return this.#equal(atom, (mask ^ atom.value) >>> 0);
      const [low, high] = [atom.value === full ? 0 : atom.value + 1, atom.value === 0 ? full : atom.value - 1];
      return this.#span(atom, mask, low, high);
    }
    const rest = (full & ~mask) >>> 0;
    const isNetwork = rest !== 0 && (rest & (rest + 1)) === 0;
    if (isNetwork) return this.#span(atom, full, atom.value, (atom.value | rest) >>> 0);
    return this.#equal(atom, atom.value);
  }

  #equal({ of, offset, width, mask }: Tested, value: number): Step {
    const field = this.#field("test", `test ${of ?? offset} ${width} ${mask}`, { of, offset, width, mask });
    return { field, key: value, low: value, high: value };
  }

  #span({ of, offset, width }: Tested, mask: number, low: number, high: number): Step {
    const field = this.#field("span", `span ${of ?? offset} ${width} ${mask}`, { of, offset, width, mask });
    return { field, key: `${low}-${high}`, low, high };
  }

  #one(kind: FieldKind, key: string, given: Partial<Field>): Step {
    return { field: this.#field(kind, key, given), key: 0, low: 0, high: 0 };
  }

  #field(kind: FieldKind, key: string, given: Partial<Field>): Field {
    const known = this.#fields.get(key);
    if (known) return known;
    const field: Field = { ...NO_FIELD, ...given, kind };
    this.#fields.set(key, field);
    this.#uses.set(field, { key, nodes: 0 });
    return field;
  }
}

/** The values that a step of a span lets through, in order; one or two intervals. */
export function intervalsOf({ field, low, high }: Step): Interval[] {
  if (low <= high) return [{ low, high }];
  return [
    { low: 0, high },
    { low, high: fullMask(field.width) },
  ];
}

export function newAlternative(field: Field): Alternative {
  return { field, children: new Children(), index: field.kind === "span" ? new IntervalIndex() : undefined };
}

export function alternativeOf(node: Node, field: Field): Alternative | undefined {
  return node.alternatives.find((alternative) => alternative.field === field);
}

export function endsHere(node: Node): boolean {
  return node.claims.length > 0 || node.taps.size > 0;
}
