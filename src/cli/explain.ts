/**
 * `exonet explain`: why a packet matched or did not, filter by filter. For people those that match are told whole, of the others
 * what they failed on; `--json` has every step of every filter.
 */
import {
  explainPacket,
  type FilterExplained,
  type FilterToExplain,
  type PacketExplained,
} from "../appliance/explanation.js";
import { frameAt, type NumberedFrame } from "../appliance/frame-at.js";
import { linkTypeName } from "../capture/linktype.js";
import type { AtomStep, ConjunctionWalk } from "../dpf/explain.js";
import type { Load, Term } from "../filter/explain.js";
import { printPacket } from "../wire/print.js";
import { printTime } from "../wire/time.js";
import { inputOf, tellDamage } from "./capture-file.js";
import { InputError } from "./failure.js";
import { loadFilters } from "./filter-path.js";
import { escapeText } from "./terminal.js";

export interface ExplainCommand {
  readonly filters: string;
  readonly json?: boolean;
}

export async function explain(capture: string, packet: number, command: ExplainCommand): Promise<number> {
  const filters = loadFilters(command.filters);
  const { frame, packets, pass } = await frameAt(inputOf(capture), packet);
  if (frame === undefined) {
    const code = tellDamage(capture, pass.capture);
    if (code === 0) throw new InputError("PACKET", `the capture has ${packets} packets, and no number ${packet}`);
    return code;
  }
  const asked: FilterToExplain[] = filters.map(({ name, language, text }) => ({ name, language, text }));
  const explained = explainPacket(frame, asked);
  process.stdout.write(command.json === true ? `${asJson(frame, explained)}\n` : asText(frame, explained, filters));
  return 0;
}

function asJson(frame: NumberedFrame, { winner, reason, filters }: PacketExplained): string {
  const { number, time, captured, facts, octets } = frame;
  const packet = {
    number,
    time: time.toString(),
    captured,
    wire: facts.wire,
    linkType: facts.link,
    line: lineOf(frame),
    octets: Buffer.from(octets).toString("hex"),
  };
  return JSON.stringify({ packet, winner: winner ?? null, reason, filters });
}

function lineOf({ octets, captured, facts }: NumberedFrame): string {
  return printPacket(octets, 0, captured, facts.wire, facts.link);
}

function asText(
  frame: NumberedFrame,
  { winner, reason, filters }: PacketExplained,
  texts: readonly FilterToExplain[],
): string {
  const { number, time, captured, facts } = frame;
  const lines = [
    `packet ${number}: ${printTime(time, "utc", 9, time)} ${lineOf(frame)}`,
    `${captured} octets captured of ${facts.wire}, link type ${linkTypeName(facts.link)}`,
    "",
    winner === undefined ? reason : `among claims of one priority ${winner} would win: ${reason}`,
  ];
  const text = (name: string) => texts.find((each) => each.name === name)?.text ?? "";
  for (const filter of filters.filter(({ matches }) => matches)) lines.push("", ...matching(filter));
  const others = filters.filter(({ matches }) => !matches);
  if (others.length > 0) lines.push("", "do not match:");
  const width = Math.max(...others.map(({ name }) => name.length));
  for (const filter of others) lines.push(`  ${filter.name.padEnd(width)}  ${whyNot(filter, text(filter.name))}`);
  return `${lines.map(escapeText).join("\n")}\n`;
}

function matching({ name, terms, conjunctions, residual, notes }: FilterExplained): string[] {
  const walked = conjunctions.filter(({ matches }) => matches);
  return [
    `${name} matches`,
    ...terms.map((term) => `  ${term.outcome.padEnd(11)} ${oneLine(term.text)}${loadsText(term.loads)}`),
    ...walked.flatMap((conjunction) => conjunctionLines(conjunction, conjunctions.indexOf(conjunction) + 1)),
    ...(residual === undefined ? [] : [`  residual: ${residual ? "yes" : "no"}`]),
    ...notes.map((note) => `  note: ${note}`),
  ];
}

function conjunctionLines({ bits, steps }: ConjunctionWalk, number: number): string[] {
  const width = Math.max(0, ...steps.map(({ text }) => text.length));
  return [
    `  conjunction ${number}, ${bits} bits tested${steps.length === 0 ? ": it asks nothing" : ""}`,
    ...steps.map((step) => `    ${step.text.padEnd(width)}  ${placeOf(step)}${step.found ?? ""}`),
  ];
}

function placeOf({ octets }: AtomStep): string {
  return octets === undefined ? "" : `octets ${octets.from}..${octets.to - 1}: `;
}

function loadsText(loads: readonly Load[]): string {
  if (loads.length === 0) return "";
  const seen = new Set(loads.map(({ from, to, value }) => `[${from}:${to - from}] = ${valueText(value)}`));
  return `   ${[...seen].join(", ")}`;
}

function valueText(value: number | undefined): string {
  return value === undefined ? "not captured" : `0x${value.toString(16)}`;
}

/** What stopped it: the term of a pcap-filter text, or the atom of the conjunction that came furthest. */
function whyNot({ language, terms, conjunctions, residual, notes }: FilterExplained, text: string): string {
  if (residual === false) return "its atoms match, its residual predicate does not";
  const [stopped] = terms.filter(({ outcome }) => outcome === "fault");
  if (stopped !== undefined) return `${oneLine(stopped.text)} asks for octets that were not captured`;
  const wrong = terms.filter(({ outcome }) => outcome === "false");
  if (wrong.length > 0 && language === "pcap-filter") return termsText(wrong);
  const furthest = furthestOf(conjunctions);
  const failed = furthest?.steps.find(({ outcome }) => outcome === "differs" || outcome === "beyond");
  if (failed !== undefined) return `${failed.text}: ${placeOf(failed)}${failed.found ?? ""}`;
  return notes[0] ?? `${oneLine(text)} is never true`;
}

function termsText(wrong: readonly Term[]): string {
  const texts = wrong.slice(0, 3).map((term) => `${oneLine(term.text)}${lastLoad(term)}`);
  return `false: ${texts.join("; ")}${wrong.length > 3 ? `; and ${wrong.length - 3} more` : ""}`;
}

/** What it looked at last decided. */
function lastLoad({ loads }: Term): string {
  const last = loads.at(-1);
  return last === undefined ? "" : ` ([${last.from}:${last.to - last.from}] = ${valueText(last.value)})`;
}

function furthestOf(conjunctions: readonly ConjunctionWalk[]): ConjunctionWalk | undefined {
  const reached = ({ steps }: ConjunctionWalk) => steps.filter(({ outcome }) => outcome === "holds").length;
  return conjunctions.toSorted((a, b) => reached(b) - reached(a))[0];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
