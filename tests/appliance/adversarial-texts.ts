/**
 * Texts that somebody could upload to hurt: as deep, as wide, as explosive as the language allows, and beyond. Each
 * comes from a small generator; what is said of it is whether the language allows it.
 */
import { Chance } from "../seeded.js";

export interface Adversarial {
  readonly name: string;
  /** One, or a family that is uploaded one by one. */
  readonly texts: readonly string[];
  /** The language allows every one of them; the machine may still have no room. */
  readonly legal: boolean;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const or = (parts: readonly string[]) => parts.join(" || ");
const and = (parts: readonly string[]) => parts.join(" && ");
const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;
/** Each alternative with all that follow. */
const times = (alternatives: readonly string[], atoms: readonly string[]) => and([`(${or(alternatives)})`, ...atoms]);

const deep = (levels: number) => `${"(".repeat(levels)}0:8 == 1${")".repeat(levels)}`;
/** Groups with two alternatives each: 2^groups conjunctions. */
const doubling = (groups: number) => and(range(groups).map((at) => `(${at}:8 == 1 || ${at}:8 == 2)`));
/** Alternatives within alternatives, each a conjunction with the next. */
const ladder = (levels: number) =>
  range(levels).reduce((inner, at) => `(${at}:8 == 1 || ${at}:8 == 2 && ${inner})`, "9:8 == 9");
const bytes = (count: number, from = 0) => range(count).map((at) => `${from + at}:8 == ${at % 251}`);
const ports = (count: number, from = 0) => range(count).map((at) => `36:16 == ${from + at}`);
const excluded = (count: number) => range(count).map((at) => `0:32 != ${at * 3 + 1}`);
const sliding = (count: number, width: number, reach: number) =>
  range(count).map((at) => `30:32 in ${at * width}..${at * width + reach}`);
const nested = (count: number) => range(count).map((at) => `30:32 in ${at * 7}..${4_000_000_000 - at * 11}`);
const prefixes = range(32).map((bits) => `30:32 == ${10 - (10 % 2 ** Math.max(0, 8 - bits - 1))}.0.0.0/${bits + 1}`);
const shifts = (count: number, shift: (at: number) => string) => and([...range(count).map(shift), "0:8 == 1"]);
/** The bits of a number that is used once: no mask comes twice. */
const masks = (count: number, at = 0) =>
  range(count).map((index) => `${at}:32 & ${hex((index + 1) * 0x01010301)} == 0`);
const unaligned = (count: number) => range(count).map((at) => `${at}:32 == 0x41414141`);
const lengths = (count: number) => range(count).map((at) => `length in ${at * 2}..${at * 2 + 1 + (at % 7)}`);

/** Alternatives that each test `bits` bits of few octets at random: whether one such filter lies inside another is hard. */
function scattered(seed: number, count: number, bits: number): string {
  const chance = new Chance(seed);
  const bit = () => {
    const mask = 1 << chance.below(8);
    return `${chance.below(6)}:8 & ${mask} == ${chance.percent(50) ? mask : 0}`;
  };
  return or(range(count).map(() => and(range(bits).map(bit))));
}

/** Ranges of 32 bits at all offsets: each tells something of its neighbours' octets. */
function interlocked(seed: number, count: number): string {
  const chance = new Chance(seed);
  return and(
    range(count).map((at) => `${at}:32 in ${hex(chance.below(2 ** 30))}..${hex(2 ** 31 + chance.below(2 ** 30))}`),
  );
}

/** Every alternative has fields of its own. */
function ownFields(seed: number, count: number, atoms: number): string {
  const chance = new Chance(seed);
  return or(range(count).map(() => and(range(atoms).map(() => `${chance.below(1400)}:16 == ${chance.below(65_536)}`))));
}

/** A chain of loaded shifts with one test in each region. */
function hops(seed: number, count: number): string {
  const chance = new Chance(seed);
  return and(
    range(count).flatMap(() => [
      `shift ${chance.below(8)}:8 & 0x0f << ${chance.below(3)}`,
      `${chance.below(9)}:8 != ${chance.below(256)}`,
    ]),
  );
}

const one = (name: string, text: string, legal = true): Adversarial => ({ name, texts: [text], legal });
const many = (name: string, texts: readonly string[]): Adversarial => ({ name, texts, legal: true });
const refused = (name: string, text: string): Adversarial => one(name, text, false);

export const ADVERSARIAL: readonly Adversarial[] = [
  one("as deep as may be", deep(200)),
  refused("deeper than may be", deep(201)),
  refused("nothing but parentheses", "(".repeat(65_000)),
  refused("parentheses that close nothing", ")".repeat(65_000)),
  one("256 conjunctions by doubling", doubling(8)),
  refused("512 conjunctions by doubling", doubling(9)),
  refused("2^1000 conjunctions by doubling", doubling(1000)),
  one("a ladder of 199 levels", ladder(199)),
  refused("a ladder of 300 levels", ladder(300)),
  one("256 conjunctions of 256 atoms that share all but one", times(ports(256), bytes(255, 40))),
  one("256 conjunctions of 256 atoms, the different one last", times(ports(256), bytes(36).concat(bytes(219, 38)))),
  one(
    "256 conjunctions of 256 atoms of one octet that contradict each other",
    times(
      ports(256),
      range(255).map((at) => `0:8 == ${at}`),
    ),
  ),
  one("256 conjunctions of 255 values excluded", times(ports(256), excluded(255))),
  one("256 conjunctions of 255 ranges, each inside the one before", times(ports(256), nested(255))),
  one("256 conjunctions of 255 masks that never repeat", times(ports(256), masks(255, 60))),
  refused("257 conjunctions", or(ports(257))),
  refused("257 atoms in a row", and(bytes(257))),
  refused("10,000 ports in a text", or(ports(10_000)).slice(0, 65_000)),
  many(
    "10,000 ports in 40 texts",
    range(40).map((text) => or(ports(250, text * 250))),
  ),
  many(
    "2,500 ranges of ports in 10 texts",
    range(10).map((text) => or(range(250).map((at) => `36:16 in ${text * 250 + at}..${text * 250 + at + 3}`))),
  ),
  one("256 ranges that overlap", or(sliding(256, 1000, 30_000))),
  one("256 ranges, each inside the one before", or(nested(256))),
  one("256 ranges under a mask with holes", or(range(256).map((at) => `30:32 & 0x0ff0ff0f in ${at}..${at * 65_537}`))),
  many(
    "3,072 ranges at 12 places",
    range(12).map((place) => or(range(256).map((at) => `${place * 4}:32 in ${at * 70_000}..${at * 70_000 + 1000}`))),
  ),
  one("networks /1 to /32 in a text", or(prefixes)),
  many("networks /1 to /32, a text each", prefixes),
  one(
    "255 constant shifts",
    shifts(255, () => "shift 1"),
  ),
  one(
    "255 constant shifts as far as may be",
    shifts(255, () => "shift 65535"),
  ),
  one(
    "255 loaded shifts",
    shifts(255, () => "shift 0:8 & 0x0f << 2"),
  ),
  one(
    "255 loaded shifts under masks that never repeat",
    shifts(255, (at) => `shift 0:32 & ${at + 1} << ${at % 3}`),
  ),
  one(
    "a shift that nobody survives, 255 times",
    shifts(255, () => "shift 0:32 << 31"),
  ),
  one(
    "256 conjunctions of 128 shifts",
    times(
      ports(256),
      range(255).map((at) => (at % 2 === 0 ? `shift ${at % 9}:8 & 7` : `${at % 5}:8 != ${at}`)),
    ),
  ),
  one(
    "256 alternatives that shift by fields of their own",
    or(range(256).map((at) => `shift ${at}:8 & 0x3f && 0:8 == ${at} && shift ${at % 16}:8 && 0:16 == ${at}`)),
  ),
  one("256 masks that never repeat", or(masks(256))),
  one("256 masks of one field, all at once", and(masks(256))),
  one("253 fields of 32 bits, each an octet further", and(unaligned(253))),
  one("256 alternatives of as many fields", or(range(256).map((at) => `${at * 5}:32 == ${at}`))),
  one("256 alternatives of eight fields of their own", ownFields(1, 256, 8)),
  many(
    "four texts of 256 alternatives of eight fields of their own",
    range(4).map((seed) => ownFields(seed + 2, 256, 8)),
  ),
  one("nothing but not-equals", or(range(200).map((at) => and(range(12).map((each) => `${each}:8 != ${at}`))))),
  one("255 lengths", or(lengths(255))),
  one("lengths that contradict each other", and(range(255).map((at) => `length in ${at}..${at + 1}`))),
  one("250 ranges of 32 bits, each an octet further", interlocked(3, 250)),
  one("128 hops of loaded shifts", hops(4, 128)),
  one("256 alternatives of scattered bits", scattered(5, 256, 9)),
  many(
    "eight texts of 100 alternatives of scattered bits",
    range(8).map((seed) => scattered(seed + 6, 100, 6)),
  ),
  many(
    "12 texts of interlocked ranges",
    range(12).map((seed) => interlocked(seed + 40, 24)),
  ),
  many(
    "60 texts that differ in one alternative",
    range(60).map((at) => or([...ports(60), `36:16 == ${1000 + at}`])),
  ),
  many(
    "60 texts, each inside the one before",
    range(60).map((at) => and(bytes(60 - at))),
  ),
  many(
    "40 texts of hops that may meet anywhere",
    range(40).map((seed) => hops(seed + 80, 16)),
  ),
  refused("64 KiB of errors", "&& ".repeat(21_000)),
  refused("64 KiB of a number", "1".repeat(65_000)),
  one("64 KiB of comment", `0:8 == 1 # ${"x".repeat(65_000)}`),
  one("64 KiB of empty lines", `${"\n".repeat(65_000)}0:8 == 1`),
  refused("more than a text may have", `0:8 == 1${" ".repeat(65_536)}`),
  refused("no text at all", "\u0000\u0001\ufffd".repeat(5000)),
];
