/** The packet that killed a handler last: a copy with its words, from which the kill can be seen again. */

import { timeToText } from "../machine/clock.js";
import type { Descriptors } from "../machine/descriptor.js";
import type { HandlerFault } from "../vcode/handler.js";
import type { KeptPacket } from "./handler-calls.js";
import { MAX_KEPT_OCTETS } from "./limits.js";

export interface Kill {
  readonly reason: HandlerFault;
  readonly place: number;
  readonly told: boolean;
  readonly fuel: number;
}

export class PacketKeeper {
  #octets = new Uint8Array(0);
  #packet: Omit<KeptPacket, "octets"> | undefined;
  #length = 0;

  /** In the place of the one before. `memory`: physical. */
  keep(memory: Uint8Array, rows: Descriptors, row: number, packet: number, kill: Kill): void {
    const length = Math.min(rows.captured[row]!, MAX_KEPT_OCTETS);
    if (length > this.#octets.length) this.#octets = new Uint8Array(length);
    const address = rows.address[row]!;
    this.#octets.set(memory.subarray(address, address + length));
    this.#length = length;
    this.#packet = {
      wire: rows.wire[row]!,
      time: timeToText(rows.timeHigh[row]!, rows.timeLow[row]!),
      port: rows.port[row]!,
      linkType: rows.linkType[row]!,
      packet,
      hops: rows.hops[row]!,
      ...kill,
    };
  }

  get packet(): KeptPacket | null {
    return this.#packet === undefined ? null : { octets: this.#octets.slice(0, this.#length), ...this.#packet };
  }
}
