import type { Filter } from "../../src/dpf/atom.js";
import { matches } from "../../src/dpf/brute.js";
import type { Chance } from "../seeded.js";

const FIELDS = [
  [12, 16],
  [14, 8],
  [20, 8],
  [23, 8],
  [26, 32],
  [30, 32],
  [34, 16],
  [36, 16],
  [47, 8],
  [38, 32],
  [54, 16],
] as const;

export interface Candidate {
  readonly filter: Filter;
  /** How many of the first n packets match. */
  readonly until: Uint32Array;
}

function valueAt(packet: Uint8Array, offset: number, width: number): number | undefined {
  if (offset + width / 8 > packet.length) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (width === 32) return view.getUint32(offset);
  return width === 16 ? view.getUint16(offset) : view.getUint8(offset);
}

/** A filter made of what packets of the capture hold, so that it is likely to match something. */
export function candidate(chance: Chance, packets: readonly Uint8Array[]): Candidate {
  const conjunctions = Array.from({ length: 1 + chance.below(3) }, () => {
    const packet = chance.pick(packets);
    return Array.from({ length: 1 + chance.below(3) }, () => chance.pick(FIELDS)).flatMap(([offset, width]) => {
      const value = valueAt(packet, offset, width);
      const all = width === 32 ? 0xffff_ffff : 2 ** width - 1;
      const mask = chance.below(3) === 0 ? (all & 0xf0f0_ff0f) >>> 0 : all;
      return value === undefined ? [] : [{ kind: "equal", offset, width, mask, value: (value & mask) >>> 0 } as const];
    });
  });
  const filter = { conjunctions };
  const until = new Uint32Array(packets.length + 1);
  packets.forEach((packet, at) => {
    until[at + 1] = until[at]! + (matches(filter, packet, 0, packet.length) ? 1 : 0);
  });
  return { filter, until };
}
