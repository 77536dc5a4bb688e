/**
 * What is known at a point of a program whichever way led there: the verifier's state. Facts are about
 * registers and die when one of them is assigned. Where ways meet, only what all of them know stays.
 *
 *   assigned r      r holds a value
 *   low r = k       r, as a signed word, is at least k
 *   left p ∋ r      r octets are left in the packet from address p on; r is never negative
 *   below s ∋ r     s <= r, both taken as unsigned words
 *   rest r = (q,s)  r was made as q - s while s <= q was known
 */
import type { Register } from "./insn.js";

export class Facts {
  readonly assigned: Uint8Array;
  readonly low = new Map<Register, number>();
  readonly left = new Map<Register, Set<Register>>();
  readonly below = new Map<Register, Set<Register>>();
  readonly rest = new Map<Register, readonly [Register, Register]>();

  constructor(assigned: Uint8Array) {
    this.assigned = assigned;
  }

  copy(): Facts {
    const copy = new Facts(this.assigned.slice());
    for (const [register, bound] of this.low) copy.low.set(register, bound);
    for (const [pointer, counts] of this.left) copy.left.set(pointer, new Set(counts));
    for (const [small, great] of this.below) copy.below.set(small, new Set(great));
    for (const [register, pair] of this.rest) copy.rest.set(register, pair);
    return copy;
  }

  /** Forgets everything about `register`, then holds it assigned. */
  assign(register: Register): void {
    this.low.delete(register);
    for (const relation of [this.left, this.below]) {
      relation.delete(register);
      for (const others of relation.values()) others.delete(register);
    }
    for (const [key, [minuend, subtrahend]] of this.rest) {
      if (key === register || minuend === register || subtrahend === register) this.rest.delete(key);
    }
    this.assigned[register] = 1;
  }

  atLeast(register: Register, bound: number): void {
    this.low.set(register, Math.max(bound, this.lowOf(register)));
  }

  lowOf(register: Register): number {
    return this.low.get(register) ?? -0x80000000;
  }

  addLeft(pointer: Register, count: Register): void {
    const counts = this.left.get(pointer);
    if (counts) counts.add(count);
    else this.left.set(pointer, new Set([count]));
  }

  addBelow(small: Register, great: Register): void {
    const greats = this.below.get(small);
    if (greats) greats.add(great);
    else this.below.set(small, new Set([great]));
  }

  /** How many octets from `pointer` on are proved to be inside the packet; -1 where nothing is known. */
  provedAt(pointer: Register): number {
    let proved = -1;
    for (const count of this.left.get(pointer) ?? []) proved = Math.max(proved, this.lowOf(count));
    return proved;
  }

  /** Keeps what `other` knows as well. */
  meet(other: Facts): void {
    for (let register = 0; register < this.assigned.length; register++) {
      if (other.assigned[register] === 0) this.assigned[register] = 0;
    }
    for (const [register, bound] of this.low) {
      const theirs = other.low.get(register);
      if (theirs === undefined) this.low.delete(register);
      else this.low.set(register, Math.min(bound, theirs));
    }
    meetRelation(this.left, other.left);
    meetRelation(this.below, other.below);
    for (const [register, pair] of this.rest) {
      const theirs = other.rest.get(register);
      if (theirs?.[0] !== pair[0] || theirs[1] !== pair[1]) this.rest.delete(register);
    }
  }
}

function meetRelation(mine: Map<Register, Set<Register>>, theirs: ReadonlyMap<Register, ReadonlySet<Register>>): void {
  for (const [key, members] of mine) {
    const others = theirs.get(key);
    if (!others) mine.delete(key);
    else for (const member of members) if (!others.has(member)) members.delete(member);
  }
}
