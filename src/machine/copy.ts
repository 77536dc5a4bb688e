/** Copies of a few octets between two memories. */

/** Below this a loop takes less time than to make an object for each stretch, and to call what copies them. */
const FEW = 128;

/** Copies `length` octets of `from`, from `at` on, to `to`, from `place` on. Both have so many, and they are not one memory. */
export function copyOctets(from: Uint8Array, at: number, to: Uint8Array, place: number, length: number): void {
  if (length > FEW) return to.set(from.subarray(at, at + length), place);
  for (let octet = 0; octet < length; octet++) to[place + octet] = from[at + octet]!;
}
