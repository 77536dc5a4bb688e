/** The text of a handler becomes code for one machine: compiled, verified, emitted. What is wrong is told with its place. */
import { type CompiledHandler, compileHandler } from "../ash/ash.js";
import { MAX_IMAGE_STACK } from "../kernel/limits.js";
import { compileHandlerImage, emitHandler } from "../vcode/handler-target.js";
import type { ImageFacts } from "../vcode/image.js";
import { indented } from "../vcode/indented.js";
import { instructionsOf } from "../vcode/insn.js";
import { printProgram } from "../vcode/print.js";
import { stackOf } from "../vcode/stack.js";
import type { TargetName } from "../vcode/target.js";
import { type Verified, verify } from "../vcode/verify.js";
import { printWat } from "../vcode/wat.js";
import type { HandlerChecked, HandlerStage, HandlerStaged, Unanswered } from "./interface.js";
import type { HandlerMade, WrittenHandler } from "./messages.js";

/** What handlers are shown for: the machine's own numbers change nothing that is looked at. */
const SHOWN_FACTS: ImageFacts = { stlb: 4096, entries: 4096, pageShift: 12 };

/** `others`: targets that the machine may go over to while the handler is bound; one that cannot have it is left out. */
export function makeHandler(
  { handler: { name, text }, target, facts }: WrittenHandler,
  others: readonly TargetName[] = [],
): HandlerMade {
  const compiled = compileHandler(text);
  if (!compiled.ok) return compiled;
  const proved = provedOf(compiled.handler);
  if (!proved.ok) return proved;
  const { octets, identity } = compiled.handler.layout;
  const codeOf = (each: TargetName) => compileHandlerImage(emitHandler(proved.program, each, facts));
  const codes = [codeOf(target), ...others.flatMap((other) => ifAny(() => codeOf(other)))];
  return { ok: true, handler: { name, codes, octets, identity } };
}

function ifAny<T>(make: () => T): T[] {
  try {
    return [make()];
  } catch {
    return [];
  }
}

/** The compiler is not trusted: what it made is refused as anybody's would be, and where the kernel's stack has no room for its calls. */
function provedOf({ program }: CompiledHandler): { readonly ok: true; readonly program: Verified } | Unanswered {
  const verdict = verify(program, { image: true });
  if (!verdict.ok) {
    const reasons = verdict.rejections.map(({ lambda, index, reason }) => `f${lambda} ${index}: ${reason}`);
    return tooComplex(`the verifier refuses what was made of it: ${reasons[0] ?? ""}`);
  }
  const stack = stackOf(verdict.program);
  if (stack > MAX_IMAGE_STACK) return tooComplex(`its calls take ${stack} registers, limit ${MAX_IMAGE_STACK}`);
  return { ok: true, program: verdict.program };
}

function tooComplex(message: string): Unanswered {
  return { ok: false, errors: [{ code: "E_TOO_COMPLEX", message, line: 1, column: 1, length: 0 }] };
}

/** What is right here is taken where it is bound. */
export function checkHandlerText(text: string): HandlerChecked {
  const compiled = compileHandler(text);
  if (!compiled.ok) return compiled;
  const proved = provedOf(compiled.handler);
  if (!proved.ok) return proved;
  const { program, layout, uses } = compiled.handler;
  return { ok: true, instructions: instructionsOf(program), stateOctets: layout.octets, ...uses };
}

/** `now`: a clock in ms, of which only differences are told. */
export function handlerStages(text: string, now: () => number): HandlerStaged {
  const start = now();
  const compiled = compileHandler(text);
  if (!compiled.ok) return compiled;
  const compileMs = now() - start;
  return { ok: true, stages: stagesOf(compiled.handler, compileMs, now) };
}

function stagesOf({ program }: CompiledHandler, compileMs: number, now: () => number): HandlerStage[] {
  const verdict = verify(program, { image: true });
  if (!verdict.ok) throw new Error("handler: what was compiled is refused");
  const listing = printProgram(program);
  const instructions = instructionsOf(program);
  const emitted = (target: "js" | "wasm") => {
    const start = now();
    const { code } = emitHandler(verdict.program, target, SHOWN_FACTS);
    return { code, milliseconds: now() - start };
  };
  const js = emitted("js");
  const wasm = emitted("wasm");
  const text = typeof js.code === "string" ? js.code : "";
  const module = wasm.code instanceof Uint8Array ? wasm.code : new Uint8Array();
  return [
    { name: "vcode", text: listing, octets: listing.length, instructions, milliseconds: compileMs },
    { name: "js", text: indented(text), octets: text.length, instructions, milliseconds: js.milliseconds },
    { name: "wat", text: printWat(module), octets: module.length, instructions, milliseconds: wasm.milliseconds },
  ];
}
