/**
 * Out-of-order data of one direction, as pieces that do not overlap, sorted by their place in the
 * stream. The first copy of an octet counts: what a new piece shares with those that are held is dropped.
 */

/** What a piece costs beside its octets, so that many tiny ones cannot fill memory. */
const PIECE_COST = 128;

export interface Piece {
  /** Place of the first octet in the stream. */
  readonly offset: number;
  readonly octets: Uint8Array;
}

/** Octets held by all connections together, with the cost of their pieces. */
export interface HeldBudget {
  held: number;
}

export class OutOfOrder {
  /** Sorted, without overlap. */
  #pieces: Piece[] = [];
  /** Octets held here, with the cost of the pieces. */
  #cost = 0;
  readonly #budget: HeldBudget;

  constructor(budget: HeldBudget) {
    this.#budget = budget;
  }

  get cost(): number {
    return this.#cost;
  }

  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  /** Place of the first octet held. */
  get first(): number | undefined {
    return this.#pieces[0]?.offset;
  }

  /** Keeps a copy of what is new in the data at `offset`; how many octets that were. */
  insert(offset: number, octets: Uint8Array, at: number, length: number): number {
    const end = offset + length;
    let index = this.#after(offset);
    let from = offset;
    let added = 0;
    const previous = this.#pieces[index - 1];
    if (previous !== undefined) from = Math.max(from, previous.offset + previous.octets.length);
    while (from < end) {
      const next = this.#pieces[index];
      const to = Math.min(end, next?.offset ?? end);
      if (from < to) {
        const start = at + from - offset;
        this.#pieces.splice(index++, 0, { offset: from, octets: octets.slice(start, start + to - from) });
        added += to - from;
        this.#charge(to - from + PIECE_COST);
      }
      if (next === undefined) break;
      from = Math.max(to, next.offset + next.octets.length);
      index++;
    }
    return added;
  }

  /** Takes out the pieces that follow on each other from `offset` on. */
  takeFrom(offset: number): Piece[] {
    let next = offset;
    let count = 0;
    for (const piece of this.#pieces) {
      if (piece.offset !== next) break;
      next += piece.octets.length;
      count++;
    }
    return count === 0 ? [] : this.#cut(count);
  }

  /** Moves the origin of the stream: what then lies before it is dropped. */
  rebase(origin: number): void {
    const moved: Piece[] = [];
    for (const { offset, octets } of this.#pieces) {
      const place = offset - origin;
      if (place >= 0) moved.push({ offset: place, octets });
      else if (place + octets.length > 0) moved.push({ offset: 0, octets: octets.slice(-place) });
    }
    this.clear();
    for (const piece of moved) this.#charge(piece.octets.length + PIECE_COST);
    this.#pieces = moved;
  }

  clear(): void {
    this.#charge(-this.#cost);
    this.#pieces = [];
  }

  /** Index of the first piece that begins after `offset`. */
  #after(offset: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.offset ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #cut(count: number): Piece[] {
    const taken = this.#pieces.splice(0, count);
    for (const piece of taken) this.#charge(-(piece.octets.length + PIECE_COST));
    return taken;
  }

  #charge(cost: number): void {
    this.#cost += cost;
    this.#budget.held += cost;
  }
}
