/** pcapng blocks: type numbers, smallest lengths, and the options of an interface (draft-ietf-opsawg-pcapng §3.5, §4.2). */
import { TickClock } from "./time.js";

export const Block = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete, still found. */
  packet: 2,
  simple: 3,
  enhanced: 6,
  /** Somebody's own, and not to be copied by who does not know it. */
  private: 0x40000bad,
} as const;

/** Octets of a block without options and without a frame, both lengths included. */
export function smallestBlock(type: number): number {
  switch (type) {
    case Block.section:
      return 28;
    case Block.interface:
      return 20;
    case Block.packet:
    case Block.enhanced:
      return 32;
    case Block.simple:
      return 16;
    default:
      return 12;
  }
}

/** Whether a block's octets are needed; all others are passed over, however long. */
export function isNeeded(type: number): boolean {
  return isFrame(type) || type === Block.interface || type === Block.section;
}

/** Whether blocks of this type hold a frame. */
export function isFrame(type: number): boolean {
  return type === Block.enhanced || type === Block.simple || type === Block.packet;
}

const OPT_END = 0;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
/** 10^-6 s, where the option is absent. */
const MICROSECONDS = 6;

export interface InterfaceOptions {
  readonly clock: TickClock;
  /** False where an option reaches beyond the block; those before it count. */
  readonly whole: boolean;
}

/** Options in `[from, to)`. Unknown ones, and known ones of a wrong length, are passed over. */
export function readInterfaceOptions(view: DataView, from: number, to: number, little: boolean): InterfaceOptions {
  let resolution = MICROSECONDS;
  let offset = 0n;
  let whole = true;
  for (let at = from; to - at >= 4; ) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    const value = at + 4;
    if (code === OPT_END) break;
    if (length > to - value) {
      whole = false;
      break;
    }
    if (code === IF_TSRESOL && length === 1) resolution = view.getUint8(value);
    if (code === IF_TSOFFSET && length === 8) offset = view.getBigInt64(value, little);
    at = value + ((length + 3) & ~3);
  }
  return { clock: new TickClock(resolution, offset), whole };
}
