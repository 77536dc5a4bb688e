/**
 * What of TypeScript handlers are written in, as the reader leaves it to the checker: nothing is resolved and nothing has a type yet.
 * What was refused already is `wrong`: nobody complains of it again.
 */
import type { Span } from "./tree.js";

export interface Text {
  readonly imports: readonly Import[];
  /** Constants, state, pipes and shapes, in their order. */
  readonly constants: readonly Declaration[];
  readonly functions: readonly FunctionText[];
  /** Names whose declarations were refused. */
  readonly wrong: readonly Name[];
}

export interface Name extends Span {
  readonly name: string;
}

export interface Import extends Span {
  readonly imported: string;
  readonly local: Name;
  readonly typeOnly: boolean;
}

/** `name` is undefined where what stands there was refused. */
export interface TypeText extends Span {
  readonly name: string | undefined;
}

export interface Declaration extends Span {
  readonly constant: boolean;
  readonly name: Name;
  readonly type: TypeText | undefined;
  readonly value: Expression | undefined;
}

export interface Parameter {
  readonly name: Name;
  readonly type: TypeText | undefined;
}

export interface FunctionText extends Span {
  /** Undefined: it has none, and was refused for it. */
  readonly name: Name | undefined;
  readonly exported: boolean;
  readonly parameters: readonly Parameter[];
  /** Names of parameters that were refused; undefined where none was. */
  readonly wrong: readonly Name[] | undefined;
  readonly result: TypeText | undefined;
  readonly body: readonly Statement[];
}

export type Statement = Span &
  (
    | { readonly kind: "wrong"; readonly names: readonly Name[] }
    | { readonly kind: "declare"; readonly declaration: Declaration }
    /** `op` of += and its like; of ++ and -- the value is "one". */
    | {
        readonly kind: "assign";
        readonly target: Expression;
        readonly op: BinaryOperator | undefined;
        readonly value: Expression;
      }
    | { readonly kind: "expression"; readonly expression: Expression }
    | {
        readonly kind: "if";
        readonly condition: Expression;
        readonly chosen: readonly Statement[];
        readonly otherwise: readonly Statement[];
      }
    /** Declarations of `initial` are seen in all of it. `condition` is undefined where it is for (;;). */
    | {
        readonly kind: "loop";
        readonly first: boolean;
        readonly initial: readonly Statement[];
        readonly condition: Expression | undefined;
        readonly update: readonly Statement[];
        readonly body: readonly Statement[];
      }
    | { readonly kind: "switch"; readonly subject: Expression; readonly cases: readonly Case[] }
    | { readonly kind: "break" | "continue" }
    | { readonly kind: "return"; readonly value: Expression | undefined }
    | { readonly kind: "block"; readonly body: readonly Statement[] }
  );

export interface Case extends Span {
  /** Undefined: default. */
  readonly test: Expression | undefined;
  readonly body: readonly Statement[];
}

export const BINARY_OPERATORS = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>"] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];
export const COMPARISONS = ["<", "<=", ">", ">=", "===", "!=="] as const;
export type ComparisonOperator = (typeof COMPARISONS)[number];

export type Expression = Span &
  (
    | { readonly kind: "wrong" }
    | { readonly kind: "number"; readonly value: bigint; readonly big: boolean }
    /** What ++ and -- add: of the type of what they stand at. */
    | { readonly kind: "one" }
    | { readonly kind: "boolean"; readonly value: boolean }
    | { readonly kind: "undefined" }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "member"; readonly object: Expression; readonly name: Name }
    | { readonly kind: "index"; readonly object: Expression; readonly index: Expression }
    | { readonly kind: "call"; readonly callee: Expression; readonly args: readonly Expression[] }
    | { readonly kind: "unary"; readonly op: "-" | "~" | "!"; readonly operand: Expression }
    | { readonly kind: "binary"; readonly op: BinaryOperator; readonly left: Expression; readonly right: Expression }
    | {
        readonly kind: "compare";
        readonly op: ComparisonOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: "logical"; readonly op: "&&" | "||"; readonly left: Expression; readonly right: Expression }
    | {
        readonly kind: "conditional";
        readonly condition: Expression;
        readonly chosen: Expression;
        readonly otherwise: Expression;
      }
    /** Only where a shape's fields, a key or options are wanted. */
    | { readonly kind: "object"; readonly fields: readonly FieldText[] }
    /** Only as options. */
    | { readonly kind: "string"; readonly value: string }
    /** Only as what map and fold are given. */
    | { readonly kind: "arrow"; readonly parameters: readonly Parameter[]; readonly body: Expression }
  );

export interface FieldText {
  readonly name: Name;
  readonly value: Expression;
}
