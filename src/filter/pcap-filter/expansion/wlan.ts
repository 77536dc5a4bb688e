/**
 * IEEE 802.11 frames: addresses, type, subtype and direction. Which address field is the source or the destination depends
 * on the frame's type and on its To DS and From DS bits (IEEE 802.11, "Format of individual frame types").
 */
import type { Direction, Primitive, WordOrNumber } from "../ast.js";
import type { Predicate } from "../predicate.js";
import { frameDirOf, frameKindOf, frameSubtypeOf, frameTypeOf } from "../special-words.js";
import { and, bits, equal, not, or } from "./compose.js";
import { directed } from "./host.js";
import { hasAddress } from "./mac-address.js";
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

type FramePrimitive = Extract<Primitive, { readonly kind: "frame" }>;

/** `type`, `subtype`, `dir`: bits of the frame control field. */
export function frame(scope: Scope, of: FramePrimitive): Predicate {
  if (scope.layer.family !== "wlan") {
    return scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no frames of 802.11`);
  }
  if (of.dir !== undefined) return ofDirection(scope, of.dir);
  const type = of.type === undefined ? 0 : numberOf(of.type, frameTypeOf);
  if (of.subtype === undefined) return ofKind(scope, type, TYPE_MASK);
  const kind =
    of.type === undefined
      ? numberOf(of.subtype, frameKindOf)
      : type | numberOf(of.subtype, (word) => frameSubtypeOf(type, word));
  return ofKind(scope, kind, TYPE_MASK | SUBTYPE_MASK);
}

function ofKind(scope: Scope, value: number, mask: number): Predicate {
  return equal(scope.load("header", 0, 1, mask), value);
}

function ofDirection(scope: Scope, direction: WordOrNumber): Predicate {
  return equal(scope.load("header", 1, 1, DS), numberOf(direction, frameDirOf));
}

function numberOf(of: WordOrNumber, named: (word: string) => number | undefined): number {
  const number = typeof of === "number" ? of : named(of);
  if (number === undefined) throw new Error(`wlan: the parser let "${of}" pass`);
  return number;
}
