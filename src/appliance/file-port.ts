/**
 * A file that frames are sent to, on the data plane's side: blocks of a pcapng are gathered in chunks, which the control thread writes (file-writers.ts),
 * so that no disk keeps packets waiting. How far it has come it says in a word that both share; chunks that wait have a
 * limit, beyond which the port is full.
 */
import { closeSync, openSync } from "node:fs";
import { frameBlockOctets, pcapngHeader, putFrame } from "../capture/pcapng-frames.js";
import { MAX_SENT_OCTETS } from "../kernel/limits.js";
import { Refusal } from "../kernel/refusal.js";
import { newOctets, type Octets } from "../machine/copy.js";
import type { FrameSink } from "../nic/outlet.js";
import type { OpenFile } from "./port-requests.js";

/** Octets of a chunk, and how many may wait to be written. */
export const CHUNK_OCTETS = 64 * 1024;
export const WAITING_CHUNKS = 64;

/** Words that both threads share: written by the control thread. Behind them lies the error, in ASCII, padded with zeros. */
export const FileWord = { chunks: 0, frames: 1, failed: 2 } as const;
const WORDS_OCTETS = 12;
export const ERROR_OCTETS = 52;

function fileState(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS_OCTETS + ERROR_OCTETS);
}

export function errorOctets(shared: SharedArrayBuffer): Uint8Array {
  return new Uint8Array(shared, WORDS_OCTETS, ERROR_OCTETS);
}

/** What the data plane says of its files. */
export type FilePortMessage =
  | { readonly kind: "port-file"; readonly file: number; readonly path: string; readonly shared: SharedArrayBuffer }
  | { readonly kind: "port-octets"; readonly file: number; readonly octets: Uint8Array; readonly frames: number }
  | { readonly kind: "port-closed"; readonly file: number };

export class FilePort implements FrameSink {
  readonly #file: number;
  readonly #post: (message: FilePortMessage) => void;
  readonly #shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #chunk = newOctets(CHUNK_OCTETS);
  #used: number;
  #frames = 0;
  #posted = 0;
  #closed = false;

  constructor(file: number, path: string, linkType: number, post: (message: FilePortMessage) => void) {
    this.#file = file;
    this.#post = post;
    this.#shared = fileState();
    this.#words = new Int32Array(this.#shared, 0, WORDS_OCTETS / 4);
    const header = pcapngHeader(linkType, MAX_SENT_OCTETS);
    this.#chunk.octets.set(header);
    this.#used = header.length;
    post({ kind: "port-file", file, path, shared: this.#shared });
    this.flush();
  }

  write(frame: Octets, length: number, high: number, low: number): boolean {
    if (this.#closed || Atomics.load(this.#words, FileWord.failed) !== 0) return false;
    const size = frameBlockOctets(length);
    if (this.#used + size > CHUNK_OCTETS) this.flush();
    if (this.#used + size > CHUNK_OCTETS) return false;
    putFrame(this.#chunk, this.#used, frame, length, high, low);
    this.#used += size;
    this.#frames++;
    return true;
  }

  /** Hands over what was gathered, unless too much waits already. */
  flush(): void {
    const waiting = (this.#posted - Atomics.load(this.#words, FileWord.chunks)) | 0;
    if (this.#used === 0 || waiting >= WAITING_CHUNKS) return;
    this.#post({
      kind: "port-octets",
      file: this.#file,
      octets: this.#chunk.octets.slice(0, this.#used),
      frames: this.#frames,
    });
    this.#posted++;
    this.#used = 0;
    this.#frames = 0;
  }

  /** Frames that are in the file. */
  get written(): number {
    return Atomics.load(this.#words, FileWord.frames) >>> 0;
  }

  get error(): string | null {
    if (Atomics.load(this.#words, FileWord.failed) === 0) return null;
    return Buffer.from(errorOctets(this.#shared)).toString("latin1").replaceAll("\0", "");
  }

  /** What was gathered is handed over whatever waits: it is the last. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#used > 0) {
      this.#post({
        kind: "port-octets",
        file: this.#file,
        octets: this.#chunk.octets.slice(0, this.#used),
        frames: this.#frames,
      });
    }
    this.#post({ kind: "port-closed", file: this.#file });
  }
}

/** Makes files: never over one that is there. */
export function filePorts(post: (message: FilePortMessage) => void): OpenFile {
  let files = 0;
  return (path, linkType) => {
    try {
      closeSync(openSync(path, "wx", 0o600));
    } catch (error) {
      // The system's words hold the path.
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      throw new Refusal("E_PORT_FILE", `the port's file cannot be made: ${code}`);
    }
    return new FilePort(files++, path, linkType, post);
  };
}
