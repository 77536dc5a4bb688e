/**
 * The front door of the handlers' language: text → VCODE that the verifier let through as an image, or complaints. Untrusted
 * through and through: what comes out is verified again where it is made to run.
 */
import type { Program } from "../vcode/insn.js";
import { checkHandler } from "./check.js";
import { Complaints } from "./complaints.js";
import { HANDLER_ERRORS, type HandlerError } from "./diagnostic.js";
import type { Layout } from "./layout.js";
import { lowerHandler } from "./lower.js";

/** What was made of a text: plain data. */
export interface CompiledHandler {
  readonly program: Program;
  readonly layout: Layout;
  /** By lambda, by instruction: offset into the text of the statement that it was made for, -1 where it was made for none. */
  readonly places: readonly (readonly number[])[];
  /** By lambda: the name of its function, or of what the language made it for. */
  readonly names: readonly string[];
  readonly uses: HandlerUses;
}

/** What of a binding it may ask for. */
export interface HandlerUses {
  readonly sends: boolean;
  readonly wakes: boolean;
  readonly transfers: boolean;
  /** passTo: the message may go to other environments. */
  readonly passesTo: boolean;
}

export type HandlerResult =
  | { readonly ok: true; readonly handler: CompiledHandler }
  | { readonly ok: false; readonly errors: readonly HandlerError[] };

/** Never throws, whatever the text. */
export function compileHandler(text: string): HandlerResult {
  const checked = checkHandler(text);
  if (!checked.ok) return checked;
  const lowered = lowerHandler(checked.tree);
  if (lowered.ok) return lowered;
  const complaints = new Complaints(text);
  for (const { code, start, end } of lowered.errors) complaints.add(code, { start, end }, HANDLER_ERRORS[code]);
  return { ok: false, errors: complaints.list() };
}
