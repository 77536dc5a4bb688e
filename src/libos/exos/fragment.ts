/**
 * Reassembly of IP datagrams by holes. Read first: RFC 815 (the algorithm), RFC 5722 §3 (IPv6: overlaps
 * end the datagram), RFC 8200 §4.5 (an exact copy of a fragment is no overlap). In IPv4 the first
 * copy of an octet counts. All is bounded: datagrams, octets, time; whatever is given up is counted.
 */
import { u8 } from "../../wire/octets.js";
import type { Counts } from "./counts.js";
import type { IpPacket } from "./packet.js";

/** How long a datagram may be in the making, in ms of capture time, from its first fragment. */
const LIFETIME = 30_000;
const MAX_DATAGRAMS = 1024;
const MAX_OCTETS = 16 << 20;
/** The most that an IP datagram's payload can be. */
const MAX_LENGTH = 65_535;
const FIRST_BUFFER = 8192;
/** Fragments of one datagram that are told apart: as many as a full datagram has units of 8 octets. */
const MAX_FRAGMENTS = 8192;

/** The payload of `packet` is octets [offset, …) of a datagram; `more`: it is not the last. */
export interface Fragment {
  readonly identification: number;
  readonly offset: number;
  readonly more: boolean;
  readonly packet: IpPacket;
}

export interface Datagram {
  /** The payload, in a buffer of its own. */
  readonly octets: Uint8Array;
  /** Protocol that the first fragment told. */
  readonly protocol: number;
}

/** Octets [first, last) are missing. */
interface Hole {
  readonly first: number;
  readonly last: number;
}

class Assembly {
  readonly born: number;
  octets = new Uint8Array(FIRST_BUFFER);
  holes: Hole[] = [{ first: 0, last: Number.POSITIVE_INFINITY }];
  /** Ranges as they came, to know exact copies. */
  readonly ranges: Hole[] = [];
  length = 0;
  protocol = 0;
  /** RFC 5722: given up, and what still comes of it is dropped, too. */
  spoilt = false;

  constructor(born: number) {
    this.born = born;
  }

  /** Copies what is missing of [first, last) from (source, at); how many octets that were. */
  fill(first: number, last: number, source: Uint8Array, at: number): number {
    this.#reserve(last);
    let filled = 0;
    const left: Hole[] = [];
    for (const hole of this.holes) {
      const from = Math.max(first, hole.first);
      const to = Math.min(last, hole.last);
      if (from >= to) {
        left.push(hole);
        continue;
      }
      this.octets.set(source.subarray(at + from - first, at + to - first), from);
      filled += to - from;
      if (hole.first < from) left.push({ first: hole.first, last: from });
      if (to < hole.last) left.push({ first: to, last: hole.last });
    }
    this.holes = left;
    return filled;
  }

  /** The last fragment ends at `end`: nothing is missing beyond. Only the first such word counts. */
  endAt(end: number): void {
    const tail = this.holes.at(-1);
    if (tail === undefined || tail.last !== Number.POSITIVE_INFINITY) return;
    this.length = Math.max(end, tail.first);
    this.holes = this.holes
      .filter((hole) => hole.first < this.length)
      .map((hole) => ({ first: hole.first, last: Math.min(hole.last, this.length) }));
  }

  #reserve(length: number): void {
    if (length <= this.octets.length) return;
    const larger = new Uint8Array(Math.min(Math.max(length, this.octets.length * 2), MAX_LENGTH));
    larger.set(this.octets);
    this.octets = larger;
  }
}

export class Reassembler {
  readonly #counts: Counts;
  /** In order of birth. */
  readonly #assemblies = new Map<string, Assembly>();
  #octets = 0;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  /** Datagrams in the making. */
  get waiting(): number {
    return this.#assemblies.size;
  }

  /** The datagram, where this fragment completes it. All of the fragment must have been captured. */
  add(fragment: Fragment): Datagram | undefined {
    const { packet, offset, more } = fragment;
    const length = packet.end - packet.at;
    this.#expire(packet.now);
    const problem = problemOf(fragment, length);
    if (problem !== undefined) {
      this.#counts.problem(problem, false);
      return undefined;
    }
    const key = keyOf(fragment);
    const assembly = this.#assemblies.get(key) ?? this.#begin(key, packet.now);
    if (assembly.spoilt || !this.#place(assembly, fragment, length)) return undefined;
    if (offset === 0) assembly.protocol = packet.protocol;
    if (!more) assembly.endAt(offset + length);
    if (assembly.holes.length > 0) return undefined;
    this.#drop(key, assembly);
    return { octets: assembly.octets.subarray(0, assembly.length), protocol: assembly.protocol };
  }

  /** The epoch has ended: nothing more will come. */
  clear(): void {
    for (const [key, assembly] of this.#assemblies) this.#giveUp(key, assembly, "fragment: epoch ended");
  }

  #place(assembly: Assembly, fragment: Fragment, length: number): boolean {
    const { packet, offset } = fragment;
    const last = offset + length;
    if (assembly.ranges.some((range) => range.first === offset && range.last === last)) {
      this.#counts.reason("fragment: copy");
      return false;
    }
    if (assembly.ranges.length === MAX_FRAGMENTS) {
      this.#counts.reason("fragment: too many of one datagram");
      assembly.spoilt = true;
      return false;
    }
    const before = assembly.octets.length;
    const filled = assembly.fill(offset, last, packet.octets, packet.at);
    this.#octets += assembly.octets.length - before;
    assembly.ranges.push({ first: offset, last });
    if (filled === length) return true;
    this.#counts.reason("fragment: overlap");
    if (packet.version === 4) return true;
    assembly.spoilt = true;
    return false;
  }

  #begin(key: string, now: number): Assembly {
    while (this.#assemblies.size >= MAX_DATAGRAMS || this.#octets > MAX_OCTETS) this.#giveUpOldest();
    const assembly = new Assembly(now);
    this.#assemblies.set(key, assembly);
    this.#octets += assembly.octets.length;
    return assembly;
  }

  #giveUpOldest(): void {
    for (const [key, assembly] of this.#assemblies) return this.#giveUp(key, assembly, "fragment: no room");
  }

  #expire(now: number): void {
    for (const [key, assembly] of this.#assemblies) {
      if (now - assembly.born <= LIFETIME) return;
      this.#giveUp(key, assembly, "fragment: timed out");
    }
  }

  #giveUp(key: string, assembly: Assembly, reason: string): void {
    this.#counts.reason(reason);
    this.#drop(key, assembly);
  }

  #drop(key: string, assembly: Assembly): void {
    this.#assemblies.delete(key);
    this.#octets -= assembly.octets.length;
  }
}

function problemOf({ packet, offset, more }: Fragment, length: number): string | undefined {
  if (more && length === 0) return "fragment: empty";
  if (offset + length > MAX_LENGTH) return "fragment: beyond 65,535 octets";
  // RFC 8200 §4.5; IPv4 stacks take such fragments, so they are followed there.
  if (packet.version === 6 && more && (length & 7) !== 0) return "fragment: length no multiple of 8";
  return undefined;
}

/** RFC 791 §3.2: addresses, protocol, identification; RFC 8200 §4.5 leaves the protocol out. */
function keyOf({ packet, identification }: Fragment): string {
  const from = packet.addressesAt;
  let key = packet.version === 4 ? `4.${packet.protocol}.${identification}.` : `6.${identification}.`;
  for (let i = 0; i < packet.addressesLength; i++) key += String.fromCharCode(u8(packet.header, from + i));
  return key;
}
