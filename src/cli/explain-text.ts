/**
 * An explanation for people: filters that match are told whole, the winner first, of the others what they failed on, and of many only
 * the first. What captures and texts hold cannot write on the terminal.
 */
import type { FilterExplained, PacketExplained } from "../appliance/explanation.js";
import type { NumberedFrame } from "../appliance/frame-at.js";
import { linkTypeName } from "../capture/linktype.js";
import type { AtomStep, ConjunctionWalk } from "../dpf/explain.js";
import type { Load, Term } from "../filter/explain.js";
import { printPacket } from "../wire/print.js";
import { printTime } from "../wire/time.js";
import { escapeText } from "./terminal.js";

/** Of those that match, and of those that do not, so many are told of, unless all are asked for. */
const TOLD = 20;
/** Characters of a term; a column of them is no wider. */
const LONGEST_TERM = 44;
/** Terms of one filter that are told. */
const TERMS = 3;

export function explanationText(
  frame: NumberedFrame,
  { winner, reason, filters }: PacketExplained,
  { all = false }: { readonly all?: boolean } = {},
): string {
  const { number, time, captured, facts } = frame;
  const lines = [
    `packet ${number}: ${printTime(time, "utc", 9, time)} ${lineOf(frame)}`,
    `${captured} octets captured of ${facts.wire}, link type ${linkTypeName(facts.link)}`,
    "",
    winner === undefined ? reason : `among claims of one priority ${winner} would win: ${reason}`,
  ];
  const most = all ? filters.length : TOLD;
  const matches = filters.filter((filter) => filter.matches);
  // The winner is always told of.
  const told = matches.toSorted((a, b) => Number(b.name === winner) - Number(a.name === winner)).slice(0, most);
  for (const filter of told) lines.push("", ...matching(filter));
  if (told.length < matches.length)
    lines.push("", `and ${matches.length - told.length} more match, of which --all tells`);
  const others = filters.filter(({ matches }) => !matches);
  if (others.length > 0) lines.push("", "do not match:", ...notMatching(others, most));
  return `${lines.map(escapeText).join("\n")}\n`;
}

/** What tcpdump would print of it. */
export function lineOf({ octets, captured, facts }: NumberedFrame): string {
  return printPacket(octets, 0, captured, facts.wire, facts.link);
}

function matching({ name, terms, conjunctions, residual, notes }: FilterExplained): string[] {
  const walked = conjunctions.filter(({ matches }) => matches);
  const width = widest(terms.map(termText));
  return [
    `${name} matches`,
    ...terms.map((term) => `  ${term.outcome.padEnd(11)} ${aligned(termText(term), width, loadsText(term))}`),
    ...walked.flatMap((conjunction) => conjunctionLines(conjunction, conjunctions.indexOf(conjunction) + 1)),
    ...(residual === undefined ? [] : [`  residual predicate: ${residual ? "yes" : "no"}`]),
    ...notes.map((note) => `  note: ${note}`),
  ];
}

function conjunctionLines({ bits, steps }: ConjunctionWalk, number: number): string[] {
  const width = widest(steps.map(({ text }) => text));
  return [
    `  conjunction ${number}, ${bits} bits tested${steps.length === 0 ? ": it asks nothing" : ""}`,
    ...steps.map((step) => `    ${aligned(step.text, width, foundText(step))}`),
  ];
}

function notMatching(others: readonly FilterExplained[], most: number): string[] {
  const told = others.slice(0, most);
  const width = widest(told.map(({ name }) => name));
  const rest = others.length - told.length;
  return [
    ...told.map((filter) => `  ${aligned(filter.name, width, whyNot(filter))}`),
    ...(rest > 0 ? [`  and ${rest} more, of which --all tells`] : []),
  ];
}

/** What stopped it: terms of a pcap-filter text that are not as it wants them, or the atom of the conjunction that came furthest. */
function whyNot({ terms, conjunctions, residual, notes }: FilterExplained): string {
  const stopped = terms.find(({ outcome }) => outcome === "fault");
  if (stopped !== undefined) return `${termText(stopped)} asks for octets that were not captured`;
  const failed = furthestOf(conjunctions)?.steps.find(({ outcome }) => outcome === "differs" || outcome === "beyond");
  const wrong = terms.filter(({ outcome, negated }) => outcome === (negated ? "true" : "false"));
  if (wrong.length > 0) return termsText(wrong, failed);
  if (residual === false) return "its atoms match, its residual predicate does not";
  if (failed !== undefined) return `${failed.text}: ${foundText(failed)}`;
  return notes[0] ?? "it matches no frame";
}

function termsText(wrong: readonly Term[], failed: AtomStep | undefined): string {
  const texts = wrong.slice(0, TERMS).map((term) => {
    const load = decisive(term, failed);
    return `${term.negated ? "not " : ""}${termText(term)}${load === undefined ? "" : ` (${loadText(load)})`}`;
  });
  return `false: ${texts.join("; ")}${wrong.length > TERMS ? `; and ${wrong.length - TERMS} more` : ""}`;
}

/** What the atom that failed looked at, where the term did as well; else what the term looked at last. */
function decisive({ loads }: Term, failed: AtomStep | undefined): Load | undefined {
  const octets = failed?.octets;
  const same = octets && loads.find(({ from, to }) => from <= octets.from && to >= octets.to);
  return same ?? loads.at(-1);
}

function furthestOf(conjunctions: readonly ConjunctionWalk[]): ConjunctionWalk | undefined {
  const reached = ({ steps }: ConjunctionWalk) => steps.filter(({ outcome }) => outcome === "holds").length;
  return conjunctions.toSorted((a, b) => reached(b) - reached(a))[0];
}

function foundText({ octets, found = "" }: AtomStep): string {
  return octets === undefined ? found : `${octetsText(octets)}: ${found}`;
}

/** What it read, each once. */
function loadsText({ loads }: Term): string {
  return [...new Set(loads.map(loadText))].join(", ");
}

function loadText(load: Load): string {
  const { from, to, value } = load;
  const found = value === undefined ? "not captured" : `0x${value.toString(16).padStart(2 * (to - from), "0")}`;
  return `${octetsText(load)}: ${found}`;
}

function octetsText({ from, to }: { readonly from: number; readonly to: number }): string {
  return to - from === 1 ? `octet ${from}` : `octets ${from}-${to - 1}`;
}

/** In one line, and not too long. */
function termText({ text }: Term): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_TERM ? `${line.slice(0, LONGEST_TERM - 1)}…` : line;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

function aligned(text: string, width: number, behind: string): string {
  return behind === "" ? text : `${text.padEnd(width)}  ${behind}`;
}
