/**
 * IEEE 802.11 frames: addresses, type, subtype and direction. Which address field is the source or the destination depends
 * on the frame's type and on its To DS and From DS bits (IEEE 802.11, "Format of individual frame types").
 */
import type { Direction, Primitive, WordOrNumber } from "./ast.js";
import { and, bits, equal, not, or } from "./compose.js";
import { directed } from "./host.js";
import { hasAddress } from "./link-host.js";
import type { Predicate } from "./predicate.js";
import type { Scope } from "./scope.js";

const ADDRESS_1 = 4;
const ADDRESS_2 = 10;
const ADDRESS_3 = 16;
const ADDRESS_4 = 24;

const CONTROL_BIT = 0x04;
const DATA_BIT = 0x08;
const TO_DS = 0x01;
const FROM_DS = 0x02;
const DS = 0x03;
const TYPE_MASK = 0x0c;
const SUBTYPE_MASK = 0xf0;
const CONTROL = 0x04;
const CTS = 0xc0;
const ACK = 0xd0;

export function wlanHost(scope: Scope, address: readonly number[], direction: Direction | undefined): Predicate {
  const has = (at: number) => hasAddress(scope, at, address);
  switch (direction) {
    case "addr1":
      return has(ADDRESS_1);
    case "addr2":
      return and(hasAddress2(scope), has(ADDRESS_2));
    case "addr3":
      return and(not(isControl(scope)), has(ADDRESS_3));
    case "addr4":
      return and(equal(scope.load("header", 1, 1, DS), DS), has(ADDRESS_4));
    case "ra":
      return and(frameControl(scope, 0, DATA_BIT), has(ADDRESS_1));
    case "ta":
      return and(frameControl(scope, 0, DATA_BIT), hasAddress2(scope), has(ADDRESS_2));
    default:
      return directed(scope, direction, "802.11 frames", (end) =>
        end === "source" ? atSource(scope, has) : atDestination(scope, has),
      );
  }
}

function frameControl(scope: Scope, octet: 0 | 1, mask: number): Predicate {
  return bits(scope.load("header", octet, 1), mask);
}

function isControl(scope: Scope): Predicate {
  return equal(scope.load("header", 0, 1, TYPE_MASK), CONTROL);
}

/** CTS and ACK have none. */
function hasAddress2(scope: Scope): Predicate {
  const subtype = (of: number) => equal(scope.load("header", 0, 1, SUBTYPE_MASK), of);
  return or(not(isControl(scope)), and(not(subtype(CTS)), not(subtype(ACK))));
}

/** Management and data frames have a source and a destination; control frames, and type 3, have none. */
function ofManagementOrData(scope: Scope, management: Predicate, data: Predicate): Predicate {
  return and(
    not(frameControl(scope, 0, CONTROL_BIT)),
    or(and(not(frameControl(scope, 0, DATA_BIT)), management), and(frameControl(scope, 0, DATA_BIT), data)),
  );
}

function byBit(scope: Scope, bit: number, clear: Predicate, set: Predicate): Predicate {
  return or(and(not(frameControl(scope, 1, bit)), clear), and(frameControl(scope, 1, bit), set));
}

function atSource(scope: Scope, has: (at: number) => Predicate): Predicate {
  const fromDs = byBit(scope, TO_DS, has(ADDRESS_3), has(ADDRESS_4));
  return ofManagementOrData(scope, has(ADDRESS_2), byBit(scope, FROM_DS, has(ADDRESS_2), fromDs));
}

/** `has` is asked of the address field that holds the destination. */
export function atDestination(scope: Scope, has: (at: number) => Predicate): Predicate {
  return ofManagementOrData(scope, has(ADDRESS_1), byBit(scope, TO_DS, has(ADDRESS_1), has(ADDRESS_3)));
}

const TYPES: ReadonlyMap<string, number> = new Map([
  ["mgt", 0x00],
  ["management", 0x00],
  ["ctl", 0x04],
  ["control", 0x04],
  ["data", 0x08],
]);

const SUBTYPES: ReadonlyMap<number, ReadonlyMap<string, number>> = new Map([
  [
    0x00,
    new Map([
      ["assocreq", 0x00],
      ["assoc-req", 0x00],
      ["assocresp", 0x10],
      ["assoc-resp", 0x10],
      ["reassocreq", 0x20],
      ["reassoc-req", 0x20],
      ["reassocresp", 0x30],
      ["reassoc-resp", 0x30],
      ["probereq", 0x40],
      ["probe-req", 0x40],
      ["proberesp", 0x50],
      ["probe-resp", 0x50],
      ["beacon", 0x80],
      ["atim", 0x90],
      ["disassoc", 0xa0],
      ["disassociation", 0xa0],
      ["auth", 0xb0],
      ["authentication", 0xb0],
      ["deauth", 0xc0],
      ["deauthentication", 0xc0],
    ]),
  ],
  [
    0x04,
    new Map([
      ["ps-poll", 0xa0],
      ["rts", 0xb0],
      ["cts", 0xc0],
      ["ack", 0xd0],
      ["cf-end", 0xe0],
      ["cf-end-ack", 0xf0],
    ]),
  ],
  [
    0x08,
    new Map([
      ["data", 0x00],
      ["data-cf-ack", 0x10],
      ["data-cf-poll", 0x20],
      ["data-cf-ack-poll", 0x30],
      ["null", 0x40],
      ["cf-ack", 0x50],
      ["cf-poll", 0x60],
      ["cf-ack-poll", 0x70],
      ["qos-data", 0x80],
      ["qos-data-cf-ack", 0x90],
      ["qos-data-cf-poll", 0xa0],
      ["qos-data-cf-ack-poll", 0xb0],
      ["qos", 0xc0],
      ["qos-cf-poll", 0xe0],
      ["qos-cf-ack-poll", 0xf0],
    ]),
  ],
]);

const DIRECTIONS: ReadonlyMap<string, number> = new Map([
  ["nods", 0],
  ["tods", 1],
  ["fromds", 2],
  ["dstods", 3],
]);

type Frame = Extract<Primitive, { readonly kind: "frame" }>;

/** `type`, `subtype`, `dir`: bits of the frame control field. */
export function frame(scope: Scope, { type, subtype, dir }: Frame): Predicate {
  if (dir !== undefined) return frameDirection(scope, dir);
  const asked = subtype === undefined ? typeBits(scope, type) : subtypeBits(scope, type, subtype);
  if (asked === undefined) return scope.refuse("E_VALUE", "802.11 has no such frame");
  if (scope.layer.family !== "wlan") {
    return scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no frames of 802.11`);
  }
  return equal(scope.load("header", 0, 1, asked.mask), asked.value);
}

interface Bits {
  readonly value: number;
  readonly mask: number;
}

function typeBits(scope: Scope, type: WordOrNumber | undefined): Bits | undefined {
  const value = typeof type === "number" ? numberIn(type, TYPE_MASK) : TYPES.get(type ?? "");
  if (value === undefined) scope.refuse("E_VALUE", `no type of 802.11 frames: ${type}; there are mgt, ctl and data`);
  return value === undefined ? undefined : { value, mask: TYPE_MASK };
}

function subtypeBits(scope: Scope, type: WordOrNumber | undefined, subtype: WordOrNumber): Bits | undefined {
  if (type === undefined) return subtypeAlone(scope, subtype);
  const asked = typeBits(scope, type);
  if (asked === undefined) return undefined;
  const value =
    typeof subtype === "number" ? numberIn(subtype, SUBTYPE_MASK) : SUBTYPES.get(asked.value)?.get(subtype);
  if (value === undefined) scope.refuse("E_VALUE", `no subtype of ${type} frames: ${subtype}`);
  return value === undefined ? undefined : { value: asked.value | value, mask: TYPE_MASK | SUBTYPE_MASK };
}

/** The name of a subtype tells its type. */
function subtypeAlone(scope: Scope, subtype: WordOrNumber): Bits | undefined {
  for (const [type, subtypes] of SUBTYPES) {
    const value = typeof subtype === "string" ? subtypes.get(subtype) : undefined;
    if (value !== undefined) return { value: type | value, mask: TYPE_MASK | SUBTYPE_MASK };
  }
  scope.refuse("E_VALUE", `no subtype of 802.11 frames: ${subtype}`);
  return undefined;
}

function numberIn(value: number, mask: number): number | undefined {
  return (value & ~mask) === 0 && value <= mask ? value : undefined;
}

function frameDirection(scope: Scope, dir: WordOrNumber): Predicate {
  const value = typeof dir === "number" ? dir : DIRECTIONS.get(dir);
  if (value === undefined) {
    return scope.refuse("E_VALUE", `no direction of 802.11 frames: ${dir}; there are nods, tods, fromds and dstods`);
  }
  if (scope.layer.family !== "wlan") {
    return scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no frames of 802.11`);
  }
  return equal(scope.load("header", 1, 1, DS), value);
}
