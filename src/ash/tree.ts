/**
 * A handler as the checker leaves it to the lowering: every name resolved, every type known, every constant computed. What is
 * here means something, and only one thing; no text of the author's is left but names, which are shown and never compiled.
 *
 * Words are computed in 32 bits and longs in 64, wrapping. A value of a small type (i8, u8, i16, u16) is one that fits: `convert` makes it so, and it is
 * there wherever the language asks for it (also of `+=` into something small).
 */
import type { Layout } from "./layout.js";

export type Scalar = "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "bool";

/** Offsets into the text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Handler {
  readonly layout: Layout;
  /** Any order; calls form no circle. */
  readonly functions: readonly Func[];
  /** Index of the exported one, whose only parameter is the message, and whose result is an outcome. */
  readonly entry: number;
  readonly pipes: readonly Pipe[];
  readonly pipelines: readonly Pipeline[];
}

export interface Func extends Span {
  readonly name: string;
  /** Locals 0 … parameters - 1 are what it is called with; a message is none of them: see `message`. */
  readonly parameters: number;
  /** It takes the message as well, as its first argument. */
  readonly message: boolean;
  /** By number. A reference is the virtual address of a place in state, 0 where there is none (undefined). */
  readonly locals: readonly Local[];
  readonly result: Scalar | "outcome" | "void";
  readonly body: readonly Stmt[];
}

export interface Local {
  readonly name: string;
  readonly type: Scalar | "reference";
}

// --- statements ---

export type Stmt = Span &
  (
    | { readonly kind: "let"; readonly local: number; readonly value: Expr }
    | { readonly kind: "assign-local"; readonly local: number; readonly value: Expr }
    /** The place is computed before the value, once: `update` may read what it holds as `{kind: "held"}`, as += does. */
    | { readonly kind: "store"; readonly place: Place; readonly value: Expr }
    | { readonly kind: "do"; readonly call: Expr }
    | {
        readonly kind: "if";
        readonly condition: Expr;
        readonly then: readonly Stmt[];
        readonly otherwise: readonly Stmt[];
      }
    /** `while` has no update; continue goes to the update. `first`: the condition is tested before the first round. */
    | {
        readonly kind: "loop";
        readonly first: boolean;
        readonly condition: Expr | undefined;
        readonly update: readonly Stmt[];
        readonly body: readonly Stmt[];
      }
    /** Arms do not fall through. The subject is a word or a long. */
    | {
        readonly kind: "switch";
        readonly subject: Expr;
        readonly arms: readonly { readonly values: readonly (number | bigint)[]; readonly body: readonly Stmt[] }[];
        readonly otherwise: readonly Stmt[];
      }
    /** Of the innermost loop or switch; continue: of the innermost loop. */
    | { readonly kind: "break" }
    | { readonly kind: "continue" }
    | { readonly kind: "return"; readonly value: Expr | Outcome | undefined }
    | { readonly kind: "block"; readonly body: readonly Stmt[] }
  );

export type Outcome = Span &
  (
    | { readonly kind: "pass" }
    | { readonly kind: "consume" }
    /** From MAX_PASS_TO on: fault "outcome". */
    | { readonly kind: "pass-to"; readonly environment: Expr }
    /** Of a function of the handler's whose result is an outcome. */
    | { readonly kind: "outcome-of"; readonly call: Expr }
    | { readonly kind: "outcome-choice"; readonly condition: Expr; readonly then: Outcome; readonly otherwise: Outcome }
  );

// --- places in state ---

/**
 * A scalar in state: a base, then steps from there. Of an `index` step: out of [0, count) is a fault "index" (checked once, unless
 * the lowering knows better); it moves by index × stride.
 */
export interface Place extends Span {
  readonly type: Scalar;
  readonly base: PlaceBase;
  readonly steps: readonly PlaceStep[];
}
export type PlaceBase =
  /** Offset from the state's begin. */
  | { readonly kind: "state"; readonly offset: number }
  /** A local that is no undefined reference here. */
  | { readonly kind: "reference"; readonly local: number }
  /** What table.enter gives, used in place. */
  | { readonly kind: "entered"; readonly entry: Expr };
export type PlaceStep =
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "index"; readonly index: Expr; readonly count: number; readonly stride: number };

/** A stretch of octets: a buffer in state, or the frame under construction (whose length is a word in state, see layout.ts). */
export type Octets =
  | { readonly kind: "buffer"; readonly base: PlaceBase; readonly steps: readonly PlaceStep[]; readonly length: number }
  | { readonly kind: "frame" };

// --- expressions ---

export type Arithmetic = "add" | "sub" | "mul" | "div" | "mod" | "and" | "or" | "xor" | "shl" | "shr";
export type Comparison = "lt" | "le" | "gt" | "ge" | "eq" | "ne";

export type Expr = Span & { readonly type: Scalar | "reference" | "outcome" | "void" } & (
    | { readonly kind: "constant"; readonly value: number | bigint }
    | { readonly kind: "local"; readonly local: number }
    /** What lies at the place of the store that this stands in. */
    | { readonly kind: "held" }
    | { readonly kind: "load"; readonly place: Place }
    /** The virtual address of a place of several fields. */
    | { readonly kind: "address"; readonly base: PlaceBase; readonly steps: readonly PlaceStep[] }
    /** Both sides have the type of the result; shr keeps the sign of signed types. The count of a shift is of the same kind (word or long). */
    | { readonly kind: "arithmetic"; readonly op: Arithmetic; readonly left: Expr; readonly right: Expr }
    /** Of the type `of`: both sides have it, or booleans, or references (one of which may be the constant 0: undefined). */
    | {
        readonly kind: "compare";
        readonly op: Comparison;
        readonly of: Scalar | "reference";
        readonly left: Expr;
        readonly right: Expr;
      }
    | { readonly kind: "and" | "or"; readonly left: Expr; readonly right: Expr }
    | { readonly kind: "not" | "negate" | "complement"; readonly operand: Expr }
    /** To the type of this expression; from booleans: 1 or 0; to booleans: whether it is not 0. */
    | { readonly kind: "convert"; readonly operand: Expr }
    | { readonly kind: "choose"; readonly condition: Expr; readonly then: Expr; readonly otherwise: Expr }
    /** `message`: the message is passed as well. */
    | { readonly kind: "call"; readonly func: number; readonly message: boolean; readonly args: readonly Expr[] }
    | { readonly kind: "message"; readonly field: "length" | "wire" | "time" | "port" | "link" | "number" }
    /** Of the expression's type, in network order; beyond the octets: fault "message". */
    | { readonly kind: "message-load"; readonly offset: Expr }
    | { readonly kind: "octets-length"; readonly octets: Octets }
    /** In network order (a u8 as it is); beyond its length: fault "index". */
    | { readonly kind: "octets-load"; readonly octets: Octets; readonly offset: Expr }
    | {
        readonly kind: "octets-store";
        readonly octets: Octets;
        readonly width: 1 | 2 | 4 | 8;
        readonly offset: Expr;
        readonly value: Expr;
      }
    /** Faults "message", then "index", where the octets are not all there, or not all of the buffer's. */
    | { readonly kind: "vector"; readonly from: Expr; readonly length: Expr; readonly to: Octets; readonly at: Expr }
    /** Fault "length" where it would be more octets than a frame may have; so of frame and resize. */
    | { readonly kind: "reply" }
    | { readonly kind: "frame"; readonly length: Expr }
    /** Faults "index", then "length" where the stretches overlap. */
    | { readonly kind: "frame-swap"; readonly a: Expr; readonly b: Expr; readonly octets: Expr }
    | { readonly kind: "frame-resize"; readonly length: Expr }
    | { readonly kind: "frame-send"; readonly port: Expr | undefined }
    | { readonly kind: "fold16"; readonly operand: Expr }
    | {
        readonly kind: "patch";
        readonly width: 2 | 4;
        readonly checksum: Expr;
        readonly before: Expr;
        readonly after: Expr;
      }
    | { readonly kind: "swap-octets"; readonly width: 2 | 4; readonly operand: Expr }
    | { readonly kind: "wake"; readonly tag: Expr }
    | { readonly kind: "transfer"; readonly environment: Expr; readonly words: readonly [Expr, Expr, Expr] }
    /**
     * `keys`: by field of the key's shape, in its order; one for a scalar. `order`: their indexes, in the order in which they are computed. Of find: a
     * reference, perhaps undefined; of enter: a reference.
     */
    | {
        readonly kind: "table-find" | "table-enter" | "table-delete";
        readonly table: number;
        readonly keys: readonly Expr[];
        readonly order: readonly number[];
      }
    | { readonly kind: "table-size"; readonly table: number }
    /** Faults before anything is done, in this order: "message"; of run "unaligned" and "index" (of `at`); "length". */
    | {
        readonly kind: "pipeline-run";
        readonly pipeline: number;
        readonly from: Expr;
        readonly length: Expr;
        readonly to: Octets;
        readonly at: Expr;
      }
    | { readonly kind: "pipeline-read"; readonly pipeline: number; readonly from: Expr; readonly length: Expr }
  );

// --- pipes ---

/** Octets of a word that a pipe works on. */
export type Gauge = 1 | 2 | 4;

export interface Pipe {
  readonly name: string;
  readonly gauge: Gauge;
  readonly order: "kept" | "free";
  readonly work:
    | { readonly kind: "checksum" | "crc32"; readonly accumulator: number }
    | { readonly kind: "byteswap" }
    /** The key is a word in state, at this offset. */
    | { readonly kind: "xor"; readonly key: number }
    | { readonly kind: "copy" }
    /** An expression in the local 0, the word (of the type u32); of `fold`, local 0 is what was gathered, local 1 the word. */
    | { readonly kind: "map"; readonly body: Expr }
    | {
        readonly kind: "fold";
        readonly accumulator: number;
        readonly type: "u32" | "i32" | "u64" | "i64";
        readonly body: Expr;
      };
}

export interface Pipeline {
  readonly name: string;
  /** Indexes of pipes, in their order. */
  readonly pipes: readonly number[];
}
