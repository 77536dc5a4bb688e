/** The text of a handler becomes code for one machine: compiled, verified, emitted. What is wrong is told with its place. */
import { type CompiledHandler, compileHandler } from "../ash/ash.js";
import type { HandlerText } from "../kernel/handler-calls.js";
import { MAX_IMAGE_STACK } from "../kernel/limits.js";
import { MAX_STATE_OCTETS } from "../vcode/handler.js";
import { compileHandlerImage, emitHandler } from "../vcode/handler-target.js";
import type { ImageFacts } from "../vcode/image.js";
import { indented } from "../vcode/indented.js";
import { instructionsOf } from "../vcode/insn.js";
import { printProgram } from "../vcode/print.js";
import { stackOf } from "../vcode/stack.js";
import type { TargetName } from "../vcode/target.js";
import { type Verified, verify } from "../vcode/verify.js";
import { printWat } from "../vcode/wat.js";
import { readImage } from "./image-text.js";
import type { HandlerChecked, HandlerStage, HandlerStaged, Unanswered } from "./interface.js";
import type { HandlerMade, WrittenHandler } from "./messages.js";

/** What handlers are shown for: the machine's own numbers change nothing that is looked at. */
const SHOWN_FACTS: ImageFacts = { stlb: 4096, entries: 4096, pageShift: 12 };

/** `others`: targets that the machine may go over to while the handler is bound; one that cannot have it is left out. */
export function makeHandler(
  { handler, target, facts }: WrittenHandler,
  others: readonly TargetName[] = [],
): HandlerMade {
  const source = programOf(handler);
  if (!source.ok) return source;
  const { program, octets, identity } = source;
  const codeOf = (each: TargetName) => compileHandlerImage(emitHandler(program, each, facts));
  const codes = [codeOf(target), ...others.flatMap((other) => ifAny(() => codeOf(other)))];
  return { ok: true, handler: { name: handler.name, codes, octets, identity } };
}

function ifAny<T>(make: () => T): T[] {
  try {
    return [make()];
  } catch {
    return [];
  }
}

/** Verified, and with calls that the kernel's stack has room for. */
type Source =
  | { readonly ok: true; readonly program: Verified; readonly octets: number; readonly identity: string }
  | Unanswered;

function programOf(handler: HandlerText): Source {
  if (handler.language === "vcode") return programOfVcode(handler);
  const compiled = compileHandler(handler.text);
  return compiled.ok ? programOfText(compiled.handler) : compiled;
}

function programOfText({ program, layout }: CompiledHandler): Source {
  const verdict = verify(program, { image: true });
  if (verdict.ok) return shallow(verdict.program, layout.octets, layout.identity);
  // The compiler is not trusted: what it made is refused as anybody's would be.
  const reasons = verdict.rejections.map(({ lambda, index, reason }) => `f${lambda} ${index}: ${reason}`);
  return wrong("E_TOO_COMPLEX", `the verifier refuses what was made of it: ${reasons[0] ?? ""}`);
}

function programOfVcode({ text, octets, identity }: Extract<HandlerText, { language: "vcode" }>): Source {
  if (!(Number.isSafeInteger(octets) && octets >= 0 && octets <= MAX_STATE_OCTETS))
    return wrong("E_STATE_SIZE", `${octets} octets of state, limit ${MAX_STATE_OCTETS}`);
  const read = readImage(text);
  return read.ok ? { ok: true, program: read.program, octets, identity } : read;
}

function shallow(program: Verified, octets: number, identity: string): Source {
  const stack = stackOf(program);
  if (stack <= MAX_IMAGE_STACK) return { ok: true, program, octets, identity };
  return wrong("E_TOO_COMPLEX", `its calls take ${stack} registers, limit ${MAX_IMAGE_STACK}`);
}

/** What is right here is taken where it is bound. */
export function checkHandlerText(text: string): HandlerChecked {
  const compiled = compileHandler(text);
  if (!compiled.ok) return compiled;
  const source = programOfText(compiled.handler);
  if (!source.ok) return source;
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

function wrong(code: string, message: string): Unanswered {
  return { ok: false, errors: [{ code, message, line: 1, column: 1, length: 0 }] };
}
