/**
 * The ledger: every term of the books, counted where it happens, in memory of the kernel's own.
 * What others read are copies (books.ts).
 *
 *   offered = received + dropped before demux, by cause
 *   received = claimed + tapped only + unclaimed
 *   claimed + taps = consumed + delivered + undelivered, by cause + in flight
 *   asked to be sent = sent + refused, by cause
 */
import { DELIVERY_CAUSES, RX_CAUSES, SEND_CAUSES } from "./books.js";

export class Ledger {
  offered = 0;
  received = 0;
  claimed = 0;
  tappedOnly = 0;
  unclaimed = 0;
  /** Deliveries to taps. */
  taps = 0;
  consumed = 0;
  /** Given back by their environments, or counted by an environment that only counts. */
  delivered = 0;
  inFlight = 0;
  /** Times that the NIC found every segment held. */
  stalls = 0;
  /** Packets on which target and shadow disagreed. */
  disagreements = 0;
  /** Packets that both have judged. */
  compared = 0;
  /** Frames that a port took from an environment; what became of them is in the port's own books (nic/lane.ts). */
  sent = 0;
  sentOctets = 0;
  readonly sendRefused = new Float64Array(SEND_CAUSES.length);
  readonly rxDropped = new Float64Array(RX_CAUSES.length);
  readonly undelivered = new Float64Array(DELIVERY_CAUSES.length);
}
