/**
 * Flow records in columns: a row for each conversation, in order of arrival. A row's source is the end
 * that was seen first; packets of both directions count in it. Frames of a conversation for which
 * there is no row left count as overflow and nowhere else.
 */
import { createHash } from "node:crypto";
import { formatIpv4, formatIpv6, formatMac } from "../wire/address.js";
import { EtherType, NO_TYPE } from "../wire/ethernet.js";
import { Protocol } from "../wire/ipv6.js";
import { putU16, putU32 } from "../wire/octets.js";
import { formatTcpFlags } from "../wire/tcp.js";
import { first } from "./first.js";
import type { FlowKey } from "./flow-key.js";
import { Family, NONE, TupleTable } from "./tuple.js";

/** Flows that a table holds unless told. */
export const DEFAULT_FLOWS = 65_536;

/** Lines that are hashed at once. */
const PART = 1024;

/** One row, for people. Times are decimal ns since 1970. */
export interface Flow {
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly packets: number;
  readonly octets: number;
  readonly first: string;
  readonly last: string;
  readonly flags: string;
}

export interface FlowTotals {
  readonly flows: number;
  readonly packets: number;
  /** Octets on the wire. */
  readonly octets: number;
  /** Frames that found no row. */
  readonly overflow: number;
  /** SHA-256 of the rows as lines of tab-separated fields, in Flow's order, sorted. */
  readonly digest: string;
}

export const FLOW_SORTS = ["octets", "packets", "last"] as const;
export type FlowSort = (typeof FLOW_SORTS)[number];

export class FlowTable {
  readonly #index: TupleTable;
  readonly #packets: Float64Array;
  readonly #octets: Float64Array;
  /** First and last time: ns since 1970 as four columns of halves; 0 where no frame told one. */
  readonly #firstHigh: Uint32Array;
  readonly #firstLow: Uint32Array;
  readonly #lastHigh: Uint32Array;
  readonly #lastLow: Uint32Array;
  readonly #flags: Uint8Array;
  /** 1 where the first frame went from the key's second end. */
  readonly #swapped: Uint8Array;
  #overflow = 0;

  constructor(capacity: number, seed: number) {
    this.#index = new TupleTable(capacity, seed);
    this.#packets = new Float64Array(capacity);
    this.#octets = new Float64Array(capacity);
    this.#firstHigh = new Uint32Array(capacity);
    this.#firstLow = new Uint32Array(capacity);
    this.#lastHigh = new Uint32Array(capacity);
    this.#lastLow = new Uint32Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#swapped = new Uint8Array(capacity);
  }

  get count(): number {
    return this.#index.count;
  }

  get overflow(): number {
    return this.#overflow;
  }

  add(key: FlowKey, wire: number, timeHigh: number, timeLow: number): void {
    const known = this.#index.count;
    const row = this.#index.enter(key);
    if (row === NONE) {
      this.#overflow++;
      return;
    }
    if (row === known) this.#begin(row, key.swapped);
    this.#packets[row] = (this.#packets[row] ?? 0) + 1;
    this.#octets[row] = (this.#octets[row] ?? 0) + wire;
    this.#flags[row] = (this.#flags[row] ?? 0) | key.flags;
    if (timeHigh !== 0 || timeLow !== 0) this.#stamp(row, timeHigh, timeLow);
  }

  clear(): void {
    this.#index.clear();
    this.#overflow = 0;
  }

  /** Rows `from` to `from + limit` of the table, sorted, the greatest first; equals in order of arrival. */
  sorted(sort: FlowSort, from: number, limit: number): Flow[] {
    const descending = this.#order(sort);
    const rows = first(this.count, from + limit, (a, b) => descending(a, b) || a - b);
    return Array.from(rows.subarray(from, from + limit), (row) => this.flow(row));
  }

  totals(): FlowTotals {
    let packets = 0;
    let octets = 0;
    const lines: string[] = [];
    for (let row = 0; row < this.count; row++) {
      packets += this.#packets[row] ?? 0;
      octets += this.#octets[row] ?? 0;
      lines.push(`${Object.values(this.flow(row)).join("\t")}\n`);
    }
    return { flows: this.count, packets, octets, overflow: this.#overflow, digest: digestOf(lines.sort()) };
  }

  flow(row: number): Flow {
    const kind = this.#index.word(row, 9);
    const ports = this.#index.word(row, 8);
    const swapped = this.#swapped[row] === 1;
    const source = { address: this.#address(row, swapped ? 4 : 0), port: swapped ? ports & 0xffff : ports >>> 16 };
    const destination = { address: this.#address(row, swapped ? 0 : 4), port: swapped ? ports >>> 16 : ports & 0xffff };
    return {
      protocol: protocolName(kind >>> 16, kind & 0xffff),
      source: source.address,
      sourcePort: source.port,
      destination: destination.address,
      destinationPort: destination.port,
      packets: this.#packets[row] ?? 0,
      octets: this.#octets[row] ?? 0,
      first: nanoseconds(this.#firstHigh[row] ?? 0, this.#firstLow[row] ?? 0),
      last: nanoseconds(this.#lastHigh[row] ?? 0, this.#lastLow[row] ?? 0),
      flags: formatTcpFlags(this.#flags[row] ?? 0),
    };
  }

  #begin(row: number, swapped: boolean): void {
    this.#packets[row] = 0;
    this.#octets[row] = 0;
    this.#flags[row] = 0;
    this.#swapped[row] = swapped ? 1 : 0;
    this.#firstHigh[row] = this.#firstLow[row] = 0;
    this.#lastHigh[row] = this.#lastLow[row] = 0;
  }

  /** Earliest and latest: frames may come out of order. */
  #stamp(row: number, high: number, low: number): void {
    const lastHigh = this.#lastHigh[row] ?? 0;
    if (high > lastHigh || (high === lastHigh && low > (this.#lastLow[row] ?? 0))) {
      this.#lastHigh[row] = high;
      this.#lastLow[row] = low;
    }
    const firstHigh = this.#firstHigh[row] ?? 0;
    const firstLow = this.#firstLow[row] ?? 0;
    const none = firstHigh === 0 && firstLow === 0;
    if (none || high < firstHigh || (high === firstHigh && low < firstLow)) {
      this.#firstHigh[row] = high;
      this.#firstLow[row] = low;
    }
  }

  #order(sort: FlowSort): (a: number, b: number) => number {
    const by = (column: Float64Array | Uint32Array) => (a: number, b: number) => (column[b] ?? 0) - (column[a] ?? 0);
    if (sort === "octets") return by(this.#octets);
    if (sort === "packets") return by(this.#packets);
    const high = by(this.#lastHigh);
    const low = by(this.#lastLow);
    return (a, b) => high(a, b) || low(a, b);
  }

  /** Text of the end whose address words begin at `word`. */
  #address(row: number, word: number): string {
    const octets = new Uint8Array(16);
    for (let i = 0; i < 4; i++) putU32(octets, 4 * i, this.#index.word(row, word + i));
    switch (this.#index.word(row, 9) >>> 16) {
      case Family.ipv4:
        return formatIpv4(octets, 0);
      case Family.ipv6:
        return formatIpv6(octets, 0);
      case Family.mac:
        putU16(octets, 2, this.#index.word(row, word));
        return formatMac(octets, 2);
      default:
        return "";
    }
  }
}

/** Part by part: a million lines as one text beside themselves are more than a library OS's heap. */
function digestOf(lines: readonly string[]): string {
  const hash = createHash("sha256");
  for (let at = 0; at < lines.length; at += PART) hash.update(lines.slice(at, at + PART).join(""));
  return hash.digest("hex");
}

function nanoseconds(high: number, low: number): string {
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

const IP_NAMES: ReadonlyMap<number, string> = new Map([
  [Protocol.icmp, "icmp"],
  [2, "igmp"],
  [Protocol.tcp, "tcp"],
  [Protocol.udp, "udp"],
  [47, "gre"],
  [Protocol.esp, "esp"],
  [Protocol.icmpv6, "icmpv6"],
  [89, "ospf"],
  [132, "sctp"],
]);

/** `number`: IP protocol, EtherType or LINKTYPE_, by family. IP packets that are malformed go by their frame. */
function protocolName(family: number, number: number): string {
  if (family === Family.ipv4 || family === Family.ipv6) return IP_NAMES.get(number) ?? `ip-${number}`;
  if (family === Family.link) return `linktype-${number}`;
  if (number === EtherType.arp) return "arp";
  if (number === NO_TYPE) return "llc";
  if (number === EtherType.ipv4 || number === EtherType.ipv6) return "malformed";
  return `ethertype-0x${number.toString(16).padStart(4, "0")}`;
}
