/** Residual predicates of live filters, each once, however many filters end in it. */
import type { Lambda, Program } from "../vcode/insn.js";
import { printProgram } from "../vcode/print.js";
import type { Fact } from "./atom.js";
import { budgeted, factsTaken } from "./residual.js";

interface Residual {
  readonly number: number;
  readonly lambda: Lambda;
  filters: number;
}

export class Residuals {
  readonly #byText = new Map<string, Residual>();
  readonly #byNumber: (Lambda | undefined)[] = [];

  /** Its number, the facts that it takes, its text, by which it is removed, and the lambda that is called. */
  add(
    program: Program | undefined,
  ): { residual: number; takes: readonly Fact[]; text: string; lambda: Lambda } | undefined {
    if (program === undefined) return undefined;
    const text = printProgram(program);
    const known = this.#byText.get(text);
    if (known) {
      known.filters++;
      return { residual: known.number, takes: factsTaken(known.lambda), text, lambda: known.lambda };
    }
    const free = this.#byNumber.indexOf(undefined);
    const number = free < 0 ? this.#byNumber.length : free;
    const lambda = budgeted(program);
    this.#byNumber[number] = lambda;
    this.#byText.set(text, { number, lambda, filters: 1 });
    return { residual: number, takes: factsTaken(lambda), text, lambda };
  }

  remove(text: string | undefined): void {
    const residual = text === undefined ? undefined : this.#byText.get(text);
    if (text === undefined || residual === undefined || --residual.filters > 0) return;
    this.#byText.delete(text);
    this.#byNumber[residual.number] = undefined;
  }

  /** By number; those that are free repeat another, so that numbers stay. */
  lambdas(): Lambda[] {
    const any = this.#byNumber.find((lambda) => lambda !== undefined);
    return any === undefined ? [] : this.#byNumber.map((lambda) => lambda ?? any);
  }
}
