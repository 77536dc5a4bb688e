import { describe, expect, test } from "vitest";
import { MAX_CAPTURED } from "../../src/capture/limits.js";
import { seeded } from "./mutilate.js";
import { delivered, oracle } from "./oracle.js";
import { readOctets } from "./read.js";

/** What stands in records at the edges of what is plain. */
const WORDS = [0, 1, 999_999, 2_147_483, 2_147_484, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const STRETCH = 1 << 16;

function headerOf(nanoseconds: boolean, snap: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snap, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

function recordOf(random: (below: number) => number): Buffer {
  const edge = () => WORDS[random(WORDS.length)] ?? 0;
  // Mostly frames that are there; a length that is none ends the capture.
  const captured = random(200) === 0 ? [MAX_CAPTURED, MAX_CAPTURED + 1, 2 ** 31, 2 ** 32 - 1][random(4)] : random(90);
  const record = Buffer.alloc(16 + Math.min(captured ?? 0, 90), random(256));
  record.writeUInt32LE(edge(), 0);
  record.writeUInt32LE(edge(), 4);
  record.writeUInt32LE(captured ?? 0, 8);
  record.writeUInt32LE(random(4) === 0 ? edge() : (captured ?? 0), 12);
  return record;
}

describe("records at the edges of what is plain are as the specification says, wherever columns lie", () => {
  test.each([
    ["µs", false],
    ["ns", true],
  ])("%s", (_, nanoseconds) => {
    const random = seeded(nanoseconds ? 11 : 12);
    let walked = 0;
    for (let run = 0; run < 200; run++) {
      const snap = random(3) === 0 ? 64 : 262_144;
      const records = Array.from({ length: 60 }, () => recordOf(random));
      const octets = Buffer.concat([headerOf(nanoseconds, snap), ...records]);
      const answer = readOctets(octets, STRETCH);
      const expected = oracle(octets, STRETCH);
      expect(answer.records).toEqual(delivered(expected.records));
      expect(answer.damage).toEqual(expected.damage.slice(0, 16));
      walked += answer.records.length;
    }
    expect(walked).toBeGreaterThan(5000);
  });
});
