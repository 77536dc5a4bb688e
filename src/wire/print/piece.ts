/**
 * What a printer is given: a stretch of a frame that begins with the printer's own header. A printer looks at octets below
 * `end` only, so it asks `has` before it reads; it answers text without line ends and never throws.
 */
export interface Piece {
  readonly octets: Uint8Array;
  readonly at: number;
  /** Behind the last captured octet that belongs to it. */
  readonly end: number;
  /** Where it ended on the wire: at `end`, or beyond it where octets were not captured. */
  readonly wireEnd: number;
  /** Network layers entered so far, each within the one before. */
  readonly depth: number;
  /** Prints what a tunnel carries, given its EtherType. */
  readonly inner: (type: number, piece: Piece) => string;
}

/** The EtherType of a whole Ethernet frame inside something else (transparent bridging, RFC 1701). */
export const BRIDGED = 0x6558;

/** Whether its first `octets` octets were captured. */
export function has(piece: Piece, octets: number): boolean {
  return piece.at + octets <= piece.end;
}

/** How long it was on the wire. */
export function lengthOf(piece: Piece): number {
  return piece.wireEnd - piece.at;
}

/** What comes after its first `skip` octets; nothing where it has no more. */
export function after(piece: Piece, skip: number): Piece {
  const at = Math.min(piece.at + skip, piece.wireEnd);
  return { ...piece, at, end: Math.max(piece.end, at) };
}

/** The same, ending at `wireEnd` already: what comes behind is padding. */
export function upTo(piece: Piece, wireEnd: number): Piece {
  if (wireEnd >= piece.wireEnd) return piece;
  const to = Math.max(wireEnd, piece.at);
  return { ...piece, end: Math.min(piece.end, to), wireEnd: to };
}

/** The two ends of a packet; without `source` and `destination` where these have been printed already. */
export interface Ends {
  readonly source: string;
  readonly destination: string;
  readonly printed: boolean;
  /** Whether this is a first fragment: what its header counts goes on in other packets. */
  readonly fragment: boolean;
}

export function printHosts({ source, destination, printed }: Ends): string {
  return printed ? "" : `${source} > ${destination}: `;
}

export function printPorts({ source, destination, printed }: Ends, from: number, to: number): string {
  return printed ? `${from} > ${to}: ` : `${source}.${from} > ${destination}.${to}: `;
}
