/**
 * The trie as people look at it: fields and values as text, what each alternative is dispatched by, and who
 * ends where. Printer and picture are made from this; it alone of the three knows how trie and plan are built.
 */
import { MAX_LENGTH } from "./atom.js";
import { printField, printValue } from "./print.js";
import type { Field, Node, Step, Trie } from "./trie.js";

/** How code finds the child of a value; the last three have one child each and look for none. */
const DISPATCH_KINDS = [
  "single",
  "chain",
  "search",
  "jump",
  "hash",
  "list",
  "tree",
  "move",
  "length",
  "residual",
] as const;
export type DispatchKind = (typeof DISPATCH_KINDS)[number];

export interface Dispatch {
  /** As DPF text: `12:16`, `20:16 & 0x1fff`, `shift 14:8 & 0x0f << 2`, `length >= 20`. */
  readonly field: string;
  /** Where the field stands among those of its region; compare number by number. */
  readonly rank: readonly number[];
  readonly kind: DispatchKind;
  /** Values that it knows. */
  readonly count: number;
  /** In order of their values. */
  readonly branches: readonly Branch[];
}

export interface Branch {
  /** `0x0800`; "" where the field is no test. */
  readonly value: string;
  readonly node: Node;
}

/** Filters that end at a node, by id. */
export interface Ends {
  readonly claims: readonly number[];
  readonly taps: readonly number[];
}

export function dispatchesOf(node: Node): Dispatch[] {
  return node.alternatives.map(({ field, children }) => ({
    field: fieldText(field),
    rank: rankOf(field),
    kind: kindOf(node, field, children.size),
    count: children.size,
    branches: [...children.values()].sort(byValue).map((child) => ({ value: stepValue(child), node: child })),
  }));
}

/** Intervals by their lower end, the wider first; an inequality by what it leaves out. */
function byValue({ step: a }: Node, { step: b }: Node): number {
  if (a === undefined || b === undefined) return 0;
  return (a.low > a.high ? a.high + 1 : a.low) - (b.low > b.high ? b.high + 1 : b.low) || b.high - a.high;
}

export function endsOf({ claims, taps }: Node): Ends {
  return { claims: claims.map(({ id }) => id), taps: [...taps.keys()].sort((a, b) => a - b) };
}

/** The value by which a node is reached; "" for the root and after moves. */
export function stepValue({ step }: Node): string {
  return step === undefined ? "" : valueText(step);
}

/** The test by which a node is reached from its parent; "" for the root. */
export function stepText(node: Node): string {
  if (node.step === undefined) return "";
  const field = fieldText(node.step.field);
  const value = stepValue(node);
  if (value === "") return field;
  return node.step.field.kind === "test" ? `${field} == ${value}` : `${field} ${value}`;
}

/** Moves of the base on the way to a node. */
export function movesTo({ step, parent }: Node): number {
  return (step?.field.kind === "move" ? 1 : 0) + (parent === undefined ? 0 : movesTo(parent));
}

/** Ends of filters at a node and below. */
export function endsBelow(start: Node): number {
  let ends = 0;
  for (const node of walk(start)) ends += node.claims.length + node.taps.size;
  return ends;
}

export function nodeOf(trie: Trie, number: number): Node | undefined {
  for (const node of walk(trie.root)) if (node.number === number) return node;
  return undefined;
}

function* walk(start: Node): Generator<Node> {
  const waiting = [start];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (const { children } of node.alternatives) for (const child of children.values()) waiting.push(child);
  }
}

/** Moves come after the tests on the same base; the link type before all, octets on the wire behind (canonical.ts). */
function rankOf({ kind, of, offset, width, mask, left, least, residual }: Field): number[] {
  const order = of === undefined ? { test: 1, span: 1, length: 2, move: 3, residual: 5 }[kind] : of === "link" ? 0 : 4;
  return [order, offset, width, mask, left, least, residual];
}

function kindOf(node: Node, field: Field, children: number): DispatchKind {
  if (field.kind !== "test" && field.kind !== "span") return field.kind;
  const form = node.block?.branchings.find((one) => one.field === field)?.form;
  if (form === "hash" || form === "tree" || form === "search" || form === "jump" || form === "list") return form;
  return children === 1 ? "single" : "chain";
}

function fieldText(field: Field): string {
  const { kind, left, least, most, residual } = field;
  if (kind === "length") return most === MAX_LENGTH ? `length >= ${least}` : `length in ${least}..${most}`;
  if (kind === "residual") return `residual ${residual}`;
  if (kind !== "move") return printField(field);
  return `shift ${printField(field)}${left === 0 ? "" : ` << ${left}`}`;
}

/** `0x0800`; of a span `in 0x0a000000..0x0affffff` or `!= 0x0050`; "" where nothing is compared. */
function valueText({ field, low, high }: Step): string {
  const text = (value: number) => printValue(field, value);
  if (field.kind === "test") return text(low);
  if (field.kind !== "span") return "";
  if (low <= high) return `in ${text(low)}..${text(high)}`;
  if (low - high === 2) return `!= ${text(high + 1)}`;
  return `not in ${text(high + 1)}..${text(low - 1)}`;
}
