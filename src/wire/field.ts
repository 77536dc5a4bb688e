import { u8 } from "./octets.js";

/**
 * Header layouts as data. A header's file holds one table of its fields; accessors take their
 * offsets from it, and so do those who turn a field's name into a filter.
 */
export interface Field {
  /** As users write it, with its protocol in front: `tcp.destinationPort`. */
  readonly name: string;
  /** The octet of the header in which the field begins. */
  readonly offset: number;
  /** How wide it is; fields of more than 32 bits are addresses. */
  readonly bits: number;
  /** Bits of that first octet that come before the field. */
  readonly skip: number;
}

export function field(name: string, offset: number, bits: number, skip = 0): Field {
  return { name, offset, bits, skip };
}

/** The narrowest load of 8, 16 or 32 bits that holds the whole field. */
export interface Load {
  readonly offset: number;
  readonly width: 8 | 16 | 32;
  readonly mask: number;
  /** How far the loaded and masked value is shifted right to give the field. */
  readonly right: number;
}

/** Undefined where the field does not fit in 32 bits. */
export function loadOf(wanted: Field): Load | undefined {
  const needed = wanted.skip + wanted.bits;
  const width = needed <= 8 ? 8 : needed <= 16 ? 16 : 32;
  if (needed > width) return undefined;
  const right = width - needed;
  const ones = wanted.bits === 32 ? 0xffffffff : 2 ** wanted.bits - 1;
  return { offset: wanted.offset, width, mask: (ones << right) >>> 0, right };
}

/** The field's value, bit by bit: slow and obvious, the accessors' twin. At most 53 bits. */
export function readField(octets: Uint8Array, at: number, wanted: Field): number {
  let value = 0;
  for (let bit = 0; bit < wanted.bits; bit++) {
    const place = wanted.skip + bit;
    const octet = u8(octets, at + wanted.offset + (place >> 3));
    value = value * 2 + ((octet >> (7 - (place & 7))) & 1);
  }
  return value;
}
