/**
 * What few link types have: the log of OpenBSD's packet filter (if_pflog.h), circuits and signalling of ATM (ITU-T Q.2931)
 * behind Sun's header, SS7's MTP2 and MTP3 (ITU-T Q.703, Q.704).
 */
import type { Primitive, Relation } from "../ast.js";
import type { Comparison, Predicate, Value } from "../predicate.js";
import { pfActionOf, pfReasonOf } from "../special-words.js";
import { and, compare, equal, not, or } from "./compose.js";
import { ETHERNET } from "./link-layer.js";
import { type Scope, scopeOffset } from "./scope.js";

export type Special = Extract<Primitive, { readonly kind: "special" }>;

export function special(scope: Scope, of: Special): Predicate {
  if (PF_WORDS.has(of.word)) return pf(scope, of);
  if (of.word in MTP3_FIELDS) return mtp3(scope, of);
  if (MTP2_WORDS.has(of.word)) return mtp2(scope, of.word);
  return atm(scope, of);
}

const PF_WORDS = new Set(["on", "rset", "rnr", "srnr", "reason", "action"]);
const PF_NAME = 16;

function pf(scope: Scope, { word, operands: [operand = ""] }: Special): Predicate {
  if (scope.layer.family !== "pflog") {
    return scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no log of a packet filter`);
  }
  switch (word) {
    case "on":
      return pfName(scope, 4, String(operand));
    case "rset":
      return pfName(scope, 20, String(operand));
    case "rnr":
      return equal(scope.load("header", 36, 4), Number(operand));
    case "srnr":
      return equal(scope.load("header", 40, 4), Number(operand));
    case "reason":
      return equal(scope.load("header", 3, 1), pfNumber(operand, pfReasonOf));
    default:
      return equal(scope.load("header", 2, 1), pfNumber(operand, pfActionOf));
  }
}

function pfNumber(operand: string | number, named: (word: string) => number | undefined): number {
  const number = typeof operand === "number" ? operand : named(operand);
  if (number === undefined) throw new Error(`special: the parser let "${operand}" pass`);
  return number;
}

/** As a prefix, from its end in steps of 4, 2 and 1 octets. */
function pfName(scope: Scope, at: number, name: string): Predicate {
  const octets = new TextEncoder().encode(name);
  if (octets.length >= PF_NAME) {
    return scope.refuse("E_LENGTH", `the log has names of at most ${PF_NAME - 1} octets, this has ${octets.length}`);
  }
  const tests: Predicate[] = [];
  let left = octets.length;
  while (left > 0) {
    const size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    left -= size;
    const value = octets.subarray(left, left + size).reduce((sum, octet) => ((sum << 8) | octet) >>> 0, 0);
    tests.push(equal(scope.load("header", at + left, size), value));
  }
  return and(...tests);
}

const RELATIONS: Record<Relation, { readonly operator: Comparison; readonly holds: boolean }> = {
  "=": { operator: "==", holds: true },
  // libpcap turns comparisons of order around, but not this one.
  "!=": { operator: "==", holds: true },
  ">": { operator: ">", holds: true },
  "<=": { operator: ">", holds: false },
  ">=": { operator: ">=", holds: true },
  "<": { operator: ">=", holds: false },
};

/** The operands are alternatives; what is compared is made from each. */
function field(scope: Scope, of: Special, load: () => Value, coded: (operand: number) => number): Predicate {
  const { operator, holds } = RELATIONS[of.operator ?? "="];
  const tests = of.operands.map((operand) => {
    const test = compare(load(), operator, coded(Number(operand)));
    return holds ? test : not(test);
  });
  return tests.length === 0 ? scope.refuse("E_SYNTAX", `\`${of.word}\` wants a number`) : or(...tests);
}

const CIRCUITS: ReadonlyMap<string, number> = new Map([
  ["metac", 1],
  ["bcc", 2],
  ["oamf4sc", 3],
  ["oamf4ec", 4],
  ["sc", 5],
  ["ilmic", 16],
]);

/** Q.2931: release complete, release, connect acknowledge, connect, call proceeding, setup. */
const MESSAGES = [0x5a, 0x4d, 0x0f, 0x07, 0x02, 0x05];
const CONNECT_ACKNOWLEDGE = 0x0f;
const MESSAGE_TYPE = 9;
const LANE = 1;

function atm(scope: Scope, of: Special): Predicate {
  if (!scope.atm) return scope.refuse("E_LINK_TYPE", `\`${of.word}\` is for ATM with Sun's header`);
  const path = () => scope.load("header", 1, 1);
  const circuit = () => scope.load("header", 2, 2);
  const messages = (types: readonly number[]) =>
    or(...types.map((type) => equal(scope.load("header", MESSAGE_TYPE, 1), type)));
  const onCircuit = (number: number) => and(equal(path(), 0), equal(circuit(), number));
  switch (of.word) {
    case "vpi":
      return field(scope, of, path, (operand) => operand);
    case "vci":
      return field(scope, of, circuit, (operand) => operand);
    case "lane":
      return lane(scope);
    case "oam":
    case "oamf4":
      return and(equal(path(), 0), or(equal(circuit(), 3), equal(circuit(), 4)));
    case "connectmsg":
      return and(onCircuit(5), messages(MESSAGES));
    case "metaconnect":
      return and(onCircuit(1), messages(MESSAGES.filter((type) => type !== CONNECT_ACKNOWLEDGE)));
    default: {
      const number = CIRCUITS.get(of.word);
      if (number === undefined) throw new Error(`special: the parser let "${of.word}" pass`);
      return onCircuit(number);
    }
  }
}

/** LAN emulation: what stands to the right asks the Ethernet frame behind an LE header of two octets. */
function lane(scope: Scope): Predicate {
  const test = equal(scope.load("header", 0, 1, 0x0f), LANE);
  const header = scope.outermost.payload + 2;
  scope.push(ETHERNET, scopeOffset(header));
  scope.type = { ...scope.type, constant: header + ETHERNET.type };
  scope.payload = { ...scope.payload, constant: header + ETHERNET.payload };
  scope.network = ETHERNET.network;
  scope.withoutSnap = ETHERNET.withoutSnap;
  return test;
}

/** What stands before MTP2's own header. */
const PSEUDO_HEADERS: ReadonlyMap<number, number> = new Map([
  [140, 0],
  [139, 4],
  [197, 20],
]);
const MTP2_WORDS = new Set(["fisu", "lssu", "msu", "hfisu", "hlssu", "hmsu"]);

/** By the length indicator: none is a fill-in unit, up to two a link status, more a message. High-speed links have a wider one. */
function mtp2(scope: Scope, word: string): Predicate {
  const before = PSEUDO_HEADERS.get(scope.layer.number);
  if (before === undefined) return scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no signal units of SS7`);
  const high = word.startsWith("h");
  const length = () => (high ? scope.load("frame", before + 4, 2, 0xff80) : scope.load("frame", before + 2, 1, 0x3f));
  const most = high ? 0x0100 : 2;
  switch (high ? word.slice(1) : word) {
    case "fisu":
      return equal(length(), 0);
    case "lssu":
      return and(compare(length(), ">", 0), not(compare(length(), ">", most)));
    default:
      return compare(length(), ">", most);
  }
}

interface Mtp3Field {
  readonly at: number;
  readonly size: 1 | 2 | 4;
  readonly mask: number;
  readonly most: number;
  /** From a point code's number to how its bits lie in the frame. */
  readonly coded: (value: number) => number;
}

const HIGH_SPEED = 3;
const PLAIN: Record<string, Mtp3Field> = {
  sio: { at: 3, size: 1, mask: 0xffffffff, most: 255, coded: (value) => value },
  opc: {
    at: 4,
    size: 4,
    mask: 0x00c0ff0f,
    most: 16383,
    coded: (value) => ((value & 0x3c00) >> 10) + ((value & 0x3fc) << 6) + ((value & 3) << 22),
  },
  dpc: {
    at: 4,
    size: 4,
    mask: 0xff3f0000,
    most: 16383,
    coded: (value) => (((value & 0xff) << 24) >>> 0) + ((value & 0x3f00) << 8),
  },
  sls: { at: 7, size: 1, mask: 0xf0, most: 15, coded: (value) => value << 4 },
};

const MTP3_FIELDS: Record<string, Mtp3Field> = {
  ...PLAIN,
  ...Object.fromEntries(Object.entries(PLAIN).map(([word, of]) => [`h${word}`, { ...of, at: of.at + HIGH_SPEED }])),
};

function mtp3(scope: Scope, of: Special): Predicate {
  const before = PSEUDO_HEADERS.get(scope.layer.number);
  const field3 = MTP3_FIELDS[of.word];
  if (before === undefined || field3 === undefined) {
    return scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no messages of SS7`);
  }
  const { at, size, mask, most, coded } = field3;
  const beyond = of.operands.find((operand) => Number(operand) > most);
  if (beyond !== undefined) return scope.refuse("E_VALUE", `\`${of.word}\` ${beyond}: there is none beyond ${most}`);
  return field(scope, of, () => scope.load("frame", before + at, size, mask), coded);
}
