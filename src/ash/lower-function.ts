/** A function as a lambda. The entry is an image's (image.ts); others take the message where they ask for it, their parameters, then words of it. */
import { MetadataWord } from "../vcode/handler.js";
import type { Type } from "../vcode/insn.js";
import type { ContextOptions, Whole } from "./lower-context.js";
import { Lowering } from "./lower-expr.js";
import type { MessageWord, Routine } from "./lower-routines.js";
import { type Settled, settle } from "./lower-settle.js";
import { Body } from "./lower-statement.js";
import { registerOf, viewOf } from "./lower-types.js";
import type { Func } from "./tree.js";

export function functionLambda(whole: Whole, routine: Extract<Routine, { kind: "function" }>): Settled {
  const { handler, routines } = whole;
  const func = handler.functions[routine.index]!;
  const cx = routine.index === handler.entry ? entryOf(whole) : otherOf(whole, func, routines.needsOf(routine).words);
  cx.residues = routines.residuesOf(routine);
  cx.at(func);
  new Body(cx, func).write();
  cx.end();
  return settle(cx);
}

const WORDS: readonly MessageWord[] = ["wire", "timeHigh", "timeLow", "port", "link", "packet", "hops"];

function entryOf(whole: Whole): Lowering {
  const words = WORDS.map((): Type => "i");
  const cx = new Lowering(whole, { regions: ["packet"], result: "i", parameters: ["i", ...words] });
  for (const word of WORDS) cx.words.set(word, cx.parameter(1 + MetadataWord[word]));
  return cx;
}

function otherOf(whole: Whole, func: Func, words: readonly MessageWord[]): Lowering {
  const locals = func.locals.slice(0, func.parameters).map(({ type }): Type => registerOf(type));
  const options: ContextOptions = {
    regions: func.message ? ["packet"] : [],
    result: func.result === "void" ? undefined : func.result === "outcome" ? "i" : viewOf(func.result),
    parameters: [...locals, ...words.map((): Type => "u")],
  };
  const cx = new Lowering(whole, options);
  for (const local of locals.keys()) cx.locals.set(local, { reg: cx.parameter(local), temporary: false });
  for (const [index, word] of words.entries()) cx.words.set(word, cx.parameter(locals.length + index));
  return cx;
}
