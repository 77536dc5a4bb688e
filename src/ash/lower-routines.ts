/**
 * The routines that a handler is lowered to, a lambda each, found from its entry: its functions, and what the language makes of a pipeline, a
 * table's operation or a swap of stretches of the frame. Calls go to later ones only.
 *
 * What the entry alone is told of a message (MetadataWord) is passed on as parameters, to those that ask for it by themselves or by
 * way of others: registers cost nothing where nobody asks, and a place in state would cost a store for each message.
 */
import { MetadataWord } from "../vcode/handler.js";
import { storesOf, type Width } from "./lower-align.js";
import { type Residues, residuesOf } from "./lower-residue.js";
import type { Expr, Handler } from "./tree.js";
import { eachExpression, eachPart, type Visit } from "./walk.js";

export type TableOperation = "find" | "enter" | "delete";

export type Routine =
  | { readonly kind: "function"; readonly index: number }
  /** `stores`: octets of its widest store that is always aligned; 0: it stores nothing. */
  | { readonly kind: "pipeline"; readonly index: number; readonly stores: 0 | Width }
  /** The begin of what the pipeline does, by longs. */
  | { readonly kind: "longs"; readonly index: number; readonly stores: 0 | 4 | 8 }
  | { readonly kind: "table"; readonly index: number; readonly operation: TableOperation }
  | { readonly kind: "swap" }
  | { readonly kind: "crc-table" };

export type MessageWord = keyof typeof MetadataWord;

export interface Needs {
  /** In the order in which they are passed. */
  readonly words: readonly MessageWord[];
  /** Whether it may change how long the frame is. */
  readonly frame: boolean;
}

const WORDS_OF: Readonly<Record<Extract<Expr, { kind: "message" }>["field"], readonly MessageWord[]>> = {
  length: [],
  wire: ["wire"],
  time: ["timeHigh", "timeLow"],
  port: ["port"],
  link: ["link"],
  number: ["packet"],
};

const TABLE_OPERATIONS = { "table-find": "find", "table-enter": "enter", "table-delete": "delete" } as const;

/** The lambda that the expression calls, where it calls one. */
export function routineOf(handler: Handler, expr: Expr, locals: Residues): Routine | undefined {
  switch (expr.kind) {
    case "call":
      return { kind: "function", index: expr.func };
    case "pipeline-run":
      return { kind: "pipeline", index: expr.pipeline, stores: storesOf(handler.layout, expr.to, expr.at, locals) };
    case "pipeline-read":
      return { kind: "pipeline", index: expr.pipeline, stores: 0 };
    case "table-find":
    case "table-enter":
    case "table-delete":
      return { kind: "table", index: expr.table, operation: TABLE_OPERATIONS[expr.kind] };
    case "frame-swap":
      return isShortSwap(expr) ? undefined : { kind: "swap" };
    default:
      return undefined;
  }
}

/** What the pipeline calls for the begin of its data, where a long may be taken for two words: of checksums and copies alone. */
export function longsOf(handler: Handler, routine: Routine): Routine | undefined {
  if (routine.kind !== "pipeline" || routine.stores === 1 || routine.stores === 2) return undefined;
  const works = handler.pipelines[routine.index]!.pipes.map((pipe) => handler.pipes[pipe]!.work.kind);
  const fits = works.includes("checksum") && works.every((work) => work === "checksum" || work === "copy");
  return fits ? { kind: "longs", index: routine.index, stores: routine.stores } : undefined;
}

/** Octets of a swap that is done in line. */
const SHORT_SWAP = 32;

function isShortSwap({ a, b, octets }: Extract<Expr, { kind: "frame-swap" }>): boolean {
  if (a.kind !== "constant" || b.kind !== "constant" || octets.kind !== "constant") return false;
  return Number(octets.value) <= SHORT_SWAP;
}

export function nameOf({ pipelines, functions, layout }: Handler, routine: Routine): string {
  switch (routine.kind) {
    case "function":
      return functions[routine.index]!.name;
    case "pipeline":
      return `${pipelines[routine.index]!.name}.${routine.stores === 0 ? "read" : "run"}`;
    case "longs":
      return `${pipelines[routine.index]!.name}.${routine.stores === 0 ? "read" : "run"} by longs`;
    case "table":
      return `${layout.items[routine.index]!.name}.${routine.operation}`;
    case "swap":
      return "frame.swap";
    case "crc-table":
      return "crc32.table";
  }
}

export class Routines {
  readonly #handler: Handler;
  /** Each before those that it calls. */
  readonly order: readonly Routine[];
  readonly #needs = new Map<string, Needs>();
  readonly #numbers = new Map<string, number>();
  readonly #residues: readonly Residues[];

  constructor(handler: Handler) {
    this.#handler = handler;
    this.#residues = handler.functions.map(residuesOf);
    const ended: Routine[] = [];
    this.#find({ kind: "function", index: handler.entry }, ended);
    this.order = ended.reverse();
    for (const [number, routine] of this.order.entries()) this.#numbers.set(keyOf(routine), number);
  }

  numberOf(routine: Routine): number {
    return this.#numbers.get(keyOf(routine))!;
  }

  needsOf(routine: Routine): Needs {
    return this.#needs.get(keyOf(routine))!;
  }

  /** Of the function's locals; of those of pipes nothing is known. */
  residuesOf(routine: Routine): Residues {
    return (routine.kind === "function" ? this.#residues[routine.index] : undefined) ?? new Map();
  }

  /** All that stands in its text; of what the language makes by itself there is none. */
  eachExpression(routine: Routine, visit: Visit): void {
    if (routine.kind === "function") eachExpression(this.#handler.functions[routine.index]!.body, visit);
    if (routine.kind !== "pipeline") return;
    for (const pipe of this.#handler.pipelines[routine.index]!.pipes) {
      const { work } = this.#handler.pipes[pipe]!;
      if (work.kind === "map" || work.kind === "fold") eachPart(work.body, visit);
    }
  }

  #find(routine: Routine, ended: Routine[]): void {
    if (this.#needs.has(keyOf(routine))) return;
    const words = new Set<MessageWord>();
    const residues = this.residuesOf(routine);
    let frame = false;
    if (this.#hasCrc(routine)) this.#find({ kind: "crc-table" }, ended);
    const longs = longsOf(this.#handler, routine);
    if (longs !== undefined) this.#find(longs, ended);
    this.eachExpression(routine, (expr) => {
      if (expr.kind === "message") for (const word of WORDS_OF[expr.field]) words.add(word);
      if (expr.kind === "reply" || expr.kind === "frame" || expr.kind === "frame-resize") frame = true;
      const called = routineOf(this.#handler, expr, residues);
      if (called === undefined) return;
      this.#find(called, ended);
      const needs = this.needsOf(called);
      for (const word of needs.words) words.add(word);
      frame ||= needs.frame;
    });
    this.#needs.set(keyOf(routine), { words: [...words].sort((a, b) => MetadataWord[a] - MetadataWord[b]), frame });
    ended.push(routine);
  }

  #hasCrc(routine: Routine): boolean {
    if (routine.kind !== "pipeline") return false;
    const { pipes, pipelines } = this.#handler;
    return pipelines[routine.index]!.pipes.some((pipe) => pipes[pipe]!.work.kind === "crc32");
  }
}

function keyOf(routine: Routine): string {
  switch (routine.kind) {
    case "function":
      return `function ${routine.index}`;
    case "pipeline":
    case "longs":
      return `${routine.kind} ${routine.index} ${routine.stores}`;
    case "table":
      return `table ${routine.index} ${routine.operation}`;
    case "swap":
    case "crc-table":
      return routine.kind;
  }
}
