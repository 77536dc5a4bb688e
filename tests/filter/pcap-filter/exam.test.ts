/**
 * Filters and captures by other people, with tcpdump's answers, where they lie beside the repository (or beside the folder
 * of its worktrees). What libpcap refuses since it can never match may be accepted here, if it matches nothing.
 */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ErrorList, type TextErrorCode } from "../../../src/filter/error.js";
import { evaluate } from "../../../src/filter/pcap-filter/evaluate.js";
import { expand } from "../../../src/filter/pcap-filter/expand.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import type { Predicate } from "../../../src/filter/pcap-filter/predicate.js";
import { type ReadRecord, readOctets } from "../../capture/read.js";

const FOLDER = ["../shared/exams", "../../shared/exams"].find((folder) => existsSync(`${folder}/filters.jsonl`));
const STRETCH = 1 << 20;
/** Of rows that libpcap accepts. */
const MAY_BE_NOT_YET = 0.005;

interface Row {
  readonly id: string;
  readonly dlt: number;
  readonly expr: string;
  readonly expect: "count" | "accept" | "reject";
  readonly capture: string | null;
  readonly bitmap?: string;
  readonly stable: boolean;
  readonly why?: string;
}

interface Expanded {
  readonly predicate: Predicate | undefined;
  readonly codes: readonly TextErrorCode[];
}

function rows(): Row[] {
  const lines = readFileSync(`${FOLDER}/filters.jsonl`, "utf8").trim().split("\n").slice(1);
  return lines.map((line) => JSON.parse(line)).filter((row: Row) => row.stable);
}

function expandRow({ expr, dlt }: Row): Expanded {
  const errors = new ErrorList(expr);
  const tree = parsePcapFilter(expr, errors);
  const predicate = errors.any ? undefined : expand(tree, dlt, errors);
  return { predicate, codes: errors.list().map(({ code }) => code) };
}

const captures = new Map<string, readonly ReadRecord[]>();

function records(capture: string): readonly ReadRecord[] {
  const known = captures.get(capture);
  if (known !== undefined) return known;
  const read = readOctets(readFileSync(`${FOLDER}/captures/${capture}`), STRETCH).records;
  captures.set(capture, read);
  return read;
}

function bitmapOf(predicate: Predicate, of: readonly ReadRecord[]): string {
  const bitmap = new Uint8Array(Math.ceil(of.length / 8));
  of.forEach(({ octets, captured, wire }, at) => {
    // With room before and behind, which must not be read.
    const room = Buffer.from(`a5a5${octets}a5a5a5a5`, "hex");
    if (evaluate(predicate, room, 2, captured, wire)) bitmap[at >> 3] = (bitmap[at >> 3] ?? 0) | (0x80 >> (at & 7));
  });
  return Buffer.from(bitmap).toString("hex");
}

/** Undefined where the row is answered rightly. */
function wrong(row: Row, { predicate, codes }: Expanded): string | undefined {
  if (row.expect === "reject") {
    if (predicate === undefined) return undefined;
    const never = row.why === "never-matches";
    const matches = row.capture !== null && /[^0]/.test(bitmapOf(predicate, records(row.capture)));
    return never && !matches ? undefined : "accepted";
  }
  if (predicate === undefined) return `refused: ${codes.join(" ")}`;
  if (row.expect === "accept" || row.capture === null) return undefined;
  const bitmap = bitmapOf(predicate, records(row.capture));
  return bitmap === row.bitmap ? undefined : `${bitmap} instead of ${row.bitmap}`;
}

test.skipIf(FOLDER === undefined)("every row is answered as by tcpdump", () => {
  const all = rows();
  const answers = all.map((row) => ({ row, expanded: expandRow(row) }));
  const notYet = answers.filter(({ expanded }) => expanded.codes.includes("E_NOT_YET"));
  const failures = answers
    .filter((answer) => !notYet.includes(answer))
    .flatMap(({ row, expanded }) => {
      const failure = wrong(row, expanded);
      return failure === undefined ? [] : [`${row.id} ${row.dlt} ${row.expr}: ${failure}`];
    });
  expect(failures).toEqual([]);
  expect(all.length).toBeGreaterThan(800);
  expect(notYet.length).toBeLessThanOrEqual(all.length * MAY_BE_NOT_YET);
});
