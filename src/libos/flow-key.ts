/**
 * Which conversation a frame belongs to. IP packets go by addresses, protocol and ports (0 where the
 * octets with the ports are not there: later fragments, other protocols); Ethernet frames of other types
 * by their MAC addresses and type; what is neither by its link type alone.
 */
import { ETHERNET, EtherType } from "../wire/ethernet.js";
import { checkIpv4, IPV4, ipv4End, ipv4FragmentOffset, ipv4HeaderLength, ipv4Protocol } from "../wire/ipv4.js";
import {
  CHAIN_CUT,
  chainKind,
  chainLength,
  checkIpv6,
  fragmentNextHeader,
  fragmentOffset,
  IPV6,
  IPV6_FRAGMENT_OCTETS,
  IPV6_HEADER_OCTETS,
  ipv6End,
  ipv6NextHeader,
  Protocol,
  walkChain,
} from "../wire/ipv6.js";
import { LinkType, network, offsetOf, typeOf } from "../wire/linktype.js";
import { i32, u16 } from "../wire/octets.js";
import { TCP, tcpFlags } from "../wire/tcp.js";
import { Family, TupleKey } from "./tuple.js";

const PORTS_OCTETS = 4;

export class FlowKey extends TupleKey {
  /** TCP flags of the frame; 0 where it has none. */
  flags = 0;

  /** Makes the key of the frame `[at, end)`. */
  read(octets: Uint8Array, at: number, end: number, linkType: number): void {
    this.flags = 0;
    const place = network(octets, at, end, linkType);
    if (place >= 0) {
      const type = typeOf(place);
      if (type === EtherType.ipv4 && this.#ipv4(octets, at + offsetOf(place), end)) return;
      if (type === EtherType.ipv6 && this.#ipv6(octets, at + offsetOf(place), end)) return;
      if (linkType === LinkType.ethernet) return this.#ethernet(octets, at, type);
    }
    this.source.fill(0);
    this.destination.fill(0);
    this.close(Family.link, linkType, 0, 0);
  }

  #ethernet(octets: Uint8Array, at: number, type: number): void {
    const { source, destination } = this;
    source[0] = u16(octets, at + ETHERNET.source.offset);
    source[1] = i32(octets, at + ETHERNET.source.offset + 2);
    destination[0] = u16(octets, at + ETHERNET.destination.offset);
    destination[1] = i32(octets, at + ETHERNET.destination.offset + 2);
    source[2] = source[3] = destination[2] = destination[3] = 0;
    this.close(Family.mac, type, 0, 0);
  }

  #ipv4(octets: Uint8Array, at: number, end: number): boolean {
    if (checkIpv4(octets, at, end) !== undefined) return false;
    const { source, destination } = this;
    source[0] = i32(octets, at + IPV4.source.offset);
    destination[0] = i32(octets, at + IPV4.destination.offset);
    source[1] = source[2] = source[3] = destination[1] = destination[2] = destination[3] = 0;
    const protocol = ipv4Protocol(octets, at);
    const first = ipv4FragmentOffset(octets, at) === 0;
    const to = Math.min(end, ipv4End(octets, at, end));
    this.#ports(octets, first ? at + ipv4HeaderLength(octets, at) : to, to, Family.ipv4, protocol);
    return true;
  }

  #ipv6(octets: Uint8Array, at: number, end: number): boolean {
    if (checkIpv6(octets, at, end) !== undefined) return false;
    for (let i = 0; i < 4; i++) {
      this.source[i] = i32(octets, at + IPV6.source.offset + 4 * i);
      this.destination[i] = i32(octets, at + IPV6.destination.offset + 4 * i);
    }
    const to = Math.min(end, ipv6End(octets, at, end));
    this.#upper(octets, at + IPV6_HEADER_OCTETS, to, ipv6NextHeader(octets, at));
    return true;
  }

  /** Follows an IPv6 chain that begins at `at`, through a first fragment's header, to the ports. */
  #upper(octets: Uint8Array, at: number, end: number, nextHeader: number): void {
    const chain = walkChain(octets, at, end, nextHeader);
    if (chain === CHAIN_CUT) return this.#ports(octets, end, end, Family.ipv6, nextHeader);
    const next = at + chainLength(chain);
    if (chainKind(chain) !== Protocol.fragment || next + IPV6_FRAGMENT_OCTETS > end) {
      return this.#ports(octets, next, end, Family.ipv6, chainKind(chain));
    }
    const inner = fragmentNextHeader(octets, next);
    if (fragmentOffset(octets, next) === 0 && inner !== Protocol.fragment) {
      return this.#upper(octets, next + IPV6_FRAGMENT_OCTETS, end, inner);
    }
    this.#ports(octets, end, end, Family.ipv6, inner);
  }

  #ports(octets: Uint8Array, at: number, end: number, family: number, protocol: number): void {
    const there = hasPorts(protocol) && at + PORTS_OCTETS <= end;
    if (protocol === Protocol.tcp && at + TCP.flags.offset < end) this.flags = tcpFlags(octets, at);
    this.close(family, protocol, there ? u16(octets, at) : 0, there ? u16(octets, at + 2) : 0);
  }
}

/** TCP, UDP, DCCP, SCTP, UDP-Lite: all begin with source and destination port. */
function hasPorts(protocol: number): boolean {
  return (
    protocol === Protocol.tcp || protocol === Protocol.udp || protocol === 33 || protocol === 132 || protocol === 136
  );
}
