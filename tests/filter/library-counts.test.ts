import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Frame, matches } from "../../src/dpf/brute.js";
import { residualSays } from "../../src/dpf/explain.js";
import { compileText, type FilterLanguage } from "../../src/filter/filter.js";
import { readOctets } from "../capture/read.js";
import { HAS_TCPDUMP } from "../installed.js";

/**
 * The filters that come with exonet, and what filters/counts.tsv says of them: how many packets tcpdump counts in the
 * capture where each matches most. Our meaning of a filter is brute force over the frames, atom by atom, and its residual step by step.
 */

const FOLDER = "filters";
const CAPTURES = "captures";
const STRETCH = 1 << 20;
const FEWEST = 40;

const languageOf: Readonly<Record<string, FilterLanguage>> = { ".dpf": "dpf", ".pcap-filter": "pcap-filter" };

interface Line {
  readonly name: string;
  readonly capture: string;
  readonly count: number;
  readonly expression: string;
}

const lines: readonly Line[] = readFileSync(join(FOLDER, "counts.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [name = "", capture = "", count = "", expression = "", ...more] = line.split("\t");
    if (!/^[1-9]\d*$/.test(count) || expression === "" || more.length > 0) throw new Error(`counts.tsv: ${line}`);
    return { name, capture, count: Number(count), expression };
  });

const files = readdirSync(FOLDER).filter((file) => languageOf[extname(file)] !== undefined);
const nameOf = (file: string) => basename(file, extname(file));
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

const frames = new Map<string, readonly Frame[]>();

function framesOf(capture: string): readonly Frame[] {
  const known = frames.get(capture);
  if (known !== undefined) return known;
  const { records, damage } = readOctets(readFileSync(join(CAPTURES, capture)), STRETCH);
  if (damage.length > 0) throw new Error(`${capture} is damaged: ${damage[0]?.code}`);
  const fresh = records.map(({ octets, captured, wire, linkType }) => ({
    octets: Buffer.from(octets, "hex"),
    address: 0,
    captured,
    facts: { wire, link: linkType },
  }));
  frames.set(capture, fresh);
  return fresh;
}

/** How many frames of its line's capture the file's filter matches, by our own compiler. */
function ours(file: string): number {
  const line = lines.find(({ name }) => name === nameOf(file));
  const compiled = compileText(read(file), languageOf[extname(file)] ?? "dpf");
  if (!compiled.ok) throw new Error(`${file}: ${compiled.errors[0]?.message}`);
  const { filter } = compiled;
  return framesOf(line?.capture ?? "").filter((frame) => {
    const { octets, address, captured, facts } = frame;
    return matches(filter, octets, address, captured, (program) => residualSays(program, frame), facts);
  }).length;
}

const countOf = (file: string) => lines.find(({ name }) => name === nameOf(file))?.count;

describe("the filters that come with exonet", () => {
  test(`are at least ${FEWEST}, and say for whom they are`, () => {
    expect(files.length).toBeGreaterThanOrEqual(FEWEST);
    const silent = files.filter((file) => !/^# For [^:]+: \S.*\.$/.test(read(file).split("\n")[0] ?? ""));
    expect(silent).toEqual([]);
  });

  test("have one line each in counts.tsv, and nothing else has one", () => {
    expect(lines.map(({ name }) => name)).toEqual(files.map(nameOf).toSorted());
    expect(lines.filter(({ capture }) => !readdirSync(CAPTURES).includes(capture))).toEqual([]);
  });

  test("are their own expression exactly where they are in tcpdump's language", () => {
    const itsOwn = lines.filter(({ expression }) => expression === "=").map(({ name }) => name);
    expect(itsOwn).toEqual(
      files
        .filter((file) => file.endsWith(".pcap-filter"))
        .map(nameOf)
        .toSorted(),
    );
  });

  test.each(files)("%s matches as many packets as tcpdump counts", (file) => {
    expect(ours(file)).toBe(countOf(file));
  });
});

test.skipIf(!HAS_TCPDUMP)(
  `tcpdump counts them again${HAS_TCPDUMP ? "" : " (skipped: tcpdump is not installed)"}`,
  () => {
    const { status, stderr } = spawnSync(join(CAPTURES, "count-filters.mjs"), ["--check"], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  },
);
