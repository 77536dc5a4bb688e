/**
 * The tree of a pcap-filter(7) text, before any link type is known.
 *
 *   expression = chain | not | primitive
 *   chain      = expression { ("and" | "or") expression }     both bind alike, from left to right
 *   primitive  = identity | named | relation | size | broadcast | multicast | encapsulation | frame | special
 *
 * A chain is flat, so that a text of ten thousand terms is no tree of ten thousand levels; parentheses and `not` alone
 * nest. Qualifiers are resolved: `tcp port 80 or 443` has two identities, both with protocol, direction and kind.
 */

/** Offsets into the text, in UTF-16 units. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Protocol qualifiers, by pcap-filter's own word; synonyms (ether, fddi, tr, wlan, ppp, slip: link) are one. */
export const PROTOCOLS = [
  "link",
  "ip",
  "arp",
  "rarp",
  "sctp",
  "tcp",
  "udp",
  "icmp",
  "igmp",
  "igrp",
  "pim",
  "vrrp",
  "carp",
  "atalk",
  "aarp",
  "decnet",
  "lat",
  "sca",
  "moprc",
  "mopdl",
  "ip6",
  "icmp6",
  "ah",
  "esp",
  "iso",
  "esis",
  "isis",
  "clnp",
  "stp",
  "ipx",
  "netbeui",
  "l1",
  "l2",
  "iih",
  "lsp",
  "snp",
  "csnp",
  "psnp",
  "radio",
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export type Direction =
  | "src"
  | "dst"
  | "src or dst"
  | "src and dst"
  | "addr1"
  | "addr2"
  | "addr3"
  | "addr4"
  | "ra"
  | "ta";

export type IdentityKind = "host" | "net" | "port" | "portrange" | "gateway" | "proto" | "protochain";

export type Value =
  /** Also a range of ports, `1-1024`. `escaped`: it was written with a backslash, which is no part of the text. */
  | { readonly kind: "name"; readonly text: string; readonly escaped: boolean }
  | { readonly kind: "number"; readonly value: number }
  /**
   * Two to four numbers as written (`10.1`): `octets` has as many as there were; `mask` is `/24` or `mask 255.255.0.0`.
   * Octets are 0 to 255, except after `decnet` and without a mask, where they are area and node, as written.
   */
  | { readonly kind: "ipv4"; readonly octets: readonly number[]; readonly mask: Mask | undefined }
  /** Sixteen octets; `bits` undefined where no `/` was written. */
  | { readonly kind: "ipv6"; readonly octets: readonly number[]; readonly bits: number | undefined }
  | { readonly kind: "mac"; readonly octets: readonly number[] }
  /** ARCnet's address, `$2a`; the octet is the one that libpcap compares: 0xd0 with the first digit below (lexer.ts). */
  | { readonly kind: "arcnet"; readonly octet: number };

export type Mask =
  | { readonly kind: "bits"; readonly bits: number }
  | { readonly kind: "dotted"; readonly octets: readonly number[] };

export type Expression = (Chain | Not | Primitive) & Place;

export interface Chain {
  readonly kind: "chain";
  readonly first: Expression;
  readonly rest: readonly { readonly operator: "and" | "or"; readonly term: Expression }[];
}

export interface Not {
  readonly kind: "not";
  readonly of: Expression;
}

export type Primitive =
  | Identity
  /** A protocol's word alone: `tcp`, `ip6`, `stp`. */
  | { readonly kind: "named"; readonly protocol: Protocol; readonly word: string }
  | { readonly kind: "relation"; readonly operator: Relation; readonly left: Arithmetic; readonly right: Arithmetic }
  /** `less n`: at most n octets on the wire; `greater n`: at least n. */
  | { readonly kind: "size"; readonly word: "less" | "greater"; readonly octets: number }
  | { readonly kind: "broadcast" | "multicast"; readonly protocol: Protocol | undefined; readonly word: string }
  | {
      readonly kind: "encapsulation";
      readonly word: "vlan" | "mpls" | "pppoed" | "pppoes" | "geneve";
      readonly number: number | undefined;
    }
  /**
   * 802.11: `type`, `subtype` (both where `type mgt subtype beacon` was written), `dir`. Words are known ones, in lower
   * case (special-words.ts has their numbers); numbers of types and subtypes have no bits beyond their field.
   */
  | {
      readonly kind: "frame";
      readonly type?: WordOrNumber;
      readonly subtype?: WordOrNumber;
      readonly dir?: WordOrNumber;
    }
  /** `llc`, `llc i`, `llc rr` …: a known form, in lower case. */
  | { readonly kind: "llc"; readonly form: string | undefined }
  | { readonly kind: "inbound" | "outbound" }
  | { readonly kind: "ifindex"; readonly number: number }
  /** `byte 12 = 8`, libpcap's CBYTE: octet, operator, value. */
  | {
      readonly kind: "byte";
      readonly octet: number;
      readonly operator: "=" | "<" | ">" | "&" | "|";
      readonly value: number;
    }
  /**
   * What exists for link types of few (ATM, MTP2, pf). Words that mean the same are one: `on` (ifname), `rset`
   * (ruleset), `rnr` (rulenum), `srnr` (subrulenum), `lssu` (lsu). `vpi (1 or 2)` has two operands and no operator; what
   * `reason` and `action` name is known and in lower case.
   */
  | {
      readonly kind: "special";
      readonly word: string;
      readonly operands: readonly WordOrNumber[];
      readonly operator?: Relation;
    };

export type WordOrNumber = string | number;

export interface Identity {
  readonly kind: "identity";
  /** Undefined where none was written, as for the other two. */
  readonly protocol: Protocol | undefined;
  /** The protocol's word as written (`wlan`, `ether`), for messages. */
  readonly word: string | undefined;
  readonly direction: Direction | undefined;
  readonly of: IdentityKind | undefined;
  readonly value: Value;
}

export type Relation = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** 32 bits, unsigned. */
export type Arithmetic = (
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "len" }
  /** `protocol [ offset : size ]`, size 1, 2 or 4. */
  | {
      readonly kind: "load";
      readonly protocol: Protocol;
      readonly word: string;
      readonly offset: Arithmetic;
      readonly size: 1 | 2 | 4;
    }
  | { readonly kind: "negate"; readonly of: Arithmetic }
  | {
      readonly kind: "binary";
      readonly operator: "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    }
) &
  Place;
