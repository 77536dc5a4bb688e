/** What the front door asks of a file format. */
import type { Descriptors } from "../machine/descriptor.js";

/**
 * A walker sees the file as stretches of memory, each beginning where it stopped in the last one.
 * It keeps no reference to octets: an octet that decides is loaded once, into a local.
 */
export interface RecordWalker {
  /** Name of the format: pcap-le-us, pcapng-be, … */
  readonly format: string;
  /** A header was read whole and accepted. */
  readonly begun: boolean;
  /** Frames described so far. */
  readonly packets: number;
  /** Nothing after this can be trusted; what follows is not read. */
  readonly stopped: boolean;
  /** Octets behind the last stretch that belong to something left out. */
  skip: number;
  /**
   * Describes every whole record in `[from, to)`, whose first octet has file offset `offset`, and
   * returns the address of the first octet it did not deal with. A record larger than `room`
   * octets will never lie there whole, and is left out.
   */
  walk(from: number, to: number, offset: number, room: number, into: Descriptors): number;
  /** The file ends with `rest` octets not dealt with, the first of which has file offset `offset`. */
  finish(rest: number, offset: number): void;
  /** Frames by LINKTYPE_ number. */
  linkTypes(): Map<number, number>;
  /** Exact ns of the first and the last frame in file order; null where the record has no time, or there is none. */
  firstTime(): bigint | null;
  lastTime(): bigint | null;
}
