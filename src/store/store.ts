/**
 * The store: what must outlive the server, in one data folder that one server at a time works on.
 *
 *   lock.sqlite                held as long as the server lives
 *   exonet.sqlite (-wal, -shm) filters, handlers, bindings, capabilities, the captures' index, the rest of the profile
 *   captures/ID.capture        octets; ID.part while they come
 *   key, token                 the kernel's sealing key; the token of the last start, for scripts; mode 0600
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BindingStore } from "./bindings.js";
import { CapabilityStore } from "./capabilities.js";
import { CaptureStore } from "./captures.js";
import { type Database, openDatabase } from "./database.js";
import { StoreError } from "./errors.js";
import { FilterStore } from "./filters.js";
import { HandlerStore } from "./handlers.js";
import { STORE_LIMITS, type StoreLimits } from "./limits.js";
import { FolderLock } from "./lock.js";
import { textOf } from "./row.js";
import { readKey, writeSecret } from "./secret.js";
import { checkDisk } from "./upload.js";

/** Nothing but bindings was ever set up. */
const EMPTY = { filters: [], environments: [] };

export class Store {
  readonly folder: string;
  readonly limits: StoreLimits;
  readonly filters: FilterStore;
  readonly handlers: HandlerStore;
  readonly bindings: BindingStore;
  readonly captures: CaptureStore;
  readonly capabilities: CapabilityStore;
  readonly #lock: FolderLock;
  readonly #database: Database;

  private constructor(folder: string, limits: StoreLimits, lock: FolderLock) {
    this.folder = folder;
    this.limits = limits;
    this.#lock = lock;
    this.#database = openDatabase(join(folder, "exonet.sqlite"));
    this.filters = new FilterStore(this.#database, limits);
    this.handlers = new HandlerStore(this.#database, limits);
    this.bindings = new BindingStore(this.#database);
    this.capabilities = new CapabilityStore(this.#database);
    this.captures = new CaptureStore(this.#database, join(folder, "captures"), limits);
  }

  /**
   * Opens a data folder, making it (mode 0700) where there is none, and removes what a killed
   * server left half done. Throws E_STORE_LOCKED, E_STORE_NEWER, E_DISK_FULL, or the file system's own error.
   */
  static open(folder: string, limits: Partial<StoreLimits> = {}): Store {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = FolderLock.take(join(folder, "lock.sqlite"));
    try {
      return new Store(folder, { ...STORE_LIMITS, ...limits }, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** 32 octets from the system's randomness, the same for the folder's whole life. */
  key(): Buffer {
    return readKey(join(this.folder, "key"));
  }

  /** Leaves the token where its owner's scripts find it; returns the path. */
  writeToken(token: string): string {
    const path = join(this.folder, "token");
    writeSecret(path, Buffer.from(token));
    return path;
  }

  /** Before something is begun that fills the data folder. Rejects with E_DISK_FULL. */
  requireDisk(): Promise<void> {
    return checkDisk({ folder: this.folder, freeDiskOctets: this.limits.freeDiskOctets });
  }

  /** All changes of `work` or none; `work` is synchronous. */
  transact<T>(work: () => T): T {
    return this.#database.transact(work);
  }

  /** The document that was last put with the bindings that are stored, as JSON text; undefined where there is neither. */
  profile(): string | undefined {
    const row = this.#database.get("SELECT document FROM profile");
    const bindings = this.bindings.list();
    if (row === undefined && bindings.length === 0) return undefined;
    const document: object = row === undefined ? EMPTY : JSON.parse(textOf(row, "document"));
    return JSON.stringify({ ...document, bindings });
  }

  /** The profile without filters and bindings, which have rows of their own. Throws E_PROFILE_TOO_LONG. */
  putProfile(document: string): void {
    const octets = Buffer.byteLength(document);
    if (octets > this.limits.profileOctets) {
      throw new StoreError("E_PROFILE_TOO_LONG", `${octets} octets, at most ${this.limits.profileOctets}`);
    }
    this.#database.run("INSERT OR REPLACE INTO profile (id, document) VALUES (1, ?)", document);
  }

  close(): void {
    this.#database.close();
    this.#lock.release();
  }
}
