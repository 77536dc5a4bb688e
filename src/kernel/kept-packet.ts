/**
 * The packet that killed a handler last: a copy with its metadata, from which the kill can be seen again. It is kept on the packet's way, in
 * numbers and in one stretch of octets that grows as it must, and becomes an object when it is asked for.
 */
import { timeToText } from "../machine/clock.js";
import { copyOctets, newOctets, type Octets } from "../machine/copy.js";
import type { Descriptors } from "../machine/descriptor.js";
import { faultOf } from "../vcode/handler.js";
import type { KeptPacket } from "./calls-on-handlers.js";
import { MAX_KEPT_OCTETS } from "./limits.js";

/** Places of what is known of it. */
const Kept = {
  length: 0,
  wire: 1,
  timeHigh: 2,
  timeLow: 3,
  port: 4,
  linkType: 5,
  packet: 6,
  hops: 7,
  reason: 8,
  place: 9,
  told: 10,
  fuel: 11,
} as const;

export class PacketKeeper {
  #octets = newOctets(0);
  #isKept = false;
  readonly #words = new Float64Array(Object.keys(Kept).length);

  /** In the place of the one before. `memory`: physical. `reason`: a fault's number; the rest as KeptPacket says. */
  keep(
    memory: Octets,
    rows: Descriptors,
    row: number,
    packet: number,
    reason: number,
    place: number,
    told: boolean,
    fuel: number,
  ): void {
    const length = Math.min(rows.captured[row]!, MAX_KEPT_OCTETS);
    if (length > this.#octets.octets.length) this.#octets = newOctets(Math.min(2 * length, MAX_KEPT_OCTETS));
    copyOctets(memory, rows.address[row]!, this.#octets, 0, length);
    this.#isKept = true;
    const words = this.#words;
    words[Kept.length] = length;
    words[Kept.wire] = rows.wire[row]!;
    words[Kept.timeHigh] = rows.timeHigh[row]!;
    words[Kept.timeLow] = rows.timeLow[row]!;
    words[Kept.port] = rows.port[row]!;
    words[Kept.linkType] = rows.linkType[row]!;
    words[Kept.packet] = packet;
    words[Kept.hops] = rows.hops[row]!;
    words[Kept.reason] = reason;
    words[Kept.place] = place;
    words[Kept.told] = told ? 1 : 0;
    words[Kept.fuel] = fuel;
  }

  get packet(): KeptPacket | null {
    if (!this.#isKept) return null;
    const at = (word: number) => this.#words[word]!;
    return {
      octets: this.#octets.octets.slice(0, at(Kept.length)),
      wire: at(Kept.wire),
      time: timeToText(at(Kept.timeHigh), at(Kept.timeLow)),
      port: at(Kept.port),
      linkType: at(Kept.linkType),
      packet: at(Kept.packet),
      hops: at(Kept.hops),
      reason: faultOf(at(Kept.reason)) ?? "call",
      place: at(Kept.place),
      told: at(Kept.told) === 1,
      fuel: at(Kept.fuel),
    };
  }
}
