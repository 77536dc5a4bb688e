/**
 * A handler's tree as VCODE, which the verifier lets through as an image: one lambda for each function, and for each pipeline and
 * operation of a table that is used.
 *
 * Checks are left out where what is known suffices, as far as this file's rules go; whether that is a proof the verifier alone says. Where it
 * says no, the loads that it names are checked whatever is known, and it is asked again.
 */
import { MAX_STATE_OCTETS } from "../vcode/handler.js";
import type { Lambda, Program } from "../vcode/insn.js";
import type { Rejection } from "../vcode/rejection.js";
import { verify } from "../vcode/verify.js";
import { MAX_IMAGE_LAMBDAS } from "../vcode/verify-image.js";
import type { CompiledHandler, HandlerUses } from "./ash.js";
import type { Whole } from "./lower-context.js";
import { crcTableLambda, withTable } from "./lower-crc.js";
import { functionLambda } from "./lower-function.js";
import { longsLambda } from "./lower-longs.js";
import { pipelineLambda } from "./lower-pipeline.js";
import { nameOf, type Routine, Routines } from "./lower-routines.js";
import { heaviest, type Settled } from "./lower-settle.js";
import { swapLambda } from "./lower-swap.js";
import { tableLambda } from "./lower-table.js";
import type { Handler, Outcome, Span, Stmt } from "./tree.js";
import { eachStatement, isOutcome } from "./walk.js";

/** Fuel of a way without loops, at most. */
export const MAX_HANDLER_FUEL = 1_000_000;
/** Instructions of a handler, at most. */
export const MAX_HANDLER_INSNS = 1 << 17;

/** How often the verifier is asked before everything is checked. */
const MAX_ASKED = 6;

/** A complaint about the whole of a function; whoever has the text says where that is. */
export interface LoweringError extends Span {
  readonly code: "E_TOO_COMPLEX" | "E_FUEL" | "E_STATE_SIZE";
}

export type LoweringResult =
  | { readonly ok: true; readonly handler: CompiledHandler }
  | { readonly ok: false; readonly errors: readonly LoweringError[] };

/** Throws where the tree is none that the checker makes. */
export function lowerHandler(checkedTree: Handler): LoweringResult {
  const entry = checkedTree.functions[checkedTree.entry]!;
  const refuse = (code: LoweringError["code"], { start, end }: Span = entry): LoweringResult => ({
    ok: false,
    errors: [{ code, start, end }],
  });
  const routines = new Routines(checkedTree);
  const needsTable = routines.order.some(({ kind }) => kind === "crc-table");
  const tree = needsTable ? { ...checkedTree, layout: withTable(checkedTree.layout) } : checkedTree;
  if (tree.layout.octets > MAX_STATE_OCTETS) return refuse("E_STATE_SIZE");
  if (routines.order.length > MAX_IMAGE_LAMBDAS) return refuse("E_TOO_COMPLEX");
  const checked = new Set<number>();
  for (let asked = 0; ; asked++) {
    const settled = lowerAll(tree, routines, (site) => asked > MAX_ASKED || checked.has(site));
    const lambdas = settled.map(({ lambda }) => lambda);
    if (instructions(lambdas) > MAX_HANDLER_INSNS) return refuse("E_TOO_COMPLEX");
    const costly = heaviest(lambdas).findLastIndex((fuel) => fuel > MAX_HANDLER_FUEL);
    if (costly >= 0) return refuse("E_FUEL", spanOf(tree, routines.order[costly]!) ?? entry);
    const verdict = verify({ lambdas, tables: 0 }, { image: true });
    if (verdict.ok) return { ok: true, handler: compiled(tree, routines, settled, verdict.program) };
    if (verdict.rejections.some(({ code }) => code === "limit")) return refuse("E_TOO_COMPLEX");
    for (const rejection of verdict.rejections) checked.add(siteOf(rejection, settled, asked));
  }
}

function spanOf(tree: Handler, routine: Routine): Span | undefined {
  return routine.kind === "function" ? tree.functions[routine.index] : undefined;
}

/** The load that the verifier has no proof of; anything else that it says is a mistake of ours. */
function siteOf({ code, lambda, index, insn, reason }: Rejection, settled: readonly Settled[], asked: number): number {
  const site = settled[lambda]?.sites.get(index);
  if (code !== "bounds" || site === undefined || asked > MAX_ASKED) {
    throw new Error(`ash: the verifier refuses f${lambda} at ${index}, ${insn}: ${reason}`);
  }
  return site;
}

function instructions(lambdas: readonly Lambda[]): number {
  return lambdas.reduce((sum, { insns }) => sum + insns.length, 0);
}

function lowerAll(tree: Handler, routines: Routines, isChecked: (site: number) => boolean): readonly Settled[] {
  let sites = 0;
  const whole: Whole = { handler: tree, routines, isChecked, site: () => sites++ };
  return routines.order.map((routine) => lowerRoutine(whole, routine));
}

function lowerRoutine(whole: Whole, routine: Routine): Settled {
  switch (routine.kind) {
    case "function":
      return functionLambda(whole, routine);
    case "pipeline":
      return pipelineLambda(whole, routine);
    case "longs":
      return longsLambda(whole, routine);
    case "table":
      return tableLambda(whole, routine);
    case "swap":
      return swapLambda(whole);
    case "crc-table":
      return crcTableLambda(whole);
  }
}

function compiled(tree: Handler, routines: Routines, settled: readonly Settled[], program: Program): CompiledHandler {
  return {
    program,
    layout: tree.layout,
    places: settled.map(({ places }) => places),
    names: routines.order.map((routine) => nameOf(tree, routine)),
    uses: usesOf(tree, routines),
  };
}

function usesOf(tree: Handler, routines: Routines): HandlerUses {
  const uses = { sends: false, wakes: false, transfers: false, passesTo: false };
  for (const routine of routines.order) {
    routines.eachExpression(routine, ({ kind }) => {
      if (kind === "frame-send") uses.sends = true;
      if (kind === "wake") uses.wakes = true;
      if (kind === "transfer") uses.transfers = true;
    });
    if (routine.kind !== "function") continue;
    eachStatement(tree.functions[routine.index]!.body, (statement) => {
      if (passesTo(statement)) uses.passesTo = true;
    });
  }
  return uses;
}

function passesTo(statement: Stmt): boolean {
  if (statement.kind !== "return" || statement.value === undefined || !isOutcome(statement.value)) return false;
  return mayPassTo(statement.value);
}

function mayPassTo(outcome: Outcome): boolean {
  if (outcome.kind === "outcome-choice") return mayPassTo(outcome.then) || mayPassTo(outcome.otherwise);
  return outcome.kind === "pass-to";
}
