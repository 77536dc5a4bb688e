/**
 * What ExOS made of its frames, by name. A frame may count under several: a VLAN frame with TCP in IPv4
 * counts as vlan, ipv4 and tcp. What is wrong counts as `malformed`, or as `cut` where the capture holds
 * fewer octets than the wire did, and once more under the reason's own text.
 */
export class Counts {
  vlan = 0;
  mpls = 0;
  arp = 0;
  ipv4 = 0;
  ipv6 = 0;
  icmp = 0;
  udp = 0;
  tcp = 0;
  /** IP packets of other protocols, and frames of other types. */
  otherProtocol = 0;
  other = 0;
  malformed = 0;
  cut = 0;
  fragments = 0;
  reassembled = 0;
  badChecksum = 0;
  readonly #reasons = new Map<string, number>();

  /** One more under a name of its own; the names come from closed lists in the code. */
  reason(text: string): void {
    this.#reasons.set(text, (this.#reasons.get(text) ?? 0) + 1);
  }

  problem(text: string, snapped: boolean): void {
    if (snapped) this.cut++;
    else this.malformed++;
    this.reason(text);
  }

  /** All of them; names that were never counted are left out of the reasons only. */
  toJSON(): Record<string, number> {
    return { ...this, ...Object.fromEntries(this.#reasons) };
  }
}
