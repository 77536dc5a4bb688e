/**
 * Writes what file ports gather (file-port.ts), in the control thread, one chunk of a file after the other. A file that cannot be written any more ends with the
 * last whole chunk; what comes for it afterwards is not written, and its port says why.
 */
import { type FileHandle, open } from "node:fs/promises";
import { ERROR_OCTETS, errorOctets, type FilePortMessage, FileWord } from "./file-port.js";

/** Octets of one file. */
const MOST_OCTETS = 1024 * 1024 * 1024;

class PortFile {
  readonly #words: Int32Array;
  readonly #shared: SharedArrayBuffer;
  readonly #most: number;
  readonly #handle: Promise<FileHandle>;
  #written = 0;
  /** Everything so far; never rejects. */
  #done: Promise<void>;

  constructor(path: string, shared: SharedArrayBuffer, most: number) {
    this.#shared = shared;
    this.#words = new Int32Array(shared, 0, 3);
    this.#most = most;
    this.#handle = open(path, "r+");
    this.#done = this.#handle.then(
      () => undefined,
      (error: unknown) => this.#fail(error),
    );
  }

  write(octets: Uint8Array, frames: number): void {
    this.#done = this.#done.then(async () => {
      if (await this.#append(octets)) Atomics.add(this.#words, FileWord.frames, frames);
      Atomics.add(this.#words, FileWord.chunks, 1);
    });
  }

  close(): Promise<void> {
    this.#done = this.#done.then(async () => {
      await (await this.#handle.catch(() => undefined))?.close().catch((error: unknown) => this.#fail(error));
    });
    return this.#done;
  }

  async #append(octets: Uint8Array): Promise<boolean> {
    if (Atomics.load(this.#words, FileWord.failed) !== 0) return false;
    if (this.#written + octets.length > this.#most) {
      this.#fail(new Error("the file is as large as it may be"));
      return false;
    }
    const handle = await this.#handle;
    try {
      for (let from = 0; from < octets.length; ) {
        from += (await handle.write(octets, from, octets.length - from, this.#written + from)).bytesWritten;
      }
      this.#written += octets.length;
      return true;
    } catch (error) {
      this.#fail(error);
      // Half a chunk would be a capture that is damaged at its end; where not even this is possible, it is.
      await handle.truncate(this.#written).catch(() => undefined);
      return false;
    }
  }

  #fail(error: unknown): void {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    const words = code ?? (error instanceof Error ? error.message : "unknown");
    errorOctets(this.#shared).set(Buffer.from(words, "latin1").subarray(0, ERROR_OCTETS));
    Atomics.store(this.#words, FileWord.failed, 1);
  }
}

export class FileWriters {
  readonly #files = new Map<number, PortFile>();
  readonly #closing = new Set<Promise<void>>();
  readonly #most: number;

  /** `most`: octets of one file. */
  constructor(most = MOST_OCTETS) {
    this.#most = most;
  }

  message(message: FilePortMessage): void {
    const { file } = message;
    if (message.kind === "port-file") this.#files.set(file, new PortFile(message.path, message.shared, this.#most));
    else if (message.kind === "port-octets") this.#files.get(file)?.write(message.octets, message.frames);
    else this.#close(file);
  }

  /** All that came is in the files, or has failed. */
  async close(): Promise<void> {
    for (const file of this.#files.keys()) this.#close(file);
    await Promise.all(this.#closing);
  }

  #close(file: number): void {
    const closing = this.#files.get(file)?.close();
    this.#files.delete(file);
    if (closing === undefined) return;
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }
}
