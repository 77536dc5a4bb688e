/**
 * What is computed before all else: lengths of headers that the frame tells, into the cells that terms asked for. Radio
 * headers (radiotap.org; AVS; Prism; PPI) lie before 802.11's, which is 24 octets, 26 with QoS, and with radiotap padded to a
 * multiple of 4 where a flag says so; OpenBSD's pflog header begins with its length.
 */
import type { Predicate, Value } from "../predicate.js";
import { and, bits, cell, constant, equal, not, operation, or, store, TRUE } from "./compose.js";
import { INDEX, load, type Scope } from "./scope.js";

const RADIOTAP = 127;
const PRISM = 119;
const AVS = 163;
const PPI = 192;

const PRISM_LENGTH = 144;
/** A header of AVS where one of Prism was announced: its magic number without the version. */
const AVS_MAGIC = 0x80211000;
const AVS_MAGIC_BITS = 0xfffff000;
const WLAN_HEADER = 24;
const QOS = 2;

/** The tests and stores that come first; undefined if nothing needs to. */
export function variableLengths(scope: Scope): Predicate | undefined {
  const { outermost, payload, header } = scope;
  if (payload.cell !== undefined && header.variable) header.cell ??= scope.keep();
  const steps: Predicate[] = [];
  if (outermost.number === PPI && scope.layer.number === PPI) steps.push(carriesWlan());
  switch (outermost.family) {
    case "wlan":
    case "ppi": {
      const before = radio(scope);
      steps.push(...before, ...wlan(scope, before.length > 0 ? cell(INDEX) : undefined));
      break;
    }
    case "pflog":
      if (payload.cell !== undefined) steps.push(store(payload.cell, pflogLength()));
  }
  return steps.length === 0 ? undefined : and(...steps);
}

/** PPI can carry any link type, and is understood where it carries 802.11: number 105, little-endian. */
function carriesWlan(): Predicate {
  return equal(load(undefined, 4, 4), 0x69000000);
}

function pflogLength(): Value {
  return roundedUp(load(undefined, 0, 1));
}

function roundedUp(value: Value): Value {
  return operation(operation(value, "+", constant(3)), "&", constant(0xfffffffc));
}

function radio({ outermost, header }: Scope): Predicate[] {
  if (header.cell === undefined) return [];
  const keep = store(header.cell, cell(INDEX));
  switch (outermost.number) {
    case RADIOTAP:
    case PPI:
      return [store(INDEX, littleEndianLength()), keep];
    case AVS:
      return [store(INDEX, load(undefined, 4, 4)), keep];
    case PRISM:
      return [prismLength(), keep];
    default:
      return [];
  }
}

function littleEndianLength(): Value {
  return operation(operation(load(undefined, 3, 1), "<<", constant(8)), "|", load(undefined, 2, 1));
}

function prismLength(): Predicate {
  const magic = operation(load(undefined, 0, 4), "&", constant(AVS_MAGIC_BITS));
  return or(and(equal(magic, AVS_MAGIC), store(INDEX, load(undefined, 4, 4))), store(INDEX, constant(PRISM_LENGTH)));
}

/** `start` is undefined where no radio header lies before. */
function wlan(scope: Scope, start: Value | undefined): Predicate[] {
  const to = scope.payload.cell;
  if (to === undefined) return [];
  const control = (bit: number) => bits(load(start, 0, 1), bit);
  const withQos = and(control(0x80), store(to, operation(cell(to), "+", constant(QOS))));
  const lengthened = scope.layer.number === RADIOTAP ? and(or(withQos, TRUE), padded(to)) : withQos;
  return [
    store(to, operation(start ?? constant(0), "+", constant(WLAN_HEADER))),
    // Whatever it is, the next term is asked.
    or(and(control(0x08), not(control(0x04)), lengthened), TRUE),
  ];
}

/** Radiotap's presence bits are little-endian: flags are there, no second word is; a time stamp lies before the flags or not. */
function padded(to: number): Predicate {
  const present = (bit: number) => bits(load(undefined, 4, 4), bit);
  const pads = (at: number) => bits(load(undefined, at, 1), 0x20);
  return and(
    present(0x02000000),
    not(present(0x80)),
    or(and(present(0x01000000), pads(16)), and(not(present(0x01000000)), pads(8))),
    store(to, roundedUp(cell(to))),
  );
}
