/** One frame of a capture, by its number: the capture is read up to it and no further. */
import type { Readable } from "node:stream";
import type { Frame } from "../dpf/brute.js";
import { Pass } from "./pass.js";

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

/** Its octets are a copy, from address 0 on. Rejects with the system's error where the capture cannot be opened. */
export async function frameAt(input: string | Readable, number: number): Promise<FrameFound> {
  const pass = new Pass({ count: 0, mode: "tap", compile: () => [] });
  const enough = new AbortController();
  let packets = 0;
  let frame: NumberedFrame | undefined;
  const take = (from: number, to: number): void => {
    const row = from + (number - 1 - packets);
    packets += to - from;
    if (frame !== undefined || row < from || row >= to) return;
    frame = { ...copyOf(pass, row), number };
    enough.abort();
  };
  try {
    await pass.run(input, { take, turn() {} }, { signal: enough.signal });
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
  return { frame, packets, pass };
}

function copyOf({ memory, rows }: Pass, row: number): Omit<NumberedFrame, "number"> {
  const [address, captured] = [rows.address[row]!, rows.captured[row]!];
  return {
    octets: memory.octets.slice(address, address + captured),
    address: 0,
    captured,
    facts: { wire: rows.wire[row]!, link: rows.linkType[row]! },
    time: (BigInt(rows.timeHigh[row]!) << 32n) | BigInt(rows.timeLow[row]!),
  };
}
