/** The text of a downloaded environment becomes an image: read, verified, emitted. What is wrong is told with its line. */
import { MAX_IMAGE_STACK } from "../kernel/limits.js";
import { compileImage, emitImage } from "../vcode/image-target.js";
import { type ParseError, parse } from "../vcode/parse.js";
import type { Rejection } from "../vcode/rejection.js";
import { stackOf } from "../vcode/stack.js";
import { verify } from "../vcode/verify.js";
import type { TextError } from "./interface.js";
import type { ImageMade, WrittenImage } from "./messages.js";

export function makeImage({ text, target, facts }: WrittenImage): ImageMade {
  const parsed = parse(text);
  if (!parsed.ok) return { ok: false, errors: [parseError(parsed.error)] };
  const verdict = verify(parsed.program, { image: true });
  if (!verdict.ok) return { ok: false, errors: codeErrors(text, verdict.rejections) };
  const stack = stackOf(verdict.program);
  if (stack > MAX_IMAGE_STACK) {
    const message = `the longest chain of calls takes ${stack} registers, limit ${MAX_IMAGE_STACK}`;
    return { ok: false, errors: [{ code: "E_VCODE_LIMIT", message, line: 1, column: 1, length: 0 }] };
  }
  return { ok: true, image: compileImage(emitImage(verdict.program, target, facts)) };
}

function parseError({ line, column, expected, found }: ParseError): TextError {
  return { code: "E_VCODE", message: `expected ${expected}, found ${found}`, line, column, length: found.length };
}

/** Each at the line of its instruction. */
function codeErrors(text: string, rejections: readonly Rejection[]): TextError[] {
  const lines = instructionLines(text);
  return rejections.map((rejection) => errorOf(rejection, lines));
}

function errorOf({ code, lambda, index, insn, reason }: Rejection, lines: readonly (readonly number[])[]): TextError {
  const message = `f${lambda} ${index}${insn === "" ? "" : ` ${insn}`}: ${reason}`;
  return { code: `E_VCODE_${code.toUpperCase()}`, message, line: lines[lambda]?.[index] ?? 1, column: 1, length: 0 };
}

/** Lines of the instructions of each lambda, of a text that was read (vcode/parse.ts: each stands on one of its own). */
export function instructionLines(text: string): number[][] {
  const lambdas: number[][] = [];
  for (const [index, whole] of text.split("\n").entries()) {
    const line = whole.replace(/#.*/, "").trim();
    if (line.startsWith("v_lambda")) lambdas.push([]);
    else if (line !== "" && !/^v_(tables|getreg|genlabel|end)\b/.test(line)) lambdas.at(-1)?.push(index + 1);
  }
  return lambdas;
}
