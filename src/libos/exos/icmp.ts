/** ICMP and ICMPv6 seen from outside: counted by type and code (RFC 792, RFC 4443). */
import { intact, sum } from "../../wire/checksum.js";
import { checkIcmp, icmpCode, icmpType } from "../../wire/icmp.js";
import type { Counts } from "./counts.js";
import type { IpPacket } from "./packet.js";
import { payloadIntact } from "./transport.js";

export interface IcmpCount {
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
  readonly messages: number;
}

export class Icmp {
  /** By type × 256 + code, the two versions apart. */
  readonly #messages = { 4: new Map<number, number>(), 6: new Map<number, number>() };
  readonly #counts: Counts;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  /** `required`: drop what has a wrong checksum. */
  input(packet: IpPacket, required: boolean): void {
    this.#counts.icmp++;
    const { octets, at } = packet;
    const problem = checkIcmp(at, packet.end);
    if (problem !== undefined) return this.#counts.problem(problem, !packet.whole);
    if (!isIntact(packet)) {
      this.#counts.badChecksum++;
      this.#counts.reason("icmp: wrong checksum");
      if (required) return;
    }
    const messages = this.#messages[packet.version];
    const kind = (icmpType(octets, at) << 8) | icmpCode(octets, at);
    messages.set(kind, (messages.get(kind) ?? 0) + 1);
  }

  list(): IcmpCount[] {
    const rows = (version: 4 | 6) =>
      [...this.#messages[version]]
        .sort(([a], [b]) => a - b)
        .map(([kind, messages]) => ({ version, type: kind >> 8, code: kind & 255, messages }));
    return [...rows(4), ...rows(6)];
  }
}

/** ICMP has no pseudo-header (RFC 792), ICMPv6 has (RFC 4443 §2.3). */
function isIntact(packet: IpPacket): boolean {
  if (packet.version === 6) return payloadIntact(packet, packet.wireEnd - packet.at);
  return !packet.whole || intact(sum(packet.octets, packet.at, packet.end - packet.at));
}
