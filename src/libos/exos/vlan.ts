import { EtherType, isMpls, isTag, vlanId } from "../../wire/ethernet.js";
import { isWrapped, offsetOf, step, typeOf } from "../../wire/linktype.js";
import type { Counts } from "./counts.js";

export interface VlanCount {
  readonly id: number;
  readonly frames: number;
}

/** Takes tags and labels off frames, and counts frames by the outermost VLAN. */
export class Vlans {
  /** Frames by VLAN number, 0–4,095. */
  readonly #frames = new Float64Array(4096);
  readonly #counts: Counts;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  /** From the place of a link's payload to the network layer's: see linktype.ts. */
  strip(octets: Uint8Array, at: number, end: number, place: number): number {
    if (!isWrapped(place)) return place;
    if (isTag(typeOf(place))) this.#tagged(octets, at + offsetOf(place), end);
    let inner = place;
    while (isWrapped(inner)) {
      if (isMpls(typeOf(inner))) this.#counts.mpls++;
      else if (typeOf(inner) === EtherType.pppoeSession) this.#counts.reason("pppoe");
      inner = step(octets, at, end, inner);
    }
    return inner;
  }

  /** VLANs that had frames, by number. */
  list(): VlanCount[] {
    return Array.from(this.#frames, (frames, id) => ({ id, frames })).filter(({ frames }) => frames > 0);
  }

  /** `at`: the octet after the TPID. */
  #tagged(octets: Uint8Array, at: number, end: number): void {
    this.#counts.vlan++;
    if (at + 2 > end) return;
    const id = vlanId(octets, at - 2);
    this.#frames[id] = (this.#frames[id] ?? 0) + 1;
  }
}
