/** A walk through a packet's layers: each step adds one and hands on what comes behind it. */
import { has, lengthOf, type Piece } from "../print/piece.js";
import { type Access, filterOf, type Layer, type LayerField, type Place, type Row, readRows } from "./layer.js";

/** More layers than this are not followed. */
export const MOST_LAYERS = 24;

export interface Walk extends Place {
  /** Layers so far, the outermost first. */
  readonly layers: Layer[];
  readonly linkType: number;
  /** Goes on with what a tunnel carries, given its EtherType. */
  readonly inner: (walk: Walk, type: number, piece: Piece) => void;
}

/** The same walk, inside what `expression` selects; only link types of the list know such expressions. */
export function inside(walk: Walk, expression: string | undefined, linkTypes: readonly number[]): Walk {
  const { before } = walk;
  const known = before !== undefined && expression !== undefined && linkTypes.includes(walk.linkType);
  return { ...walk, before: known ? [...before, expression] : undefined };
}

/** The same walk, where no filter reaches. */
export function beyondFilters(walk: Walk): Walk {
  return { ...walk, before: undefined };
}

export interface Header {
  readonly name: string;
  readonly label: string;
  readonly rows: readonly Row[];
  /** Octets that the rows need; fewer of them were captured where the layer is cut. */
  readonly octets: number;
}

/**
 * Adds a header of `length` octets (no fewer than its rows need, unless told) and answers whether all of it was captured:
 * if not, or if there are too many layers, the walk ends here.
 */
export function addHeader(
  walk: Walk,
  piece: Piece,
  header: Header,
  access?: Access,
  length: number = header.octets,
  more: readonly LayerField[] = [],
): boolean {
  const { at, end } = piece;
  const to = Math.min(at + length, end);
  const fields = [...readRows(walk, header.rows, at, to, access), ...more];
  const whole = has(piece, length);
  const { name, label } = header;
  walk.layers.push({ name, label, from: at - walk.start, to: to - walk.start, cut: !whole, fields });
  return whole && walk.layers.length < MOST_LAYERS;
}

/** A field of which no table knows: its octets are [from, to) of the packet's memory, as far as they were captured. */
export function fieldAt(
  walk: Walk,
  piece: Piece,
  name: string,
  label: string,
  [from, to]: readonly [number, number],
  value: string,
  filter?: string,
): LayerField {
  const [first, last] = [Math.min(from, piece.end), Math.min(to, piece.end)];
  return { name, label, from: first - walk.start, to: last - walk.start, value, ...filterOf(walk, filter) };
}

/** Adds a layer that has one field: what its octets say in a line. */
export function addSummary(walk: Walk, piece: Piece, name: string, label: string, value: string): void {
  const { at, end, wireEnd } = piece;
  if (at >= wireEnd) return;
  const field = fieldAt(walk, piece, `${name}.summary`, "Summary", [at, end], value);
  walk.layers.push({ name, label, from: field.from, to: field.to, cut: end < wireEnd, fields: [field] });
}

/** Adds what is left as data; nothing where nothing is left. */
export function addData(walk: Walk, piece: Piece): void {
  const length = lengthOf(piece);
  if (length <= 0) return;
  const { at, end } = piece;
  const captured = end - at === length ? "" : `, ${end - at} captured`;
  const field = fieldAt(walk, piece, "data.data", "Data", [at, end], `${length} octets${captured}`);
  walk.layers.push({
    name: "data",
    label: "Data",
    from: field.from,
    to: field.to,
    cut: end - at < length,
    fields: [field],
  });
}
