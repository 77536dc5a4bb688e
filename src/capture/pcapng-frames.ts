/**
 * Writes frames as a pcapng of one section and one interface, with times in ns (draft-ietf-opsawg-pcapng §4.1, §4.2, §4.3), little-endian,
 * its length unknown.
 */
import { copyOctets, type Octets } from "../machine/copy.js";
import { Block } from "./pcapng-options.js";

const MAGIC = 0x1a2b3c4d;
const VERSION = 1;
const SECTION_OCTETS = 28;
const INTERFACE_OCTETS = 32;
const TSRESOL = 9;
const NANOSECONDS = 9;
const FRAME_OCTETS = 32;

/** What comes before the first frame. `snap`: octets of the longest frame. */
export function pcapngHeader(linkType: number, snap: number): Uint8Array {
  const octets = new Uint8Array(SECTION_OCTETS + INTERFACE_OCTETS);
  const view = new DataView(octets.buffer);
  frameBlock(view, 0, Block.section, SECTION_OCTETS);
  view.setUint32(8, MAGIC, true);
  view.setUint16(12, VERSION, true);
  view.setBigInt64(16, -1n, true);
  const at = SECTION_OCTETS;
  frameBlock(view, at, Block.interface, INTERFACE_OCTETS);
  view.setUint16(at + 8, linkType, true);
  view.setUint32(at + 12, snap, true);
  view.setUint16(at + 16, TSRESOL, true);
  view.setUint16(at + 18, 1, true);
  view.setUint8(at + 20, NANOSECONDS);
  return octets;
}

/** Octets that a frame of this length takes. */
export function frameBlockOctets(length: number): number {
  return FRAME_OCTETS + ((length + 3) & ~3);
}

/** Puts the first `length` octets at `at` as an Enhanced Packet Block, captured whole at this time (ns since 1970). */
export function putFrame(to: Octets, at: number, frame: Octets, length: number, high: number, low: number): void {
  const { view } = to;
  const size = frameBlockOctets(length);
  frameBlock(view, at, Block.enhanced, size);
  view.setUint32(at + 8, 0, true);
  view.setUint32(at + 12, high, true);
  view.setUint32(at + 16, low, true);
  view.setUint32(at + 20, length, true);
  view.setUint32(at + 24, length, true);
  copyOctets(frame, 0, to, at + 28, length);
  to.octets.fill(0, at + 28 + length, at + size - 4);
}

/** Type and both lengths. */
function frameBlock(view: DataView, at: number, type: number, octets: number): void {
  view.setUint32(at, type, true);
  view.setUint32(at + 4, octets, true);
  view.setUint32(at + octets - 4, octets, true);
}
