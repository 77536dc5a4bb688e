/**
 * What a set of filters costs in code, however many they are. The *way* of a conjunction is the sequence of fields
 * by which it is looked for; conjunctions whose ways begin alike share the code for it, whatever their values are.
 * So the ways are a trie of fields, and the code of a whole program is that of its nodes: known as a filter comes, before
 * anything is generated, and never more for fewer filters.
 */
import { instructionsOf, type Lambda } from "../vcode/insn.js";
import type { Field, Step } from "./trie.js";

/**
 * Instructions for one field in a shared block, its entry and its end among them: about as many as there are at most, and more
 * where the verifier has more to do for them (a span is a loop), so that the same sum takes the same time.
 */
const CODE = { test: 7, span: 22, move: 10, length: 6, residual: 6 } as const;
/** What every program has. */
const ROOT_CODE = 4;

/** Of a block that is reached by this field; undefined: of the root's. */
export function codeOf(field: Field | undefined): number {
  return field === undefined ? ROOT_CODE : CODE[field.kind];
}

function residualCode(lambda: Lambda): number {
  return instructionsOf({ lambdas: [lambda], tables: 0 });
}

interface Way {
  readonly next: Map<Field, Way>;
  /** Conjunctions that go this way. */
  count: number;
}

/** Ways with how many conjunctions go them. */
export class Ways {
  readonly #first: Map<Field, Way> = new Map();
  readonly #residuals = new Map<number, { uses: number; readonly code: number }>();
  #code = ROOT_CODE;

  /** Of a program in which every block is shared. */
  get code(): number {
    return this.#code;
  }

  /** `residual`: what the way's last field calls. */
  add(steps: readonly Pick<Step, "field">[], residual: Lambda | undefined): void {
    let level = this.#first;
    for (const { field } of steps) {
      let way = level.get(field);
      if (way === undefined) {
        way = { next: new Map(), count: 0 };
        level.set(field, way);
        this.#code += codeOf(field);
      }
      way.count++;
      level = way.next;
      if (field.kind === "residual" && residual !== undefined) this.#call(field.residual, residual);
    }
  }

  /** The undo of `add` of the same steps. */
  remove(steps: readonly Pick<Step, "field">[]): void {
    let level = this.#first;
    for (const { field } of steps) {
      const way = level.get(field);
      if (way === undefined) throw new Error(`ways: no conjunction goes by ${field.kind} ${field.offset}`);
      if (--way.count === 0) {
        level.delete(field);
        this.#code -= codeOf(field);
      }
      level = way.next;
      if (field.kind === "residual") this.#forget(field.residual);
    }
  }

  #call(number: number, lambda: Lambda): void {
    const known = this.#residuals.get(number);
    if (known) known.uses++;
    else {
      const code = residualCode(lambda);
      this.#residuals.set(number, { uses: 1, code });
      this.#code += code;
    }
  }

  #forget(number: number): void {
    const known = this.#residuals.get(number);
    if (known === undefined || --known.uses > 0) return;
    this.#residuals.delete(number);
    this.#code -= known.code;
  }
}
