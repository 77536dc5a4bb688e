/**
 * The merged trie as a picture of limited size (trie-picture.ts), breadth first from the place that was asked for:
 * a dispatch of more than UNFOLDED values is folded, and so is what the limit cuts off. A dispatch that is asked
 * for is told UNFOLDED_ALONE values at a time, so that there is room for what is below them.
 */
import type { Classifier } from "./dpf.js";
import type { Node, Trie } from "./trie.js";
import type {
  TrieColumn,
  TrieDispatchPoint,
  TrieNodePoint,
  TriePicture,
  TriePlace,
  TriePoint,
} from "./trie-picture.js";
import { type Dispatch, dispatchesOf, endsBelow, endsOf, movesTo, nodeOf, stepText, stepValue } from "./trie-view.js";

/** Nodes and dispatches that are told at most, unless told otherwise. */
export const DRAWN = 400;
/** Values of one dispatch that are told without being asked for. */
export const UNFOLDED = 12;
export const UNFOLDED_ALONE = 100;
/** Filters that are named at one node. */
export const FILTERS_TOLD = 8;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A dispatch or a node that is still to be told. */
type Waiting =
  | { readonly node: Node; readonly value: string; readonly parent: string | null; readonly region: number }
  | {
      readonly dispatch: Dispatch;
      readonly id: string;
      readonly parent: string | null;
      readonly region: number;
      /** The first of its values that are told, where it was asked for. */
      readonly from: number | null;
    };

export interface TrieView {
  /** The id of a node or dispatch; the root where it is undefined. */
  readonly at: string | undefined;
  /** Of a dispatch: the first value that is told, in their order, from 0. */
  readonly from: number;
  /** Nodes and dispatches at most. */
  readonly limit: number;
}

/** Undefined where the trie has no such place. */
export function drawTrie(classifier: Classifier, { at, from, limit }: TrieView): TriePicture | undefined {
  const start = placeOf(classifier.trie, at, from);
  if (start === undefined) return undefined;
  const drawing = new Drawing(limit);
  const nodes = drawing.draw(start.waiting);
  const { generation, totals } = classifier;
  const before = "dispatch" in start.waiting ? from : 0;
  return { generation, totals, path: start.path, before, columns: drawing.columns(), nodes };
}

function placeOf(
  trie: Trie,
  at: string | undefined,
  from: number,
): { waiting: Waiting; path: TriePlace[] } | undefined {
  const [number = trie.root.number, index] = at?.split(".").map(Number) ?? [];
  const node = nodeOf(trie, number);
  if (node === undefined) return undefined;
  const path = pathTo(node);
  const region = movesTo(node);
  if (index === undefined) return { waiting: { node, value: stepValue(node), parent: null, region }, path };
  const dispatch = dispatchesOf(node)[index];
  if (dispatch === undefined) return undefined;
  const id = `${number}.${index}`;
  return {
    waiting: { dispatch, id, parent: null, region, from },
    path: [...path, { id, text: `${dispatch.field}, ${dispatch.kind} of ${dispatch.count}` }],
  };
}

class Drawing {
  readonly #limit: number;
  readonly #told: Writable<TriePoint>[] = [];
  readonly #ranks = new Map<
    string,
    { readonly region: number; readonly field: string; readonly rank: readonly number[] }
  >();
  readonly #keys = new Map<Writable<TrieDispatchPoint>, string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  draw(first: Waiting): TriePoint[] {
    const waiting = [first];
    // The list grows while it is walked.
    for (let index = 0; index < waiting.length && index < this.#limit; index++) {
      const next = waiting[index];
      if (next === undefined) break;
      if ("node" in next) this.#node(next, waiting);
      else this.#dispatch(next, waiting);
    }
    this.#foldWhatWasCut();
    return this.#told;
  }

  #node({ node, value, parent, region }: Extract<Waiting, { node: Node }>, waiting: Waiting[]): void {
    const id = `${node.number}`;
    const { claims, taps } = endsOf(node);
    const filters = [...claims, ...taps];
    const dispatches = dispatchesOf(node);
    const point: TrieNodePoint = {
      id,
      parent,
      kind: "node",
      node: node.record,
      value,
      filters: filters.slice(0, FILTERS_TOLD),
      filterCount: filters.length,
      children: dispatches.length,
      folded: false,
      ends: endsBelow(node),
      reached: null,
    };
    this.#told.push(point);
    dispatches.forEach((dispatch, index) => {
      waiting.push({ dispatch, id: `${id}.${index}`, parent: id, region, from: null });
    });
  }

  #dispatch({ dispatch, id, parent, region, from }: Exclude<Waiting, { node: Node }>, waiting: Waiting[]): void {
    const { field, rank, kind, count, branches } = dispatch;
    const folded = count > UNFOLDED && from === null;
    const ends = branches.reduce((sum, { node }) => sum + endsBelow(node), 0);
    const point: TrieDispatchPoint = { id, parent, kind, field, column: 0, children: count, folded, ends };
    this.#told.push(point);
    const key = `${region} ${field}`;
    this.#ranks.set(key, { region, field, rank });
    this.#keys.set(point, key);
    if (folded) return;
    const beyond = kind === "move" ? region + 1 : region;
    const shown = from === null ? branches : branches.slice(from, from + UNFOLDED_ALONE);
    for (const { node, value } of shown) waiting.push({ node, value, parent: id, region: beyond });
  }

  /** Whoever has children that did not come to be told is folded. */
  #foldWhatWasCut(): void {
    const told = new Map<string | null, number>();
    for (const { parent } of this.#told) told.set(parent, (told.get(parent) ?? 0) + 1);
    for (const point of this.#told) point.folded = point.children > (told.get(point.id) ?? 0);
  }

  /** Also enters each dispatch's column. */
  columns(): TrieColumn[] {
    const order = [...this.#ranks].sort(([, a], [, b]) => compare([a.region, ...a.rank], [b.region, ...b.rank]));
    const places = new Map(order.map(([key], place) => [key, place]));
    for (const [point, key] of this.#keys) point.column = places.get(key) ?? 0;
    return order.map(([, { field, region }]) => ({ field, region }));
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function pathTo(node: Node): TriePlace[] {
  const place = { id: `${node.number}`, text: node.parent === undefined ? "every packet" : stepText(node) };
  return node.parent === undefined ? [place] : [...pathTo(node.parent), place];
}
