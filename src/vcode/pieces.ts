/**
 * What is moved into functions of its own. A piece is one subtree of the dominator tree, or several that hang under one
 * block and follow each other: it is entered at their roots only, so the moved code is structured like any other.
 *
 * Control flow becomes nested blocks after Ramsey (Beyond Relooper, ICFP'22): a block of the lambda contains the code
 * of those that it dominates. One that is reached in one way only stands where it is reached. One that is reached in
 * several ways, or by a jump table, is a *place*: the code of its dominator is wrapped in a block at whose end it stands,
 * and a branch to it leaves that block. Places that follow each other in reverse postorder may be moved
 * together: a number then selects the root, and the blocks around the dominator are fewer.
 *
 * Planning goes from the leaves of the tree up. Where a block would become too deep or too large with all that it
 * contains, first what is more than half of it is moved, then its places in runs, and runs of runs, then the rest.
 */
import type { Flow } from "./flow.js";

/** How deep blocks may nest in one function: far below where parsers of V8 give up (4,000 measured). */
export const MAX_NESTING = 500;

export interface CutLimits {
  /** Of the blocks in one function. */
  readonly nesting: number;
  /** Of one function, in the units of `sizeOf`. */
  readonly size: number;
  /** What a jump table adds to the nesting, what a call of a piece adds to the size. */
  readonly tableNesting: number;
  readonly callSize: number;
}

/** A block (its number), or a piece with several roots or one (-1 - its number). */
export type Place = number;

export interface Piece {
  /** Places in reverse postorder, numbered from `first` on among the places of the block above. */
  readonly roots: readonly Place[];
  readonly first: number;
  readonly last: number;
  /** The piece whose code calls it; of the last, which is the lambda's own code, -1. */
  readonly parent: number;
}

export interface Pieces {
  /** Each before the one that calls it; the last is the lambda's own code. */
  readonly pieces: readonly Piece[];
  /** By block: the piece that has its code. */
  readonly pieceOf: Int32Array;
  /** By block: the piece that was moved from where the block would stand alone, or -1. */
  readonly apart: Int32Array;
  /** By block: what stands behind the blocks around it, innermost first. */
  readonly places: readonly (readonly Place[])[];
  /** By block: its number among its dominator's places, which selects it; -1 where it is none. */
  readonly ordinal: Int32Array;
  /** By block: nesting of its code, to choose which of two branches goes into an `if`. */
  readonly height: Int32Array;
}

/** `sizeOf`: by block, of its own instructions. `tables`: by block, 1 where it ends in a jump table. */
export function piecesOf(flow: Flow, limits: CutLimits, sizeOf: Float64Array, tables: Uint8Array): Pieces {
  const planner = new Planner(flow, limits, sizeOf, tables);
  for (let index = flow.order.length - 1; index >= 0; index--) planner.plan(flow.order[index]!);
  return planner.finish();
}

/** Roots in one piece, and with them places around one block once places are moved. */
const MAX_ROOTS = 128;
/** A call stands in a `switch` over its exits, and in blocks behind which pieces stand that it may leave to its caller. */
const CALL_NESTING = 5;

/** Left for what the function of a piece adds around its roots. */
const ROOT_NESTING = 4;

interface Draft {
  readonly roots: readonly Place[];
  readonly first: number;
  readonly last: number;
  readonly owner: number;
  within: number;
}

class Planner {
  readonly #flow: Flow;
  readonly #limits: CutLimits;
  readonly #tables: Uint8Array;
  readonly #size: Float64Array;
  readonly #height: Int32Array;
  readonly #inline: number[][];
  readonly #places: Place[][];
  readonly #ordinal: Int32Array;
  readonly #apart: Int32Array;
  readonly #member: Int32Array;
  readonly #drafts: Draft[] = [];
  readonly #own: Float64Array;

  constructor(flow: Flow, limits: CutLimits, sizeOf: Float64Array, tables: Uint8Array) {
    const count = flow.rank.length;
    this.#flow = flow;
    this.#limits = limits;
    this.#tables = tables;
    this.#own = sizeOf;
    this.#size = new Float64Array(count);
    this.#height = new Int32Array(count);
    this.#inline = Array.from({ length: count }, () => []);
    this.#places = Array.from({ length: count }, () => []);
    this.#ordinal = new Int32Array(count).fill(-1);
    this.#apart = new Int32Array(count).fill(-1);
    this.#member = new Int32Array(count).fill(-1);
    for (const block of flow.order) this.#hang(block);
  }

  /** Blocks come in reverse postorder, so places do as well. */
  #hang(block: number): void {
    const { dominator, predecessors, rank } = this.#flow;
    const above = dominator[block]!;
    if (above === block) return;
    const ways = predecessors[block]!.filter((from) => rank[from]! >= 0 && rank[from]! < rank[block]!);
    if (ways.length === 1 && this.#tables[above] === 0) this.#inline[above]!.push(block);
    else this.#ordinal[block] = this.#places[above]!.push(block) - 1;
  }

  plan(block: number): void {
    if (this.#fits(block)) return;
    this.#moveLarge(block);
    while (!this.#fits(block)) if (!this.#moveRuns(block) && !this.#moveLargest(block)) return;
  }

  /** Measures the block with all that it contains. */
  #fits(block: number): boolean {
    const places = this.#places[block]!;
    let inside = this.#tables[block] === 1 ? this.#limits.tableNesting : 0;
    let size = this.#own[block]!;
    // Of two that stand in it, the flatter goes into an `if`.
    const heights = this.#inline[block]!.map((child) => this.#inlineHeight(child)).sort((a, b) => b - a);
    heights.forEach((height, index) => {
      inside = Math.max(inside, height + (index > 0 ? 1 : 0));
    });
    for (const child of this.#inline[block]!) size += this.#inlineSize(child);
    let height = inside + places.length;
    places.forEach((place, index) => {
      height = Math.max(height, places.length - 1 - index + this.#placeHeight(place));
      size += this.#placeSize(place);
    });
    this.#height[block] = height + this.#flow.head[block]!;
    this.#size[block] = size;
    return this.#height[block]! <= this.#limits.nesting && size <= this.#limits.size;
  }

  #inlineHeight(child: number): number {
    return this.#apart[child]! >= 0 ? CALL_NESTING : this.#height[child]!;
  }

  #inlineSize(child: number): number {
    return this.#apart[child]! >= 0 ? this.#limits.callSize : this.#size[child]!;
  }

  #placeHeight(place: Place): number {
    return place < 0 ? CALL_NESTING : this.#height[place]!;
  }

  #placeSize(place: Place): number {
    return place < 0 ? this.#limits.callSize : this.#size[place]!;
  }

  #isLarge(block: number): boolean {
    return this.#height[block]! > this.#limits.nesting / 2 || this.#size[block]! > this.#limits.size / 2;
  }

  #moveLarge(block: number): void {
    for (const child of this.#inline[block]!) if (this.#isLarge(child)) this.#moveApart(block, child);
    const places = this.#places[block]!;
    places.forEach((place, index) => {
      if (place >= 0 && this.#isLarge(place)) places[index] = this.#move(block, [place]);
    });
  }

  #moveApart(owner: number, child: number): void {
    const piece = -1 - this.#move(owner, [child]);
    this.#apart[child] = piece;
  }

  /** Whether anything was moved. */
  #moveRuns(block: number): boolean {
    const places = this.#places[block]!;
    const moved: Place[] = [];
    for (let from = 0; from < places.length; ) {
      const to = this.#runEnd(places, from);
      const only = places[from]!;
      moved.push(to === from + 1 && only < 0 ? only : this.#move(block, places.slice(from, to)));
      from = to;
    }
    this.#places[block] = moved;
    return moved.length < places.length || moved.some((place, index) => place !== places[index]);
  }

  /** As many places from `from` on as one piece may have; at least one. */
  #runEnd(places: readonly Place[], from: number): number {
    let size = 0;
    let height = 0;
    let to = from;
    for (; to < places.length && to - from < MAX_ROOTS; to++) {
      size += this.#placeSize(places[to]!);
      height = Math.max(height, this.#placeHeight(places[to]!));
      const fits = size <= this.#limits.size && height + (to - from) + ROOT_NESTING <= this.#limits.nesting;
      if (to > from && !fits) break;
    }
    return to;
  }

  /** The largest of what stands in the block, if it is larger than a call of it. */
  #moveLargest(block: number): boolean {
    const candidates = this.#inline[block]!.filter((child) => this.#apart[child]! < 0);
    const [child] = candidates.sort((a, b) => this.#size[b]! - this.#size[a]!);
    if (child === undefined || this.#size[child]! <= this.#limits.callSize) return false;
    this.#moveApart(block, child);
    return true;
  }

  #move(owner: number, roots: readonly Place[]): Place {
    const piece = this.#drafts.length;
    const [first, last] = [this.#ordinals(roots.at(0)!)[0], this.#ordinals(roots.at(-1)!)[1]];
    this.#drafts.push({ roots, first, last, owner, within: -1 });
    for (const place of roots) {
      if (place < 0) this.#drafts[-1 - place]!.within = piece;
      else this.#member[place] = piece;
    }
    return -1 - piece;
  }

  #ordinals(place: Place): [number, number] {
    if (place >= 0) return [this.#ordinal[place]!, this.#ordinal[place]!];
    const { first, last } = this.#drafts[-1 - place]!;
    return [first, last];
  }

  finish(): Pieces {
    const main = this.#drafts.length;
    const pieceOf = new Int32Array(this.#flow.rank.length).fill(-1);
    for (const block of this.#flow.order) {
      const above = this.#flow.dominator[block]!;
      const member = this.#member[block]!;
      pieceOf[block] = member >= 0 ? member : above === block ? main : pieceOf[above]!;
    }
    const pieces = this.#drafts.map(({ roots, first, last, owner, within }): Piece => {
      return { roots, first, last, parent: within >= 0 ? within : pieceOf[owner]! };
    });
    pieces.push({ roots: [0], first: 0, last: 0, parent: -1 });
    const [apart, places, ordinal, height] = [this.#apart, this.#places, this.#ordinal, this.#height];
    return { pieces, pieceOf, apart, places, ordinal, height };
  }
}

/** Answers in constant time which piece contains which, itself included. */
export class Nesting {
  /** By piece: its number in a walk from outside in, and how many it contains. */
  readonly position: Int32Array;
  readonly #count: Int32Array;

  constructor(pieces: readonly Piece[]) {
    this.#count = new Int32Array(pieces.length).fill(1);
    this.position = new Int32Array(pieces.length);
    const next = new Int32Array(pieces.length).fill(1);
    pieces.forEach(({ parent }, piece) => {
      if (parent >= 0) this.#count[parent]! += this.#count[piece]!;
    });
    for (let piece = pieces.length - 2; piece >= 0; piece--) {
      const { parent } = pieces[piece]!;
      this.position[piece] = this.position[parent]! + next[parent]!;
      next[parent]! += this.#count[piece]!;
    }
  }

  contains(outer: number, inner: number): boolean {
    return this.containsPosition(outer, this.position[inner]!);
  }

  containsPosition(outer: number, position: number): boolean {
    return position >= this.position[outer]! && position < this.end(outer);
  }

  /** Positions of what is in the piece are [position, end). */
  end(piece: number): number {
    return this.position[piece]! + this.#count[piece]!;
  }
}
