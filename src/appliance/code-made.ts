/** Texts that become code before the kernel hears of them: what the code is made for, and what is answered where there is none. */
import type { Target } from "../dpf/target.js";
import type { MachineFacts } from "../kernel/abi.js";
import type { KernelError } from "../kernel/kerrno.js";
import type { ImageFacts } from "../vcode/image.js";
import type { TextError, Unanswered } from "./interface.js";

export function machineOfCode({ target, pageSize, stlb, stlbEntries }: MachineFacts): {
  readonly target: Target;
  readonly facts: ImageFacts;
} {
  return { target: target as Target, facts: { stlb, pageShift: Math.log2(pageSize), entries: stlbEntries } };
}

export interface NoCode {
  readonly ok: false;
  readonly error: KernelError;
  readonly detail: string;
  readonly errors: readonly TextError[];
}

export function noCode({ errors }: Unanswered): NoCode {
  const [first] = errors;
  const detail = first === undefined ? "" : `${first.line}:${first.column}: ${first.message}`;
  return { ok: false, error: first?.code === "E_DEADLINE" ? "E_COMPILE" : "E_IMAGE", detail, errors };
}
