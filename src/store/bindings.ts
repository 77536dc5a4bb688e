/** Bindings by environment and name, in the order in which they were made: of claims that are else equal the oldest wins. */
import type { Database } from "./database.js";
import { numberOf, type Row, textOf } from "./row.js";

export interface StoredBinding {
  readonly name: string;
  readonly filter: string;
  /** Its name. */
  readonly environment: string;
  readonly mode: "claim" | "tap";
  readonly priority: number;
  /** Serial of the one that it was made under; absent: the root's. */
  readonly capability?: string;
  /** How it has a handler, where it has one: the control plane's document. */
  readonly handler?: object;
}

const ROOT = "root";

export class BindingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): StoredBinding[] {
    return this.#database.all("SELECT * FROM bindings ORDER BY number").map(bindingOf);
  }

  /** The youngest, in the place of one of this name in this environment. */
  put({ environment, name, filter, mode, priority, capability = ROOT, handler }: StoredBinding): void {
    const columns = "environment, name, filter, mode, priority, capability, handler";
    const sql = `INSERT OR REPLACE INTO bindings (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
    this.#database.run(sql, environment, name, filter, mode, priority, capability, documentOf(handler));
  }

  /** Where there is such a binding. */
  putHandler(environment: string, name: string, handler: object | undefined): void {
    const sql = "UPDATE bindings SET handler = ? WHERE environment = ? AND name = ?";
    this.#database.run(sql, documentOf(handler), environment, name);
  }

  /** These and no others, at once. */
  replaceAll(bindings: readonly StoredBinding[]): void {
    this.#database.transact(() => {
      this.#database.run("DELETE FROM bindings");
      for (const binding of bindings) this.put(binding);
    });
  }

  /** Where there is one. */
  remove(environment: string, name: string): void {
    this.#database.run("DELETE FROM bindings WHERE environment = ? AND name = ?", environment, name);
  }

  /** All of an environment. */
  removeOf(environment: string): void {
    this.#database.run("DELETE FROM bindings WHERE environment = ?", environment);
  }
}

function documentOf(handler: object | undefined): string {
  return handler === undefined ? "" : JSON.stringify(handler);
}

function bindingOf(row: Row): StoredBinding {
  const mode = textOf(row, "mode");
  if (mode !== "claim" && mode !== "tap") throw new Error(`store: no such mode: ${mode}`);
  return {
    name: textOf(row, "name"),
    filter: textOf(row, "filter"),
    environment: textOf(row, "environment"),
    mode,
    priority: numberOf(row, "priority"),
    ...(textOf(row, "capability") === ROOT ? {} : { capability: textOf(row, "capability") }),
    ...(textOf(row, "handler") === "" ? {} : { handler: JSON.parse(textOf(row, "handler")) }),
  };
}
