/** Expressions and places, from left to right, as tree.ts says them. */

import { SCALAR_OCTETS } from "../../src/ash/layout.js";
import type { Expr, Handler, Octets, PlaceBase, PlaceStep, Scalar } from "../../src/ash/tree.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { type EvaluatedFrame, type Stretch, within } from "./evaluate-frame.js";
import {
  checkStretch,
  type EvaluatedMessage,
  fieldOf,
  HandlerFaulted,
  type Memory,
  messageLoad,
  messageOctets,
  numberOf,
  octetsOf,
} from "./evaluate-memory.js";
import { checkGauges, through } from "./evaluate-pipes.js";
import type { EvaluatedTable } from "./evaluate-table.js";
import { arithmetic, compare, fold16, patched, swapped, type Value, wrapped } from "./evaluate-value.js";

/** One call of a function. `held`: what the store that is being done may read as its place. */
export interface Activation {
  readonly locals: Value[];
  held: { readonly type: Scalar; readonly address: number } | undefined;
}

/** What the handler did to others than itself, and what they answer. */
export interface Abroad {
  send(frame: Uint8Array, port: number): boolean;
  wake(tag: number): void;
  transfer(environment: number, words: readonly number[]): boolean;
}

export interface Surroundings {
  readonly handler: Handler;
  readonly memory: Memory;
  readonly message: EvaluatedMessage;
  readonly frame: EvaluatedFrame;
  /** By item of the layout. */
  readonly tables: readonly (EvaluatedTable | undefined)[];
  readonly abroad: Abroad;
  /** Runs a function of the handler's. */
  readonly call: (func: number, args: readonly Value[]) => Value;
}

type Of<Kind extends Expr["kind"]> = Extract<Expr, { kind: Kind }>;

export class Expressions {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** The same of a word, a boolean, a reference. */
  number(expr: Expr, activation: Activation): number {
    return Number(this.value(expr, activation));
  }

  /** Of what has no value: 0. */
  value(expr: Expr, activation: Activation): Value {
    const number = (of: Expr) => this.number(of, activation);
    const value = (of: Expr) => this.value(of, activation);
    switch (expr.kind) {
      case "constant":
        return expr.value;
      case "local":
        return defined(activation.locals[expr.local]);
      case "held": {
        const { type, address } = defined(activation.held);
        return this.#around.memory.load(type, address);
      }
      case "load":
        return this.#around.memory.load(expr.place.type, this.address(expr.place, activation));
      case "address":
        return this.address(expr, activation);
      case "arithmetic":
        return arithmetic(expr.op, scalarOf(expr), value(expr.left), value(expr.right));
      case "compare":
        return wrapped("bool", compare(expr.op, value(expr.left), value(expr.right)) ? 1n : 0n);
      case "and":
        return number(expr.left) === 0 ? 0 : value(expr.right);
      case "or":
        return number(expr.left) === 1 ? 1 : value(expr.right);
      case "not":
        return 1 - number(expr.operand);
      case "negate":
        return wrapped(scalarOf(expr), -BigInt(value(expr.operand)));
      case "complement":
        return wrapped(scalarOf(expr), ~BigInt(value(expr.operand)));
      case "convert":
        return wrapped(scalarOf(expr), BigInt(value(expr.operand)));
      case "choose":
        return value(number(expr.condition) === 1 ? expr.then : expr.otherwise);
      case "call":
        return this.#around.call(expr.func, expr.args.map(value));
      case "fold16":
        return fold16(number(expr.operand));
      case "patch": {
        const [checksum, before, after] = [number(expr.checksum), number(expr.before), number(expr.after)];
        return patched(expr.width, checksum, before, after);
      }
      case "swap-octets":
        return swapped(expr.width, number(expr.operand));
      default:
        return this.#effect(expr, activation);
    }
  }

  /** Of a place, or of several fields. */
  address({ base, steps }: { base: PlaceBase; steps: readonly PlaceStep[] }, activation: Activation): number {
    return steps.reduce((at, step) => at + this.#step(step, activation), this.#base(base, activation));
  }

  #base(base: PlaceBase, activation: Activation): number {
    switch (base.kind) {
      case "state":
        return STATE_BASE + base.offset;
      case "reference":
        return Number(defined(activation.locals[base.local]));
      case "entered":
        return this.number(base.entry, activation);
    }
  }

  #step(step: PlaceStep, activation: Activation): number {
    if (step.kind === "offset") return step.offset;
    const index = this.number(step.index, activation);
    // Of a signed one that is negative, too.
    if (index < 0 || index >= step.count) throw new HandlerFaulted("index");
    return index * step.stride;
  }

  stretch(octets: Octets, activation: Activation): Stretch {
    if (octets.kind === "frame") return this.#around.frame.stretch;
    return { address: this.address(octets, activation), length: octets.length };
  }

  /** What has to do with the message, octets, or the world around. */
  #effect(expr: Expr, activation: Activation): Value {
    const { message, frame, abroad } = this.#around;
    const number = (of: Expr) => this.number(of, activation);
    switch (expr.kind) {
      case "message":
        return fieldOf(message, expr.field);
      case "message-load":
        return messageLoad(message, scalarOf(expr), number(expr.offset));
      case "reply":
        frame.begin(message.octets);
        return 0;
      case "frame":
        frame.beginZeros(number(expr.length));
        return 0;
      case "frame-resize":
        frame.resize(number(expr.length));
        return 0;
      case "frame-swap":
        frame.swap(number(expr.a), number(expr.b), number(expr.octets));
        return 0;
      case "frame-send": {
        const port = expr.port === undefined ? -1 : number(expr.port) | 0;
        return abroad.send(frame.octets(), port) ? 1 : 0;
      }
      case "wake":
        abroad.wake(number(expr.tag));
        return 0;
      case "transfer": {
        const environment = number(expr.environment);
        return abroad.transfer(environment, expr.words.map(number)) ? 1 : 0;
      }
      default:
        return this.#octets(expr, activation);
    }
  }

  #octets(expr: Expr, activation: Activation): Value {
    const { memory } = this.#around;
    switch (expr.kind) {
      case "octets-length":
        return this.stretch(expr.octets, activation).length;
      case "octets-load": {
        const octets = SCALAR_OCTETS[scalarOf(expr)];
        const at = this.stretch(expr.octets, activation);
        const address = within(at, this.number(expr.offset, activation), octets);
        return wrapped(scalarOf(expr), numberOf(memory.octets(address, octets)));
      }
      case "octets-store": {
        const at = this.stretch(expr.octets, activation);
        const address = within(at, this.number(expr.offset, activation), expr.width);
        memory.put(address, octetsOf(this.value(expr.value, activation), expr.width));
        return 0;
      }
      case "vector": {
        const [from, length] = [this.number(expr.from, activation), this.number(expr.length, activation)];
        const to = this.stretch(expr.to, activation);
        const at = this.number(expr.at, activation);
        const octets = messageOctets(this.#around.message, from, length);
        memory.put(within(to, at, length), octets);
        return 0;
      }
      case "pipeline-run":
      case "pipeline-read":
        return this.#pipeline(expr, activation);
      default:
        return this.#table(expr, activation);
    }
  }

  /** Nothing is touched where it faults. */
  #pipeline(expr: Of<"pipeline-run" | "pipeline-read">, activation: Activation): Value {
    const { handler, memory, message } = this.#around;
    const [from, length] = [this.number(expr.from, activation), this.number(expr.length, activation)];
    const to = expr.kind === "pipeline-run" ? this.stretch(expr.to, activation) : undefined;
    const at = expr.kind === "pipeline-run" ? this.number(expr.at, activation) : 0;
    const pipes = defined(handler.pipelines[expr.pipeline]).pipes.map((pipe) => defined(handler.pipes[pipe]));
    checkStretch(from, length, message.octets.length, "message");
    if (at % 4 !== 0) throw new HandlerFaulted("unaligned");
    if (to !== undefined) within(to, at, length);
    checkGauges(pipes, length);
    const made = through(pipes, messageOctets(message, from, length), memory, (body, locals) =>
      this.value(body, { locals: [...locals], held: undefined }),
    );
    if (to !== undefined) memory.put(to.address + at, made);
    return 0;
  }

  #table(expr: Expr, activation: Activation): Value {
    switch (expr.kind) {
      case "table-find":
        return this.#tableOf(expr.table).find(this.#keys(expr, activation));
      case "table-enter":
        return this.#tableOf(expr.table).enter(this.#keys(expr, activation));
      case "table-delete":
        return this.#tableOf(expr.table).delete(this.#keys(expr, activation)) ? 1 : 0;
      case "table-size":
        return this.#tableOf(expr.table).size;
      default:
        throw new Error(`evaluate: ${expr.kind} is no expression`);
    }
  }

  #keys({ keys, order }: Of<"table-find" | "table-enter" | "table-delete">, activation: Activation): Value[] {
    const values = new Map(order.map((at) => [at, this.value(defined(keys[at]), activation)]));
    return keys.map((_, at) => defined(values.get(at)));
  }

  #tableOf(item: number): EvaluatedTable {
    return defined(this.#around.tables[item]);
  }
}

function scalarOf({ kind, type }: Expr): Scalar {
  if (type === "reference" || type === "outcome" || type === "void") {
    throw new Error(`evaluate: ${kind} has no ${type} as its value`);
  }
  return type;
}

/** The checker leaves nothing out. */
function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("evaluate: the tree names what it has not");
  return value;
}
