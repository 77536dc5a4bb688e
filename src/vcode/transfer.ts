/**
 * Registers that a moved piece shares with the code around it. A register is a local variable of each function in which it
 * occurs; where one function needs what another has assigned, its value passes through a variable that both see:
 * the caller writes it there before the call, the piece takes it; what the piece may have assigned goes back the same way.
 *
 * A register is needed by whoever reads it in some block before assigning it there (most never are). The piece
 * takes it where it is needed inside and assigned outside, and gives it back where it is assigned inside and needed outside, or,
 * in a lambda with loops, inside when it runs again. What is given back is taken as well, since the piece may leave it as it was. A
 * register that only one piece assigns and needs keeps nothing from one run of it to the next: a verified lambda
 * assigns it anew on any way there.
 *
 * Where the lambda of an image traps, it saves registers whatever they hold. Those are needed there, and have been assigned outside of
 * everything, where they got 0.
 */
import type { Flow } from "./flow.js";
import type { Lambda, Register } from "./insn.js";
import type { Nesting, Pieces } from "./pieces.js";
import { assignedBy, mayTrap, readsOf } from "./registers.js";

export interface Transfer {
  /** Registers that are local variables of the function. */
  readonly locals: readonly Register[];
  /** Taken when it begins, given back when it ends. */
  readonly takes: readonly Register[];
  readonly gives: readonly Register[];
}

/** By piece. */
/** `saved`: registers that instructions save which trap. */
export function transfers(lambda: Lambda, flow: Flow, pieces: Pieces, nesting: Nesting, saved = 0): Transfer[] {
  if (pieces.pieces.length === 1) return [{ locals: [...lambda.registers.keys()], takes: [], gives: [] }];
  const occurrences = new Occurrences(lambda, flow, pieces, nesting, saved);
  return occurrences.transfers();
}

class Occurrences {
  readonly #lambda: Lambda;
  readonly #pieces: Pieces;
  readonly #nesting: Nesting;
  /** By register: positions (see Nesting) of the pieces where it is needed, and assigned; of each block once. */
  readonly #needed: number[][];
  readonly #assigned: number[][];
  readonly #locals: Set<Register>[];
  readonly #pieceAt: Int32Array;
  /** Whether a piece may run more than once. */
  readonly #again: boolean;
  readonly #saved: readonly Register[];

  constructor(lambda: Lambda, flow: Flow, pieces: Pieces, nesting: Nesting, saved: number) {
    this.#lambda = lambda;
    this.#pieces = pieces;
    this.#nesting = nesting;
    this.#again = flow.back.length > 0;
    this.#needed = lambda.registers.map(() => []);
    this.#saved = [...lambda.registers.keys()].slice(0, saved);
    // Parameters are assigned outside of everything.
    const entered = Math.max(lambda.parameters, this.#saved.length);
    this.#assigned = lambda.registers.map((_, register) => (register < entered ? [0] : []));
    this.#locals = pieces.pieces.map(() => new Set());
    for (let register = 0; register < entered; register++) this.#locals.at(-1)!.add(register);
    this.#pieceAt = new Int32Array(pieces.pieces.length);
    nesting.position.forEach((position, piece) => {
      this.#pieceAt[position] = piece;
    });
    const seen = { needed: new Int32Array(lambda.registers.length), assigned: new Int32Array(lambda.registers.length) };
    for (const block of flow.order) this.#block(flow, block, seen);
  }

  #block(flow: Flow, block: number, seen: { needed: Int32Array; assigned: Int32Array }): void {
    const piece = this.#pieces.pieceOf[block]!;
    const position = this.#nesting.position[piece]!;
    const locals = this.#locals[piece]!;
    const mark = block + 1;
    for (let index = flow.start[block]!; index < flow.end[block]!; index++) {
      const insn = this.#lambda.insns[index]!;
      const saves = this.#saved.length > 0 && mayTrap(insn);
      for (const register of saves ? [...readsOf(insn), ...this.#saved] : readsOf(insn)) {
        locals.add(register);
        if (seen.assigned[register] === mark || seen.needed[register] === mark) continue;
        seen.needed[register] = mark;
        this.#needed[register]!.push(position);
      }
      const register = assignedBy(insn);
      if (register === undefined) continue;
      locals.add(register);
      if (seen.assigned[register] !== mark) this.#assigned[register]!.push(position);
      seen.assigned[register] = mark;
    }
  }

  transfers(): Transfer[] {
    const { pieces } = this.#pieces;
    const takes: Register[][] = pieces.map(() => []);
    const gives: Register[][] = pieces.map(() => []);
    const visited = new Int32Array(pieces.length).fill(-1);
    for (const register of this.#lambda.registers.keys()) {
      if (this.#needed[register]!.length === 0) continue;
      for (const piece of this.#between(register, visited)) {
        const [taken, given] = this.#crosses(register, piece);
        if (taken) takes[piece]!.push(register);
        if (given) gives[piece]!.push(register);
        if (!taken) continue;
        this.#locals[piece]!.add(register);
        this.#locals[pieces[piece]!.parent]!.add(register);
      }
    }
    return pieces.map((_, piece) => {
      const locals = [...this.#locals[piece]!].sort((a, b) => a - b);
      return { locals, takes: takes[piece]!, gives: gives[piece]! };
    });
  }

  /** Pieces in which the register occurs, but not everywhere where it does. */
  *#between(register: Register, visited: Int32Array): Generator<number> {
    const needed = Int32Array.from(this.#needed[register]!).sort();
    const assigned = Int32Array.from(this.#assigned[register]!).sort();
    this.#needed[register] = [...needed];
    this.#assigned[register] = [...assigned];
    const first = Math.min(needed[0]!, assigned[0] ?? needed[0]!);
    const last = Math.max(needed.at(-1)!, assigned.at(-1) ?? 0);
    for (const position of [...needed, ...assigned]) {
      let piece = this.#pieceAt[position]!;
      const whole = (each: number) =>
        this.#nesting.containsPosition(each, first) && this.#nesting.containsPosition(each, last);
      while (visited[piece] !== register && !whole(piece)) {
        visited[piece] = register;
        yield piece;
        piece = this.#pieces.pieces[piece]!.parent;
      }
    }
  }

  /** Whether the piece takes the register, and whether it gives it back. */
  #crosses(register: Register, piece: number): [boolean, boolean] {
    const [needed, assigned] = [this.#needed[register]!, this.#assigned[register]!];
    const [from, to] = [this.#nesting.position[piece]!, this.#nesting.end(piece)];
    const inside = (positions: readonly number[]) => within(positions, from, to);
    const neededIn = inside(needed);
    const assignedIn = inside(assigned);
    const foreign = neededIn > 0 && assignedIn < assigned.length;
    const given = assignedIn > 0 && (neededIn < needed.length || (foreign && this.#again));
    return [given || foreign, given];
  }
}

/** How many of the sorted positions are in [from, to). */
function within(positions: readonly number[], from: number, to: number): number {
  return below(positions, to) - below(positions, from);
}

function below(positions: readonly number[], bound: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
