/** ARP seen from outside: RFC 826's table, filled from what others say, and never believed by anyone. */
import { formatIpv4, formatMac } from "../../wire/address.js";
import { ARP, ArpOperation, arpOperation, checkArp } from "../../wire/arp.js";
import { u32 } from "../../wire/octets.js";
import type { Counts } from "./counts.js";

/** Addresses remembered; more are not. */
const MAX_BINDINGS = 4096;

export interface ArpBinding {
  readonly address: string;
  readonly mac: string;
  /** How often another MAC was told for the address. */
  readonly changes: number;
}

export class Arp {
  requests = 0;
  replies = 0;
  readonly #bindings = new Map<number, ArpBinding>();
  readonly #counts: Counts;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  get bindings(): Iterable<ArpBinding> {
    return this.#bindings.values();
  }

  input(octets: Uint8Array, at: number, end: number, snapped: boolean): void {
    this.#counts.arp++;
    const problem = checkArp(octets, at, end);
    if (problem !== undefined) return this.#counts.problem(problem, snapped);
    const operation = arpOperation(octets, at);
    if (operation === ArpOperation.request) this.requests++;
    else if (operation === ArpOperation.reply) this.replies++;
    this.#learn(octets, at);
  }

  #learn(octets: Uint8Array, at: number): void {
    const key = u32(octets, at + ARP.senderIp.offset);
    // A probe (RFC 5227 §1.1) asks on behalf of nobody yet.
    if (key === 0) return;
    const known = this.#bindings.get(key);
    const mac = formatMac(octets, at + ARP.senderMac.offset);
    if (known === undefined ? this.#bindings.size >= MAX_BINDINGS : known.mac === mac) return;
    const address = known?.address ?? formatIpv4(octets, at + ARP.senderIp.offset);
    this.#bindings.set(key, { address, mac, changes: known === undefined ? 0 : known.changes + 1 });
  }
}
