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
import { pipelineLambda } from "./lower-pipeline.js";
import { heaviest, type Settled } from "./lower-settle.js";
import { swapLambda } from "./lower-swap.js";
import { tableLambda } from "./lower-table.js";
import { nameOf, type Unit, Units } from "./lower-units.js";
import type { Expr, Handler, Outcome, Span, Stmt } from "./tree.js";
import { eachExpression, eachPart, eachStatement, isOutcome } from "./walk.js";

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
  const units = new Units(checkedTree);
  const needsTable = units.order.some(({ kind }) => kind === "crc-table");
  const tree = needsTable ? { ...checkedTree, layout: withTable(checkedTree.layout) } : checkedTree;
  if (tree.layout.octets > MAX_STATE_OCTETS) return refuse("E_STATE_SIZE");
  if (units.order.length > MAX_IMAGE_LAMBDAS) return refuse("E_TOO_COMPLEX");
  const checked = new Set<number>();
  for (let asked = 0; ; asked++) {
    const settled = lowerAll(tree, units, (site) => asked > MAX_ASKED || checked.has(site));
    const lambdas = settled.map(({ lambda }) => lambda);
    if (instructions(lambdas) > MAX_HANDLER_INSNS) return refuse("E_TOO_COMPLEX");
    const costly = heaviest(lambdas).findLastIndex((fuel) => fuel > MAX_HANDLER_FUEL);
    if (costly >= 0) return refuse("E_FUEL", spanOf(tree, units.order[costly]!) ?? entry);
    const verdict = verify({ lambdas, tables: 0 }, { image: true });
    if (verdict.ok) return { ok: true, handler: compiled(tree, units, settled, verdict.program) };
    if (verdict.rejections.some(({ code }) => code === "limit")) return refuse("E_TOO_COMPLEX");
    for (const rejection of verdict.rejections) checked.add(siteOf(rejection, settled, asked));
  }
}

function spanOf(tree: Handler, unit: Unit): Span | undefined {
  return unit.kind === "function" ? tree.functions[unit.index] : undefined;
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

function lowerAll(tree: Handler, units: Units, isChecked: (site: number) => boolean): readonly Settled[] {
  let sites = 0;
  const whole: Whole = { handler: tree, units, isChecked, site: () => sites++ };
  return units.order.map((unit) => lowerUnit(whole, unit));
}

function lowerUnit(whole: Whole, unit: Unit): Settled {
  switch (unit.kind) {
    case "function":
      return functionLambda(whole, unit);
    case "pipeline":
      return pipelineLambda(whole, unit);
    case "table":
      return tableLambda(whole, unit);
    case "swap":
      return swapLambda(whole);
    case "crc-table":
      return crcTableLambda(whole);
  }
}

function compiled(tree: Handler, units: Units, settled: readonly Settled[], program: Program): CompiledHandler {
  return {
    program,
    layout: tree.layout,
    places: settled.map(({ places }) => places),
    names: units.order.map((unit) => nameOf(tree, unit)),
    uses: usesOf(tree, units),
  };
}

function usesOf(tree: Handler, { order }: Units): HandlerUses {
  const uses = { sends: false, wakes: false, transfers: false, passesTo: false };
  const visit = ({ kind }: Expr) => {
    if (kind === "frame-send") uses.sends = true;
    if (kind === "wake") uses.wakes = true;
    if (kind === "transfer") uses.transfers = true;
  };
  for (const unit of order) {
    if (unit.kind === "pipeline") {
      for (const pipe of tree.pipelines[unit.index]!.pipes) {
        const { work } = tree.pipes[pipe]!;
        if (work.kind === "map" || work.kind === "fold") eachPart(work.body, visit);
      }
    }
    if (unit.kind !== "function") continue;
    const { body } = tree.functions[unit.index]!;
    eachExpression(body, visit);
    eachStatement(body, (statement) => {
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
