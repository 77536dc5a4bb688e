/**
 * Derived capabilities that hold, a document each: what is not here is refused by the kernel. The texts that have their rights
 * are nowhere on disk. Bindings that were made under one are forgotten with it, in the same step.
 */
import type { CapabilityJournal } from "../appliance/interface.js";
import type { Database } from "./database.js";
import { textOf } from "./row.js";

export class CapabilityStore implements CapabilityJournal {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): string[] {
    return this.#database.all("SELECT document FROM capabilities").map((row) => textOf(row, "document"));
  }

  change(put: { readonly serial: string; readonly document: string } | undefined, removed: readonly string[]): void {
    this.#database.transact(() => {
      for (const serial of removed) {
        this.#database.run("DELETE FROM capabilities WHERE serial = ?", serial);
        this.#database.run("DELETE FROM bindings WHERE capability = ?", serial);
      }
      if (put === undefined) return;
      const { serial, document } = put;
      this.#database.run("INSERT OR REPLACE INTO capabilities (serial, document) VALUES (?, ?)", serial, document);
    });
  }
}
