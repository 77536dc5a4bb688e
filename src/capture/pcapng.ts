/**
 * pcapng (draft-ietf-opsawg-pcapng): blocks of a type and two equal lengths, in sections that each
 * choose a byte order and describe their interfaces anew. Frames come in Enhanced, Simple and the
 * obsolete Packet Blocks; other blocks are passed over. A block whose framing holds but whose
 * inside lies is left out, with damage, and reading goes on; where the framing lies, it stops.
 */
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { Blocks } from "./blocks.js";
import type { DamageCode, DamageLog } from "./damage.js";
import { MAX_CAPTURED, MAX_INTERFACES } from "./limits.js";
import { Block, isFrame, isNeeded, readInterfaceOptions, smallestBlock } from "./pcapng-options.js";
import { TickClock } from "./time.js";
import type { RecordWalker } from "./walker.js";

const MAGIC = 0x1a2b3c4d;
const MAGIC_SWAPPED = 0x4d3c2b1a;

/** What is common to all interfaces that were described so far, of all sections. */
export interface InterfacesSeen {
  /** Of the first; undefined where there is none. */
  linkType: number | undefined;
  /** The largest. */
  snap: number;
  /** Whether one of them has times that are no whole µs. */
  fine: boolean;
}

interface Interface {
  readonly linkType: number;
  readonly snap: number;
  readonly clock: TickClock;
  /** False for one whose block could not be read: it keeps its number, and its frames are left out. */
  readonly known: boolean;
  packets: number;
}

/** A frame's time as the file has it. */
interface RawTime {
  readonly clock: TickClock;
  readonly high: number;
  readonly low: number;
}

export class PcapngWalker implements RecordWalker {
  begun = false;
  packets = 0;
  stopped = false;
  skip = 0;
  readonly seen: InterfacesSeen = { linkType: undefined, snap: 0, fine: false };
  readonly #view: DataView;
  readonly #damage: DamageLog;
  readonly #port: number;
  readonly #blocks: Blocks | undefined;
  #format = "pcapng";
  #little = true;
  #interfaces: Interface[] = [];
  /** Frames of sections that are over. */
  readonly #linkTypes = new Map<number, number>();
  /** Length of a block that was passed over and whose second length is still to come, else 0. */
  #trailerOf = 0;
  #skippedFrom = 0;
  #first: RawTime | null = null;
  #lastClock: TickClock | null = null;
  #lastHigh = 0;
  #lastLow = 0;

  /** `blocks`: where all blocks are told of, not only frames. */
  constructor(memory: PhysicalMemory, port: number, damage: DamageLog, blocks?: Blocks) {
    this.#view = memory.view;
    this.#port = port;
    this.#damage = damage;
    this.#blocks = blocks;
  }

  /** Byte order of the first section. */
  get format(): string {
    return this.#format;
  }

  walk(from: number, to: number, offset: number, room: number, into: Descriptors): number {
    let at = from;
    if (this.#trailerOf !== 0) {
      if (to - at < 4) return at;
      if (!this.#trailer(at, this.#trailerOf, this.#skippedFrom)) return at;
      this.#trailerOf = 0;
      at += 4;
    }
    while (to - at >= 12) {
      const place = offset + (at - from);
      const type = this.#view.getUint32(at, this.#little);
      if (type === Block.section && !this.#byteOrder(at + 8, place + 8)) break;
      const total = this.#view.getUint32(at + 4, this.#little);
      if (total % 4 !== 0 || total < smallestBlock(type)) {
        this.#stop("E_BLOCK_LENGTH", place, `${total}`);
        break;
      }
      if (total > to - at) {
        if (this.#wanted(type) && total <= room) break;
        return this.#passOver(type, at, to, total, place);
      }
      if (!this.#trailer(at + total - 4, total, place)) break;
      const row = into.count;
      this.#block(type, at, total, place, into);
      this.#tell(type, at, total, row, into.count);
      if (this.stopped) break;
      at += total;
    }
    return at;
  }

  finish(rest: number, offset: number): void {
    const code = this.begun ? "E_CUT_BLOCK" : "E_CUT_HEADER";
    if (this.skip > 0 || this.#trailerOf !== 0) this.#damage.note(code, this.#skippedFrom);
    else if (rest > 0) this.#damage.note(code, offset);
  }

  linkTypes(): Map<number, number> {
    const all = new Map(this.#linkTypes);
    for (const face of this.#interfaces) addTo(all, face);
    return all;
  }

  firstTime(): bigint | null {
    return this.#first === null ? null : this.#first.clock.exact(this.#first.high, this.#first.low);
  }

  lastTime(): bigint | null {
    return this.#lastClock === null ? null : this.#lastClock.exact(this.#lastHigh, this.#lastLow);
  }

  #stop(code: DamageCode, offset: number, detail?: string): void {
    this.#damage.note(code, offset, detail);
    this.stopped = true;
  }

  /** The block's type reads the same in both orders; its length must wait until the order is known. */
  #byteOrder(at: number, place: number): boolean {
    const magic = this.#view.getUint32(at, true);
    if (magic !== MAGIC && magic !== MAGIC_SWAPPED) {
      this.#stop("E_BYTE_ORDER", place);
      return false;
    }
    this.#little = magic === MAGIC;
    if (this.#format === "pcapng") this.#format = this.#little ? "pcapng-le" : "pcapng-be";
    return true;
  }

  #trailer(at: number, total: number, place: number): boolean {
    const again = this.#view.getUint32(at, this.#little);
    if (again === total) return true;
    this.#stop("E_BLOCK_TRAILER", place, `${total} and ${again}`);
    return false;
  }

  /** Leaves out a block that does not lie in the stretch whole, all but its second length. */
  #passOver(type: number, at: number, to: number, total: number, place: number): number {
    if (this.#wanted(type)) {
      // Whoever writes the blocks on could not: interfaces after it would have other numbers.
      if (this.#blocks !== undefined && !isFrame(type) && isNeeded(type)) this.stopped = true;
      this.#damage.note("E_SEGMENT", place, `${total} octets`);
      if (type === Block.section) this.#section(at, to, place);
      if (type === Block.interface) this.#describe(UNKNOWN, place);
    }
    this.#skippedFrom = place;
    this.#trailerOf = total;
    const inside = Math.min(total - 4, to - at);
    this.skip = total - 4 - inside;
    return at + inside;
  }

  /** Whether a block's octets are wanted whole. */
  #wanted(type: number): boolean {
    return this.#blocks !== undefined || isNeeded(type);
  }

  /** A frame's block that was left out is told of to nobody. */
  #tell(type: number, at: number, total: number, row: number, after: number): void {
    if (this.#blocks === undefined || this.stopped) return;
    if (after > row) this.#blocks.frame(row, at, total);
    else if (!isFrame(type) && type !== Block.private) this.#blocks.other(row, at, total);
  }

  #block(type: number, at: number, total: number, place: number, into: Descriptors): void {
    switch (type) {
      case Block.enhanced:
        this.#frame(this.#view.getUint32(at + 8, this.#little), at, total, place, into);
        break;
      case Block.packet:
        this.#frame(this.#view.getUint16(at + 8, this.#little), at, total, place, into);
        break;
      case Block.simple:
        this.#simple(at, total, place, into);
        break;
      case Block.interface:
        this.#interface(at, total, place);
        break;
      case Block.section:
        this.#section(at, at + total, place);
    }
  }

  /** Enhanced and Packet Block differ in where the interface's number lies, and in nothing else. */
  #frame(index: number, at: number, total: number, place: number, into: Descriptors): void {
    const view = this.#view;
    const little = this.#little;
    const face = this.#interfaces[index];
    if (face === undefined || !face.known) {
      this.#damage.note("E_INTERFACE", place, `${index}`);
      return;
    }
    const high = view.getUint32(at + 12, little);
    const low = view.getUint32(at + 16, little);
    const captured = view.getUint32(at + 20, little);
    const wire = view.getUint32(at + 24, little);
    if (!this.#fits(captured, total - 32, place)) return;
    const clock = face.clock;
    clock.set(high, low);
    this.#deliver(face, at + 28, captured, wire, clock.high, clock.low, place, into);
    if (this.packets === 1) this.#first = { clock, high, low };
    this.#lastClock = clock;
    this.#lastHigh = high;
    this.#lastLow = low;
  }

  /** A Simple Packet Block belongs to interface 0, has no time, and leaves its captured length to the snap length. */
  #simple(at: number, total: number, place: number, into: Descriptors): void {
    const wire = this.#view.getUint32(at + 8, this.#little);
    const face = this.#interfaces[0];
    if (face === undefined || !face.known) {
      this.#damage.note("E_INTERFACE", place, "0");
      return;
    }
    const captured = Math.min(wire, face.snap);
    if (!this.#fits(captured, total - 16, place)) return;
    this.#deliver(face, at + 12, captured, wire, 0, 0, place, into);
    this.#lastClock = null;
  }

  #fits(captured: number, inside: number, place: number): boolean {
    if (captured > MAX_CAPTURED) this.#damage.note("E_CAPTURED_TOO_LONG", place, `${captured}`);
    else if (captured > inside) this.#damage.note("E_CAPTURED_ABOVE_BLOCK", place, `${captured} > ${inside}`);
    else return true;
    return false;
  }

  #deliver(
    face: Interface,
    address: number,
    captured: number,
    wire: number,
    timeHigh: number,
    timeLow: number,
    place: number,
    into: Descriptors,
  ): void {
    if (captured > face.snap) this.#damage.note("E_CAPTURED_ABOVE_SNAP", place, `${captured} > ${face.snap}`);
    if (captured > wire) this.#damage.note("E_CAPTURED_ABOVE_WIRE", place, `${captured} > ${wire}`);
    const row = into.count;
    into.address[row] = address;
    into.captured[row] = captured > face.snap ? face.snap : captured;
    into.wire[row] = wire;
    into.timeHigh[row] = timeHigh;
    into.timeLow[row] = timeLow;
    into.linkType[row] = face.linkType;
    into.port[row] = this.#port;
    into.count = row + 1;
    face.packets++;
    this.packets++;
  }

  #section(at: number, to: number, place: number): void {
    for (const face of this.#interfaces) addTo(this.#linkTypes, face);
    this.#interfaces = [];
    if (to - at < 16) return;
    const major = this.#view.getUint16(at + 12, this.#little);
    const minor = this.#view.getUint16(at + 14, this.#little);
    // Some writers call 1.0 1.2; libpcap and Wireshark accept both and nothing else.
    if (major !== 1 || (minor !== 0 && minor !== 2)) this.#stop("E_VERSION", place + 12, `${major}.${minor}`);
    else this.begun = true;
  }

  #interface(at: number, total: number, place: number): void {
    const linkType = this.#view.getUint16(at + 8, this.#little);
    const snap = this.#view.getInt32(at + 12, this.#little);
    const { clock, whole } = readInterfaceOptions(this.#view, at + 16, at + total - 4, this.#little);
    if (!whole) this.#damage.note("E_OPTION", place);
    this.#describe(
      { linkType, snap: snap > 0 ? Math.min(snap, MAX_CAPTURED) : MAX_CAPTURED, clock, known: true },
      place,
    );
  }

  #see({ linkType, snap, clock }: Omit<Interface, "packets">): void {
    this.seen.linkType ??= linkType;
    this.seen.snap = Math.max(this.seen.snap, snap);
    this.seen.fine ||= clock.fine;
  }

  #describe(face: Omit<Interface, "packets">, place: number): void {
    if (this.#interfaces.length >= MAX_INTERFACES) this.#stop("E_INTERFACES", place, `${MAX_INTERFACES}`);
    else this.#interfaces.push({ ...face, packets: 0 });
    if (face.known) this.#see(face);
  }
}

const UNKNOWN = { linkType: 0, snap: 0, clock: new TickClock(6, 0n), known: false } as const;

function addTo(linkTypes: Map<number, number>, face: Interface): void {
  if (face.packets > 0) linkTypes.set(face.linkType, (linkTypes.get(face.linkType) ?? 0) + face.packets);
}
