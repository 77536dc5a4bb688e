/**
 * The primitives that VCODE may call. A primitive is trusted code of ours: targets expand it in line, the
 * interpreter calls it. None of them can fault: what a table does not hold is answered with 0.
 */
import type { ValueType } from "./insn.js";

/** Of a data plane's program. */
export type DispatchPrimitive =
  | "leaf"
  | "heat"
  | "probe"
  | "lookup"
  | "match"
  | "step"
  | "present"
  | "span"
  | "scan"
  | "child"
  | "next";
/** Of images alone (image.ts). */
export type ImagePrimitive = "kernel" | "left";
export type PrimitiveName = DispatchPrimitive | ImagePrimitive;

/** `table`: an immediate below the program's number of tables. */
export type ParameterKind = "word" | "table";

export interface Primitive {
  readonly parameters: readonly ParameterKind[];
  readonly result: ValueType | undefined;
}

/** What they read stands in dpf/layout.ts. */
export const DISPATCH_PRIMITIVES: Readonly<Record<DispatchPrimitive, Primitive>> = {
  /** leaf(node): the filters that end at this node match. */
  leaf: { parameters: ["word"], result: undefined },
  /** heat(node): the node was reached. */
  heat: { parameters: ["word"], result: undefined },
  /** probe(table, node, value): the node's child under that value, or 0. */
  probe: { parameters: ["table", "word", "word"], result: "i" },
  /** lookup(table, value): child under that value in a table that belongs to one node, or 0. */
  lookup: { parameters: ["table", "word"], result: "i" },
  /** match(node, value): the node's only child where it is under that value, or 0. */
  match: { parameters: ["word", "word"], result: "i" },
  /** step(node): child by the node's first move, or 0. */
  step: { parameters: ["word"], result: "i" },
  /** present(node): its alternatives as bits. */
  present: { parameters: ["word"], result: "i" },
  /** span(tree, root, value, shape): the first of the entries that contain the value, or 0. */
  span: { parameters: ["table", "word", "word", "word"], result: "i" },
  /** scan(entry, value): the first entry from this one on that contains the value, or 0. */
  scan: { parameters: ["word", "word"], result: "i" },
  /** child(entry): the node that the entry leads to. */
  child: { parameters: ["word"], result: "i" },
  /** next(entry): the one behind it, or 0. */
  next: { parameters: ["word"], result: "i" },
};

export const IMAGE_PRIMITIVES: Readonly<Record<ImagePrimitive, Primitive>> = {
  /** kernel(call, a … f): a call of the kernel. */
  kernel: { parameters: ["word", "word", "word", "word", "word", "word", "word"], result: "i" },
  /** left(): fuel that is left. */
  left: { parameters: [], result: "i" },
};

export const PRIMITIVES: Readonly<Record<PrimitiveName, Primitive>> = { ...DISPATCH_PRIMITIVES, ...IMAGE_PRIMITIVES };
