/**
 * What the kernel asks of the compile worker: changes to the merged filter program. The kernel
 * authorises first; the compiler answers with an update to install between two batches.
 */
import type { Filter } from "../dpf/atom.js";
import type { Target } from "../dpf/target.js";
import type { ProgramUpdate } from "../dpf/update.js";
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
      /** Whose the binding is. */
      readonly environment: number;
      /** A claim may win packets from claims of other environments. */
      readonly mayTake: boolean;
    }
  | { readonly kind: "remove"; readonly slot: number };

/** Filters change, or what is to run them: then the update is a whole program. */
export type ProgramChange =
  | FilterChange
  | { readonly kind: "target"; readonly target: Target; readonly shadow: Target | null }
  | { readonly kind: "heat"; readonly on: boolean };

export interface CompileRequest {
  readonly kind: "change";
  readonly seq: number;
  /** Made as one: all of them hold, or none. */
  readonly changes: readonly ProgramChange[];
  /** They hold already, and a worker that knows nothing is told: they are not judged again. */
  readonly held: boolean;
}

/** Undefined `error`: its changes hold. `at`: which of them was at fault, where that is known. */
export interface CompileOutcome {
  readonly seq: number;
  readonly error?: KernelError;
  readonly detail?: string;
  readonly at?: number;
}

/** What became of one or more requests, in their order. */
export interface CompileAnswer {
  /** To be installed first; undefined where everything was refused. */
  readonly update: ProgramUpdate | undefined;
  readonly outcomes: readonly CompileOutcome[];
}

export interface Compiler {
  request(request: CompileRequest): void;
}
