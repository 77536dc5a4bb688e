/**
 * Expansion and evaluation against libpcap 1.10.3's unoptimised code, over random frames and frames of captures: over
 * recorded answers everywhere, and over random texts where tcpdump is there. `UPDATE_GOLDEN=1` records the answers anew.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { ErrorList, type TextErrorCode } from "../../../src/filter/error.js";
import { evaluate } from "../../../src/filter/pcap-filter/evaluate.js";
import { expand } from "../../../src/filter/pcap-filter/expand.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import type { Predicate } from "../../../src/filter/pcap-filter/predicate.js";
import { readOctets } from "../../capture/read.js";
import { HAS_SAME_LIBPCAP } from "../../installed.js";
import { Chance } from "../../seeded.js";
import { type Answer, Answers } from "./answers.js";
import { runProgram } from "./bpf.js";
import { type Asked, allAsked, MAIN_LINK_TYPES, OTHER_LINK_TYPES, recordedAsked } from "./expressions.js";
import { randomExpression } from "./random-expressions.js";
import { type Frame, randomFrame } from "./random-frames.js";

const RECORDED = "tests/filter/pcap-filter/recorded-answers.jsonl";
/** Others can be tried; all should do. */
const SEED = Number(process.env.EXPAND_SEED ?? 20);
const RANDOM_TEXTS = 2000;
const FRAMES = 80;
const FROM_CAPTURES = 40;

const frames = new Map<number, readonly Frame[]>();

beforeAll(() => {
  const captured = capturedFrames();
  for (const linkType of [...MAIN_LINK_TYPES, ...OTHER_LINK_TYPES]) {
    const chance = new Chance(SEED + linkType);
    const random = Array.from({ length: FRAMES }, () => randomFrame(chance, linkType));
    const known = captured.get(linkType) ?? [];
    const some = known.length === 0 ? [] : Array.from({ length: FROM_CAPTURES }, () => cut(chance, chance.pick(known)));
    frames.set(linkType, [...random, ...some]);
  }
});

/** Of the project, and of others where they are. */
function capturedFrames(): Map<number, Frame[]> {
  const found = new Map<number, Frame[]>();
  const folders = ["captures", "../shared/exams/captures", "../../shared/exams/captures"].filter(existsSync);
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  for (const file of files.filter((name) => /\.pcap(?:ng)?(?:\.gz)?$/.test(name))) {
    const octets = readFileSync(file);
    const { records } = readOctets(file.endsWith(".gz") ? gunzipSync(octets) : octets, 1 << 20);
    for (const { linkType, octets: hex, wire } of records.slice(0, 500)) {
      const frame = { octets: Uint8Array.from(Buffer.from(hex, "hex")), wire };
      found.set(linkType, [...(found.get(linkType) ?? []), frame]);
    }
  }
  return found;
}

function cut(chance: Chance, { octets, wire }: Frame): Frame {
  return { octets: chance.percent(33) ? octets.slice(0, chance.below(octets.length + 1)) : octets, wire };
}

interface Expanded {
  readonly predicate: Predicate | undefined;
  readonly codes: readonly TextErrorCode[];
}

function expandText({ text, linkType }: Asked): Expanded {
  const errors = new ErrorList(text);
  const tree = parsePcapFilter(text, errors);
  const predicate = errors.any ? undefined : expand(tree, linkType, errors);
  return { predicate, codes: errors.list().map(({ code }) => code) };
}

class Tally {
  readonly failures: string[] = [];
  matching = 0;
  refused = 0;
  notYet = 0;

  add(asked: Asked, answer: Answer): void {
    const expanded = expandText(asked);
    if (expanded.codes.includes("E_NOT_YET")) this.notYet++;
    else if ("refusal" in answer) this.#refused(asked, answer.refusal, expanded);
    else if (expanded.predicate === undefined) this.#fail(asked, `refused: ${expanded.codes.join(" ")}`);
    else this.#compare(asked, answer, expanded.predicate);
  }

  #fail({ linkType, text }: Asked, why: string): void {
    this.failures.push(`${linkType} ${JSON.stringify(text)}: ${why}`);
  }

  #refused(asked: Asked, refusal: string, { predicate }: Expanded): void {
    this.refused++;
    if (predicate !== undefined) this.#fail(asked, `accepted, libpcap says: ${refusal}`);
  }

  #compare(asked: Asked, { program }: Extract<Answer, { program: unknown }>, ours: Predicate): void {
    let any = false;
    for (const { octets, wire } of frames.get(asked.linkType) ?? []) {
      const theirs = runProgram(program, octets, wire);
      any ||= theirs === true;
      // A chain of headers that goes in a circle is no match here.
      if (evaluate(ours, octets, 0, octets.length, wire) === (theirs ?? false)) continue;
      this.#fail(asked, `libpcap ${theirs}: ${Buffer.from(octets).toString("hex")} of ${wire}`);
      break;
    }
    if (any) this.matching++;
  }
}

interface Recorded extends Asked {
  readonly program?: readonly (readonly [code: number, jt: number, jf: number, k: number])[];
  readonly refusal?: string;
}

function recordedAnswers(): { asked: Asked; answer: Answer }[] {
  const lines = readFileSync(RECORDED, "utf8").trim().split("\n");
  return lines.map((line) => {
    const { linkType, text, program, refusal = "" }: Recorded = JSON.parse(line);
    const instructions = program?.map(([code, jt, jf, k]) => ({ code, jt, jf, k }));
    return { asked: { linkType, text }, answer: instructions ? { program: instructions } : { refusal } };
  });
}

function recorded({ linkType, text }: Asked, answer: Answer): string {
  const told =
    "refusal" in answer ? answer : { program: answer.program.map(({ code, jt, jf, k }) => [code, jt, jf, k]) };
  return JSON.stringify({ linkType, text, ...told });
}

test("recorded answers", async () => {
  if (process.env.UPDATE_GOLDEN === "1") {
    const asked = recordedAsked();
    const answers = await ask(asked);
    writeFileSync(RECORDED, `${asked.map((one, at) => recorded(one, answers[at] ?? { refusal: "" })).join("\n")}\n`);
  }
  const tally = new Tally();
  for (const { asked, answer } of recordedAnswers()) tally.add(asked, answer);
  expect(tally.failures).toEqual([]);
  expect(tally.matching).toBeGreaterThan(250);
});

async function ask(asked: readonly Asked[]): Promise<Answer[]> {
  const answers = new Answers();
  try {
    return await answers.of(asked);
  } finally {
    answers.close();
  }
}

/** What tcpdump says now. */
async function tallied(asked: readonly Asked[]): Promise<Tally> {
  const answers = await ask(asked);
  const tally = new Tally();
  for (const [at, one] of asked.entries()) tally.add(one, answers[at] ?? { refusal: "no answer" });
  return tally;
}

describe.skipIf(!HAS_SAME_LIBPCAP)("tcpdump's answers", { timeout: 300_000 }, () => {
  test("every primitive on the frequent link types", async () => {
    const asked = allAsked();
    const tally = await tallied(asked);
    expect(tally.failures).toEqual([]);
    expect(tally.matching).toBeGreaterThan(asked.length * 0.3);
  });

  test(`${RANDOM_TEXTS} random texts, seed ${SEED}`, async () => {
    const chance = new Chance(SEED);
    // The frequent link types are asked as often as all others together.
    const linkTypes = () => (chance.percent(50) ? MAIN_LINK_TYPES : OTHER_LINK_TYPES);
    const asked = Array.from({ length: RANDOM_TEXTS }, (): Asked => {
      const linkType = chance.percent(30) ? 1 : chance.pick(linkTypes());
      return { linkType, text: randomExpression(chance, linkType) };
    });
    const tally = await tallied(asked);
    expect(tally.failures).toEqual([]);
    expect(tally.matching).toBeGreaterThan(RANDOM_TEXTS * 0.3);
    expect(tally.notYet).toBeLessThan(RANDOM_TEXTS * 0.02);
  });
});
