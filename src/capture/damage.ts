/**
 * What can be wrong with a capture: a closed list. A report has the octet offset, counted from 0 in
 * the (gunzipped) file, at which the damaged thing *begins*: the record or block for a cut or a lying
 * length, the field for magic, version, byte order and link type, the first missing octet where the
 * octets themselves ended early (gzip, read error).
 */
import type { Damage } from "../machine/descriptor.js";
import { MAX_CAPTURED, MAX_DAMAGE_KEPT } from "./limits.js";

export const CAPTURE_DAMAGE = {
  E_EMPTY: "the file has no octets",
  E_MAGIC: "the file begins with no magic number of a capture",
  E_COMPRESSED: "the octets are gzipped and were not gunzipped on the way",
  E_VERSION: "this version of the format is unknown",
  E_LINK_TYPE: "reserved bits of the link type are set",
  E_CUT_HEADER: "the file ends inside its header",
  E_CUT_RECORD: "the file ends inside a record",
  E_CUT_BLOCK: "the file ends inside a block",
  E_CAPTURED_TOO_LONG: `the captured length is above the maximum of ${MAX_CAPTURED}`,
  E_CAPTURED_ABOVE_WIRE: "more octets are captured than the frame had on the wire",
  E_CAPTURED_ABOVE_SNAP: "more octets are captured than the snap length allows; those beyond it are left out",
  E_CAPTURED_ABOVE_BLOCK: "the captured length reaches beyond its block",
  E_SEGMENT: "the record is larger than a segment of memory and is left out",
  E_BYTE_ORDER: "the section's byte-order magic is unknown",
  E_BLOCK_LENGTH: "the block length is no multiple of 4 or too small for its type",
  E_BLOCK_TRAILER: "the block's two lengths differ",
  E_INTERFACE: "the frame names an interface that no block describes",
  E_INTERFACES: "the section has too many interfaces",
  E_OPTION: "an interface's option reaches beyond its block",
  E_GZIP_CUT: "the gzip stream is cut short",
  E_GZIP_DATA: "the gzip stream is damaged",
  E_GZIP_CHECK: "the gunzipped octets do not have the length or the check value that the gzip stream states",
  E_GZIP_LIMIT: "the gzip stream unfolds to more than the limits allow",
  E_READER: "pcap-parser refuses the file",
  E_READ: "the octets could not be read",
} as const;

export type DamageCode = keyof typeof CAPTURE_DAMAGE;

/** Why octets ended before their end. */
export interface Fault {
  readonly code: DamageCode;
  /** Numbers or an error's own words; may hold text from outside. */
  readonly detail?: string;
}

/** Thrown inside a feed, where it ends in its sink's `fail`. */
export class FaultError extends Error {
  override readonly name = "FaultError";
  readonly fault: Fault;
  constructor(code: DamageCode, detail?: string) {
    super(CAPTURE_DAMAGE[code]);
    this.fault = detail === undefined ? { code } : { code, detail };
  }
}

/** Damage that means: octets are missing at the end. */
const CUTS: ReadonlySet<DamageCode> = new Set<DamageCode>([
  "E_EMPTY",
  "E_CUT_HEADER",
  "E_CUT_RECORD",
  "E_CUT_BLOCK",
  "E_GZIP_CUT",
]);

/** Collects damage in file order; beyond MAX_DAMAGE_KEPT entries it only counts. */
export class DamageLog {
  readonly entries: Damage[] = [];
  total = 0;
  truncated = false;

  note(code: DamageCode, offset: number, detail?: string): void {
    this.total++;
    if (CUTS.has(code)) this.truncated = true;
    if (this.entries.length >= MAX_DAMAGE_KEPT) return;
    const words = `${code}: ${CAPTURE_DAMAGE[code]}`;
    this.entries.push({ offset, reason: detail === undefined ? words : `${words} (${detail})` });
  }
}
