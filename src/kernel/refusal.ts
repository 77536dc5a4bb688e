/** A call that cannot be done: thrown inside the kernel, answered by whoever called. */
import { KERNEL_ERRORS, type KernelError } from "./kerrno.js";

export class Refusal extends Error {
  readonly code: KernelError;
  /** Of a call that asks for several things: which of them cannot be. */
  readonly at: number | undefined;

  constructor(code: KernelError, detail: string = KERNEL_ERRORS[code], at?: number) {
    super(detail);
    this.code = code;
    this.at = at;
  }
}
