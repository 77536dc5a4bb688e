/**
 * Sends back what asks for it: ICMP echo requests (RFC 792, RFC 1122 §3.2.2.6) as replies, UDP datagrams (RFC 862) as they are, over IPv4 on Ethernet. Which
 * frames come here is said by its bindings. Options: `port` (0): the port by which answers leave; 0: the one by which the frame
 * came. Queries: `echo`: {epoch, frames, icmp, udp, ignored, full, sent, refused, error}; `full` and what is before it count the
 * epoch, the others all that the kernel did.
 */
import { complement, sum } from "../../wire/checksum.js";
import { ETHERNET, EtherType } from "../../wire/ethernet.js";
import { checkIcmp, ICMP, ICMP_OCTETS, icmpType } from "../../wire/icmp.js";
import {
  checkIpv4,
  IPV4,
  ipv4End,
  ipv4HeaderIntact,
  ipv4HeaderLength,
  ipv4IsFragment,
  ipv4Protocol,
} from "../../wire/ipv4.js";
import { LinkType, linkPayload, offsetOf, typeOf } from "../../wire/linktype.js";
import { checkUdp, UDP } from "../../wire/udp.js";
import { integer, onlyKnown, PAGE } from "../argument.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";
import type { Transmit } from "../transmit.js";

const ICMP_PROTOCOL = 1;
const UDP_PROTOCOL = 17;
const ECHO_REQUEST = 8;
const TTL = 64;
/** The longest frame that is answered. */
const MOST_OCTETS = 9216;

class Echo implements Program {
  readonly #port: number;
  readonly #transmit: Transmit;
  /** The frame that is being answered: octets that nobody changes meanwhile. */
  readonly #octets = new Uint8Array(MOST_OCTETS);
  #epoch = 0;
  #frames = 0;
  #icmp = 0;
  #udp = 0;
  #full = 0;

  constructor(port: number, transmit: Transmit) {
    this.#port = port;
    this.#transmit = transmit;
  }

  frames(ring: RingView, from: number, to: number): void {
    for (let i = from; i !== to; i = (i + 1) | 0) {
      this.#frames++;
      const captured = ring.captured(i);
      const whole = captured === ring.wire(i) && captured <= MOST_OCTETS;
      if (!whole || ring.linkType(i) !== LinkType.ethernet) continue;
      const address = ring.address(i);
      this.#octets.set(ring.octets.subarray(address, address + captured));
      const protocol = answered(this.#octets, captured);
      if (protocol === 0) continue;
      if (!this.#transmit.send(this.#port === 0 ? ring.port(i) : this.#port, this.#octets, captured)) this.#full++;
      else if (protocol === UDP_PROTOCOL) this.#udp++;
      else this.#icmp++;
    }
  }

  epoch(epoch: number): void {
    this.#epoch = epoch;
    this.#frames = 0;
    this.#icmp = 0;
    this.#udp = 0;
    this.#full = 0;
  }

  query(what: string, args: Readonly<Record<string, unknown>>): unknown {
    if (what !== "echo") throw new QueryError(what);
    onlyKnown(args, PAGE);
    const { sent, refused, error } = this.#transmit.counts;
    const ignored = this.#frames - this.#icmp - this.#udp - this.#full;
    const epoch = { epoch: this.#epoch, frames: this.#frames, icmp: this.#icmp, udp: this.#udp, ignored };
    return { ...epoch, full: this.#full, sent, refused, error: error ?? null };
  }
}

/** Makes an answer of the frame where it lies; its protocol, or 0 where it asks for none. */
function answered(octets: Uint8Array, length: number): number {
  const place = linkPayload(octets, 0, length, LinkType.ethernet);
  // What is sent to many is not answered: neither a group nor everybody.
  if (place < 0 || typeOf(place) !== EtherType.ipv4 || ((octets[ETHERNET.destination.offset] ?? 1) & 1) === 1) return 0;
  const ip = offsetOf(place);
  const end = ipv4Asked(octets, ip, length);
  if (end === 0) return 0;
  const at = ip + ipv4HeaderLength(octets, ip);
  const protocol = ipv4Protocol(octets, ip);
  if (protocol === ICMP_PROTOCOL ? !answerIcmp(octets, at, end) : !answerUdp(octets, at, end)) return 0;
  swap(octets, ETHERNET.destination.offset, ETHERNET.source.offset, 6);
  swap(octets, ip + IPV4.source.offset, ip + IPV4.destination.offset, 4);
  octets[ip + IPV4.ttl.offset] = TTL;
  fill(octets, ip + IPV4.checksum.offset, ip, at);
  return protocol;
}

/** Where the packet ends; 0 where it is none that can be answered. */
function ipv4Asked(octets: Uint8Array, ip: number, length: number): number {
  if (checkIpv4(octets, ip, length) !== undefined || ipv4IsFragment(octets, ip)) return 0;
  const end = ipv4End(octets, ip, length);
  const protocol = ipv4Protocol(octets, ip);
  const known = protocol === ICMP_PROTOCOL || protocol === UDP_PROTOCOL;
  return known && end <= length && ipv4HeaderIntact(octets, ip) ? end : 0;
}

function answerIcmp(octets: Uint8Array, at: number, end: number): boolean {
  if (checkIcmp(at, end) !== undefined || at + 2 * ICMP_OCTETS > end) return false;
  if (icmpType(octets, at) !== ECHO_REQUEST) return false;
  octets[at + ICMP.type.offset] = 0;
  fill(octets, at + ICMP.checksum.offset, at, end);
  return true;
}

/** The checksum stays what it is: addresses and ports only change places. */
function answerUdp(octets: Uint8Array, at: number, end: number): boolean {
  if (checkUdp(octets, at, end, end) !== undefined) return false;
  swap(octets, at + UDP.sourcePort.offset, at + UDP.destinationPort.offset, 2);
  return true;
}

function swap(octets: Uint8Array, one: number, other: number, length: number): void {
  for (let index = 0; index < length; index++) {
    const kept = octets[one + index] ?? 0;
    octets[one + index] = octets[other + index] ?? 0;
    octets[other + index] = kept;
  }
}

/** Puts the checksum of `[from, to)` at `at`, within it. */
function fill(octets: Uint8Array, at: number, from: number, to: number): void {
  octets[at] = 0;
  octets[at + 1] = 0;
  const value = complement(sum(octets, from, to - from));
  octets[at] = value >> 8;
  octets[at + 1] = value & 255;
}

export const createEcho: ProgramFactory = (options, _machine, transmit) => {
  onlyKnown(options, ["port"]);
  if (transmit === undefined)
    throw new Error("echo: the environment may not send; it needs a capability with the right to transmit");
  return new Echo(integer(options, "port", 0, 0, 255), transmit);
};
