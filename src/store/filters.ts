/** Filters by name: the texts as they were uploaded. Whether a text is right is not the store's business. */
import type { FilterLanguage } from "../appliance/interface.js";
import type { Database } from "./database.js";
import { StoreError } from "./errors.js";
import type { StoreLimits } from "./limits.js";
import { checkName } from "./name.js";
import { numberOf, type Row, textOf } from "./row.js";

export interface StoredFilter {
  readonly name: string;
  readonly language: FilterLanguage;
  readonly text: string;
}

export class FilterStore {
  readonly #database: Database;
  readonly #limits: StoreLimits;

  constructor(database: Database, limits: StoreLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /** By name. */
  list(): StoredFilter[] {
    return this.#database.all("SELECT * FROM filters ORDER BY name").map(filterOf);
  }

  /** The first `most` of the list. */
  first(most: number): StoredFilter[] {
    return this.#database.all("SELECT * FROM filters ORDER BY name LIMIT ?", most).map(filterOf);
  }

  get count(): number {
    const row = this.#database.get("SELECT count(*) AS n FROM filters");
    return row === undefined ? 0 : numberOf(row, "n");
  }

  /** The list without the texts. */
  names(): Omit<StoredFilter, "text">[] {
    return this.#database.all("SELECT name, language FROM filters ORDER BY name").map(summaryOf);
  }

  find(name: string): StoredFilter | undefined {
    const row = this.#database.get("SELECT * FROM filters WHERE name = ?", name);
    return row === undefined ? undefined : filterOf(row);
  }

  /** Throws E_NAME, E_TEXT_TOO_LONG, E_TOO_MANY_FILTERS: what `put` would throw. */
  checkPut(filter: StoredFilter): void {
    checkName(filter.name);
    this.checkText(filter.text);
    if (this.find(filter.name) === undefined && this.count >= this.#limits.filters) {
      throw new StoreError("E_TOO_MANY_FILTERS", `${this.#limits.filters}`);
    }
  }

  /** Throws E_TEXT_TOO_LONG. */
  checkText(text: string): void {
    const octets = Buffer.byteLength(text);
    const most = this.#limits.textOctets;
    if (octets > most) throw new StoreError("E_TEXT_TOO_LONG", `${octets} octets, at most ${most}`);
  }

  /** New, or in the place of the one with this name. */
  put(filter: StoredFilter): void {
    this.checkPut(filter);
    const sql = "INSERT OR REPLACE INTO filters (name, language, text) VALUES (?, ?, ?)";
    this.#database.run(sql, filter.name, filter.language, filter.text);
  }

  /** These and no others, at once; throws what `put` would, with nothing changed. */
  replaceAll(filters: readonly StoredFilter[]): void {
    this.#database.transact(() => {
      this.#database.exec("DELETE FROM filters");
      for (const filter of filters) this.put(filter);
    });
  }

  /** Throws E_NO_FILTER. */
  remove(name: string): void {
    const changes = this.#database.run("DELETE FROM filters WHERE name = ?", name);
    if (changes === 0) throw new StoreError("E_NO_FILTER", name);
  }
}

function filterOf(row: Row): StoredFilter {
  return { ...summaryOf(row), text: textOf(row, "text") };
}

function summaryOf(row: Row): Omit<StoredFilter, "text"> {
  const language = textOf(row, "language");
  if (language !== "dpf" && language !== "pcap-filter") throw new Error(`store: no such language: ${language}`);
  return { name: textOf(row, "name"), language };
}
