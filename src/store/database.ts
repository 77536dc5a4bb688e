/**
 * The database of a data folder: write-ahead log, every commit synced, so that what was answered
 * survives a kill at any moment. `user_version` numbers the schema.
 */
import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { StoreError } from "./errors.js";
import { numberOf, rowOf } from "./row.js";

export type Database = DatabaseSyncInstance;

/** Step n leads from schema n to n + 1; steps are never changed, only added. */
const STEPS: readonly string[] = [
  `CREATE TABLE filters (name TEXT PRIMARY KEY, language TEXT NOT NULL, text TEXT NOT NULL) STRICT;
   CREATE TABLE captures (name TEXT PRIMARY KEY, file TEXT NOT NULL UNIQUE, octets INTEGER NOT NULL,
     sha256 TEXT NOT NULL, uploaded TEXT NOT NULL, info TEXT NOT NULL, timeline TEXT NOT NULL) STRICT;
   CREATE TABLE profile (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;`,
];

export function openDatabase(path: string): Database {
  // Made before SQLite does, since its log files take their mode from it.
  closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path, { timeout: 1000 });
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    migrate(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function migrate(database: Database, path: string): void {
  const version = numberOf(rowOf(database.prepare("PRAGMA user_version").get()), "user_version");
  if (version > STEPS.length) throw new StoreError("E_STORE_NEWER", `${path} has schema ${version}`);
  for (let step = version; step < STEPS.length; step++) {
    transact(database, () => database.exec(`${STEPS[step]} PRAGMA user_version = ${step + 1}`));
  }
}

/** All of `work` or nothing; `work` is synchronous. */
export function transact<T>(database: Database, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
