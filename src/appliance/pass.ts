/**
 * One pass of a capture through filters, in the calling thread: the part of the machine that commands need which look
 * at a capture once. Frames lie in a stretch of physical memory, are judged there, and are gone when the next
 * stretch is read. A filter is compiled for each link type when the first frame of it comes.
 */
import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Blocks } from "../capture/blocks.js";
import { type CaptureSource, openCapture } from "../capture/capture.js";
import { FaultError } from "../capture/damage.js";
import { captureOctets, isPlainFile } from "../capture/feed.js";
import type { OctetSource } from "../capture/octet-source.js";
import { FileOctets, QueueOctets } from "../capture/octets.js";
import type { Filter } from "../dpf/atom.js";
import type { Verdicts } from "../dpf/batch.js";
import type { Demux } from "../dpf/demux.js";
import { DEFAULT_TARGET, type Target } from "../dpf/target.js";
import { Descriptors, type FillResult, placedOctets } from "../machine/descriptor.js";
import { PhysicalMemory } from "../machine/memory.js";
import { LinkType } from "../wire/linktype.js";
import { type ClaimRank, JUDGED_ROWS, judgeOf, programFor } from "./link-judge.js";
import { MixedRows } from "./mixed-rows.js";

/** Octets that are read at once: no record of any format is smaller than 16. */
export const STRETCH = 16 * JUDGED_ROWS;
/** Memory for the programs of all link types together; what is not used costs address space alone. */
const JUDGES_ROOM = 256 * 1024 * 1024;

/** Stretches of a file that are read in one turn of the event loop. */
const STRETCHES_A_TURN = 8;

/** The capture has frames of more link types than there is room for programs. */
export class TooManyLinkTypes extends Error {
  override readonly name = "TooManyLinkTypes";
}

/** What a pass asks of each frame: filters, which are compiled when the first frame of a link type comes. */
export interface PassFilters {
  /** How many filters there are; ids are 1 to this. */
  readonly count: number;
  readonly mode: "claim" | "tap";
  readonly target?: Target;
  /** The filters for frames of this link type. What it throws ends the pass. The same array twice is compiled once. */
  compile(linkType: number): readonly Filter[];
  /** Of each filter as a claim; without them all are of one priority, and the first is the oldest. */
  readonly ranks?: readonly ClaimRank[];
}

/** What is done with frames that were judged. */
export interface PassConsumer {
  /** Rows `[from, to)` are judged, and all before them taken; taps are there until it returns. */
  take(from: number, to: number, verdicts: Verdicts): void;
  /** All rows of the stretch were taken; what lies in it is overwritten next. `idle`: nothing more has come yet, or will. */
  turn(idle: boolean): Promise<void> | void;
  /** It wants no more: what is left of the capture is not read. */
  readonly done?: boolean;
}

export interface PassOptions {
  /** Octets of memory that the consumer wants for itself, from `room` on. */
  readonly octets?: number;
  /** Whether `blocks` is to be filled. */
  readonly keepBlocks?: boolean;
}

export interface PassRun {
  readonly signal?: AbortSignal;
  /** Octets read so far, gunzipped. */
  readonly onProgress?: (octets: number) => void;
}

export class Pass {
  readonly memory: PhysicalMemory;
  readonly rows: Descriptors;
  /** Where the blocks of a pcapng lie. */
  readonly blocks: Blocks | undefined;
  /** Address of the consumer's memory. */
  readonly room = STRETCH;
  readonly #filters: PassFilters;
  readonly #judges = new Map<number, Demux>();
  readonly #compiled = new Map<readonly Filter[], Demux>();
  #free: number;
  #mixed: MixedRows | undefined;
  #capture: CaptureSource | undefined;

  constructor(filters: PassFilters, { octets = 0, keepBlocks = false }: PassOptions = {}) {
    this.#filters = filters;
    const columns = STRETCH + Math.ceil(octets / 65_536) * 65_536;
    this.#free = columns + Math.ceil(placedOctets(JUDGED_ROWS) / 65_536) * 65_536;
    this.memory = PhysicalMemory.create(this.#free + JUDGES_ROOM);
    // Nobody else sees this memory, so descriptors are safe in it.
    this.rows = new Descriptors(JUDGED_ROWS, this.memory, columns);
    this.blocks = keepBlocks ? new Blocks(STRETCH) : undefined;
  }

  /** What is known of the capture so far; while and after `run`. */
  get capture(): CaptureSource {
    if (this.#capture === undefined) throw new Error("pass: the capture is not open");
    return this.#capture;
  }

  /**
   * Reads `input`, a path or a stream, to its end. Rejects with the system's error where it cannot be opened, the
   * signal's reason, or what compiling or the consumer throws; bad octets end in the capture's damage.
   */
  async run(input: string | Readable, consumer: PassConsumer, run: PassRun = {}): Promise<void> {
    run.signal?.throwIfAborted();
    try {
      if (typeof input === "string" && isPlainFile(input)) await this.#readFile(input, consumer, run);
      else await this.#readStream(input, consumer, run);
    } finally {
      this.#capture?.close();
    }
    // A text that is wrong is wrong also where there is no frame to judge.
    if (this.#judges.size === 0) this.#filters.compile(this.capture.header?.linkType ?? LinkType.ethernet);
  }

  async #readFile(path: string, consumer: PassConsumer, { signal, onProgress }: PassRun): Promise<void> {
    const capture = this.#open(new FileOctets(path));
    let stretches = 0;
    for (let result: FillResult = "more"; result === "more"; ) {
      result = this.#step();
      this.#judge(consumer);
      await consumer.turn(result !== "more");
      if (consumer.done === true) return;
      onProgress?.(capture.octets);
      // Whoever wants to end this is heard now and then.
      if (++stretches % STRETCHES_A_TURN === 0) await nextTurn();
      signal?.throwIfAborted();
    }
  }

  async #readStream(input: string | Readable, consumer: PassConsumer, run: PassRun): Promise<void> {
    const queue = new QueueOctets();
    const capture = this.#open(queue);
    const { signal, onProgress } = run;
    try {
      for await (const chunk of captureOctets(input, signal === undefined ? {} : { signal })) {
        queue.write(chunk);
        if ((await this.#drain(consumer)) === "end" || consumer.done === true) return;
        onProgress?.(capture.octets);
      }
      queue.end();
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      queue.fail(error.fault);
    }
    await this.#drain(consumer);
  }

  #open(octets: OctetSource): CaptureSource {
    this.#capture = openCapture(octets, this.memory, 0, this.blocks);
    return this.#capture;
  }

  #step(): FillResult {
    return this.capture.fill(0, STRETCH, this.rows);
  }

  /** Steps on until the octets that are there are used up. */
  async #drain(consumer: PassConsumer): Promise<FillResult> {
    for (;;) {
      const result = this.#step();
      this.#judge(consumer);
      await consumer.turn(result !== "more");
      if (result !== "more" || consumer.done === true) return result;
    }
  }

  #judge(consumer: PassConsumer): void {
    const { rows } = this;
    const uniform = this.#isUniform();
    for (let row = 0; row < rows.count; ) {
      const [from, demux] = [row, this.#judgeFor(rows.linkType[row]!)];
      if (uniform) row = demux.run(rows, from, rows.count);
      else {
        this.#mixed ??= new MixedRows(rows, this.#filters.count);
        row = this.#mixed.run(from, rows.count, (linkType) => this.#judgeFor(linkType));
      }
      consumer.take(from, row, uniform ? demux : (this.#mixed ?? demux));
    }
  }

  /** Whether all rows have one link type, as those of a classic capture have. */
  #isUniform(): boolean {
    if (this.capture.header !== undefined) return true;
    const { linkType, count } = this.rows;
    for (let row = 1; row < count; row++) if (linkType[row] !== linkType[0]) return false;
    return true;
  }

  #judgeFor(linkType: number): Demux {
    const known = this.#judges.get(linkType);
    if (known !== undefined) return known;
    const filters = this.#filters.compile(linkType);
    const demux = this.#compiled.get(filters) ?? this.#build(filters);
    this.#compiled.set(filters, demux);
    this.#judges.set(linkType, demux);
    return demux;
  }

  #build(filters: readonly Filter[]): Demux {
    const { mode, target = DEFAULT_TARGET, ranks } = this.#filters;
    const program = programFor(filters, mode, target, ranks);
    const from = this.#free;
    if (from + program.octets > this.memory.octets.length) {
      throw new TooManyLinkTypes(`there is no room for the filters of ${this.#compiled.size + 1} link types`);
    }
    this.#free = from + program.octets;
    return judgeOf(program, this.memory, from);
  }
}
