/**
 * Where everything of the trie's picture stands: fields are columns, in the order of evaluation; a node is a
 * pill in the column of the field by which it is reached. Ends of filters, and what is folded, are pills, too.
 * Rows come from d3-hierarchy: each leaf has one, and whatever leads to leaves stands at their middle.
 */
import { cluster, type HierarchyPointNode, hierarchy } from "d3-hierarchy";
import type { TrieDispatchPoint, TrieNodePoint, TriePicture, TriePoint } from "../control/protocol.js";

export type PillKind = "node" | "folded" | "more" | "ends";

export interface Pill {
  /** Unique in the picture. */
  readonly key: string;
  readonly parent: Pill | null;
  readonly kind: PillKind;
  readonly text: string;
  /** The test by which it is reached, in words of DPF text. */
  readonly test: string;
  /** Left edge and middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Depth in the tree that is drawn, from 1. */
  readonly level: number;
  /** The node that it stands for or hangs on; its heat is that of the way to this pill. */
  readonly node: TrieNodePoint | null;
  /** What opens when it is folded. */
  readonly place: string | null;
  /** Ends of filters here and below. */
  readonly ends: number;
}

export interface TrieLayout {
  readonly width: number;
  readonly height: number;
  /** `begins`: the base was moved before this field. */
  readonly columns: readonly { readonly lines: readonly string[]; readonly x: number; readonly begins: boolean }[];
  /** Depth first: parents before children, from top to bottom. */
  readonly pills: readonly Pill[];
  /** How the values of a field are told apart, above the first of them. */
  readonly captions: readonly Caption[];
}

interface Caption {
  /** The pill under it. */
  readonly key: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export const PILL_HEIGHT = 20;
export const HEAD_HEIGHT = 44;
const ROW = 25;
/** Values of a dispatch that are told at a time. */
const PAGE = 100;
/** Rows from one leaf to the next, where a caption stands between them. */
const APART = 1.55;
const CHARACTER = 7.1;
const PADDING = 14;
const GAP = 34;
const ENDS_GAP = 26;

/** What is drawn: a point that was told, or what stands for others. */
interface Drawn {
  readonly key: string;
  readonly point: TriePoint | null;
  readonly kind: PillKind | "dispatch";
  readonly text: string;
  /** What opens when it is clicked; null where nothing does. */
  readonly place: string | null;
  readonly children: readonly Drawn[];
}

/** `endsText`: what is written where filters end. */
export function layoutTrie(picture: TriePicture, endsText: (node: TrieNodePoint) => string): TrieLayout {
  const root = hierarchy(treeOf(picture, endsText), ({ children }) => [...children]);
  const placed = cluster<Drawn>()
    .nodeSize([ROW, 1])
    .separation((leaf) => (isUnderCaption(leaf) ? APART : 1))(root);
  const columns = columnsOf(picture, placed);
  let [top, bottom] = [0, 0];
  placed.each(({ x }) => ([top, bottom] = [Math.min(top, x), Math.max(bottom, x)]));
  const rowOf = (x: number) => HEAD_HEIGHT + ROW + x - top;
  const pills = pillsOf(placed, columns, rowOf);
  const right = pills.reduce((most, { x, width }) => Math.max(most, x + width), 0);
  return {
    width: right + 4,
    height: rowOf(bottom) + ROW,
    columns: columns.shown,
    pills,
    captions: captionsOf(placed, columns, rowOf),
  };
}

function treeOf({ nodes, before }: TriePicture, endsText: (node: TrieNodePoint) => string): Drawn {
  const [first] = nodes;
  const below = new Map<string, TriePoint[]>();
  for (const point of nodes) {
    if (point.parent === null) continue;
    const list = below.get(point.parent);
    if (list === undefined) below.set(point.parent, [point]);
    else list.push(point);
  }
  const drawn = (point: TriePoint): Drawn => {
    const told = below.get(point.id) ?? [];
    const children = told.map(drawn);
    const skipped = point === first ? before : 0;
    const left = Math.max(0, point.children - skipped - told.length);
    if (point.kind !== "node") return drawnDispatch(point, children, skipped, left);
    const key = point.id;
    const ends: Drawn[] = point.filterCount === 0 ? [] : [leaf(`${key} ends`, "ends", endsText(point))];
    const more: Drawn[] = left === 0 ? [] : [leaf(`${key} below`, "more", `▸ ${counted(left, "field")} below`, key)];
    return { key, point, kind: "node", text: point.value, place: null, children: [...ends, ...children, ...more] };
  };
  return first === undefined ? leaf("", "node", "") : drawn(first);
}

function shapeOf({ kind, children }: TrieDispatchPoint): string {
  return children === 1 ? "folded" : `${kind} of ${grouped(children)}`;
}

/** `skipped`: values before those that are told; `left`: after them. */
function drawnDispatch(point: TrieDispatchPoint, children: readonly Drawn[], skipped: number, left: number): Drawn {
  const key = point.id;
  const text = shapeOf(point);
  if (children.length === 0 && skipped === 0) {
    return { key, point, kind: "folded", text: `${text} ▸`, place: key, children };
  }
  const earlier = `${key}/${Math.max(0, skipped - PAGE)}`;
  const later = `${key}/${skipped + children.length}`;
  const before = skipped === 0 ? [] : [leaf(`${key} before`, "more", `▴ ${grouped(skipped)} before`, earlier)];
  const after = left === 0 ? [] : [leaf(`${key} after`, "more", `▾ ${grouped(left)} more`, later)];
  return { key, point, kind: "dispatch", text, place: null, children: [...before, ...children, ...after] };
}

function leaf(key: string, kind: PillKind, text: string, place: string | null = null): Drawn {
  return { key, point: null, kind, text, place, children: [] };
}

interface Columns {
  readonly shown: TrieLayout["columns"];
  /** Left edges by place; behind the last, that of what follows. */
  readonly x: readonly number[];
  readonly width: readonly number[];
  /** Where the first pill stands, and how wide it is. */
  readonly root: number;
}

type Placed = HierarchyPointNode<Drawn>;

/** As wide as what stands in them. */
function columnsOf(picture: TriePicture, root: Placed): Columns {
  const width = picture.columns.map(({ field }) => Math.max(...linesOf(field).map(widthOf)));
  root.each((placed) => {
    const column = columnOf(placed);
    if (column !== null) width[column] = Math.max(width[column] ?? 0, widthOf(textOf(placed)));
  });
  const rootWidth = root.data.kind === "node" ? widthOf(textOf(root)) : 0;
  const x: number[] = [];
  let left = rootWidth === 0 ? 0 : rootWidth + GAP;
  for (const one of width) {
    x.push(left);
    left += one + GAP;
  }
  const shown = picture.columns.map(({ field, region }, place) => ({
    lines: linesOf(field),
    x: x[place] ?? 0,
    begins: place > 0 && region !== picture.columns[place - 1]?.region,
  }));
  return { shown, x: [...x, left], width, root: rootWidth };
}

/** The column in which a pill stands: that of the dispatch above; null for the root and for ends. */
function columnOf(placed: Placed): number | null {
  const { kind, point } = placed.data;
  const own = kind === "folded" || kind === "dispatch" ? point : placed.parent?.data.point;
  return own === null || own === undefined || own.kind === "node" ? null : own.column;
}

/** A field and its mask, one below the other. */
function linesOf(field: string): string[] {
  return field.replace(" & ", "\n& ").split("\n");
}

/** The first value of several, on the leaf's own row. */
function isUnderCaption(leaf: Placed): boolean {
  let placed = leaf;
  while (placed.parent !== null && placed.parent.children?.length === 1) placed = placed.parent;
  const { parent } = placed;
  return parent?.data.kind === "dispatch" && parent.children?.[0] === placed;
}

function widthOf(text: string): number {
  return Math.ceil(text.length * CHARACTER) + PADDING;
}

/** What stands on a pill. Where nothing is compared, that the base has moved. */
function textOf({ data, parent }: Placed): string {
  if (data.kind !== "node") return data.text;
  if (parent === null) return data.text === "" ? "every packet" : data.text;
  if (data.text !== "") return data.text;
  return parent.data.point?.kind === "move" ? "moved" : "long enough";
}

/** Dispatches are no pills, unless they are folded: their values are. */
function pillsOf(root: Placed, columns: Columns, rowOf: (x: number) => number): Pill[] {
  const pills: Pill[] = [];
  const visit = (placed: Placed, parent: Pill | null) => {
    const { kind } = placed.data;
    const own = kind === "dispatch" ? parent : pillOf(placed, kind, parent, columns, rowOf);
    if (own !== null && own !== parent) pills.push(own);
    for (const child of placed.children ?? []) visit(child, own);
  };
  visit(root, null);
  return pills;
}

function pillOf(
  placed: Placed,
  kind: PillKind,
  parent: Pill | null,
  columns: Columns,
  rowOf: (x: number) => number,
): Pill {
  const { key, point } = placed.data;
  const text = textOf(placed);
  const column = columnOf(placed);
  const beside = parent === null ? 0 : parent.x + parent.width + ENDS_GAP;
  const node = point?.kind === "node" ? point : (parent?.node ?? null);
  return {
    key,
    parent,
    kind,
    text,
    test: testOf(placed),
    x: column === null ? beside : (columns.x[column] ?? 0),
    y: rowOf(placed.x),
    width: column === null ? widthOf(text) : (columns.width[column] ?? 0),
    level: (parent?.level ?? 0) + 1,
    node,
    place: placed.data.place,
    ends: point?.ends ?? (kind === "ends" ? (node?.filterCount ?? 0) : 0),
  };
}

function testOf(placed: Placed): string {
  const { kind, point, text } = placed.data;
  if (kind === "folded" && point !== null && point.kind !== "node") return `${point.field}, ${shapeOf(point)}`;
  const dispatch = placed.parent?.data.point;
  if (kind !== "node" || dispatch === null || dispatch === undefined || dispatch.kind === "node") return "";
  return text === "" ? dispatch.field : `${dispatch.field} == ${text}`;
}

function captionsOf(root: Placed, columns: Columns, rowOf: (x: number) => number): TrieLayout["captions"] {
  return root.descendants().flatMap((placed) => {
    const { kind, point, text } = placed.data;
    const first = placed.children?.[0];
    if (kind !== "dispatch" || first === undefined || point === null || point.children < 2) return [];
    const x = columns.x[columnOf(placed) ?? 0] ?? 0;
    return [{ key: first.data.key, text, x: x + 2, y: rowOf(first.x) - PILL_HEIGHT / 2 - 5 }];
  });
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A curve from the right edge of a pill to the left edge of its child. */
export function edgePath({ parent, x, y }: Pill): string {
  if (parent === null) return "";
  const from = parent.x + parent.width;
  const bend = Math.min(GAP, Math.max(ENDS_GAP, x - from) * 0.5);
  // Straight through the columns between, bent only before the end.
  return `M${from} ${parent.y}C${from + bend} ${parent.y} ${from + bend * 0.2} ${y} ${from + bend + 8} ${y}L${x} ${y}`;
}

/** Everything on the way from the root through a pill, and below it. */
export function wayThrough(pills: readonly Pill[], pill: Pill): ReadonlySet<string> {
  const lit = new Set([pill.key]);
  for (let above = pill.parent; above !== null; above = above.parent) lit.add(above.key);
  // Parents come first.
  const below = new Set([pill.key]);
  for (const one of pills) if (one.parent !== null && below.has(one.parent.key)) below.add(one.key);
  return new Set([...lit, ...below]);
}

/** Tests on the way to a pill, from the root. */
export function testsTo(pill: Pill): string[] {
  const above = pill.parent === null ? [] : testsTo(pill.parent);
  return pill.test === "" ? above : [...above, pill.test];
}
