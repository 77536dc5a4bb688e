/**
 * The database of a data folder: write-ahead log, every commit synced, so that what was answered
 * survives a kill at any moment. `user_version` numbers the schema. This file is where SQLite runs.
 */
import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from "@photostructure/sqlite";
import { StoreError } from "./errors.js";
import { numberOf, type Row, rowOf } from "./row.js";

type Value = string | number;

/** Step n leads from schema n to n + 1; steps are never changed, only added. */
const STEPS: readonly string[] = [
  `CREATE TABLE filters (name TEXT PRIMARY KEY, language TEXT NOT NULL, text TEXT NOT NULL) STRICT;
   CREATE TABLE captures (name TEXT PRIMARY KEY, file TEXT NOT NULL UNIQUE, octets INTEGER NOT NULL,
     sha256 TEXT NOT NULL, uploaded TEXT NOT NULL, info TEXT NOT NULL, timeline TEXT NOT NULL) STRICT;
   CREATE TABLE profile (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;`,
  // Bindings leave the document, whose every change wrote all of them.
  `CREATE TABLE bindings (number INTEGER PRIMARY KEY, environment TEXT NOT NULL, name TEXT NOT NULL,
     filter TEXT NOT NULL, mode TEXT NOT NULL, priority INTEGER NOT NULL, UNIQUE (environment, name)) STRICT;
   INSERT OR IGNORE INTO bindings (environment, name, filter, mode, priority)
     SELECT value ->> 'environment', value ->> 'name', value ->> 'filter', value ->> 'mode',
       coalesce(value ->> 'priority', 0)
     FROM profile, json_each(document, '$.bindings') ORDER BY key;
   UPDATE profile SET document = json_remove(document, '$.bindings');`,
  // Bindings end with the capability that they were made under; those of before are the root's.
  `CREATE TABLE capabilities (serial TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
   ALTER TABLE bindings ADD COLUMN capability TEXT NOT NULL DEFAULT 'root';
   CREATE INDEX bindings_by_capability ON bindings (capability);`,
  // Handlers, and how a binding has one, as JSON.
  `CREATE TABLE handlers (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
   ALTER TABLE bindings ADD COLUMN handler TEXT NOT NULL DEFAULT '';`,
];

/** SQLite's primary result codes (sqlite.org/rescode.html); the octets above the lowest say more. */
const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;

/** Every method throws E_DISK_FULL where the disk takes no more, or fails; then nothing is changed. */
export class Database {
  readonly #sqlite: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();

  private constructor(sqlite: DatabaseSyncInstance) {
    this.#sqlite = sqlite;
  }

  /** Made with mode 0600 where there is none. `timeout`: ms to wait for another's lock. Throws the system's error. */
  static open(path: string, timeout: number): Database {
    // Made before SQLite does, since its log files take their mode from it.
    closeSync(openSync(path, "a", 0o600));
    return new Database(onDisk(() => new DatabaseSync(path, { timeout })));
  }

  /** Statements without values, one or several. */
  exec(sql: string): void {
    onDisk(() => this.#sqlite.exec(sql));
  }

  /** Rows that were changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(onDisk(() => this.#statement(sql).run(...values)).changes);
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    const row: unknown = onDisk(() => this.#statement(sql).get(...values));
    return row === undefined ? undefined : rowOf(row);
  }

  all(sql: string, ...values: Value[]): Row[] {
    return onDisk(() => this.#statement(sql).all(...values)).map(rowOf);
  }

  /** All of `work` or nothing; `work` is synchronous. Within another one it is a part of that. */
  transact<T>(work: () => T): T {
    if (this.#sqlite.isTransaction) return work();
    this.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk has ended it already.
      if (this.#sqlite.isTransaction) this.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.#sqlite.close();
  }

  #statement(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#sqlite.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}

/** Throws E_STORE_NEWER, too. */
export function openDatabase(path: string): Database {
  const database = Database.open(path, 1000);
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    migrate(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Whether another connection holds what was asked for. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE_BUSY;
}

function migrate(database: Database, path: string): void {
  const row = database.get("PRAGMA user_version");
  const version = row === undefined ? 0 : numberOf(row, "user_version");
  if (version > STEPS.length) throw new StoreError("E_STORE_NEWER", `${path} has schema ${version}`);
  for (let step = version; step < STEPS.length; step++) {
    database.transact(() => database.exec(`${STEPS[step]} PRAGMA user_version = ${step + 1}`));
  }
}

function onDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = resultCode(error);
    if (code !== SQLITE_FULL && code !== SQLITE_IOERR) throw error;
    const full = new StoreError("E_DISK_FULL", error instanceof Error ? error.message : "");
    full.cause = error;
    throw full;
  }
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error && "errcode" in error && typeof error.errcode === "number")) return undefined;
  return error.errcode & 0xff;
}
