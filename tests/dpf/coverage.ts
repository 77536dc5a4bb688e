/** What a differential test has come by, so that nothing goes untested: kinds of atoms, forms of code, traits. */
import { type Atom, type Filter, fullMask, MAX_LENGTH } from "../../src/dpf/atom.js";
import { type Branching, childrenOf } from "../../src/dpf/branching.js";
import type { Plan } from "../../src/dpf/plan.js";
import type { ProgramUpdate } from "../../src/dpf/update.js";
import type { Program } from "../../src/vcode/insn.js";

/** Counts by what was counted; what was never counted is not in it. */
export class Tally {
  readonly counts = new Map<string, number>();

  add(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** Those that were counted less often than that. */
  missing(wanted: readonly string[], least: number): string[] {
    return wanted.filter((what) => (this.counts.get(what) ?? 0) < least);
  }
}

export const ATOMS = [
  "equal full",
  "equal network",
  "equal other",
  "not-equal one bit",
  "not-equal circular",
  "not-equal at an end",
  "not-equal other mask",
  "range",
  "length least",
  "length most",
  "shift",
  "shift-loaded",
  "residual",
  ...["link", "wire"].flatMap((fact) => ["equal", "not-equal", "range"].map((kind) => `${fact} ${kind}`)),
  "link masked",
  "wire masked",
  "fact behind a move",
  "residual of wire",
  "residual of wire and link",
];

export function countAtoms(tally: Tally, { conjunctions, residual }: Filter): void {
  for (const atom of conjunctions.flat()) {
    if ("of" in atom && atom.of !== undefined) {
      tally.add(`${atom.of} ${atom.kind}`);
      if (atom.mask !== fullMask(atom.width)) tally.add(`${atom.of} masked`);
    } else for (const name of namesOf(atom)) tally.add(name);
  }
  for (const conjunction of conjunctions) {
    const move = conjunction.findIndex(({ kind }) => kind === "shift-loaded");
    if (move >= 0 && conjunction.slice(move).some((atom) => "of" in atom)) tally.add("fact behind a move");
  }
  if (residual) tally.add(["residual", "residual of wire", "residual of wire and link"][factsTakenBy(residual)] ?? "");
}

function factsTakenBy({ lambdas }: Program): number {
  return (lambdas[0]?.parameters ?? 2) - 2;
}

function namesOf(atom: Atom): string[] {
  if (atom.kind === "length")
    return [...(atom.least > 0 ? ["length least"] : []), ...(atom.most < MAX_LENGTH ? ["length most"] : [])];
  if (atom.kind !== "equal" && atom.kind !== "not-equal") return [atom.kind];
  const { mask, value, width, kind } = atom;
  const full = fullMask(width);
  if (kind === "equal") return [mask === full ? "equal full" : isNetwork(mask, full) ? "equal network" : "equal other"];
  if ((mask & (mask - 1)) === 0) return ["not-equal one bit"];
  if (mask !== full) return ["not-equal other mask"];
  return [value === 0 || value === full ? "not-equal at an end" : "not-equal circular"];
}

function isNetwork(mask: number, full: number): boolean {
  const rest = full - mask;
  return Math.log2(rest + 1) % 1 === 0;
}

/** Every form and kind of field that can meet. */
export const FORMS = [
  "chain test",
  "chain span",
  "chain move",
  "chain length",
  "chain residual",
  "search test",
  "jump test",
  "hash test, own",
  "hash test, shared",
  "match test",
  "match test, one record",
  "goto move, record",
  "goto move, dispatch",
  "goto length, record",
  "goto length, dispatch",
  "goto residual, record",
  "goto residual, dispatch",
  "alias move",
  "alias length",
  "alias residual",
  "list span, record",
  "list span, dispatch",
  "tree span, record",
  "tree span, dispatch",
  // By number of shape: of 8 and 16 bits always the wide one; of 32 the small one, or the wide one where there are many.
  "tree span, own, shape 0",
  "tree span, own, shape 1",
  "tree span, own, shape 2",
  "tree span, own, shape 5",
  "gate",
  // Of facts, all wider than an octet: there is neither search nor jump.
  "link: chain test",
  "link: hash test, own",
  "link: chain span",
  "wire: chain test",
  "wire: chain span",
  "wire: match test, one record",
  "wire: list span, record",
  "wire: tree span, record",
  "wire: tree span, own, shape 5",
];

/** The forms of a program's code. */
export function countForms(tally: Tally, plan: Plan): void {
  const todo = [plan.root];
  for (let block = todo.pop(); block !== undefined; block = todo.pop()) {
    if (block.branchings.length > 1 && block.branchings.some((each) => "bit" in each && each.bit !== undefined))
      tally.add("gate");
    for (const branching of block.branchings) {
      const { of } = branching.field;
      tally.add(of === undefined ? nameOf(branching) : `${of}: ${nameOf(branching)}`);
      todo.push(...childrenOf(branching));
    }
  }
}

function nameOf(branching: Branching): string {
  const name = `${branching.form} ${branching.field.kind}`;
  if (branching.form === "hash") return `${name}, ${branching.own ? "own" : "shared"}`;
  if (branching.form === "match") return branching.shares ? `${name}, one record` : name;
  if (branching.form === "tree" && branching.at === undefined) return `${name}, own, shape ${branching.shape}`;
  if (branching.form === "goto" || branching.form === "list" || branching.form === "tree")
    return `${name}, ${branching.at === "record" ? "record" : "dispatch"}`;
  return name;
}

export const PROGRAMS = [
  "claims",
  "claims several",
  "taps",
  "taps several",
  "taps claims",
  "taps claims several",
  "heat on",
  "heat off",
  "one lambda",
  "lambdas",
  "lambdas and heat",
  "asks for nothing",
  "asks for wire",
  "asks for link",
  "asks for wire link",
  "asks and heat",
  "asks and lambdas",
];

export function countProgram(tally: Tally, update: ProgramUpdate): void {
  if (update.kind === "patch") return;
  const { traits, heat, images, statistics } = update;
  const names = (["taps", "claims", "several"] as const).filter((trait) => traits[trait]);
  tally.add(names.join(" "));
  tally.add(heat ? "heat on" : "heat off");
  // Residuals are lambdas too; what is cut has another that gives nothing.
  const cut = (images.interpreter?.lambdas ?? []).filter(({ result }) => result === undefined).length;
  tally.add(cut > 1 ? "lambdas" : "one lambda");
  if (cut > 1 && heat) tally.add("lambdas and heat");
  const facts = (["wire", "link"] as const).filter((fact) => traits[fact]);
  tally.add(`asks for ${facts.join(" ") || "nothing"}`);
  if (facts.length > 0 && heat) tally.add("asks and heat");
  if (facts.length > 0 && cut > 1) tally.add("asks and lambdas");
  if (statistics.functions < cut) throw new Error("coverage: functions of the statistics are not the program's");
}
