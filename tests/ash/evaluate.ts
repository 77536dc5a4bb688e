/**
 * The obvious twin of lowering and targets: does what a handler's tree says, directly, without VCODE. It shares with the lowering
 * the tree, the layout and the numbers of the hash alone. Fuel is VCODE's and does not exist here: whoever evaluates says how many statements may be done.
 */

import type { Expr, Handler, Outcome, Stmt } from "../../src/ash/tree.js";
import { CONSUME, type HandlerFault, MAX_PASS_TO, PASS, PASS_TO } from "../../src/vcode/handler.js";
import { type Abroad, type Activation, Expressions, type Surroundings } from "./evaluate-expression.js";
import { EvaluatedFrame } from "./evaluate-frame.js";
import { type EvaluatedMessage, HandlerFaulted, Memory } from "./evaluate-memory.js";
import { EvaluatedTable } from "./evaluate-table.js";
import type { Value } from "./evaluate-value.js";

export interface Evaluation {
  /** The outcome's word, why the message killed the run, or that the statements did not suffice. */
  readonly end:
    | { readonly kind: "outcome"; readonly word: number }
    | { readonly kind: "fault"; readonly reason: HandlerFault }
    | { readonly kind: "endless" };
  /** In their order; a port of -1 is the one that the message came in by. */
  readonly sends: readonly { readonly frame: Uint8Array; readonly port: number }[];
  readonly wakes: readonly number[];
  readonly transfers: readonly { readonly environment: number; readonly words: readonly number[] }[];
  /** Statements, and rounds of loops, that were done. */
  readonly statements: number;
}

/** Whether the n-th send, and the n-th transfer, from 0, is taken. */
export interface Answers {
  readonly sent: (n: number) => boolean;
  readonly transferred: (n: number) => boolean;
}

/** Runs a handler on a message. `state` has the layout's octets and is changed in place. */
export function evaluate(
  handler: Handler,
  state: Uint8Array,
  message: EvaluatedMessage,
  answers: Answers,
  statements: number,
): Evaluation {
  const sends: { frame: Uint8Array; port: number }[] = [];
  const wakes: number[] = [];
  const transfers: { environment: number; words: readonly number[] }[] = [];
  const abroad: Abroad = {
    send: (frame, port) => answers.sent(sends.push({ frame, port }) - 1),
    wake: (tag) => void wakes.push(tag),
    transfer: (environment, words) => answers.transferred(transfers.push({ environment, words }) - 1),
  };
  const run = new Run(handler, state, message, abroad, statements);
  const end = endOf(run);
  return { end, sends, wakes, transfers, statements: statements - run.left };
}

/** Thrown where it takes more statements than it may. */
class Endless extends Error {
  override readonly name = "Endless";
}

function endOf(run: Run): Evaluation["end"] {
  try {
    return { kind: "outcome", word: run.entry() };
  } catch (error) {
    if (error instanceof HandlerFaulted) return { kind: "fault", reason: error.reason };
    if (error instanceof Endless) return { kind: "endless" };
    throw error;
  }
}

/** How a statement ended. */
type Way = "next" | "break" | "continue" | { readonly value: Value };

class Run {
  readonly #handler: Handler;
  readonly #expressions: Expressions;
  readonly #around: Surroundings;
  #statements: number;

  constructor(handler: Handler, state: Uint8Array, message: EvaluatedMessage, abroad: Abroad, statements: number) {
    const memory = new Memory(state);
    this.#handler = handler;
    this.#statements = statements;
    this.#around = {
      handler,
      memory,
      message,
      frame: new EvaluatedFrame(memory, handler.layout),
      tables: handler.layout.items.map((item) =>
        item.kind === "table" ? new EvaluatedTable(memory, item) : undefined,
      ),
      abroad,
      call: (func, args) => this.#call(func, args),
    };
    this.#expressions = new Expressions(this.#around);
  }

  /** Statements that may be done yet. */
  get left(): number {
    return this.#statements;
  }

  entry(): number {
    return Number(this.#call(this.#handler.entry, []));
  }

  #call(func: number, args: readonly Value[]): Value {
    const { body } = this.#handler.functions[func] ?? { body: [] };
    const way = this.#all(body, { locals: [...args], held: undefined });
    return typeof way === "string" ? 0 : way.value;
  }

  #all(statements: readonly Stmt[], activation: Activation): Way {
    for (const statement of statements) {
      const way = this.#do(statement, activation);
      if (way !== "next") return way;
    }
    return "next";
  }

  #do(statement: Stmt, activation: Activation): Way {
    this.#pay();
    switch (statement.kind) {
      case "let":
      case "assign-local":
        activation.locals[statement.local] = this.#value(statement.value, activation);
        return "next";
      case "store":
        this.#store(statement, activation);
        return "next";
      case "do":
        this.#value(statement.call, activation);
        return "next";
      case "if":
        return this.#all(
          this.#holds(statement.condition, activation) ? statement.then : statement.otherwise,
          activation,
        );
      case "loop":
        return this.#loop(statement, activation);
      case "switch":
        return this.#switch(statement, activation);
      case "break":
      case "continue":
        return statement.kind;
      case "return":
        return { value: statement.value === undefined ? 0 : this.#result(statement.value, activation) };
      case "block":
        return this.#all(statement.body, activation);
    }
  }

  #pay(): void {
    if (this.#statements === 0) throw new Endless();
    this.#statements--;
  }

  #value(expr: Expr, activation: Activation): Value {
    return this.#expressions.value(expr, activation);
  }

  #holds(condition: Expr, activation: Activation): boolean {
    return this.#value(condition, activation) === 1;
  }

  #store({ place, value }: Extract<Stmt, { kind: "store" }>, activation: Activation): void {
    const address = this.#expressions.address(place, activation);
    activation.held = { type: place.type, address };
    this.#around.memory.store(place.type, address, this.#value(value, activation));
    activation.held = undefined;
  }

  #loop(loop: Extract<Stmt, { kind: "loop" }>, activation: Activation): Way {
    const goesOn = () => loop.condition === undefined || this.#holds(loop.condition, activation);
    if (loop.first && !goesOn()) return "next";
    do {
      this.#pay();
      const way = this.#all(loop.body, activation);
      if (way === "break") return "next";
      if (typeof way !== "string") return way;
      this.#all(loop.update, activation);
    } while (goesOn());
    return "next";
  }

  #switch({ subject, arms, otherwise }: Extract<Stmt, { kind: "switch" }>, activation: Activation): Way {
    const value = this.#value(subject, activation);
    const way = this.#all(arms.find(({ values }) => values.includes(value))?.body ?? otherwise, activation);
    return way === "break" ? "next" : way;
  }

  #result(result: Expr | Outcome, activation: Activation): Value {
    switch (result.kind) {
      case "pass":
        return PASS;
      case "consume":
        return CONSUME;
      case "pass-to": {
        const environment = this.#expressions.number(result.environment, activation);
        if (environment >= MAX_PASS_TO) throw new HandlerFaulted("outcome");
        return PASS_TO + environment;
      }
      case "outcome-of":
        return this.#value(result.call, activation);
      case "outcome-choice":
        return this.#result(this.#holds(result.condition, activation) ? result.then : result.otherwise, activation);
      default:
        return this.#value(result, activation);
    }
  }
}
