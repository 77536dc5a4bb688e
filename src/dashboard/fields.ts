/** Which octets a field of a packet is, and which fields an octet belongs to. Octets are ranges [from, to). */
import type { PacketLayer } from "../control/protocol.js";

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A layer, or a field within it. */
export interface FieldKey {
  readonly layer: number;
  readonly field: number | null;
}

/** What is pointed at: fields of the tree and octets of the packet, at once. */
export interface Pointing {
  readonly keys: readonly FieldKey[];
  readonly ranges: readonly Range[];
}

export function sameKey(a: FieldKey, b: FieldKey): boolean {
  return a.layer === b.layer && a.field === b.field;
}

export function within(range: Range, at: number): boolean {
  return at >= range.from && at < range.to;
}

/**
 * The narrowest fields that an octet belongs to: several where they share it bit by bit, and the narrowest layer
 * where no field has it.
 */
export function pointAt(layers: readonly PacketLayer[], at: number): Pointing {
  const fields = layers.flatMap((one, layer) =>
    one.fields.map((range, field) => ({ key: { layer, field }, range })).filter(({ range }) => within(range, at)),
  );
  const around = layers
    .map((range, layer) => ({ key: { layer, field: null }, range }))
    .filter(({ range }) => within(range, at));
  const candidates: readonly { readonly key: FieldKey; readonly range: Range }[] = fields.length > 0 ? fields : around;
  const width = Math.min(...candidates.map(({ range }) => range.to - range.from));
  const narrowest = candidates.filter(({ range }) => range.to - range.from === width);
  if (narrowest.length === 0) return { keys: [], ranges: [{ from: at, to: at + 1 }] };
  return { keys: narrowest.map(({ key }) => key), ranges: [{ ...bounds(narrowest.map(({ range }) => range)) }] };
}

export function pointTo(layers: readonly PacketLayer[], key: FieldKey): Pointing {
  const layer = layers[key.layer];
  const range = key.field === null ? layer : layer?.fields[key.field];
  return { keys: [key], ranges: range === undefined || range.to <= range.from ? [] : [bounds([range])] };
}

function bounds(ranges: readonly Range[]): Range {
  return { from: Math.min(...ranges.map((one) => one.from)), to: Math.max(...ranges.map((one) => one.to)) };
}

/** The fields that are pointed at, in words; "" where there are none. */
export function pointingWords(layers: readonly PacketLayer[], { keys }: Pointing): string {
  return keys
    .flatMap(({ layer, field }) => {
      const one = layers[layer];
      if (one === undefined) return [];
      const found = field === null ? undefined : one.fields[field];
      return [found === undefined ? one.label : `${found.label} (${found.name}): ${found.value}`];
    })
    .join(" · ");
}

/** "octet 14", "octets 26–29": both ends are of it. */
export function rangeWords({ from, to }: Range): string {
  return to - from <= 1 ? `octet ${from}` : `octets ${from}–${to - 1}`;
}

/** An octet as a character, where it is one that can be seen. */
export function characterOf(octet: number): string {
  return octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : octet === 0x20 ? " " : "·";
}
