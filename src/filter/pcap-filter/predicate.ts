/**
 * What a pcap-filter text asks of a frame of one link type, after libpcap's unoptimised code (`tcpdump -O -d`):
 *
 *   program   = { number that is computed first } predicate
 *   predicate = constant | comparison | store | protochain | not predicate | predicate { ("and" | "or") predicate }
 *   number    = constant | length on the wire | load | cell | number operator number
 *
 * All is unsigned, of 32 bits, and evaluated from left to right, as far as the answer is open. A load that is not
 * wholly inside the captured octets, and a division by zero, end it at once: the frame does not match, whatever
 * stands around. Multi-octet loads are in network order.
 */

export type NumberOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";

export type Value =
  | { readonly kind: "constant"; readonly value: number }
  /** Octets the frame had on the wire. */
  | { readonly kind: "wire" }
  /** The octets at `base + offset`, where base is 0 if undefined; the sum is taken modulo 2^32. */
  | { readonly kind: "load"; readonly base: Value | undefined; readonly offset: number; readonly size: 1 | 2 | 4 }
  /** What a store wrote, 0 before: libpcap's scratch memory. */
  | { readonly kind: "cell"; readonly cell: number }
  | { readonly kind: "operation"; readonly operator: NumberOperator; readonly left: Value; readonly right: Value };

export type Comparison = "==" | ">" | ">=" | "&";

export type Predicate =
  | { readonly kind: "constant"; readonly value: boolean }
  /** `&`: some bit is set in both. */
  | { readonly kind: "comparison"; readonly operator: Comparison; readonly left: Value; readonly right: Value }
  /** True, and `cell` holds the value from now on. */
  | { readonly kind: "store"; readonly cell: number; readonly value: Value }
  | Protochain
  | { readonly kind: "not"; readonly of: Predicate }
  /** Flat, and from left to right: `a or b and c` is (a or b) and c. */
  | { readonly kind: "chain"; readonly first: Predicate; readonly rest: readonly Link[] };

export interface Link {
  readonly operator: "and" | "or";
  readonly term: Predicate;
}

/**
 * libpcap's `protochain`: from the network header at `base + offset` on, follow the headers until one has the number
 * `protocol` (true) or cannot be followed (false). `version` 4 looks through AH only, 6 through the extension headers too.
 */
export interface Protochain {
  readonly kind: "protochain";
  readonly version: 4 | 6;
  readonly base: Value | undefined;
  readonly offset: number;
  readonly protocol: number;
}

export interface PredicateProgram {
  /** Computed before all else, for their faults (a radiotap header's length). */
  readonly first: readonly Value[];
  readonly predicate: Predicate;
}
