/** What the compile side tells the data plane, to be installed between two batches. Plain data, owned by whoever gets it. */
import type { Program } from "../vcode/insn.js";
import type { TablePatch } from "./tables.js";
import type { Target } from "./target.js";
import type { Traits } from "./traits.js";

/** What one target made of a program. */
export interface TargetStatistics {
  readonly target: Target;
  /** Length of the source, or of the module; 0 where nothing is emitted. */
  readonly octets: number;
  /** From VCODE to what runs, in ms of the real clock: nothing is decided by it. */
  readonly milliseconds: number;
}

export interface ProgramStatistics {
  /** VCODE instructions, all functions together. */
  readonly instructions: number;
  /** Octets of all tables. */
  readonly tables: number;
  readonly functions: number;
  /** Estimated octets of bytecode of the largest JavaScript function; V8 stops optimising at about 60,000. */
  readonly largest: number;
  /** From trie to verified VCODE, in ms. */
  readonly milliseconds: number;
  readonly targets: readonly TargetStatistics[];
}

/** The program in the forms that its targets take. */
export interface Images {
  readonly js?: string;
  readonly wasm?: WebAssembly.Module;
  readonly interpreter?: Program;
}

export type ProgramUpdate =
  | {
      readonly kind: "program";
      readonly generation: number;
      readonly target: Target;
      /** Runs as well, and is compared. */
      readonly shadow: Target | null;
      /** Nodes are counted when they are reached. */
      readonly heat: boolean;
      readonly traits: Traits;
      readonly images: Images;
      /** By table number (tables.ts). */
      readonly tables: readonly Int32Array[];
      readonly statistics: ProgramStatistics;
    }
  | { readonly kind: "patch"; readonly generation: number; readonly patches: readonly TablePatch[] };
