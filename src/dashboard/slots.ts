/** The timeline of a replay: packets per slot of capture time, of one capture or of several merged by time. */
import type { Capture } from "../control/protocol.js";
import { parseTime } from "./format.js";

export interface Timeline {
  /** First and last capture time, ns since 1970. */
  readonly first: bigint;
  readonly last: bigint;
  readonly slots: readonly number[];
  readonly packets: number;
}

const SLOTS = 512;

/** Null where no capture has a packet with a time. */
export function mergeTimelines(captures: readonly Capture[]): Timeline | null {
  const parts = captures.flatMap((capture) => {
    const first = parseTime(capture.info.first_ts);
    const last = parseTime(capture.info.last_ts);
    return first === null || last === null ? [] : [{ capture, first, last: last < first ? first : last }];
  });
  const [one] = parts;
  if (one === undefined) return null;
  const packets = parts.reduce((all, part) => all + part.capture.info.packets, 0);
  if (parts.length === 1) return { first: one.first, last: one.last, slots: one.capture.timeline, packets };
  const first = parts.reduce((least, part) => (part.first < least ? part.first : least), one.first);
  const last = parts.reduce((most, part) => (part.last > most ? part.last : most), one.last);
  const slots = Array.from({ length: SLOTS }, () => 0);
  for (const part of parts) {
    for (const [index, count] of part.capture.timeline.entries()) {
      const within = (index + 0.5) / part.capture.timeline.length;
      const time = Number(part.first - first) + within * Number(part.last - part.first);
      const slot = Math.min(SLOTS - 1, Math.floor((time / Math.max(1, Number(last - first))) * SLOTS));
      slots[slot] = (slots[slot] ?? 0) + count;
    }
  }
  return { first, last, slots, packets };
}

/** Where a time lies in the timeline, 0 to 1. */
export function fractionOf(timeline: Timeline, time: bigint): number {
  const span = timeline.last - timeline.first;
  if (span <= 0n) return time >= timeline.last ? 1 : 0;
  const fraction = Number(time - timeline.first) / Number(span);
  return Math.min(1, Math.max(0, fraction));
}

export function timeAt(timeline: Timeline, fraction: number): bigint {
  const within = Math.min(1, Math.max(0, fraction));
  // A millionth of the span is finer than any screen; the product stays exact.
  return timeline.first + ((timeline.last - timeline.first) * BigInt(Math.round(within * 1e6))) / 1_000_000n;
}

/** Packets per column of `width` pixels: slots are added up or repeated, never left out. */
export function columnsOf(slots: readonly number[], width: number): Float64Array {
  const columns = new Float64Array(Math.max(0, width));
  if (slots.length === 0 || width <= 0) return columns;
  if (slots.length <= width) {
    for (let x = 0; x < width; x++) columns[x] = slots[Math.floor((x * slots.length) / width)] ?? 0;
    return columns;
  }
  for (const [index, count] of slots.entries()) {
    const x = Math.floor((index * width) / slots.length);
    columns[x] = (columns[x] ?? 0) + count;
  }
  return columns;
}
