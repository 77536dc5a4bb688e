/** One frame of a capture, by its number: the capture is read up to it and no further. */
import type { Readable } from "node:stream";
import type { Filter } from "../dpf/atom.js";
import type { Frame } from "../dpf/brute.js";
import { timeToBigInt } from "../machine/clock.js";
import { Pass, type PassConsumer, type PassFilters } from "./pass.js";

export interface NumberedFrame extends Frame {
  /** From 1. */
  readonly number: number;
  /** ns since 1970, as the descriptor has it. */
  readonly time: bigint;
}

export interface FrameFound {
  /** Undefined where the capture has fewer frames. */
  readonly frame: NumberedFrame | undefined;
  /** Frames that were read. */
  readonly packets: number;
  /** The pass that read them, which knows what was wrong. */
  readonly pass: Pass;
}

/** The same for all link types, so that there may be any number of them. */
const NO_FILTERS: readonly Filter[] = [];
const NO_PASS_FILTERS: PassFilters = { count: 0, mode: "tap", compile: () => NO_FILTERS };

/** Its octets are a copy, from address 0 on. Rejects with the system's error where the capture cannot be opened. */
export async function frameAt(input: string | Readable, number: number): Promise<FrameFound> {
  const pass = new Pass(NO_PASS_FILTERS);
  const sought = new Sought(pass, number);
  await pass.run(input, sought);
  return { frame: sought.frame, packets: sought.packets, pass };
}

class Sought implements PassConsumer {
  packets = 0;
  frame: NumberedFrame | undefined;
  readonly #pass: Pass;
  readonly #number: number;

  constructor(pass: Pass, number: number) {
    this.#pass = pass;
    this.#number = number;
  }

  get done(): boolean {
    return this.frame !== undefined;
  }

  take(from: number, to: number): void {
    const row = from + (this.#number - 1 - this.packets);
    this.packets += to - from;
    if (!this.done && row >= from && row < to) this.frame = copyOf(frameIn(this.#pass, row, this.#number));
  }

  turn(): void {}
}

/** The frame of a row where it lies, until the next stretch is read. */
export function frameIn({ memory, rows }: Pass, row: number, number: number): NumberedFrame {
  return {
    number,
    octets: memory.octets,
    address: rows.address[row]!,
    captured: rows.captured[row]!,
    facts: { wire: rows.wire[row]!, link: rows.linkType[row]! },
    time: timeToBigInt(rows.timeHigh[row]!, rows.timeLow[row]!),
  };
}

function copyOf(frame: NumberedFrame): NumberedFrame {
  const { octets, address, captured } = frame;
  return { ...frame, octets: octets.slice(address, address + captured), address: 0 };
}
