/**
 * Labels and branches as nested blocks, in the order in which JavaScript and WebAssembly are written:
 *
 *   function = { item }                            of the lambda itself, and of each piece that was moved (pieces.ts)
 *   item     = code                                straight instructions
 *            | block L { item } end                a branch to L leaves it
 *            | loop L { item } end                 a branch to L begins it again; its end is never reached
 *            | if cond { item } end
 *            | branch way
 *            | branch-if cond, L                   to a label, with nothing to select
 *            | table insn, ways                    a jump table
 *            | enter L, …                          to the root that the selector names
 *            | call piece, ways                    runs the piece, then goes the way of its exit
 *            | ret insn
 *   way      = [ select n ] ( label L | exit n )   exit n ends the piece
 *
 * A function ends in a branch, table, call or return: control never falls off it. Where it falls off a block, it goes on
 * behind it. Exits are numbered from 1; exit 0 of a piece means that the lambda has returned.
 *
 * A piece that stands where another ends, and goes nowhere in it, is not called there: the other exits, and its caller
 * calls it next. So long code becomes calls one after the other, instead of calls within calls, each with all its locals on
 * the stack.
 */
import { type Flow, flowOf } from "./flow.js";
import type { Insn, Label, Lambda } from "./insn.js";
import { type CutLimits, MAX_NESTING, Nesting, type Piece, type Pieces, type Place, piecesOf } from "./pieces.js";
import { type Transfer, transfers } from "./transfer.js";

/** By kind, numbers of their own: 2b of the place where block b stands, 2b + 1 of the loop that it heads, a piece's is negative. */
export type StructLabel = number;

export interface Way {
  readonly to: { readonly label: StructLabel } | { readonly exit: number };
  /** What the selector is set to before, where the target has several roots. */
  readonly select: number | undefined;
}

export type Conditional = Extract<Insn, { op: "br" | "bri" }>;

export type Item =
  | { readonly kind: "code"; readonly from: number; readonly to: number }
  | { readonly kind: "block" | "loop"; readonly label: StructLabel }
  | { readonly kind: "if"; readonly insn: Conditional; readonly negated: boolean }
  | { readonly kind: "end"; readonly label: StructLabel | undefined }
  | { readonly kind: "branch"; readonly way: Way }
  | { readonly kind: "branch-if"; readonly insn: Conditional; readonly negated: boolean; readonly label: StructLabel }
  | {
      readonly kind: "table";
      readonly insn: Extract<Insn, { op: "jt" }>;
      readonly ways: readonly Way[];
      readonly other: Way;
    }
  /** The root numbered `first + n` is at `labels[n]`. */
  | { readonly kind: "enter"; readonly first: number; readonly labels: readonly StructLabel[] }
  | { readonly kind: "call"; readonly piece: number; readonly ways: readonly Way[] }
  | { readonly kind: "ret"; readonly insn: Extract<Insn, { op: "ret" }> };

export interface StructuredPiece extends Transfer {
  readonly items: readonly Item[];
  /** How deep blocks nest. */
  readonly depth: number;
}

export interface StructureLimits {
  readonly nesting?: number;
  /** Of one function, as `weight` counts it. */
  readonly size?: number;
  /** What the target's jump tables add to the nesting, and calls of a piece to the size. */
  readonly tableNesting?: number;
  readonly callSize?: number;
  /** Registers from 0 on that are saved where the lambda of an image traps; 0 in any other. */
  readonly saved?: number | undefined;
}

/** Functions are cut between blocks, so none may be large: with what primitives need, under 10 KB. */
const LONGEST_BLOCK = 64;
/** A function wraps its items in a block that an exit leaves, and a dispatch over its roots. */
const WRAPPED = 2;
const CALL_SIZE = 60;

/**
 * The functions of a verified lambda, each before the one that calls it; the last is the lambda itself. Throws a
 * RangeError where control flow is irreducible.
 */
export function structureOf(
  lambda: Lambda,
  weight: (insn: Insn) => number,
  limits: StructureLimits = {},
): StructuredPiece[] {
  const flow = flowOf(lambda, LONGEST_BLOCK);
  if (flow.irreducible)
    throw new RangeError(`structure: two ways into a loop at instruction ${flow.start[flow.irreducible.to]}`);
  const sizes = Float64Array.from(flow.start, (start, block) => {
    let sum = 0;
    for (let index = start; index < flow.end[block]!; index++) sum += weight(lambda.insns[index]!);
    return sum;
  });
  const tables = Uint8Array.from(flow.end, (end) => (lambda.insns[end - 1]!.op === "jt" ? 1 : 0));
  return new Structurer(lambda, flow, piecesOf(flow, cutLimits(limits), sizes, tables)).run(limits.saved ?? 0);
}

function cutLimits(limits: StructureLimits): CutLimits {
  const { nesting = MAX_NESTING, size = Number.POSITIVE_INFINITY, tableNesting = 0, callSize = CALL_SIZE } = limits;
  return { nesting: nesting - WRAPPED, size, tableNesting, callSize };
}

/** Pieces in a row that one caller calls, and pieces that one may leave to its caller. */
const LONGEST_ROW = 32;
const MOST_NEXT = 4;

/** What is still to be written: items as they are, or what the code of a block, or a call of a piece, comes to. */
type Task = { readonly kind: "tree"; readonly block: number } | { readonly kind: "run"; readonly piece: number } | Item;

class Structurer {
  readonly #lambda: Lambda;
  readonly #flow: Flow;
  readonly #pieces: Pieces;
  readonly #nesting: Nesting;
  /** By piece: where its exits lead and their numbers, from 1. */
  readonly #exits: Map<Place, number>[] = [];
  /** By piece: whose code calls it, as far as is known; and how many in a row its callers are left to call. */
  readonly #parents: Int32Array;
  readonly #row: number[] = [];
  /** By piece: places to which it leads in the end, those pieces included that it leaves to its caller. */
  readonly #far: ReadonlySet<Place>[] = [];
  /** Pieces of a row that is long enough: they are called where its first is. */
  readonly #stay = new Set<number>();
  #current = 0;
  #items: Item[] = [];

  constructor(lambda: Lambda, flow: Flow, pieces: Pieces) {
    this.#lambda = lambda;
    this.#flow = flow;
    this.#pieces = pieces;
    this.#nesting = new Nesting(pieces.pieces);
    this.#parents = Int32Array.from(pieces.pieces, ({ parent }) => parent);
  }

  run(saved: number): StructuredPiece[] {
    const written = this.#pieces.pieces.map((piece, index) => this.#write(piece, index));
    const called = this.#pieces.pieces.map((piece, index) => ({ ...piece, parent: this.#parents[index]! }));
    const pieces = { ...this.#pieces, pieces: called };
    const moved = transfers(this.#lambda, this.#flow, pieces, new Nesting(called), saved);
    return written.map((items, index) => ({ ...moved[index]!, items, depth: depthOf(items) }));
  }

  #write(piece: Piece, index: number): Item[] {
    this.#current = index;
    this.#items = [];
    this.#exits.push(new Map());
    this.#work(this.#start(piece));
    const next = this.#next(index);
    this.#row.push(1 + next.reduce((most, each) => Math.max(most, this.#row[each]!), 0));
    const near = [...this.#exits[index]!.keys()].filter((place) => !this.#isApart(-1 - place));
    this.#far.push(new Set([...near, ...next.flatMap((each) => [...this.#far[each]!])]));
    return this.#items;
  }

  #start({ roots, first }: Piece): Task[] {
    const [only] = roots;
    if (roots.length === 1 && only !== undefined && only >= 0) return [{ kind: "tree", block: only }];
    const labels = roots.flatMap((place) => Array<StructLabel>(this.#rootsOf(place)).fill(placeLabel(place)));
    return this.#wrapped(roots, [{ kind: "enter", first, labels }]);
  }

  #rootsOf(place: Place): number {
    if (place >= 0) return 1;
    const { first, last } = this.#pieces.pieces[-1 - place]!;
    return last - first + 1;
  }

  /** Trees are as deep as programs are long, so what is left to do lies on a stack of our own. */
  #work(tasks: readonly Task[]): void {
    const stack = tasks.toReversed();
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      if (task.kind === "tree") stack.push(...this.#tree(task.block).reverse());
      else if (task.kind === "run") stack.push(...this.#run(task.piece).reverse());
      else this.#put(task);
    }
  }

  /** A branch to what stands behind the next end is none. */
  #put(item: Item): void {
    const last = this.#items.at(-1);
    if (item.kind === "end" && item.label !== undefined && last?.kind === "branch" && last.way.select === undefined) {
      const { to } = last.way;
      // Of a loop it would fall off, instead of beginning it again.
      if ("label" in to && to.label === item.label && !isLoop(item.label)) this.#items.pop();
    }
    this.#items.push(item);
  }

  #tree(block: number): Task[] {
    const code: Task = { kind: "code", from: this.#flow.start[block]!, to: this.#flow.end[block]! };
    const inside = this.#wrapped(this.#pieces.places[block]!, [code, ...this.#leave(block)]);
    if (this.#flow.head[block] === 0) return inside;
    const label = loopLabel(block);
    return [{ kind: "loop", label }, ...inside, { kind: "end", label }];
  }

  /** Blocks around `inside`, each ending where its place stands. */
  #wrapped(places: readonly Place[], inside: readonly Task[]): Task[] {
    const opens = places.map((place): Task => ({ kind: "block", label: placeLabel(place) }));
    const ends = places.flatMap((place): Task[] => [
      { kind: "end", label: placeLabel(place) },
      place < 0 ? { kind: "run", piece: -1 - place } : { kind: "tree", block: place },
    ]);
    return [...opens.reverse(), ...inside, ...ends];
  }

  /** How control leaves the block. */
  #leave(block: number): Task[] {
    const insn = this.#lambda.insns[this.#flow.end[block]! - 1]!;
    switch (insn.op) {
      case "br":
      case "bri":
        return this.#conditional(block, insn);
      case "j":
        return [this.#go(block, this.#at(insn.label))];
      case "jt": {
        const way = (label: Label) => this.#way(block, this.#at(label));
        return [{ kind: "table", insn, ways: insn.labels.map(way), other: way(insn.other) }];
      }
      case "ret":
        return [{ kind: "ret", insn }];
      default:
        return [this.#go(block, block + 1)];
    }
  }

  #at(label: Label): number {
    return this.#flow.blockAt[label]!;
  }

  #conditional(block: number, insn: Conditional): Task[] {
    const taken = this.#at(insn.label);
    const next = block + 1;
    if (taken === next) return [this.#go(block, next)];
    if (!this.#standsIn(block, taken))
      return [...this.#branchIf(insn, false, this.#way(block, taken)), this.#go(block, next)];
    if (!this.#standsIn(block, next))
      return [...this.#branchIf(insn, true, this.#way(block, next)), this.#go(block, taken)];
    const { height } = this.#pieces;
    const negated = height[taken]! > height[next]!;
    const [flatter, other] = negated ? [next, taken] : [taken, next];
    return [
      { kind: "if", insn, negated },
      this.#go(block, flatter),
      { kind: "end", label: undefined },
      this.#go(block, other),
    ];
  }

  #branchIf(insn: Conditional, negated: boolean, way: Way): Task[] {
    if ("label" in way.to && way.select === undefined)
      return [{ kind: "branch-if", insn, negated, label: way.to.label }];
    return [
      { kind: "if", insn, negated },
      { kind: "branch", way },
      { kind: "end", label: undefined },
    ];
  }

  /** Whether `block` is where the code of `target` stands, since only this way leads there. */
  #standsIn(block: number, target: number): boolean {
    const { dominator, rank } = this.#flow;
    return dominator[target] === block && rank[target]! > rank[block]! && this.#pieces.ordinal[target]! < 0;
  }

  #go(block: number, target: number): Task {
    if (!this.#standsIn(block, target)) return { kind: "branch", way: this.#way(block, target) };
    const apart = this.#pieces.apart[target]!;
    return apart >= 0 ? { kind: "run", piece: apart } : { kind: "tree", block: target };
  }

  /** From a block of the current piece to another block, which does not stand in it. */
  #way(block: number, target: number): Way {
    const { pieceOf, pieces, ordinal } = this.#pieces;
    const { rank } = this.#flow;
    let place = target;
    let home = pieceOf[target]!;
    if (rank[target]! <= rank[block]!) return this.#to(place, home, loopLabel(target), undefined);
    while (!this.#nesting.contains(home, this.#current)) {
      place = -1 - home;
      home = pieces[home]!.parent;
    }
    const several = place < 0 && this.#rootsOf(place) > 1;
    return this.#to(place, home, placeLabel(place), several ? ordinal[target]! : undefined);
  }

  #to(place: Place, home: number, label: StructLabel, select: number | undefined): Way {
    return home === this.#current ? { to: { label }, select } : this.#exit(place, select);
  }

  #exit(place: Place, select?: number): Way {
    const exits = this.#exits[this.#current]!;
    const exit = exits.get(place) ?? exits.size + 1;
    exits.set(place, exit);
    return { to: { exit }, select };
  }

  /** A call of the piece where it stands, or an exit that leaves it to the caller. */
  #run(piece: number): Task[] {
    if (this.#mayWait(piece)) return [{ kind: "branch", way: this.#exit(-1 - piece) }];
    this.#parents[piece] = this.#current;
    if (this.#row[piece]! >= LONGEST_ROW || this.#stay.has(piece)) {
      for (const next of this.#next(piece)) this.#stay.add(next);
    }
    const ways = this.#waysOf(piece);
    const labels = new Set(ways.map(({ to }) => ("label" in to ? to.label : undefined)));
    const after = this.#next(piece).map((next): Place => -1 - next);
    return this.#wrapped(
      after.filter((place) => labels.has(placeLabel(place))),
      [{ kind: "call", piece, ways }],
    );
  }

  /** Where exits of the piece lead; what they select was selected inside. */
  #waysOf(piece: number): Way[] {
    const root = this.#firstBlock(piece);
    return [...this.#exits[piece]!.keys()].map((place) => {
      if (place >= 0) return this.#way(root, place);
      if (!this.#isApart(-1 - place)) return this.#to(place, this.#parents[-1 - place]!, placeLabel(place), undefined);
      if (this.#mayWait(-1 - place)) return this.#exit(place);
      return { to: { label: placeLabel(place) }, select: undefined };
    });
  }

  /** Pieces that this one leaves to its caller. */
  #next(piece: number): number[] {
    return [...this.#exits[piece]!.keys()].map((place) => -1 - place).filter((each) => this.#isApart(each));
  }

  #isApart(piece: number): boolean {
    const root = this.#pieces.pieces[piece]?.roots[0];
    return root !== undefined && this.#pieces.apart[root] === piece;
  }

  /** Whether the piece, which has been written, may be called by the caller of the current one: if it goes nowhere here. */
  #mayWait(piece: number): boolean {
    if (this.#current === this.#pieces.pieces.length - 1 || !this.#isApart(piece)) return false;
    if (this.#row[piece]! >= LONGEST_ROW || this.#stay.has(piece)) return false;
    const waiting = this.#next(this.#current);
    if (waiting.length >= MOST_NEXT && !waiting.includes(piece)) return false;
    return [...this.#far[piece]!].every((place) => !this.#isHere(place));
  }

  /** Whether the place is in the current piece. */
  #isHere(place: Place): boolean {
    const home = place < 0 ? this.#parents[-1 - place] : this.#pieces.pieceOf[place];
    return home === this.#current;
  }

  #firstBlock(piece: number): number {
    let place = this.#pieces.pieces[piece]!.roots[0]!;
    while (place < 0) place = this.#pieces.pieces[-1 - place]!.roots[0]!;
    return place;
  }
}

function placeLabel(place: Place): StructLabel {
  return place < 0 ? place : 2 * place;
}

function loopLabel(block: number): StructLabel {
  return 2 * block + 1;
}

/** A branch to this label goes back, not out. */
export function isLoop(label: StructLabel): boolean {
  return label > 0 && label % 2 === 1;
}

function depthOf(items: readonly Item[]): number {
  let depth = 0;
  let deepest = 0;
  for (const { kind } of items) {
    if (kind === "block" || kind === "loop" || kind === "if") deepest = Math.max(deepest, ++depth);
    else if (kind === "end") depth--;
  }
  return deepest;
}
