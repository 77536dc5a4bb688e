/**
 * ExOS, passive: the stack put together. It hears both sides of every conversation and says nothing.
 *
 *   netif ─ vlan ─┬─ arp
 *                 └─ ip-input ─ fragment ─┬─ icmp
 *                                         ├─ udp
 *                                         └─ tcp
 */
import { Protocol } from "../../wire/ipv6.js";
import { Arp } from "./arp.js";
import { Counts } from "./counts.js";
import { Reassembler } from "./fragment.js";
import { Icmp } from "./icmp.js";
import { type ChecksumPolicy, IpInput } from "./ip-input.js";
import { Netif } from "./netif.js";
import type { IpPacket } from "./packet.js";
import { Tcp } from "./tcp/tcp.js";
import { Udp } from "./udp.js";
import { Vlans } from "./vlan.js";

export interface ExosOptions {
  readonly checksums: ChecksumPolicy;
  /** TCP connections remembered in an epoch. */
  readonly streams: number;
  /** Decides where connections lie in their table, nothing else. */
  readonly seed: number;
}

/** One epoch of the stack: a new one is made for the next. */
export class Exos {
  readonly counts = new Counts();
  readonly vlans = new Vlans(this.counts);
  readonly arp = new Arp(this.counts);
  readonly reassembler = new Reassembler(this.counts);
  readonly icmp = new Icmp(this.counts);
  readonly udp = new Udp(this.counts);
  readonly tcp: Tcp;
  readonly netif: Netif;
  readonly #required: boolean;

  constructor(options: ExosOptions) {
    this.#required = options.checksums === "require";
    this.tcp = new Tcp(this.counts, options.streams, options.seed);
    const ip = new IpInput(this.counts, this.reassembler, options.checksums, (packet) => this.#transport(packet));
    this.netif = new Netif(this.counts, this.vlans, this.arp, ip);
  }

  /** The epoch has ended. */
  finish(): void {
    this.reassembler.clear();
    this.tcp.finish();
  }

  #transport(packet: IpPacket): void {
    switch (packet.protocol) {
      case Protocol.tcp:
        return this.tcp.input(packet, this.#required);
      case Protocol.udp:
        return this.udp.input(packet, this.#required);
      case Protocol.icmp:
      case Protocol.icmpv6:
        return this.icmp.input(packet, this.#required);
      default:
        this.counts.otherProtocol++;
    }
  }
}
