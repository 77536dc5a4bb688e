/**
 * IPv4 and IPv6 on their way in. Read first: RFC 1122 §3.2.1 (which packets to discard), RFC 8200 §4
 * (order and length of extensions), RFC 6946 (a fragment that is all of its datagram stands alone).
 */
import {
  checkIpv4,
  ipv4End,
  ipv4FragmentOffset,
  ipv4HeaderIntact,
  ipv4HeaderLength,
  ipv4Identification,
  ipv4IsFragment,
  ipv4MoreFragments,
  ipv4Protocol,
} from "../../wire/ipv4.js";
import {
  CHAIN_CUT,
  chainKind,
  chainLength,
  checkIpv6,
  fragmentIdentification,
  fragmentMore,
  fragmentNextHeader,
  fragmentOffset,
  IPV6_FRAGMENT_OCTETS,
  IPV6_HEADER_OCTETS,
  ipv6End,
  ipv6NextHeader,
  Protocol,
  walkChain,
} from "../../wire/ipv6.js";
import type { Counts } from "./counts.js";
import type { Fragment, Reassembler } from "./fragment.js";
import { IpPacket } from "./packet.js";

/** What to do with a wrong checksum: count it, or also drop the packet. */
export type ChecksumPolicy = "count" | "require";

export class IpInput {
  readonly #counts: Counts;
  readonly #reassembler: Reassembler;
  readonly #policy: ChecksumPolicy;
  readonly #deliver: (packet: IpPacket) => void;
  readonly #packet = new IpPacket();

  /** `deliver` gets every packet whose payload is there from its first octet on, fragments put together. */
  constructor(counts: Counts, reassembler: Reassembler, policy: ChecksumPolicy, deliver: (packet: IpPacket) => void) {
    this.#counts = counts;
    this.#reassembler = reassembler;
    this.#policy = policy;
    this.#deliver = deliver;
  }

  /** `end`: of the captured octets; `wireEnd`: of the frame on the wire. */
  ipv4(octets: Uint8Array, at: number, end: number, wireEnd: number, now: number): void {
    this.#counts.ipv4++;
    const problem = checkIpv4(octets, at, end);
    if (problem !== undefined) return this.#counts.problem(problem, end < wireEnd);
    if (!ipv4HeaderIntact(octets, at)) {
      this.#counts.badChecksum++;
      this.#counts.reason("ipv4: wrong checksum");
      if (this.#policy === "require") return;
    }
    const packet = this.#begin(4, octets, at, now);
    packet.protocol = ipv4Protocol(octets, at);
    if (!this.#payload(at + ipv4HeaderLength(octets, at), end, ipv4End(octets, at, wireEnd), wireEnd)) return;
    if (!ipv4IsFragment(octets, at)) return this.#deliver(packet);
    const complete = this.#reassemble({
      identification: ipv4Identification(octets, at),
      offset: ipv4FragmentOffset(octets, at),
      more: ipv4MoreFragments(octets, at),
      packet,
    });
    if (complete) this.#deliver(packet);
  }

  ipv6(octets: Uint8Array, at: number, end: number, wireEnd: number, now: number): void {
    this.#counts.ipv6++;
    const problem = checkIpv6(octets, at, end);
    if (problem !== undefined) return this.#counts.problem(problem, end < wireEnd);
    const packet = this.#begin(6, octets, at, now);
    packet.protocol = ipv6NextHeader(octets, at);
    if (!this.#payload(at + IPV6_HEADER_OCTETS, end, ipv6End(octets, at, wireEnd), wireEnd)) return;
    this.#extensions(packet);
  }

  #begin(version: 4 | 6, octets: Uint8Array, at: number, now: number): IpPacket {
    const packet = this.#packet;
    packet.version = version;
    packet.header = octets;
    packet.headerAt = at;
    packet.octets = octets;
    packet.now = now;
    return packet;
  }

  /** Cuts padding off. False where the packet claims more octets than its frame had on the wire. */
  #payload(at: number, end: number, packetEnd: number, wireEnd: number): boolean {
    const packet = this.#packet;
    packet.at = at;
    packet.end = Math.min(end, packetEnd);
    packet.wireEnd = packetEnd;
    if (packetEnd <= wireEnd) return true;
    // Such packets are still of use: what was captured of them is treated as if the rest were missing.
    this.#counts.reason("ip: length beyond the frame");
    return packet.end >= at;
  }

  /** Walks the chain at packet.at; fragments found in it are put together, and the walk goes on inside. */
  #extensions(packet: IpPacket): void {
    for (;;) {
      const chain = walkChain(packet.octets, packet.at, packet.end, packet.protocol);
      if (chain === CHAIN_CUT) return this.#counts.problem("ipv6: extension cut", !packet.whole);
      packet.at += chainLength(chain);
      packet.protocol = chainKind(chain);
      if (packet.protocol !== Protocol.fragment) return this.#deliver(packet);
      if (packet.at + IPV6_FRAGMENT_OCTETS > packet.end) {
        return this.#counts.problem("ipv6: fragment header cut", !packet.whole);
      }
      if (!this.#fragment(packet)) return;
    }
  }

  /** Takes the fragment header at packet.at away; false where the datagram is not complete yet. */
  #fragment(packet: IpPacket): boolean {
    const { octets, at } = packet;
    packet.protocol = fragmentNextHeader(octets, at);
    packet.at += IPV6_FRAGMENT_OCTETS;
    const offset = fragmentOffset(octets, at);
    const more = fragmentMore(octets, at);
    if (offset === 0 && !more) return true;
    return this.#reassemble({ identification: fragmentIdentification(octets, at), offset, more, packet });
  }

  /** True where the packet is now the whole datagram. */
  #reassemble(fragment: Fragment): boolean {
    this.#counts.fragments++;
    const { packet } = fragment;
    if (!packet.whole) {
      this.#counts.problem("fragment: cut", packet.end < packet.wireEnd);
      return false;
    }
    const datagram = this.#reassembler.add(fragment);
    if (datagram === undefined) return false;
    this.#counts.reassembled++;
    packet.octets = datagram.octets;
    packet.protocol = datagram.protocol;
    packet.at = 0;
    packet.end = packet.wireEnd = datagram.octets.length;
    return true;
  }
}
