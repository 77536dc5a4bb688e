/**
 * Captures: files with generated ids in one folder, and their index in the database. A capture
 * exists when its row does. The order of writing makes every moment safe to be killed in: the part
 * file, its new name, the row; and away again: the row, the file. What is left over of a broken
 * order (parts, files without a row, rows without a file) is removed at start.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Capture, CaptureInfo } from "./capture.js";
import { captureOf } from "./capture-row.js";
import type { Database } from "./database.js";
import { StoreError } from "./errors.js";
import type { StoreLimits } from "./limits.js";
import { checkName } from "./name.js";
import { numberOf, textOf } from "./row.js";
import { type Room, type Written, writeUpload } from "./upload.js";

const SUFFIX = ".capture";
const PART = ".part";

/** On disk, but not yet a capture: `keep` or `discard` it. */
export interface Received extends Written {
  readonly name: string;
  readonly id: string;
  /** The part file, for those who look into it before it is kept. */
  readonly path: string;
}

export interface ReceiveOptions {
  /** A capture of this name may exist, and stays until `keep`. */
  readonly replace: boolean;
  /** Octets announced, so that what cannot fit is refused before it is sent. */
  readonly announced?: number;
  readonly signal?: AbortSignal;
  /** The instant that is written as the time of upload. */
  readonly now: Date;
}

export class CaptureStore {
  readonly #database: Database;
  readonly #folder: string;
  readonly #limits: StoreLimits;
  /** Names of uploads under way. */
  readonly #receiving = new Map<string, Date>();

  constructor(database: Database, folder: string, limits: StoreLimits) {
    this.#database = database;
    this.#folder = folder;
    this.#limits = limits;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#reconcile();
  }

  /** By name. */
  list(): Capture[] {
    return this.#database.all("SELECT * FROM captures ORDER BY name").map(captureOf);
  }

  find(name: string): Capture | undefined {
    const row = this.#database.get("SELECT * FROM captures WHERE name = ?", name);
    return row === undefined ? undefined : captureOf(row);
  }

  /** Throws E_NO_CAPTURE. */
  get(name: string): Capture {
    const found = this.find(name);
    if (found === undefined) throw new StoreError("E_NO_CAPTURE", name);
    return found;
  }

  /** Where the octets are. Throws E_NO_CAPTURE; E_CAPTURE_GONE where somebody took the file away. */
  path(name: string): string {
    const file = this.#fileOf(name);
    if (file === undefined) throw new StoreError("E_NO_CAPTURE", name);
    const path = join(this.#folder, file + SUFFIX);
    if (!existsSync(path)) throw new StoreError("E_CAPTURE_GONE", name);
    return path;
  }

  /**
   * Writes a body to disk. Rejects with E_NAME, E_CAPTURE_EXISTS, E_CAPTURE_UPLOADING,
   * E_UPLOAD_TOO_LARGE, E_STORE_FULL, E_DISK_FULL, or what broke the body; then nothing is left.
   */
  async receive(name: string, body: Readable, options: ReceiveOptions): Promise<Received> {
    checkName(name);
    const room = this.#room(name, options);
    this.#receiving.set(name, options.now);
    const id = randomUUID();
    const path = join(this.#folder, id + PART);
    try {
      return { name, id, path, ...(await writeUpload(body, path, room, options.signal)) };
    } catch (error) {
      this.#receiving.delete(name);
      throw error;
    }
  }

  /**
   * Makes what was received a capture, in the place of the one of this name if there is one. Throws
   * E_STORE_FULL where uploads side by side have filled the store; then nothing is left of it.
   */
  keep(received: Received, info: CaptureInfo, timeline: readonly number[]): Capture {
    const old = this.#fileOf(received.name);
    const path = join(this.#folder, received.id + SUFFIX);
    try {
      const left = this.#limits.storeOctets - this.#octets(received.name);
      if (received.octets > left) throw new StoreError("E_STORE_FULL", `${left} octets are left`);
      renameSync(received.path, path);
      this.#insert(received, info, timeline);
    } catch (error) {
      rmSync(path, { force: true });
      this.discard(received);
      throw error;
    }
    this.#receiving.delete(received.name);
    if (old !== undefined) this.#unlink(old);
    return this.get(received.name);
  }

  discard(received: Received): void {
    rmSync(received.path, { force: true });
    this.#receiving.delete(received.name);
  }

  /** Throws E_NO_CAPTURE. */
  remove(name: string): void {
    const file = this.#fileOf(name);
    if (file === undefined) throw new StoreError("E_NO_CAPTURE", name);
    this.#database.run("DELETE FROM captures WHERE name = ?", name);
    this.#unlink(file);
  }

  #insert(received: Received, info: CaptureInfo, timeline: readonly number[]): void {
    const { name, id, octets, sha256 } = received;
    const uploaded = (this.#receiving.get(name) ?? new Date(0)).toISOString();
    const sql = `INSERT OR REPLACE INTO captures (name, file, octets, sha256, uploaded, info, timeline)
      VALUES (?, ?, ?, ?, ?, ?, ?)`;
    this.#database.run(sql, name, id, octets, sha256, uploaded, JSON.stringify(info), JSON.stringify(timeline));
  }

  #room(name: string, options: ReceiveOptions): Room {
    if (this.#receiving.has(name)) throw new StoreError("E_CAPTURE_UPLOADING", name);
    if (!options.replace && this.#fileOf(name) !== undefined) throw new StoreError("E_CAPTURE_EXISTS", name);
    const { uploadOctets, storeOctets, freeDiskOctets } = this.#limits;
    const left = storeOctets - this.#octets(name);
    const octets = Math.min(uploadOctets, left);
    const beyond =
      left < uploadOctets
        ? new StoreError("E_STORE_FULL", `${left} of ${storeOctets} octets are left`)
        : new StoreError("E_UPLOAD_TOO_LARGE", `${name} has more than ${uploadOctets} octets`);
    if ((options.announced ?? 0) > octets) throw beyond;
    return { octets, beyond, folder: this.#folder, freeDiskOctets };
  }

  /** Octets of all captures but the one that would be replaced. */
  #octets(except: string): number {
    const sum = "SELECT coalesce(sum(octets), 0) AS n FROM captures WHERE name <> ?";
    const row = this.#database.get(sum, except);
    return row === undefined ? 0 : numberOf(row, "n");
  }

  #fileOf(name: string): string | undefined {
    const row = this.#database.get("SELECT file FROM captures WHERE name = ?", name);
    return row === undefined ? undefined : textOf(row, "file");
  }

  #unlink(file: string): void {
    rmSync(join(this.#folder, file + SUFFIX), { force: true });
  }

  #reconcile(): void {
    const rows = this.#database.all("SELECT name, file FROM captures");
    for (const row of rows) {
      if (existsSync(join(this.#folder, textOf(row, "file") + SUFFIX))) continue;
      this.#database.run("DELETE FROM captures WHERE name = ?", textOf(row, "name"));
    }
    const files = new Set(rows.map((row) => textOf(row, "file") + SUFFIX));
    for (const file of readdirSync(this.#folder)) {
      const ours = file.endsWith(SUFFIX) || file.endsWith(PART);
      if (ours && !files.has(file)) rmSync(join(this.#folder, file), { force: true });
    }
  }
}
