/**
 * The real clock, and arithmetic on capture times: ns since 1970 as two unsigned 32-bit halves, so
 * that no BigInt is made for a packet. Who else asks the real clock is listed in tests/layout.test.ts.
 */

const TWO_32 = 4_294_967_296;

/** Monotonic wall time in ns; the origin means nothing. */
export function wallNs(): number {
  return performance.now() * 1e6;
}

/** Wall time in ms since 1970, for expiry and for people. */
export function wallMs(): number {
  return Date.now();
}

/** `a - b` in ns; exact below 2^53 ns (104 days), rounded beyond. */
export function timeDifference(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return (aHigh - bHigh) * TWO_32 + (aLow - bLow);
}

/** The halves of the time that is whole `ns` later, 0 to 2^53. */
export function laterLow(low: number, ns: number): number {
  // The remainder of a number that need not be a word takes longer than all else here.
  if (low + ns < TWO_32) return low + ns;
  return (low + (ns % TWO_32)) % TWO_32;
}

export function laterHigh(high: number, low: number, ns: number): number {
  if (low + ns < TWO_32) return high >>> 0;
  return (high + Math.floor(ns / TWO_32) + (low + (ns % TWO_32) >= TWO_32 ? 1 : 0)) >>> 0;
}

export function timeToBigInt(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

export function timeToText(high: number, low: number): string {
  return timeToBigInt(high, low).toString();
}

/** The halves of a decimal time, or undefined where it is none of 64 bits. */
export function timeFromText(text: string): { high: number; low: number } | undefined {
  if (!/^\d{1,20}$/.test(text)) return undefined;
  const time = BigInt(text);
  if (time >> 64n !== 0n) return undefined;
  return { high: Number(time >> 32n), low: Number(time & 0xffffffffn) };
}
