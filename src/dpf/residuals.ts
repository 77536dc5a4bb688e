/** Residual predicates of live filters, each once, however many filters end in it. */
import type { Lambda, Program } from "../vcode/insn.js";
import { printProgram } from "../vcode/print.js";
import { budgeted } from "./residual.js";

interface Residual {
  readonly number: number;
  readonly lambda: Lambda;
  filters: number;
}

export class Residuals {
  readonly #byText = new Map<string, Residual>();
  readonly #byNumber: (Lambda | undefined)[] = [];

  add(program: Program | undefined): { number: number; text: string; lambda: Lambda } | undefined {
    if (program === undefined) return undefined;
    const text = printProgram(program);
    const known = this.#byText.get(text);
    if (known) {
      known.filters++;
      return { number: known.number, text, lambda: known.lambda };
    }
    const free = this.#byNumber.indexOf(undefined);
    const number = free < 0 ? this.#byNumber.length : free;
    const lambda = budgeted(program);
    this.#byNumber[number] = lambda;
    this.#byText.set(text, { number, lambda, filters: 1 });
    return { number, text, lambda };
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
