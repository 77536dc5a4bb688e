/**
 * Big-endian loads and stores at (octets, offset). The one place that indexes octets raw: whoever
 * calls has checked that `at + width` lies inside; beyond the end a load gives 0s and a store is lost.
 */

export function u8(octets: Uint8Array, at: number): number {
  return octets[at]! | 0;
}

export function u16(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}

export function u24(octets: Uint8Array, at: number): number {
  return (octets[at]! << 16) | (octets[at + 1]! << 8) | octets[at + 2]!;
}

/** As a signed 32-bit number: cheaper than u32 where only equality or hashing matters. */
export function i32(octets: Uint8Array, at: number): number {
  return (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!;
}

export function u32(octets: Uint8Array, at: number): number {
  return i32(octets, at) >>> 0;
}

export function putU16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8;
  octets[at + 1] = value;
}

export function putU32(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 24;
  octets[at + 1] = value >>> 16;
  octets[at + 2] = value >>> 8;
  octets[at + 3] = value;
}
