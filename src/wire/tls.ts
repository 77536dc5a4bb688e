/** The name that a TLS client asks for in the clear: RFC 8446 §4.1.2 and §5.1, RFC 6066 §3; SSL's older records are not read. */
import { u8, u16, u24 } from "./octets.js";

/** Where a client hello's server name lies. */
export interface ServerName {
  readonly from: number;
  readonly to: number;
}

/** Whether a client hello begins at `at`: a handshake record whose first message is one. */
export function isClientHello(octets: Uint8Array, at: number, end: number): boolean {
  return at + 9 <= end && u8(octets, at) === 22 && u8(octets, at + 1) === 3 && u8(octets, at + 5) === 1;
}

/** The server name of the client hello at `at`, or undefined where it has none or that is cut. */
export function clientHelloName(octets: Uint8Array, at: number, end: number): ServerName | undefined {
  if (!isClientHello(octets, at, end)) return undefined;
  const to = Math.min(end, at + 9 + u24(octets, at + 6));
  // Version and random; then the session, the ciphers and the compressions, each with its length in front.
  let place = at + 9 + 34;
  if (place >= to) return undefined;
  place += 1 + u8(octets, place);
  if (place + 2 > to) return undefined;
  place += 2 + u16(octets, place);
  if (place >= to) return undefined;
  place += 1 + u8(octets, place);
  return place + 2 > to ? undefined : nameExtension(octets, place + 2, to);
}

function nameExtension(octets: Uint8Array, from: number, to: number): ServerName | undefined {
  for (let place = from; place + 4 <= to; place += 4 + u16(octets, place + 2)) {
    if (u16(octets, place) !== 0) continue;
    // A list of names with one entry: its kind is 0, a host's name.
    if (place + 9 > to || u8(octets, place + 6) !== 0) return undefined;
    const name = { from: place + 9, to: place + 9 + u16(octets, place + 7) };
    return name.to <= to ? name : undefined;
  }
  return undefined;
}
