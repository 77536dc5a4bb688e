/**
 * What a dissected packet is made of, and how a layer comes from a header's table: each row names a field of the table, how
 * its value is shown, and the filter that selects frames with the same value.
 */
import { formatIpv4, formatIpv6, formatMac } from "../address.js";
import type { Field } from "../field.js";
import { u8 } from "../octets.js";

export interface LayerField {
  /** As filters and other dissectors have it: `ip.src`. */
  readonly name: string;
  readonly label: string;
  /** The octets that hold it, counted from the frame's first one; `to` is behind the last. */
  readonly from: number;
  readonly to: number;
  /** Its bits among those of its octets, where it does not have them all. */
  readonly mask?: number;
  /** Printable ASCII. */
  readonly value: string;
  /** A pcap-filter expression that this frame matches, as all do that have the same value there. */
  readonly filter?: string;
}

export interface Layer {
  readonly name: string;
  readonly label: string;
  /** The octets of its header (of its data where it has no header that is known), counted as a field's. */
  readonly from: number;
  readonly to: number;
  /** Its header goes on beyond what was captured. */
  readonly cut: boolean;
  readonly fields: readonly LayerField[];
}

/** How a field's value is shown; a map's names stand before their numbers. */
export type Form = "decimal" | "hex" | "flag" | "mac" | "ipv4" | "ipv6" | ReadonlyMap<number, string>;

export interface Row {
  readonly name: string;
  readonly label: string;
  readonly field: Field;
  readonly form: Form;
  /**
   * A filter, with % for the value. Where there is none, one that loads the field's octets, if the layer can be reached so.
   */
  readonly filter?: string;
}

export function row(name: string, label: string, field: Field, form: Form = "decimal", filter?: string): Row {
  return filter === undefined ? { name, label, field, form } : { name, label, field, form, filter };
}

/** How filters load octets of a layer: `name[base + offset]`. */
export interface Access {
  readonly name: string;
  readonly base: number;
}

export function accessAfter(access: Access | undefined, octets: number): Access | undefined {
  return access === undefined ? undefined : { name: access.name, base: access.base + octets };
}

/** Where a layer's fields are read, and what filters for them begin with. */
export interface Place {
  readonly octets: Uint8Array;
  /** The frame's first octet: positions are counted from it. */
  readonly start: number;
  /** Expressions that come first (`vlan 5`); undefined where no filter reaches what is here. */
  readonly before: readonly string[] | undefined;
}

/** A whole filter from its last part, as a field's own property. */
export function filterOf(place: Place, last: string | undefined): { readonly filter?: string } {
  if (place.before === undefined || last === undefined) return {};
  return { filter: [...place.before, last].join(" and ") };
}

/** The fields of the rows whose octets lie below `end`. */
export function readRows(place: Place, rows: readonly Row[], at: number, end: number, access?: Access): LayerField[] {
  return rows.flatMap((entry) => {
    const { field } = entry;
    const from = at + field.offset;
    const to = from + spanOf(field);
    if (to > end) return [];
    const value = formOf(entry.form, place.octets, from, field);
    const filter = entry.filter?.replaceAll("%", operand(entry.form, value, place.octets, at, field));
    const load = access === undefined ? undefined : loadFilter(place.octets, at, entry, access);
    const mask = maskOf(field);
    return {
      name: entry.name,
      label: entry.label,
      from: from - place.start,
      to: to - place.start,
      ...(mask === undefined ? {} : { mask }),
      value,
      ...filterOf(place, filter ?? load),
    };
  });
}

/** Octets that hold a bit of it. */
function spanOf({ skip, bits }: Field): number {
  return Math.ceil((skip + bits) / 8);
}

/** Undefined where the field has all bits of its octets. */
function maskOf(field: Field): number | undefined {
  const span = spanOf(field) * 8;
  return span === field.bits ? undefined : (2 ** field.bits - 1) * 2 ** (span - field.skip - field.bits);
}

/** Of a field of at most 32 bits. */
function readNumber(octets: Uint8Array, at: number, field: Field): number {
  const span = spanOf(field);
  let value = 0;
  for (let i = 0; i < span; i++) value = value * 256 + u8(octets, at + field.offset + i);
  // Division, since five octets may hold 32 bits.
  return Math.floor(value / 2 ** (span * 8 - field.skip - field.bits)) % 2 ** field.bits;
}

function formOf(form: Form, octets: Uint8Array, from: number, field: Field): string {
  if (form === "mac") return formatMac(octets, from);
  if (form === "ipv4") return formatIpv4(octets, from);
  if (form === "ipv6") return formatIpv6(octets, from);
  const value = readNumber(octets, from - field.offset, field);
  if (form === "decimal") return String(value);
  if (form === "flag") return value === 0 ? "not set" : "set";
  const digits = `0x${value.toString(16).padStart(Math.ceil(field.bits / 4), "0")}`;
  if (form === "hex") return digits;
  return `${form.get(value) ?? "unknown"} (${isHex(form, field) ? digits : value})`;
}

/** The value as a filter has it: an address as it is shown, anything else as a number. */
function operand(form: Form, shown: string, octets: Uint8Array, at: number, field: Field): string {
  if (form === "mac" || form === "ipv4" || form === "ipv6") return shown;
  const value = readNumber(octets, at, field);
  return isHex(form, field) ? `0x${value.toString(16)}` : String(value);
}

/** Whether people write it so: names stand for types where they have 16 bits, for decimal numbers where they have fewer. */
function isHex(form: Form, field: Field): boolean {
  return form === "hex" || (typeof form === "object" && field.bits > 8);
}

/** A filter that compares the field's octets, loaded as one, two or four; fields that need more have none. */
function loadFilter(octets: Uint8Array, at: number, { field, form }: Row, access: Access): string | undefined {
  const span = spanOf(field);
  if (span > 4) return undefined;
  const width = span === 3 ? 4 : span;
  const offset = span === 3 && field.offset > 0 ? field.offset - 1 : field.offset;
  const right = width * 8 - (field.offset - offset) * 8 - field.skip - field.bits;
  const value = readNumber(octets, at, field) * 2 ** right;
  const mask = (2 ** field.bits - 1) * 2 ** right;
  const load = `${access.name}[${access.base + offset}${width === 1 ? "" : `:${width}`}]`;
  const hex = value === 0 ? "0" : `0x${value.toString(16)}`;
  if (field.bits < width * 8) return `${load} & 0x${mask.toString(16)} = ${hex}`;
  return `${load} = ${isHex(form, field) ? hex : value}`;
}
