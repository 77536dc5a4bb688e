/** One filter at a time, by what says what it means: a pcap-filter text walked over each frame, atoms of DPF text likewise. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Frame, matches } from "../../src/dpf/brute.js";
import { ErrorList } from "../../src/filter/error.js";
import { compileText, type FilterLanguage } from "../../src/filter/filter.js";
import { evaluate } from "../../src/filter/pcap-filter/evaluate.js";
import { expand } from "../../src/filter/pcap-filter/expand.js";
import { parsePcapFilter } from "../../src/filter/pcap-filter/parser.js";
import { readOctets } from "../capture/read.js";
import type { Chance } from "../seeded.js";
import type { VariedFilter } from "./varied.js";

const STRETCH = 1 << 20;

/** All frames of captures of the project. */
export function framesOf(captures: readonly string[]): Frame[] {
  return captures.flatMap((capture) =>
    readOctets(readFileSync(join("captures", capture)), STRETCH).records.map(
      ({ octets, captured, wire, linkType }) => ({
        octets: Buffer.from(octets, "hex"),
        address: 0,
        captured,
        facts: { wire, link: linkType },
      }),
    ),
  );
}

/** How many of the frames, which are of one link type, the text matches. */
export function countOf(text: string, language: FilterLanguage, frames: readonly Frame[]): number {
  const accepts = language === "dpf" ? byAtoms(text) : byText(text, frames[0]?.facts.link ?? 1);
  return frames.filter(accepts).length;
}

/** Of every file of the library so many, and which they are by their place in the list. */
export function sampleOf(list: readonly VariedFilter[], ofEach: number, chance: Chance): number[] {
  const byFile = new Map<string, number[]>();
  for (const [at, { file }] of list.entries()) byFile.set(file, [...(byFile.get(file) ?? []), at]);
  return [...byFile.values()].flatMap((places) => Array.from({ length: ofEach }, () => chance.pick(places)));
}

function byText(text: string, linkType: number): (frame: Frame) => boolean {
  const errors = new ErrorList(text);
  const program = expand(parsePcapFilter(text, errors), linkType, errors);
  if (program === undefined || errors.any) throw new Error(`refused: ${text}`);
  return ({ octets, address, captured, facts }) => evaluate(program, octets, address, captured, facts.wire);
}

function byAtoms(text: string): (frame: Frame) => boolean {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`refused: ${text}`);
  const { filter } = compiled;
  return ({ octets, address, captured, facts }) => matches(filter, octets, address, captured, undefined, facts);
}
