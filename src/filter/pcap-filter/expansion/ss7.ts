/** SS7: MTP2's signal units (ITU-T Q.703) and MTP3's routing label (ITU-T Q.704), on links of either speed. */
import type { Predicate } from "../predicate.js";
import { and, compare, equal, not } from "./compose.js";
import { field, type Special } from "./field.js";
import type { Scope } from "./scope.js";

/** What stands before MTP2's own header. */
const PSEUDO_HEADERS: ReadonlyMap<number, number> = new Map([
  [140, 0],
  [139, 4],
  [197, 20],
]);
export const MTP2_WORDS: ReadonlySet<string> = new Set(["fisu", "lssu", "msu", "hfisu", "hlssu", "hmsu"]);

/** By the length indicator: none is a fill-in unit, up to two a link status, more a message. High-speed links have a wider one. */
export function mtp2(scope: Scope, word: string): Predicate {
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

export const MTP3_FIELDS: Record<string, Mtp3Field> = {
  ...PLAIN,
  ...Object.fromEntries(Object.entries(PLAIN).map(([word, of]) => [`h${word}`, { ...of, at: of.at + HIGH_SPEED }])),
};

export function mtp3(scope: Scope, of: Special): Predicate {
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
