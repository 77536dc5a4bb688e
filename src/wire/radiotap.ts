/**
 * The radiotap header: www.radiotap.org, Header and Defined Fields. Little-endian; each field stands at a multiple of its
 * own alignment, counted from the header's first octet; only fields of the first presence word are read.
 */
import { u8 } from "./octets.js";

export const RADIOTAP_OCTETS = 8;

export interface Radiotap {
  /** Of the whole header. */
  readonly length: number;
  /** Whether the frame check sequence stands at the frame's end. */
  readonly fcs: boolean;
  /** Whether the 802.11 header is padded to four octets. */
  readonly padded: boolean;
  /** In steps of 500 kb/s. */
  readonly rate: number | undefined;
  /** MHz. */
  readonly channel: number | undefined;
  /** dBm. */
  readonly signal: number | undefined;
}

export function u16le(octets: Uint8Array, at: number): number {
  return u8(octets, at) | (u8(octets, at + 1) << 8);
}

/** (alignment, octets) of the fields of bits 0 to 5: TSFT, flags, rate, channel, FHSS, signal. */
const FIELDS: readonly (readonly [number, number])[] = [
  [8, 8],
  [1, 1],
  [1, 1],
  [2, 4],
  [2, 2],
  [1, 1],
];

/** Undefined where the header is cut, or shorter than itself. */
export function readRadiotap(octets: Uint8Array, at: number, end: number): Radiotap | undefined {
  if (at + RADIOTAP_OCTETS > end) return undefined;
  const length = u16le(octets, at + 2);
  if (length < RADIOTAP_OCTETS || at + length > end) return undefined;
  const places = placesOf(octets, at, length);
  const octet = (bit: number) => {
    const place = places[bit] ?? -1;
    return place < 0 ? undefined : u8(octets, place);
  };
  const flags = octet(1) ?? 0;
  const channel = places[3] ?? -1;
  const signal = octet(5);
  return {
    length,
    fcs: (flags & 0x10) !== 0,
    padded: (flags & 0x20) !== 0,
    rate: octet(2),
    channel: channel < 0 ? undefined : u16le(octets, channel),
    signal: signal === undefined ? undefined : (signal << 24) >> 24,
  };
}

/** Where each field lies; -1 for one that is absent or would lie beyond the header. */
function placesOf(octets: Uint8Array, at: number, length: number): number[] {
  let next = 4;
  // A presence word's last bit says that another follows.
  while (next + 4 <= length && (u8(octets, at + next + 3) & 0x80) !== 0) next += 4;
  next += 4;
  return FIELDS.map(([alignment, size], bit) => {
    if ((u8(octets, at + 4) & (1 << bit)) === 0) return -1;
    const place = Math.ceil(next / alignment) * alignment;
    next = place + size;
    return next > length ? -1 : at + place;
  });
}
