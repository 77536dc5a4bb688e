/**
 * The same filters and captures as exam.test.ts, all the way: text to machine code of each target, all filters of a capture in one
 * program and one pass.
 */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Pass } from "../../../src/appliance/pass.js";
import type { Filter } from "../../../src/dpf/atom.js";
import { TARGETS, type Target } from "../../../src/dpf/target.js";
import { compileExpression } from "../../../src/filter/filter.js";

const FOLDER = ["../shared/exams", "../../shared/exams"].find((folder) => existsSync(`${folder}/filters.jsonl`));

interface Row {
  readonly id: string;
  readonly dlt: number;
  readonly expr: string;
  readonly expect: string;
  readonly capture: string;
  readonly bitmap: string;
  readonly stable: boolean;
}

/** Rows that count, with their filters, by capture. */
function questions(): Map<string, { row: Row; filter: Filter }[]> {
  const lines = readFileSync(`${FOLDER}/filters.jsonl`, "utf8").trim().split("\n").slice(1);
  const by = new Map<string, { row: Row; filter: Filter }[]>();
  for (const row of lines.map((line): Row => JSON.parse(line))) {
    if (!row.stable || row.expect !== "count") continue;
    const compiled = compileExpression(row.expr, row.dlt);
    expect(compiled.ok || compiled.errors.every(({ code }) => code === "E_NOT_YET"), row.expr).toBe(true);
    if (!compiled.ok) continue;
    const asked = { row, filter: compiled.filter };
    by.set(row.capture, [...(by.get(row.capture) ?? []), asked]);
  }
  return by;
}

async function bitmaps(capture: string, filters: readonly Filter[], target: Target): Promise<string[]> {
  const pass = new Pass({ count: filters.length, mode: "tap", target, compile: () => filters });
  const found = filters.map(() => [] as number[]);
  let packets = 0;
  await pass.run(`${FOLDER}/captures/${capture}`, {
    take(from, to, { taps, tapStart, tapCount }) {
      for (let row = from; row < to; row++, packets++) {
        const start = tapStart[row] ?? 0;
        for (const id of taps.subarray(start, start + (tapCount[row] ?? 0))) found[id - 1]?.push(packets);
      }
    },
    turn() {},
  });
  return found.map((numbers) => bitmapOf(numbers, packets));
}

function bitmapOf(numbers: readonly number[], packets: number): string {
  const bitmap = new Uint8Array(Math.ceil(packets / 8));
  for (const number of numbers) bitmap[number >> 3] = (bitmap[number >> 3] ?? 0) | (0x80 >> (number & 7));
  return Buffer.from(bitmap).toString("hex");
}

test.skipIf(FOLDER === undefined).each(TARGETS)(
  "every count is tcpdump's, on %s",
  { timeout: 240_000 },
  async (target) => {
    const wrong: string[] = [];
    let right = 0;
    for (const [capture, asked] of questions()) {
      const found = await bitmaps(
        capture,
        asked.map(({ filter }) => filter),
        target,
      );
      asked.forEach(({ row }, index) => {
        if (found[index] === row.bitmap) right++;
        else wrong.push(`${row.id} ${row.expr}: ${found[index]} instead of ${row.bitmap}`);
      });
    }
    expect(wrong).toEqual([]);
    expect(right).toBeGreaterThan(600);
  },
);
