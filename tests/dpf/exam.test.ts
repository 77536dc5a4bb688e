/** Other people's captures: which frames match each filter, as tcpdump says of the equal expression. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Atom, Filter, Width } from "../../src/dpf/atom.js";
import { fullMask } from "../../src/dpf/atom.js";
import { matches } from "../../src/dpf/brute.js";
import { printFilter } from "../../src/dpf/print.js";
import { wellformed } from "../../src/dpf/wellformed.js";
import { Engines, Rows } from "./support.js";

const EXAMS = "../shared/exams";
const FILE = `${EXAMS}/dpf.jsonl`;

type NeutralAtom =
  | { eq: [number, Width, number, number?] }
  | { shift: number }
  | { shiftload: [number, Width, number, number] };
interface Exam {
  readonly id: string;
  readonly capture: string;
  readonly packets: number;
  readonly filters: readonly { name: string; atoms: readonly NeutralAtom[]; count: number; bitmap: string }[];
}

function atomOf(atom: NeutralAtom): Atom {
  if ("shift" in atom) return { kind: "shift", octets: atom.shift };
  if ("shiftload" in atom) {
    const [offset, width, mask, left] = atom.shiftload;
    return { kind: "shift-loaded", offset, width, mask, left };
  }
  const [offset, width, value, mask = fullMask(width)] = atom.eq;
  return { kind: "equal", offset, width, mask, value };
}

/** Frames of a classic capture of either order. */
function framesOf(file: Buffer): Uint8Array[] {
  const little = file.readUInt32LE(0) === 0xa1b2c3d4 || file.readUInt32LE(0) === 0xa1b23c4d;
  const frames: Uint8Array[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const captured = little ? file.readUInt32LE(at + 8) : file.readUInt32BE(at + 8);
    frames.push(file.subarray(at + 16, at + 16 + captured));
    at += 16 + captured;
  }
  return frames;
}

function bitmapOf(bits: readonly boolean[]): string {
  const octets = Buffer.alloc(Math.ceil(bits.length / 8));
  bits.forEach((bit, index) => {
    if (bit) octets[index >> 3]! |= 0x80 >> (index & 7);
  });
  return octets.toString("hex");
}

describe.skipIf(!existsSync(FILE))(`cases of ${FILE} (skipped where that folder is not beside the checkout)`, () => {
  const exams = existsSync(FILE)
    ? readFileSync(FILE, "utf8")
        .trim()
        .split("\n")
        .map((line): Exam => JSON.parse(line))
    : [];
  test.each(exams)("$id", ({ capture, packets, filters }) => {
    const frames = framesOf(readFileSync(`${EXAMS}/captures/${capture}`));
    expect(frames).toHaveLength(packets);
    const engines = new Engines(new Rows(frames, false));
    const written = filters.map(({ atoms }): Filter => ({ conjunctions: [atoms.map(atomOf)] }));
    written.forEach((filter, index) => {
      expect(wellformed(filter)).toBeUndefined();
      engines.insert({ id: index + 1, filter, mode: "tap", priority: 0, age: index });
    });
    engines.install();
    const brute = engines.brute();
    for (const [target, verdicts] of engines.verdicts()) expect(verdicts, target).toEqual(brute);
    const taps = brute.map((verdict) => new Set(verdict.split(" ").slice(1).map(Number)));
    filters.forEach(({ name, count, bitmap }, index) => {
      const bits = taps.map((ids) => ids.has(index + 1));
      expect(bitmapOf(bits), `${name}: ${printFilter(written[index]!)}`).toBe(bitmap);
      expect(bits.filter(Boolean), name).toHaveLength(count);
      expect(frames.map((frame) => matches(written[index]!, frame, 0, frame.length))).toEqual(bits);
    });
  });
});
