/**
 * Where code is cut into functions. V8 stops optimising functions of about 60 KB of bytecode (an
 * iteration then takes 29 ns instead of 1.3), and its parser has a limit of nesting; so no piece of code
 * exceeds half of the first and a fraction of the second. A block that is too great by itself is split
 * into bundles of alternatives; below an alternative that is too great, its children stand apart. So do those
 * of a loop in a loop: the verifier goes round an inner one again for each round of the outer.
 */
import { MAX_BYTECODE } from "../vcode/bytecode.js";
import { type Block, type Branching, childrenOf } from "./branching.js";

/** Nested blocks; a node and the branching that leads to it make at most three. */
const MAX_DEPTH = 400;
/** Loops within each other, in one function. */
const MAX_LOOPS = 2;
/** Octets of bytecode, estimated: of a call, of what every node and every branching takes, of one more child. */
const CALL = 30;
const LEAF = 110;
const BRANCHING = 250;
const CASE = 20;

interface Size {
  readonly octets: number;
  readonly depth: number;
  readonly loops: number;
}

export class Cut {
  readonly #apart = new Set<Block>();
  readonly #bundles = new Map<Block, Branching[][]>();

  constructor(root: Block) {
    this.#block(root);
  }

  /** Is its code a function of its own? */
  isApart(block: Block): boolean {
    return this.#apart.has(block);
  }

  /** Its alternatives in groups, each to become a function; undefined where they stay together. */
  bundles(block: Block): readonly (readonly Branching[])[] | undefined {
    return this.#bundles.get(block);
  }

  #block(block: Block): Size {
    const sizes = block.branchings.map((branching) => this.#branching(branching));
    const octets = sizes.reduce((sum, size) => sum + size.octets, LEAF);
    const depth = 1 + most(sizes, "depth");
    if (octets <= MAX_BYTECODE) return { octets, depth, loops: most(sizes, "loops") };
    const bundles: Branching[][] = [];
    let room = 0;
    block.branchings.forEach((branching, index) => {
      const size = sizes[index]?.octets ?? 0;
      if (size > room) {
        bundles.push([]);
        room = MAX_BYTECODE;
      }
      bundles.at(-1)?.push(branching);
      room -= size;
    });
    this.#bundles.set(block, bundles);
    return { octets: LEAF + CALL * bundles.length, depth: 1, loops: 0 };
  }

  #branching(branching: Branching): Size {
    const children = childrenOf(branching);
    const sizes = children.map((child) => this.#block(child));
    const own = BRANCHING + CASE * children.length;
    const octets = sizes.reduce((sum, size) => sum + size.octets, own);
    const depth = 2 + most(sizes, "depth");
    const loop = branching.form === "list" || branching.form === "tree" ? 1 : 0;
    const loops = loop + most(sizes, "loops");
    if (octets <= MAX_BYTECODE && depth <= MAX_DEPTH && loops <= MAX_LOOPS) return { octets, depth, loops };
    for (const child of children) this.#apart.add(child);
    return { octets: own + CALL * children.length, depth: 2, loops: loop };
  }
}

function most(sizes: readonly Size[], of: keyof Size): number {
  return sizes.reduce((greatest, size) => Math.max(greatest, size[of]), 0);
}
