/**
 * The ways through a lambda: every branch lands on a label that is placed once, every instruction can be reached, the end is
 * never passed, loops have one entry each, and pay fuel there.
 *
 * Fuel bounds time only where little can run between two payments. Within a lambda every way that comes by an instruction twice
 * comes by a loop's head; but calls, which go to later lambdas only, can still double the work with each lambda. So
 * what a lambda may run without paying is counted: its instructions, and those of each call's lambda that does
 * not begin by paying itself.
 */
import { type Flow, flowOf } from "./flow.js";
import type { Insn, Label, Lambda, Program } from "./insn.js";
import type { Subject } from "./rejection.js";

/** Instructions that may run between two payments of fuel. */
export const MAX_UNPAID = 1 << 24;

/** Undefined, and a rejection, where branches go astray. */
export function checkFlow(subject: Subject): Flow | undefined {
  checkLabels(subject);
  if (!subject.clean) return undefined;
  const flow = flowOf(subject.lambda);
  checkReach(subject, flow);
  checkEnd(subject, flow);
  checkLoops(subject, flow);
  return subject.clean ? flow : undefined;
}

function targetsOf(insn: Insn): readonly Label[] {
  if (insn.op === "br" || insn.op === "bri" || insn.op === "j") return [insn.label];
  return insn.op === "jt" ? [...insn.labels, insn.other] : [];
}

function checkLabels(subject: Subject): void {
  const { insns, labels } = subject.lambda;
  const placed = new Uint8Array(labels);
  insns.forEach((insn, index) => {
    if (insn.op !== "label") return;
    if (insn.label >= labels) subject.reject(index, "label", "a label that was not made by genlabel");
    else if (placed[insn.label] === 1) subject.reject(index, "label", "the label is placed twice");
    else placed[insn.label] = 1;
  });
  insns.forEach((insn, index) => {
    for (const label of targetsOf(insn)) {
      if (label >= labels) subject.reject(index, "label", "a label that was not made by genlabel");
      else if (placed[label] === 0) subject.reject(index, "label", `L${label} is branched to and never placed`);
    }
  });
}

function checkReach(subject: Subject, flow: Flow): void {
  for (const [block, rank] of flow.rank.entries()) {
    if (rank >= 0) continue;
    const index = firstOf(subject.lambda, flow, block);
    if (index !== undefined) subject.reject(index, "unreachable", "no way leads here");
  }
}

/** The block's first instruction, labels aside. */
function firstOf({ insns }: Lambda, flow: Flow, block: number): number | undefined {
  const end = flow.end[block] ?? 0;
  for (let index = flow.start[block] ?? 0; index < end; index++) if (insns[index]?.op !== "label") return index;
  return undefined;
}

function checkEnd(subject: Subject, flow: Flow): void {
  const { insns } = subject.lambda;
  const last = insns.at(-1);
  const block = flow.blockOf.at(-1);
  const reached = block === undefined || (flow.rank[block] ?? -1) >= 0;
  if (!reached || last?.op === "ret" || last?.op === "j" || last?.op === "jt") return;
  subject.reject(Math.max(0, insns.length - 1), "end", "the lambda's end can be passed: v_ret is missing");
}

function checkLoops(subject: Subject, flow: Flow): void {
  const { lambda } = subject;
  if (flow.irreducible !== undefined) {
    const { from, to } = flow.irreducible;
    const index = (flow.end[from] ?? 1) - 1;
    const loop = `the loop of ${nameOf(lambda, flow, to)} and ${nameOf(lambda, flow, from)} can be entered at both`;
    subject.reject(index, "irreducible", `${loop}: this branch goes back to where not all ways here came by`);
    return;
  }
  for (const [block, head] of flow.head.entries()) {
    if (head === 0) continue;
    const index = firstOf(lambda, flow, block);
    const insn = index === undefined ? undefined : lambda.insns[index];
    if (insn?.op === "fuel") continue;
    const name = nameOf(lambda, flow, block);
    subject.reject(index ?? flow.start[block] ?? 0, "fuel", `the loop at ${name} must begin with v_fuel`);
  }
}

function nameOf({ insns }: Lambda, flow: Flow, block: number): string {
  const start = flow.start[block] ?? 0;
  const insn = insns[start];
  return insn?.op === "label" ? `L${insn.label}` : `instruction ${start}`;
}

/** By lambda: the index of the call with which too much can run unpaid; those without such a call are left out. */
export function unpaid(program: Program): Map<number, number> {
  const found = new Map<number, number>();
  const charged = new Float64Array(program.lambdas.length);
  for (const [number, lambda] of [...program.lambdas.entries()].reverse()) {
    let work = lambda.insns.length;
    for (const [index, insn] of lambda.insns.entries()) {
      if (insn.op !== "call") continue;
      work += charged[insn.lambda] ?? 0;
      if (work > MAX_UNPAID && !found.has(number)) found.set(number, index);
    }
    // What was refused here is not refused again in all its callers.
    const pays = lambda.insns.find(({ op }) => op !== "label")?.op === "fuel";
    charged[number] = pays || found.has(number) ? 0 : work;
  }
  return found;
}
