/**
 * The last look at a lambda: what no way leads to goes, so do jumps to what comes next, and each payment of fuel gets its amount: as many units
 * as the longest way has instructions from there to the next payment, or to the end. Inside of a loop its head pays, at each round,
 * and the code around it does not.
 */
import { HANDLER_CALL_FUEL, HandlerCall } from "../vcode/handler.js";
import type { Insn, Label, Lambda } from "../vcode/insn.js";
import type { Context } from "./lower-context.js";

export interface Settled {
  readonly lambda: Lambda;
  /** By instruction. */
  readonly places: readonly number[];
  /** Message loads by instruction. */
  readonly sites: ReadonlyMap<number, number>;
}

export function settle(cx: Context): Settled {
  const lambda = cx.asm.end();
  const kept = keptOf(lambda.insns, cx.stateUsed ? undefined : cx.state);
  const insns = kept.map((index) => lambda.insns[index]!);
  const sites = new Map<number, number>();
  for (const [index, old] of kept.entries()) {
    const site = cx.sites.get(old);
    if (site !== undefined) sites.set(index, site);
  }
  return { lambda: { ...lambda, insns: paid(insns) }, places: kept.map((index) => cx.places[index] ?? -1), sites };
}

/** Indexes of the instructions that stay. */
function keptOf(insns: readonly Insn[], unused: number | undefined): readonly number[] {
  const reached = reachedOf(insns);
  const jumped = new Set<Label>();
  for (const [index, insn] of insns.entries()) {
    if (reached[index] === 1 && !isIdle(insns, index)) for (const label of labelsOf(insn)) jumped.add(label);
  }
  const heads = headsOf(insns, reached);
  const kept: number[] = [];
  for (const [index, insn] of insns.entries()) {
    if (reached[index] !== 1 || isIdle(insns, index)) continue;
    if (insn.op === "label" && !jumped.has(insn.label)) continue;
    if (insn.op === "set" && insn.rd === unused) continue;
    // A loop that never comes round pays with what is around it.
    if (insn.op === "fuel" && index > 0 && !heads.has(index - 1)) continue;
    kept.push(index);
  }
  return kept;
}

function reachedOf(insns: readonly Insn[]): Uint8Array {
  const at = placesOf(insns);
  const reached = new Uint8Array(insns.length);
  const open = [0];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    for (; index < insns.length && reached[index] === 0; index++) {
      reached[index] = 1;
      const insn = insns[index]!;
      for (const label of labelsOf(insn)) open.push(at.get(label)!);
      if (insn.op === "j" || insn.op === "jt" || insn.op === "ret") break;
    }
  }
  return reached;
}

/** A jump over nothing but labels and other such jumps. */
function isIdle(insns: readonly Insn[], index: number): boolean {
  const jump = insns[index]!;
  if (jump.op !== "j") return false;
  for (let next = index + 1; insns[next]?.op === "label"; next++) {
    const insn = insns[next];
    if (insn?.op === "label" && insn.label === jump.label) return true;
  }
  return false;
}

/** Indexes of labels that something jumps back to. */
function headsOf(insns: readonly Insn[], reached: Uint8Array): Set<number> {
  const at = placesOf(insns);
  const heads = new Set<number>();
  for (const [index, insn] of insns.entries()) {
    if (reached[index] !== 1) continue;
    for (const label of labelsOf(insn)) if (at.get(label)! <= index) heads.add(at.get(label)!);
  }
  return heads;
}

function placesOf(insns: readonly Insn[]): Map<Label, number> {
  const at = new Map<Label, number>();
  for (const [index, insn] of insns.entries()) if (insn.op === "label") at.set(insn.label, index);
  return at;
}

function labelsOf(insn: Insn): readonly Label[] {
  if (insn.op === "br" || insn.op === "bri" || insn.op === "j") return [insn.label];
  return insn.op === "jt" ? [...new Set([...insn.labels, insn.other])] : [];
}

function paid(insns: readonly Insn[]): readonly Insn[] {
  const at = placesOf(insns);
  const ends = new Map<number, number>();
  for (const [index, insn] of insns.entries()) {
    for (const label of labelsOf(insn)) {
      const head = at.get(label)!;
      if (head <= index) ends.set(head, Math.max(ends.get(head) ?? 0, index));
    }
  }
  const regions = regionsOf(insns.length, ends);
  const pay = (head: number, end: number) => {
    const weights = (index: number) => (regions[index] === head && insns[index]!.op !== "label" ? 1 : 0);
    return longest(insns, at, Math.max(head, 0), end, weights);
  };
  return insns.map((insn, index) => {
    if (insn.op !== "fuel") return insn;
    const head = index === 0 ? -1 : index - 1;
    return { op: "fuel", units: pay(head, ends.get(head) ?? insns.length - 1) };
  });
}

/** By instruction: the head of the innermost loop around it, -1 where there is none. */
function regionsOf(length: number, ends: ReadonlyMap<number, number>): Int32Array {
  const regions = new Int32Array(length).fill(-1);
  for (const [head, end] of [...ends].sort(([a], [b]) => a - b)) regions.fill(head, head, end + 1);
  return regions;
}

/** The heaviest way forwards through [from, to]. */
function longest(
  insns: readonly Insn[],
  at: ReadonlyMap<Label, number>,
  from: number,
  to: number,
  weight: (index: number) => number,
): number {
  // As long as the way and no longer: there may be as many loops as a text has room for.
  const before = new Float64Array(to - from + 2).fill(-1);
  before[0] = 0;
  let most = 0;
  for (let index = from; index <= to; index++) {
    if (before[index - from]! < 0) continue;
    const insn = insns[index]!;
    const after = before[index - from]! + weight(index);
    most = Math.max(most, after);
    const reach = (next: number) => {
      if (next > index && next <= to) before[next - from] = Math.max(before[next - from]!, after);
    };
    for (const label of labelsOf(insn)) reach(at.get(label)!);
    if (insn.op !== "j" && insn.op !== "jt" && insn.op !== "ret") reach(index + 1);
  }
  return most;
}

/** Fuel of each lambda's heaviest way, with what it calls, each loop gone through once. */
export function heaviest(lambdas: readonly Lambda[]): readonly number[] {
  const fuel: number[] = lambdas.map(() => 0);
  for (let number = lambdas.length - 1; number >= 0; number--) {
    const { insns } = lambdas[number]!;
    const weight = (index: number) => weightOf(insns[index]!, fuel);
    fuel[number] = longest(insns, placesOf(insns), 0, insns.length - 1, weight);
  }
  return fuel;
}

const CALL_FUEL: ReadonlyMap<number, number> = new Map(
  Object.entries(HANDLER_CALL_FUEL).map(([name, fuel]) => [callNumber(name), fuel]),
);

function callNumber(name: string): number {
  const entries: readonly (readonly [string, number])[] = Object.entries(HandlerCall);
  return entries.find(([each]) => each === name)?.[1] ?? 0;
}

function weightOf(insn: Insn, fuel: readonly number[]): number {
  if (insn.op === "label") return 0;
  if (insn.op === "call") return 1 + (fuel[insn.lambda] ?? 0);
  const call = insn.op === "scall" ? insn.args[0] : undefined;
  if (call === undefined || !("imm" in call)) return 1;
  return 1 + (CALL_FUEL.get(Number(call.imm)) ?? 0);
}
