/** UDP seen from outside: counted by destination port. RFC 768; RFC 8200 §8.1 on the missing checksum. */
import { checkUdp, UDP_OCTETS, udpChecksum, udpDestinationPort, udpLength } from "../../wire/udp.js";
import type { Counts } from "./counts.js";
import type { IpPacket } from "./packet.js";
import { payloadIntact } from "./transport.js";

const PORTS = 65_536;

export interface UdpPort {
  readonly port: number;
  readonly datagrams: number;
  /** Data octets, headers not counted. */
  readonly octets: number;
}

export class Udp {
  readonly #datagrams = new Float64Array(PORTS);
  readonly #octets = new Float64Array(PORTS);
  readonly #counts: Counts;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  /** `required`: drop what has a wrong checksum. */
  input(packet: IpPacket, required: boolean): void {
    this.#counts.udp++;
    const { octets, at } = packet;
    const problem = checkUdp(octets, at, packet.end, packet.wireEnd);
    if (problem !== undefined) return this.#counts.problem(problem, !packet.whole);
    const length = udpLength(octets, at) || packet.wireEnd - at;
    if (!isIntact(packet, length)) {
      this.#counts.badChecksum++;
      this.#counts.reason("udp: wrong checksum");
      if (required) return;
    }
    const port = udpDestinationPort(octets, at);
    this.#datagrams[port] = (this.#datagrams[port] ?? 0) + 1;
    this.#octets[port] = (this.#octets[port] ?? 0) + length - UDP_OCTETS;
  }

  /** Ports with datagrams, the busiest first. */
  list(): UdpPort[] {
    const ports: UdpPort[] = [];
    this.#datagrams.forEach((datagrams, port) => {
      if (datagrams > 0) ports.push({ port, datagrams, octets: this.#octets[port] ?? 0 });
    });
    return ports.sort((a, b) => b.datagrams - a.datagrams || a.port - b.port);
  }
}

function isIntact(packet: IpPacket, length: number): boolean {
  if (packet.version === 4 && udpChecksum(packet.octets, packet.at) === 0) return true;
  return payloadIntact(packet, length);
}
