/**
 * One server on a data folder: an exclusive SQLite transaction on a database of its own, held as
 * long as the server lives. It is a lock of the operating system, so it ends with the process,
 * however that ends, and never goes stale.
 */
import { chmodSync } from "node:fs";
import { Database, isBusy } from "./database.js";
import { StoreError } from "./errors.js";

export class FolderLock {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** Throws E_STORE_LOCKED at once where another process (or another store of this one) holds it; E_DISK_FULL. */
  static take(path: string): FolderLock {
    const database = Database.open(path, 0);
    try {
      // Older versions made it for everybody to read, and whoever reads it can keep it locked.
      chmodSync(path, 0o600);
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
