/**
 * TCP seen from outside: every segment goes to its connection. Read first: RFC 9293 §3.4.3 and §3.10.7
 * (what a SYN to a connection that exists means). A SYN with another initial sequence number begins a
 * new connection between the same ends. Connections are bounded: those that ended first are forgotten
 * first, and one that lives is ended before it can be forgotten.
 */

import { Protocol } from "../../../wire/ipv6.js";
import { i32 } from "../../../wire/octets.js";
import { checkTcp, TcpFlag, tcpDestinationPort, tcpSourcePort } from "../../../wire/tcp.js";
import { Family, NONE, TupleKey, TupleTable } from "../../tuple.js";
import type { Counts } from "../counts.js";
import type { IpPacket } from "../packet.js";
import { payloadIntact } from "../transport.js";
import { Connection } from "./connection.js";
import type { HeldBudget } from "./reassembly.js";
import { Segment } from "./segment.js";

/** Connections between different ends that can be followed at once. */
const MAX_LIVE = 65_536;
/** Where there is no room, connections that are over go, then the least recently seen, down to this part. */
const KEPT_WHEN_FULL = 3 / 4;

export class Tcp {
  readonly #counts: Counts;
  readonly #maxKept: number;
  readonly #key = new TupleKey();
  readonly #segment = new Segment();
  readonly #budget: HeldBudget = { held: 0 };
  readonly #seed: number;
  #table: TupleTable;
  /** By entry of the table. */
  #live: Connection[] = [];
  /** All that are remembered, in order of their first segment. */
  readonly #all = new Set<Connection>();
  /** Those of them that have ended, in the order in which they did; all others are in the table. */
  readonly #ended = new Set<Connection>();
  #total = 0;

  /** `maxKept`: connections that are remembered, ended ones included. */
  constructor(counts: Counts, maxKept: number, seed: number) {
    this.#counts = counts;
    this.#maxKept = maxKept;
    this.#seed = seed;
    this.#table = new TupleTable(Math.min(MAX_LIVE, maxKept), seed);
  }

  /** Connections seen, also those that were forgotten. */
  get total(): number {
    return this.#total;
  }

  /** What is remembered, in order of the first segment. */
  get connections(): ReadonlySet<Connection> {
    return this.#all;
  }

  /** `required`: drop what has a wrong checksum. */
  input(packet: IpPacket, required: boolean): void {
    this.#counts.tcp++;
    const problem = checkTcp(packet.octets, packet.at, packet.end, packet.wireEnd);
    if (problem !== undefined) return this.#counts.problem(problem, !packet.whole);
    if (!payloadIntact(packet, packet.wireEnd - packet.at)) {
      this.#counts.badChecksum++;
      this.#counts.reason("tcp: wrong checksum");
      if (required) return;
    }
    this.#segment.read(packet);
    this.#address(packet);
    const connection = this.#connection();
    if (connection === undefined) return;
    const taken = connection.input(this.#segment, !this.#key.swapped);
    if (!taken) this.#counts.reason("tcp: segment out of window");
    if (connection.over) this.#ended.add(connection);
  }

  /** The epoch has ended: every connection ends with it. */
  finish(): void {
    for (const connection of this.#all) this.#end(connection);
    this.#table.clear();
    this.#live = [];
  }

  #address(packet: IpPacket): void {
    const { header, addressesAt, octets, at } = packet;
    const key = this.#key;
    const words = packet.addressesLength >> 3;
    for (let i = 0; i < 4; i++) {
      key.source[i] = i < words ? i32(header, addressesAt + 4 * i) : 0;
      key.destination[i] = i < words ? i32(header, addressesAt + 4 * (i + words)) : 0;
    }
    const family = packet.version === 4 ? Family.ipv4 : Family.ipv6;
    key.close(family, Protocol.tcp, tcpSourcePort(octets, at), tcpDestinationPort(octets, at));
  }

  /** The segment's connection, a new one where it begins one; undefined where it is of none. */
  #connection(): Connection | undefined {
    const fromFirst = !this.#key.swapped;
    const entry = this.#enter();
    const known = this.#live[entry];
    const syn = this.#segment.has(TcpFlag.syn) && !this.#segment.has(TcpFlag.rst);
    if (known !== undefined && (!syn || known.owns(this.#segment, fromFirst))) {
      if (!known.finished) return known;
      this.#counts.reason("tcp: segment of a forgotten connection");
      return undefined;
    }
    if (known !== undefined && !known.over && this.#segment.has(TcpFlag.ack)) {
      // A SYN|ACK that answers no SYN that was seen does not end a connection that lives.
      this.#counts.reason("tcp: stray SYN|ACK");
      return undefined;
    }
    if (known !== undefined) this.#end(known);
    const connection = new Connection(this.#key.words, this.#segment, fromFirst, this.#budget);
    this.#live[entry] = connection;
    this.#remember(connection);
    return connection;
  }

  #enter(): number {
    const entry = this.#table.enter(this.#key);
    if (entry !== NONE) return entry;
    this.#makeRoom();
    return this.#table.enter(this.#key);
  }

  /** A new table with the entries that stay, since entries are never taken out singly. */
  #makeRoom(): void {
    const room = Math.floor(this.#table.capacity * KEPT_WHEN_FULL);
    const staying = new Set(
      this.#live
        .filter((connection) => !connection.over)
        .sort((a, b) => b.lastSeen - a.lastSeen)
        .slice(0, room),
    );
    const table = new TupleTable(this.#table.capacity, this.#seed);
    const live: Connection[] = [];
    const key = new TupleKey();
    for (const [entry, connection] of this.#live.entries()) {
      if (staying.has(connection)) {
        this.#table.keyOf(entry, key);
        live[table.enter(key)] = connection;
        continue;
      }
      if (!connection.over) this.#counts.reason("tcp: ended to make room");
      this.#end(connection);
    }
    this.#table = table;
    this.#live = live;
  }

  /** Nothing more is taken of it. One that is forgotten already stays so. */
  #end(connection: Connection): void {
    connection.finish();
    if (this.#all.has(connection)) this.#ended.add(connection);
  }

  #remember(connection: Connection): void {
    this.#total++;
    this.#all.add(connection);
    if (this.#all.size <= this.#maxKept) return;
    // There is one: the others are in the table, which has no more than `maxKept` places.
    for (const first of this.#ended) {
      this.#ended.delete(first);
      this.#all.delete(first);
      // It may still be in the table, and hold data.
      first.finish();
      this.#counts.reason("tcp: forgotten connections");
      return;
    }
  }
}
