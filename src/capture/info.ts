/** What a capture is: format, packets, link types, times, damage. Runs in the calling thread, on a little memory of its own. */
import { statSync } from "node:fs";
import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Damage, Descriptors, type FillResult, placedOctets } from "../machine/descriptor.js";
import { PhysicalMemory } from "../machine/memory.js";
import { type CaptureSource, openCapture } from "./capture.js";
import { FaultError } from "./damage.js";
import { captureOctets, type FeedOptions, isPlainFile } from "./feed.js";
import { TIMELINE_SLOTS } from "./limits.js";
import { FileOctets, QueueOctets } from "./octets.js";
import { Timeline } from "./timeline.js";

const STRETCH = 2 * 1024 * 1024;
const ROWS = STRETCH / 16;

export interface CaptureReport {
  /** pcap-le-us, pcapng-be, …; "unknown" where it is none. */
  readonly format: string;
  /** Whether it has a header that makes it a capture. */
  readonly readable: boolean;
  readonly packets: number;
  /** LINKTYPE_ number → packets. */
  readonly linktypes: Readonly<Record<string, number>>;
  /** Of the first and last packet in file order: exact ns since 1970 as a decimal string; null without a time. */
  readonly first_ts: string | null;
  readonly last_ts: string | null;
  /** Octets are missing at the end. */
  readonly truncated: boolean;
  /** The first entries, in file order; `damageTotal` counts all. */
  readonly damage: readonly Damage[];
  readonly damageTotal: number;
  /** Octets read, gunzipped. */
  readonly octets: number;
  /** Packets in up to 512 equal slots from the earliest to the latest time. */
  readonly timeline: readonly number[];
}

export interface InfoOptions extends FeedOptions {
  /** Whether packets are put on a timeline, which costs as much as reading them; else it is empty. */
  readonly timeline?: boolean;
  /** Octets read so far (gunzipped) and the file's size, where both count the same. */
  readonly onProgress?: (octets: number, total: number | undefined) => void;
}

/**
 * Reads `input` (a path or a stream of octets, perhaps gzipped) to its end. Rejects only with the
 * system's error where it cannot be opened, or the signal's reason; bad octets end in the report.
 * A plain file is read synchronously, 2 MiB a turn of the event loop.
 */
export async function captureInfo(input: string | Readable, options: InfoOptions = {}): Promise<CaptureReport> {
  options.signal?.throwIfAborted();
  const plain = typeof input === "string" && options.reader !== "pcap-parser" && isPlainFile(input);
  const inquiry = plain ? await readFile(input, options) : await readStream(input, options);
  return inquiry.report();
}

/** One capture, read stretch by stretch into the same place. */
class Inquiry {
  readonly capture: CaptureSource;
  readonly #rows: Descriptors;
  readonly #timeline: Timeline | undefined;

  constructor(octets: FileOctets | QueueOctets, timeline: boolean) {
    this.#timeline = timeline ? new Timeline() : undefined;
    const memory = PhysicalMemory.create(STRETCH + placedOctets(ROWS));
    this.#rows = new Descriptors(ROWS, memory, STRETCH);
    this.capture = openCapture(octets, memory, 0);
  }

  step(): FillResult {
    const result = this.capture.fill(0, STRETCH, this.#rows);
    this.#timeline?.add(this.#rows);
    return result;
  }

  /** Steps on until the octets that are there are used up. */
  drain(): FillResult {
    for (;;) {
      const result = this.step();
      if (result !== "more") return result;
    }
  }

  report(): CaptureReport {
    const { format, readable, packets, truncated, damage, damageTotal, octets, firstTime, lastTime } = this.capture;
    return {
      format,
      readable,
      packets,
      linktypes: Object.fromEntries(this.capture.linkTypes),
      first_ts: firstTime?.toString() ?? null,
      last_ts: lastTime?.toString() ?? null,
      truncated,
      damage: [...damage],
      damageTotal,
      octets,
      timeline: this.#timeline?.slots(TIMELINE_SLOTS) ?? [],
    };
  }
}

async function readFile(path: string, { onProgress, signal, timeline = true }: InfoOptions): Promise<Inquiry> {
  const inquiry = new Inquiry(new FileOctets(path), timeline);
  const total = statSync(path).size;
  try {
    while (inquiry.step() === "more") {
      onProgress?.(inquiry.capture.octets, total);
      await nextTurn();
      signal?.throwIfAborted();
    }
  } finally {
    inquiry.capture.close();
  }
  return inquiry;
}

async function readStream(input: string | Readable, options: InfoOptions): Promise<Inquiry> {
  const queue = new QueueOctets();
  const inquiry = new Inquiry(queue, options.timeline ?? true);
  try {
    for await (const chunk of captureOctets(input, options)) {
      queue.write(chunk);
      if (inquiry.drain() === "end") return inquiry;
      options.onProgress?.(inquiry.capture.octets, undefined);
    }
    queue.end();
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    queue.fail(error.fault);
  }
  inquiry.drain();
  inquiry.capture.close();
  return inquiry;
}
