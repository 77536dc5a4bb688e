/** Handlers by name: the texts as they were uploaded. Whether a text is right is not the store's business. */
import type { Database } from "./database.js";
import { StoreError } from "./errors.js";
import type { StoreLimits } from "./limits.js";
import { checkName } from "./name.js";
import { numberOf, type Row, textOf } from "./row.js";

export interface StoredHandler {
  readonly name: string;
  readonly text: string;
}

export class HandlerStore {
  readonly #database: Database;
  readonly #limits: StoreLimits;

  constructor(database: Database, limits: StoreLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /** By name. */
  list(): StoredHandler[] {
    return this.#database.all("SELECT * FROM handlers ORDER BY name").map(handlerOf);
  }

  /** By name, each with the octets of its text. */
  sizes(): { readonly name: string; readonly octets: number }[] {
    const rows = this.#database.all("SELECT name, length(CAST(text AS BLOB)) AS octets FROM handlers ORDER BY name");
    return rows.map((row) => ({ name: textOf(row, "name"), octets: numberOf(row, "octets") }));
  }

  get count(): number {
    const row = this.#database.get("SELECT count(*) AS n FROM handlers");
    return row === undefined ? 0 : numberOf(row, "n");
  }

  find(name: string): StoredHandler | undefined {
    const row = this.#database.get("SELECT * FROM handlers WHERE name = ?", name);
    return row === undefined ? undefined : handlerOf(row);
  }

  /** Throws E_NO_HANDLER. */
  get(name: string): StoredHandler {
    const found = this.find(name);
    if (found === undefined) throw new StoreError("E_NO_HANDLER", name);
    return found;
  }

  /** Throws E_NAME, E_TEXT_TOO_LONG, E_TOO_MANY_HANDLERS: what `put` would throw. */
  checkPut({ name, text }: StoredHandler): void {
    checkName(name);
    this.checkText(text);
    if (this.find(name) === undefined && this.count >= this.#limits.handlers) {
      throw new StoreError("E_TOO_MANY_HANDLERS", `${this.#limits.handlers}`);
    }
  }

  /** Throws E_TEXT_TOO_LONG. */
  checkText(text: string): void {
    const octets = Buffer.byteLength(text);
    const most = this.#limits.textOctets;
    if (octets > most) throw new StoreError("E_TEXT_TOO_LONG", `${octets} octets, at most ${most}`);
  }

  /** New, or in the place of the one with this name. */
  put(handler: StoredHandler): void {
    this.checkPut(handler);
    this.#database.run("INSERT OR REPLACE INTO handlers (name, text) VALUES (?, ?)", handler.name, handler.text);
  }

  /** These and no others, at once; throws what `put` would, with nothing changed. */
  replaceAll(handlers: readonly StoredHandler[]): void {
    this.#database.transact(() => {
      this.#database.exec("DELETE FROM handlers");
      for (const handler of handlers) this.put(handler);
    });
  }

  /** Throws E_NO_HANDLER. */
  remove(name: string): void {
    const changes = this.#database.run("DELETE FROM handlers WHERE name = ?", name);
    if (changes === 0) throw new StoreError("E_NO_HANDLER", name);
  }
}

function handlerOf(row: Row): StoredHandler {
  return { name: textOf(row, "name"), text: textOf(row, "text") };
}
