/**
 * An upload on its way to disk: octets are counted, hashed and written as they come, so memory
 * stays flat whatever the size. Until `keep` it is a `.part` file, which nobody indexes and which
 * the next start removes.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm, statfs } from "node:fs/promises";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StoreError } from "./errors.js";

/** The disk is asked how much it has left after so many octets. */
const DISK_CHECK_OCTETS = 64 * 1024 * 1024;

export interface Room {
  /** Octets that this upload may have, and what is said beyond them. */
  readonly octets: number;
  readonly beyond: StoreError;
  readonly folder: string;
  readonly freeDiskOctets: number;
}

export interface Written {
  readonly octets: number;
  readonly sha256: string;
}

/** Rejects with a StoreError of `room`, or with what broke the stream; then nothing is left on disk. */
export async function writeUpload(body: Readable, path: string, room: Room, signal?: AbortSignal): Promise<Written> {
  const meter = new Meter(room);
  try {
    const file = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
    await pipeline(body, meter, file, ...(signal === undefined ? [] : [{ signal }]));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return meter.written;
}

class Meter extends Transform {
  readonly #hash = createHash("sha256");
  readonly #room: Room;
  #octets = 0;
  /** So that the first octets ask, too. */
  #sinceCheck = DISK_CHECK_OCTETS;

  constructor(room: Room) {
    super();
    this.#room = room;
  }

  get written(): Written {
    return { octets: this.#octets, sha256: this.#hash.digest("hex") };
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null, data?: Buffer) => void) {
    this.#octets += chunk.length;
    this.#sinceCheck += chunk.length;
    if (this.#octets > this.#room.octets) {
      done(this.#room.beyond);
      return;
    }
    this.#hash.update(chunk);
    if (this.#sinceCheck < DISK_CHECK_OCTETS) {
      done(null, chunk);
      return;
    }
    this.#sinceCheck = 0;
    checkDisk(this.#room).then(() => done(null, chunk), done);
  }
}

/** Rejects with E_DISK_FULL where less is free already than must stay so. */
export async function checkDisk({ folder, freeDiskOctets }: Pick<Room, "folder" | "freeDiskOctets">): Promise<void> {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free < freeDiskOctets) {
    throw new StoreError("E_DISK_FULL", `${free} octets are free, ${freeDiskOctets} must stay so`);
  }
}
