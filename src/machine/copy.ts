/**
 * Copying between two memories without a view made for it: on the packet's way nothing is allocated. A call copies 60 octets in less time
 * than a `subarray` takes to make. Within one memory the machine moves (mover.ts).
 */

/** Octets, and the view through which they are copied: both of all of one buffer. */
export interface Octets {
  readonly octets: Uint8Array;
  readonly view: DataView;
}

/** So many octets, all 0. */
export function newOctets(length: number): Octets {
  return octetsOf(new Uint8Array(length));
}

/** What is there, with a view. */
export function octetsOf(octets: Uint8Array): Octets {
  return { octets, view: new DataView(octets.buffer, octets.byteOffset, octets.length) };
}

/** Copies `length` octets to `to[toAt…]`; the two must not overlap. Throws a RangeError where they do not lie inside. */
export function copyOctets(from: Octets, at: number, to: Octets, toAt: number, length: number): void {
  const source = from.view;
  const target = to.view;
  let done = 0;
  for (; done + 16 <= length; done += 16) {
    const first = source.getInt32(at + done, true);
    const second = source.getInt32(at + done + 4, true);
    const third = source.getInt32(at + done + 8, true);
    const fourth = source.getInt32(at + done + 12, true);
    target.setInt32(toAt + done, first, true);
    target.setInt32(toAt + done + 4, second, true);
    target.setInt32(toAt + done + 8, third, true);
    target.setInt32(toAt + done + 12, fourth, true);
  }
  for (; done + 4 <= length; done += 4) target.setInt32(toAt + done, source.getInt32(at + done, true), true);
  for (; done < length; done++) target.setUint8(toAt + done, source.getUint8(at + done));
}
