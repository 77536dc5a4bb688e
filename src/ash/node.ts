/** Nodes of acorn's tree, decoded: its types know nothing of what the TypeScript plugin adds to it. */
import type { Span } from "./tree.js";

export interface Node extends Span {
  readonly type: string;
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "start" in value &&
    typeof value.start === "number" &&
    "end" in value &&
    typeof value.end === "number"
  );
}

function field(node: Node, name: string): unknown {
  return Reflect.get(node, name);
}

/** The node in a field, or undefined where there is none. */
export function childOf(node: Node, name: string): Node | undefined {
  const value = field(node, name);
  return isNode(value) ? value : undefined;
}

/** The node in a field that acorn always fills. */
export function needed(node: Node, name: string): Node {
  return childOf(node, name) ?? { type: "Missing", start: node.start, end: node.end };
}

/** The nodes in a field; holes, of arrays, are left out. */
export function childrenOf(node: Node, name: string): readonly Node[] {
  const value = field(node, name);
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function textOf(node: Node, name: string): string | undefined {
  const value = field(node, name);
  return typeof value === "string" ? value : undefined;
}

export function isSet(node: Node, name: string): boolean {
  const value = field(node, name);
  return value !== undefined && value !== null && value !== false;
}

/** A literal's value. */
export function literalOf(node: Node): unknown {
  return field(node, "value");
}
