import { EtherType } from "../../wire/ethernet.js";
import { linkPayload, offsetOf, typeOf, UNKNOWN_LINK } from "../../wire/linktype.js";
import type { Arp } from "./arp.js";
import type { Counts } from "./counts.js";
import type { IpInput } from "./ip-input.js";
import type { Vlans } from "./vlan.js";

/** The bottom of the stack: a frame of any link type goes to ARP, IPv4 or IPv6, or is counted as other. */
export class Netif {
  frames = 0;
  readonly #counts: Counts;
  readonly #vlans: Vlans;
  readonly #arp: Arp;
  readonly #ip: IpInput;

  constructor(counts: Counts, vlans: Vlans, arp: Arp, ip: IpInput) {
    this.#counts = counts;
    this.#vlans = vlans;
    this.#arp = arp;
    this.#ip = ip;
  }

  /** The frame `[at, end)`, of `wire` octets on the wire, captured at `now` ms. */
  input(octets: Uint8Array, at: number, end: number, wire: number, linkType: number, now: number): void {
    this.frames++;
    const snapped = end - at < wire;
    const place = this.#vlans.strip(octets, at, end, linkPayload(octets, at, end, linkType));
    if (place === UNKNOWN_LINK) {
      this.#counts.other++;
      return;
    }
    if (place < 0) return this.#counts.problem("link: header cut", snapped);
    const packet = at + offsetOf(place);
    switch (typeOf(place)) {
      case EtherType.ipv4:
        return this.#ip.ipv4(octets, packet, end, at + wire, now);
      case EtherType.ipv6:
        return this.#ip.ipv6(octets, packet, end, at + wire, now);
      case EtherType.arp:
        return this.#arp.input(octets, packet, end, snapped);
      default:
        this.#counts.other++;
    }
  }
}
