/**
 * One server on a data folder: an exclusive SQLite transaction on a database of its own, held as
 * long as the server lives. It is a lock of the operating system, so it ends with the process,
 * however that ends, and never goes stale.
 */
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { StoreError } from "./errors.js";

const SQLITE_BUSY = 5;

export class FolderLock {
  readonly #database: DatabaseSyncInstance;

  private constructor(database: DatabaseSyncInstance) {
    this.#database = database;
  }

  /** Throws E_STORE_LOCKED at once where another process (or another store of this one) holds it. */
  static take(path: string): FolderLock {
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      if (isBusy(error)) throw new StoreError("E_STORE_LOCKED", path);
      throw error;
    }
    return new FolderLock(database);
  }

  release(): void {
    this.#database.close();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
