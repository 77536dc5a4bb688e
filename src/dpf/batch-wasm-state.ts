/**
 * State of a WebAssembly batch: what is found of the row, and where tables lie. In locals of the one function where
 * there is one, since those are the machine's registers; in globals where several share it.
 */
import type { Code, Locals } from "../vcode/wasm-code.js";
import type { Module } from "../vcode/wasm-module.js";
import type { ValueKind } from "../vcode/wasm-opcodes.js";
import { MAX_HOISTED } from "./batch.js";
import { ContextWord, DIRECTORY_WORDS, DirectoryWord } from "./batch-layout.js";

/** Addresses that are fetched from the context when a run begins, and what a row changes. */
const FETCHED = ["at", "mark", "record", "detail", "link", "entry", "heat", "taps", "seen", "directory"] as const;
export type StateName = (typeof FETCHED)[number] | "best" | "rank";
export type TableFact = keyof typeof DirectoryWord;

const FACTS: readonly TableFact[] = ["table", "shift", "multiplier", "longest"];

export class BatchState {
  readonly #add: (kind: ValueKind) => number;
  readonly #isLocal: boolean;
  /** The function that has the state, where it is in locals. */
  readonly locals: Locals | undefined;
  readonly #index: ReadonlyMap<StateName, number>;
  readonly #facts = new Map<string, number>();

  private constructor(add: (kind: ValueKind) => number, locals: Locals | undefined, tables: number) {
    this.#add = add;
    this.locals = locals;
    this.#isLocal = locals !== undefined;
    const names: readonly StateName[] = [...FETCHED, "best"];
    const index = new Map(names.map((name): [StateName, number] => [name, add("i32")]));
    this.#index = index.set("rank", add("i64"));
    if (!this.#isLocal || tables > MAX_HOISTED) return;
    for (let table = 0; table < tables; table++) {
      for (const fact of FACTS) this.#facts.set(`${table} ${fact}`, this.#add("i32"));
    }
  }

  static inLocals(locals: Locals, tables: number): BatchState {
    return new BatchState((kind) => locals.add(kind), locals, tables);
  }

  static inGlobals(module: Module): BatchState {
    return new BatchState((kind) => module.global(kind), undefined, 0);
  }

  get(code: Code, name: StateName): Code {
    const index = this.#index.get(name) ?? 0;
    return this.#isLocal ? code.local_get(index) : code.global_get(index);
  }

  set(code: Code, name: StateName): Code {
    const index = this.#index.get(name) ?? 0;
    return this.#isLocal ? code.local_set(index) : code.global_set(index);
  }

  /** Pushes what is known of a dispatch table or tree. */
  fact(code: Code, table: number, fact: TableFact): Code {
    const index = this.#facts.get(`${table} ${fact}`);
    if (index !== undefined) return code.local_get(index);
    return this.get(code, "directory").load("i32.load", factAt(table, fact));
  }

  /** When a run begins. */
  fetch(code: Code, context: number, tables: number): void {
    for (const name of FETCHED) {
      code.local_get(context).load("i32.load", 4 * ContextWord[name]);
      this.set(code, name);
    }
    for (let table = 0; table < tables; table++) {
      for (const fact of FACTS) {
        const index = this.#facts.get(`${table} ${fact}`);
        if (index === undefined) continue;
        this.get(code, "directory").load("i32.load", factAt(table, fact)).local_set(index);
      }
    }
  }
}

function factAt(table: number, fact: TableFact): number {
  return 4 * (DIRECTORY_WORDS * table + DirectoryWord[fact]);
}
