/** Sequence numbers: RFC 9293 §3.4. Numbers are unsigned 32-bit and compared modulo 2^32. */

/** How far `to` lies after `from`; negative where it lies before. Right for distances below 2^31. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}

export function advance(seq: number, octets: number): number {
  return (seq + octets) >>> 0;
}
