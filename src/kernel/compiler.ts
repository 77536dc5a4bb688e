/**
 * What the kernel asks of the compile worker: changes to the merged filter program. The kernel
 * authorises first; the compiler answers with an update to install between two batches.
 */
import type { Filter } from "../dpf/atom.js";
import type { ProgramUpdate } from "../dpf/dpf.js";
import type { BindingMode } from "./abi.js";
import type { KernelError } from "./kerrno.js";

export type FilterChange =
  | {
      readonly kind: "insert";
      readonly slot: number;
      readonly filter: Filter;
      readonly mode: BindingMode;
      readonly priority: number;
      readonly age: number;
    }
  | { readonly kind: "remove"; readonly slot: number };

export interface CompileRequest {
  readonly kind: "change";
  readonly seq: number;
  /** Made as one: all of them hold, or none. */
  readonly changes: readonly FilterChange[];
}

/** What became of one or more requests, in their order. */
export interface CompileAnswer {
  /** To be installed first; undefined where everything was refused. */
  readonly update: ProgramUpdate | undefined;
  readonly outcomes: readonly { readonly seq: number; readonly error?: KernelError; readonly detail?: string }[];
}

export interface Compiler {
  request(request: CompileRequest): void;
}
