/**
 * What a pcap-filter text asks of a frame of one link type, after libpcap's unoptimised code (`tcpdump -O -d`):
 *
 *   predicate = constant | comparison | store | protochain | not predicate | predicate { ("and" | "or") predicate }
 *   number    = constant | length on the wire | load | cell | number operator number
 *
 * All is unsigned, of 32 bits, and evaluated from left to right, as far as the answer is open. A load that is not
 * wholly inside the captured octets, and a division by zero, end it at once: the frame does not match, whatever
 * stands around. Multi-octet loads are in network order. A shift by 32 or more gives 0. Where a header's length varies
 * (radiotap's), it is a store in front of all else, and ends it likewise.
 */

import type { Place } from "./ast.js";

export type NumberOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";

export type Value =
  | { readonly kind: "constant"; readonly value: number }
  /** Octets the frame had on the wire. */
  | { readonly kind: "wire" }
  /** The LINKTYPE_ number, where one predicate is for frames of several. */
  | { readonly kind: "link" }
  /** The octets at `base + offset`, where base is 0 if undefined; a sum of 2^32 or more lies outside of every frame. */
  | { readonly kind: "load"; readonly base: Value | undefined; readonly offset: number; readonly size: 1 | 2 | 4 }
  /** What a store wrote, 0 before: libpcap's scratch memory. */
  | { readonly kind: "cell"; readonly cell: number }
  | { readonly kind: "operation"; readonly operator: NumberOperator; readonly left: Value; readonly right: Value };

export type Comparison = "==" | ">" | ">=" | "&";

export type Predicate = PredicateForm & {
  /** The primitive of the text that it is, where it is one: for explanations. */
  readonly place?: Place;
};

export type PredicateForm =
  | { readonly kind: "constant"; readonly value: boolean }
  /** `&`: some bit is set in both. */
  | { readonly kind: "comparison"; readonly operator: Comparison; readonly left: Value; readonly right: Value }
  /** True, and `cell` holds the value from now on. */
  | { readonly kind: "store"; readonly cell: number; readonly value: Value }
  | Protochain
  | { readonly kind: "not"; readonly of: Predicate }
  /** Flat, and from left to right: `a or b and c` is (a or b) and c. */
  | { readonly kind: "chain"; readonly first: Predicate; readonly rest: readonly Step[] };

export interface Step {
  readonly operator: "and" | "or";
  readonly term: Predicate;
}

/** More than fit an Ethernet frame. */
export const MAX_CHAIN_HEADERS = 256;

/**
 * libpcap's `protochain`: from the network header at `base + offset` on, follow the headers until one has the number
 * `protocol` (true) or cannot be followed (false). `version` 4 looks through AH only, 6 through the extension headers too.
 * With `at` for `base + offset`, and octets there as o[at]:
 *
 *   4: number = o[at + 9], x = (o[at] & 15) * 4;  6: number = o[at + 6], x = 40
 *   until number is `protocol` (true) or 59 (false):
 *     0, 43, 44, 60, of version 6 only:  number = o[at + x], x = x + (o[at + x + 1] + 1) * 8
 *     51:                                number = o[at + x], x = (o[at + x + 1] + 2) * 4
 *     another: false
 *
 * That 51 (AH) forgets where it was is libpcap's; a chain can thus run in a circle, which libpcap does not leave. Here a
 * chain of more than MAX_CHAIN_HEADERS headers is false.
 */
export interface Protochain {
  readonly kind: "protochain";
  readonly version: 4 | 6;
  readonly base: Value | undefined;
  readonly offset: number;
  readonly protocol: number;
}
