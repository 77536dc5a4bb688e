/**
 * Names of "exonet/ash" and members of what it makes, for completion: written by hand from src/ash/language.d.ts, each with the first
 * sentence that stands there of it. tests/dashboard/ash-names.test.ts compares.
 */

export interface AshName {
  readonly name: string;
  readonly kind: "type" | "constant" | "function" | "property" | "method";
  /** What it takes and gives. */
  readonly detail: string;
  readonly info: string;
}

function names(kind: AshName["kind"], rows: readonly (readonly [string, string, string])[]): AshName[] {
  return rows.map(([name, detail, info]) => ({ name, kind, detail, info }));
}

const LOW_BITS = "The low bits of a number, as this type has them.";

export const NAMES: readonly AshName[] = [
  ...names("type", [
    ["Message", "", "The message, where it lies."],
    ["Outcome", "", "What a handler gives back: pass, consume or passTo(k)."],
  ]),
  ...names("constant", [
    ["pass", "Outcome", "The message goes the way that it would have gone without a handler."],
    ["consume", "Outcome", "The message is done with."],
  ]),
  ...names("function", [
    ["i8", "(value): i8", LOW_BITS],
    ["u8", "(value): u8", LOW_BITS],
    ["i16", "(value): i16", LOW_BITS],
    ["u16", "(value): u16", LOW_BITS],
    ["i32", "(value): i32", LOW_BITS],
    ["u32", "(value): u32", LOW_BITS],
    ["i64", "(value): i64", LOW_BITS],
    ["u64", "(value): u64", LOW_BITS],
    ["bool", "(value): bool", "Whether it is not 0."],
    [
      "shape",
      "(fields)",
      "Fields by name, in the order in which they lie in memory: for records, arrays and tables of it.",
    ],
    [
      "record",
      "(fields or shape)",
      "One of a shape: `const seen = record({ packets: u64 })`, then `seen.packets += 1n`.",
    ],
    ["array", "(type or shape, length)", "So many of one type, from 0."],
    [
      "table",
      "(key, shape, capacity)",
      "A hash map of stated capacity from scalars, or shapes of scalars, to a shape.",
    ],
    [
      "passTo",
      "(k: u32): Outcome",
      "The message goes to the k-th environment that the binding names, from 0, and not to the owner.",
    ],
    ["reply", "(message): Frame", "A frame with the message's octets, at most 2,048 of them: a longer one kills."],
    ["frame", "(length: u32): Frame", "A frame of zeros."],
    ["fold16", "(sum: u32): u16", "RFC 1071: the sum's carries added in; not complemented."],
    [
      "patch16",
      "(checksum: u16, before: u16, after: u16): u16",
      "RFC 1624: the checksum after a field that it covers changed.",
    ],
    [
      "patch32",
      "(checksum: u16, before: u32, after: u32): u16",
      "RFC 1624: the checksum after a field that it covers changed.",
    ],
    ["swap16", "(value: u16): u16", "The octets in the other order."],
    ["swap32", "(value: u32): u32", "The octets in the other order."],
    ["wake", "(tag: u32)", "The owner is woken when the message is done with, and told the tag."],
    [
      "transfer",
      "(k: u32, a: u32, b: u32, c: u32): boolean",
      "An asynchronous protected control transfer to the k-th environment that the binding names; whether it was taken.",
    ],
    ["checksum", "()", "Internet checksum (RFC 1071): the sum of 16-bit words in network order, not complemented."],
    ["crc32", "()", "CRC-32 (IEEE 802.3)."],
    ["byteswap16", "()", "Each 16 or 32 bits in the other order of octets."],
    ["byteswap32", "()", "Each 16 or 32 bits in the other order of octets."],
    ["xor", "(key: u32)", "Each word of 32 bits, in network order, exclusive-or the key, which may be set."],
    ["copy", "()", "No change: what a copy is made of."],
    ["map", "(gauge, change, options?)", "A pipe that changes each word of so many bits."],
    [
      "fold",
      "(gauge, accumulator, gather, options?)",
      "A pipe that gathers: what it had, and a word, give what it has then.",
    ],
    ["pipeline", "(...pipes)", "Pipes composed into one loop: the data is touched once."],
  ]),
];

const LOADS = "Loads in network order.";
const IN_ORDER = "Octets in the state or of a frame; numbers in network order.";
const LENGTH: readonly (readonly [string, string, string])[] = [["length", "u32", "How many there are."]];

const OCTETS: readonly AshName[] = [
  ...names("property", LENGTH),
  ...names("method", [
    ["u16", "(offset: u32): u16", IN_ORDER],
    ["u32", "(offset: u32): u32", IN_ORDER],
    ["u64", "(offset: u32): u64", IN_ORDER],
    ["setU16", "(offset: u32, value: u16)", IN_ORDER],
    ["setU32", "(offset: u32, value: u32)", IN_ORDER],
    ["setU64", "(offset: u32, value: u64)", IN_ORDER],
  ]),
];

/** By interface of the declaration, what it inherits included. */
export const MEMBERS = {
  Message: [
    ...names("property", [
      ["length", "u32", "Octets that were captured, and are there."],
      ["wire", "u32", "Octets that it had on its link."],
      ["time", "u64", "Capture time, ns since 1970."],
      ["port", "u32", "The port that it came in by."],
      ["link", "u32", "Its link type: 1 is Ethernet."],
      ["number", "u32", "Its number, from 1, modulo 2^32."],
    ]),
    ...names("method", [
      ["i8", "(offset: u32): i8", LOADS],
      ["u8", "(offset: u32): u8", LOADS],
      ["i16", "(offset: u32): i16", LOADS],
      ["u16", "(offset: u32): u16", LOADS],
      ["i32", "(offset: u32): i32", LOADS],
      ["u32", "(offset: u32): u32", LOADS],
      ["i64", "(offset: u32): i64", LOADS],
      ["u64", "(offset: u32): u64", LOADS],
      [
        "vector",
        "(from: u32, length: u32, to: Octets, at: u32)",
        "Vectors: copies octets [from, from + length) of the message to `to`, from its octet `at` on.",
      ],
    ]),
  ],
  List: names("property", LENGTH),
  Places: names("property", LENGTH),
  Octets: OCTETS,
  Frame: [
    ...OCTETS,
    ...names("method", [
      [
        "swap",
        "(a: u32, b: u32, octets: u32)",
        "Puts two stretches of as many octets in each other's place; where they overlap it kills.",
      ],
      ["copy", "(message, from: u32, length: u32, at: u32)", "Copies octets of the message to the frame's octet `at`."],
      ["resize", "(length: u32)", "From here on it has so many octets; new ones are zeros."],
      [
        "send",
        "(port?: u32): boolean",
        "Sends it under the binding's transmit capability, by the port that the message came in by unless told; whether the port took it.",
      ],
    ]),
  ],
  Table: [
    ...names("property", [
      ["size", "u32", "Entries that there are."],
      ["capacity", "u32", "Entries that there may be."],
    ]),
    ...names("method", [
      ["find", "(key)", "The key's entry, or undefined."],
      [
        "enter",
        "(key)",
        "The key's entry; one of zeros where there was none, for which the least recently used one leaves where the table is full.",
      ],
      ["delete", "(key): boolean", "Whether there was one."],
    ]),
  ],
  Gathering: names("property", [
    ["value", "number or bigint", "What it has gathered; it may be set before, and read after."],
  ]),
  Pipeline: names("method", [
    [
      "run",
      "(message, from: u32, length: u32, to: Octets, at: u32)",
      "Octets [from, from + length) of the message go through the pipes, in their order, once, into `to` from octet `at` on, a multiple of 4.",
    ],
    ["read", "(message, from: u32, length: u32)", "The same, and nothing is stored: for pipes that gather."],
  ]),
} as const;

export type AshInterface = keyof typeof MEMBERS;
