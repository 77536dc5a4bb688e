/**
 * TCP options: maximum segment size (RFC 9293 §3.2), window scale and timestamps (RFC 7323 §2, §3),
 * selective acknowledgments (RFC 2018 §2, §3). Unknown kinds are stepped over by their length.
 */
import { u8, u16, u32 } from "./octets.js";

const Kind = { end: 0, noOperation: 1, mss: 2, windowScale: 3, sackPermitted: 4, sack: 5, timestamps: 8 } as const;

/** RFC 7323 §2.3: larger shifts are taken as 14. */
const MAX_WINDOW_SCALE = 14;

/** Only what the segment carried, in well-formed options. */
export interface TcpOptions {
  mss?: number;
  windowScale?: number;
  sackPermitted?: true;
  /** Left and right edge of each block. */
  sack?: readonly (readonly [left: number, right: number])[];
  timestamp?: { readonly value: number; readonly echo: number };
}

/** Reads the options of `[at, end)`; stops at the first whose length lies. */
export function parseTcpOptions(octets: Uint8Array, at: number, end: number): TcpOptions {
  const options: TcpOptions = {};
  let next = at;
  while (next < end) {
    const kind = u8(octets, next);
    if (kind === Kind.end) break;
    if (kind === Kind.noOperation) {
      next++;
      continue;
    }
    const length = next + 1 < end ? u8(octets, next + 1) : 0;
    if (length < 2 || next + length > end) break;
    take(options, octets, kind, next + 2, length - 2);
    next += length;
  }
  return options;
}

/** `at` and `length`: the option's data. */
function take(options: TcpOptions, octets: Uint8Array, kind: number, at: number, length: number): void {
  if (kind === Kind.mss && length === 2) options.mss = u16(octets, at);
  else if (kind === Kind.windowScale && length === 1) options.windowScale = Math.min(u8(octets, at), MAX_WINDOW_SCALE);
  else if (kind === Kind.sackPermitted && length === 0) options.sackPermitted = true;
  else if (kind === Kind.timestamps && length === 8) {
    options.timestamp = { value: u32(octets, at), echo: u32(octets, at + 4) };
  } else if (kind === Kind.sack && length % 8 === 0) {
    options.sack = Array.from({ length: length / 8 }, (_, i) => [u32(octets, at + 8 * i), u32(octets, at + 8 * i + 4)]);
  }
}
