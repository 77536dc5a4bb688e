import { IPV4 } from "../../wire/ipv4.js";
import { IPV6 } from "../../wire/ipv6.js";

/**
 * An IP packet on its way up: one object for all of them, filled anew for each. The payload lies in
 * the frame, or in a buffer of the reassembler; nobody keeps a reference beyond the call.
 */
export class IpPacket {
  version: 4 | 6 = 4;
  /** Where the IP header lies (of a datagram in fragments: the header of the fragment that completed it). */
  header: Uint8Array = new Uint8Array();
  headerAt = 0;
  /** IP protocol of the payload. */
  protocol = 0;
  /** Payload: captured octets [at, end); on the wire it went on to wireEnd. */
  octets: Uint8Array = new Uint8Array();
  at = 0;
  end = 0;
  wireEnd = 0;
  /** Capture time in ms; exact enough for timers. */
  now = 0;

  /** Where the source address lies in `header`; the destination follows it. */
  get addressesAt(): number {
    return this.headerAt + (this.version === 4 ? IPV4.source.offset : IPV6.source.offset);
  }

  /** Octets of both addresses. */
  get addressesLength(): number {
    return this.version === 4 ? 8 : 32;
  }

  /** Whether all of the payload was captured. */
  get whole(): boolean {
    return this.end === this.wireEnd;
  }
}
