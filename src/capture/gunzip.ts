/**
 * Gunzips a stream of chunks (RFC 1952; several members in a row, as pigz and bgzip write them).
 * Framing and checks are done here, inflating by zlib: Node's own Gunzip drops its last output where
 * the check value is wrong or the stream is cut, and every octet before the damage is wanted.
 */
import { constants, crc32, createInflateRaw } from "node:zlib";
import { FaultError } from "./damage.js";
import type { GunzipLimits } from "./limits.js";

/** Octets given to zlib at a time: what unfolds from them is held at once, at most 1,032 times as much. */
const PIECE = 16_384;
const Flag = { headerCheck: 2, extra: 4, name: 8, comment: 16 } as const;
const RESERVED_FLAGS = 0xe0;

/** A deflate stream that is damaged inside. zlib then keeps what the last piece had unfolded to so far. */
class DeflateFault extends FaultError {
  /** Octets of the gzip stream before that piece. */
  readonly good: number;
  constructor(good: number, detail: string) {
    super("E_GZIP_DATA", detail);
    this.good = good;
  }
}

/**
 * Yields the gunzipped octets; throws FaultError after the last good one. Where the stream is damaged
 * inside, up to 64 KiB before the damage would be lost with zlib's error: `again` opens the same
 * octets a second time, and they are taken from there one by one.
 */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  limits: GunzipLimits,
  again?: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let given = 0;
  try {
    for await (const chunk of members(new Input(chunks, Number.POSITIVE_INFINITY), limits)) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (again === undefined || !(error instanceof DeflateFault)) throw error;
    const input = new Input(again(), error.good);
    try {
      for await (const chunk of members(input, limits)) {
        const known = Math.min(given, chunk.length);
        given -= known;
        if (known < chunk.length) yield chunk.subarray(known);
      }
    } finally {
      // It ends at the damage, not at its own end: what was opened for it is closed here.
      await input.close();
    }
  }
}

async function* members(input: Input, limits: GunzipLimits): AsyncGenerator<Uint8Array> {
  let total = 0;
  for (let member = 0; ; member++) {
    if (!(await readHeader(input, member))) return;
    const inflater = new Inflater();
    let check = 0;
    let size = 0;
    try {
      for await (const chunk of inflater.run(input)) {
        total += chunk.length;
        if (total > limits.octets) throw new FaultError("E_GZIP_LIMIT", `${limits.octets} octets`);
        if (total > limits.ratioFrom && total > limits.ratio * input.taken) {
          throw new FaultError("E_GZIP_LIMIT", `${limits.ratio} times its size`);
        }
        check = crc32(chunk, check);
        size = (size + chunk.length) >>> 0;
        yield chunk;
      }
    } finally {
      inflater.close();
    }
    await checkTrailer(input, check, size);
  }
}

/** False where nothing follows the members before. */
async function readHeader(input: Input, member: number): Promise<boolean> {
  if (member > 0 && !(await input.skipZeros())) return false;
  const fixed = await input.take(10);
  if (fixed[0] !== 0x1f || fixed[1] !== 0x8b) throw new FaultError("E_GZIP_DATA", "what follows is no gzip member");
  const flags = fixed[3] ?? 0;
  if (fixed[2] !== 8 || (flags & RESERVED_FLAGS) !== 0) throw new FaultError("E_GZIP_DATA", "unknown method");
  if ((flags & Flag.extra) !== 0) {
    const length = await input.take(2);
    await input.take((length[0] ?? 0) + 256 * (length[1] ?? 0));
  }
  if ((flags & Flag.name) !== 0) await input.passZero();
  if ((flags & Flag.comment) !== 0) await input.passZero();
  if ((flags & Flag.headerCheck) !== 0) await input.take(2);
  return true;
}

async function checkTrailer(input: Input, check: number, size: number): Promise<void> {
  const trailer = await input.take(8);
  const view = new DataView(trailer.buffer, trailer.byteOffset, 8);
  if (view.getUint32(0, true) !== check || view.getUint32(4, true) !== size) throw new FaultError("E_GZIP_CHECK");
}

/** Chunks as a row of octets, of which any number can be taken. */
class Input {
  /** Octets that came from the chunks. */
  taken = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** From this octet on, pieces are of one octet. */
  readonly #singly: number;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>, singly: number) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#singly = singly;
  }

  /** No more is taken; whoever gives the chunks hears of it. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Octets that were taken and not given back. */
  get position(): number {
    return this.taken - this.#rest.length;
  }

  /** Something for zlib; undefined at the end. */
  piece(): Promise<Uint8Array | undefined> {
    return this.some(this.position < this.#singly ? Math.min(PIECE, this.#singly - this.position) : 1);
  }

  /** Between 1 and `most` octets; undefined at the end. */
  async some(most: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return undefined;
      this.#rest = next.value;
      this.taken += next.value.length;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  /** Puts octets back that `some` gave last. */
  giveBack(octets: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? octets : Buffer.concat([octets, this.#rest]);
  }

  async take(count: number): Promise<Uint8Array> {
    const all = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const part = await this.some(count - at);
      if (part === undefined) throw new FaultError("E_GZIP_CUT");
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  async passZero(): Promise<void> {
    for (;;) {
      const part = await this.some(PIECE);
      if (part === undefined) throw new FaultError("E_GZIP_CUT");
      const zero = part.indexOf(0);
      if (zero < 0) continue;
      this.giveBack(part.subarray(zero + 1));
      return;
    }
  }

  /** Padding of zeros after a member is no damage. False at the end. */
  async skipZeros(): Promise<boolean> {
    for (;;) {
      const part = await this.some(PIECE);
      if (part === undefined) return false;
      const other = part.findIndex((octet) => octet !== 0);
      if (other < 0) continue;
      this.giveBack(part.subarray(other));
      return true;
    }
  }
}

/** One member's deflate stream, driven piece by piece so that output is taken before an error can discard it. */
class Inflater {
  readonly #raw = createInflateRaw({ chunkSize: 65_536, finishFlush: constants.Z_SYNC_FLUSH });
  #output: Uint8Array[] = [];
  #over = false;
  #error: Error | undefined;
  #settle: (() => void) | undefined;

  constructor() {
    this.#raw.on("data", (chunk: Uint8Array) => this.#output.push(chunk));
    this.#raw.on("end", () => {
      this.#over = true;
      this.#settle?.();
    });
    this.#raw.on("error", (error) => {
      this.#error = error;
      this.#settle?.();
    });
  }

  /** Ends behind the last octet of the deflate stream, with the rest given back to `input`. */
  async *run(input: Input): AsyncGenerator<Uint8Array> {
    while (!this.#over) {
      const good = input.position;
      const piece = await input.piece();
      if (piece === undefined) throw new FaultError("E_GZIP_CUT");
      const before = this.#raw.bytesWritten;
      await this.#write(piece);
      const used = this.#raw.bytesWritten - before;
      yield* this.#output;
      this.#output = [];
      if (this.#error !== undefined) throw new DeflateFault(good, this.#error.message);
      if (used < piece.length) {
        input.giveBack(piece.subarray(used));
        return;
      }
    }
  }

  close(): void {
    this.#raw.destroy();
  }

  /** Resolves when zlib is done with the piece, has met the end, or has failed; an error calls no callback. */
  #write(piece: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#raw.write(piece, () => {
        while (this.#raw.read() !== null);
        resolve();
      });
    });
  }
}
