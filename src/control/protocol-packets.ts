/** The part of the protocol (protocol.ts) that speaks of single packets, and of what filters say of them. */

/** A packet of a capture, as one line that tcpdump's readers know. */
export interface PacketLine {
  /** From 1. */
  readonly number: number;
  /** ns since 1970; null where the record has none. */
  readonly time: string | null;
  readonly captured: number;
  readonly wire: number;
  /** LINKTYPE_ number. */
  readonly linkType: number;
  readonly line: string;
}

export interface PacketPage {
  readonly packets: readonly PacketLine[];
  /** Number of the packet to go on from; null where there are no more. */
  readonly next: number | null;
}

export interface PacketField {
  /** As tshark has it: `ip.src`. */
  readonly name: string;
  readonly label: string;
  /** Octets [from, to) of the packet. */
  readonly from: number;
  readonly to: number;
  /** Which bits of them; null where all. */
  readonly mask: number | null;
  readonly value: string;
  /** pcap-filter text for packets that have this value, where there is one. */
  readonly filter: string | null;
}

export interface PacketLayer {
  readonly name: string;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** It goes on beyond what was captured. */
  readonly cut: boolean;
  readonly fields: readonly PacketField[];
}

export interface PacketDetail extends PacketLine {
  /** What was captured, in hex: all of it, or the first 65,536 octets. */
  readonly octets: string;
  /** There are more than those. */
  readonly octetsCut: boolean;
  readonly layers: readonly PacketLayer[];
}

/** How much of a capture a text matches. */
export interface MatchReport {
  readonly packets: number;
  readonly matches: number;
  /** The first of them. */
  readonly samples: readonly PacketLine[];
}

/** One atom, as it was evaluated on a packet. */
export interface AtomExplanation {
  /** The atom as DPF text. */
  readonly text: string;
  /** Octets of the packet that it read, or would have; null where it reads none. */
  readonly from: number | null;
  readonly to: number | null;
  /** What it found, in words; null where it was not evaluated, since one before it failed. */
  readonly found: string | null;
  /** What it wants, in words. */
  readonly wanted: string;
  readonly outcome: "holds" | "differs" | "beyond" | "not-reached";
}

export interface ConjunctionExplanation {
  readonly matches: boolean;
  /** Bits that it tests, which decide between claims. */
  readonly bits: number;
  readonly atoms: readonly AtomExplanation[];
}

/** A primitive of a pcap-filter text, as it was evaluated. */
export interface TermExplanation {
  readonly text: string;
  /** Where it stands in the filter's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** `fault`: it asked for octets that were not captured, or divided by 0, which rejects the packet. */
  readonly outcome: "true" | "false" | "fault" | "not-reached";
  /** What it loaded: octets [from, to), and their value. */
  readonly loads: readonly { readonly from: number; readonly to: number; readonly value: number | null }[];
}

export interface FilterExplanation {
  readonly name: string;
  readonly language: "dpf" | "pcap-filter";
  readonly matches: boolean;
  readonly conjunctions: readonly ConjunctionExplanation[];
  /** What the residual predicate said; null where there is none, or it was not asked. */
  readonly residual: boolean | null;
  /** Of a pcap-filter text. */
  readonly terms: readonly TermExplanation[];
  /** What else is to be known: that libpcap's optimiser may answer otherwise, that the text is none for this link type. */
  readonly notes: readonly string[];
}

export interface PacketExplanation {
  readonly packet: PacketLine;
  /** Who would get it, if all filters were claims of one priority; null where none matches. */
  readonly winner: string | null;
  /** Why: the bits that it tests and those of the next. */
  readonly reason: string;
  /** In the order that was asked for; of all that are stored, the first 200 by name. */
  readonly filters: readonly FilterExplanation[];
  /** How many filters there are to explain. */
  readonly total: number;
}
