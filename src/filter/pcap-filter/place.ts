/**
 * Where loads are, as atoms can say it: so many octets behind a base, and bases in a tree. The root is the frame's
 * first octet; each other base is its parent moved on by a field there, masked and shifted to the left
 * (`4 * (14:8 & 0x0f)`, behind an IPv4 header with its options).
 */
import type { Width } from "../../dpf/atom.js";

export interface Base {
  /** The root is 0, parents come before their children. */
  readonly id: number;
  readonly by: Move | undefined;
  /** The farthest it can be from the frame's first octet. */
  readonly most: number;
}

/** From the parent on by `(field & mask) << left`. */
export interface Move {
  readonly parent: Base;
  readonly offset: number;
  readonly width: Width;
  readonly mask: number;
  readonly left: number;
}

export interface Place {
  readonly base: Base;
  readonly offset: number;
}

/** Beyond it an address could wrap: nothing is said of such a base. */
const MAX_DISTANCE = 2 ** 31;

export const ROOT: Base = { id: 0, by: undefined, most: 0 };

export class Bases {
  readonly #known = new Map<string, Base>();

  /** The base so moved; undefined where the address could wrap. */
  moved(by: Move): Base | undefined {
    const most = by.parent.most + by.mask * 2 ** by.left;
    if (most > MAX_DISTANCE) return undefined;
    const key = [by.parent.id, by.offset, by.width, by.mask, by.left].join();
    let base = this.#known.get(key);
    if (base === undefined) {
      base = { id: this.#known.size + 1, by, most };
      this.#known.set(key, base);
    }
    return base;
  }
}

/** From the root to the base, both included. */
export function wayTo(base: Base): Base[] {
  const way: Base[] = [];
  for (let at: Base | undefined = base; at !== undefined; at = at.by?.parent) way.push(at);
  return way.reverse();
}
