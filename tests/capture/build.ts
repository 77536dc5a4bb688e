/** Builds captures for tests, octet by octet, so that every field can lie. */

export interface Packet {
  readonly seconds?: number;
  /** µs or ns, as the format counts. */
  readonly fraction?: number;
  readonly octets: Uint8Array;
  /** Stated lengths, where they are not those of `octets`. */
  readonly captured?: number;
  readonly wire?: number;
}

export interface PcapOptions {
  readonly little?: boolean;
  readonly nanoseconds?: boolean;
  readonly modified?: boolean;
  readonly snap?: number;
  /** The whole 32-bit field. */
  readonly linkType?: number;
  readonly version?: readonly [number, number];
}

/** `length` octets that differ from packet to packet. */
export function payload(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + seed * 31 + 1) & 0xff);
}

/** `count` packets of different lengths, 1.5 s apart. */
export function somePackets(count: number, longest = 90): Packet[] {
  return Array.from({ length: count }, (_, i) => ({
    seconds: 1_700_000_000 + Math.floor(i * 1.5),
    fraction: (i % 2) * 500_000 + i,
    octets: payload((i * 13) % (longest + 1), i),
  }));
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function pcapMagicWord({ nanoseconds, modified }: PcapOptions): number {
  if (modified === true) return 0xa1b2cd34;
  return nanoseconds === true ? 0xa1b23c4d : 0xa1b2c3d4;
}

export function pcapHeader(options: PcapOptions = {}): Uint8Array {
  const { little = true, snap = 65_535, linkType = 1, version = [2, 4] } = options;
  const view = new DataView(new ArrayBuffer(24));
  view.setUint32(0, pcapMagicWord(options), little);
  view.setUint16(4, version[0], little);
  view.setUint16(6, version[1], little);
  view.setUint32(16, snap, little);
  view.setUint32(20, linkType, little);
  return new Uint8Array(view.buffer);
}

export function pcapRecord(packet: Packet, options: PcapOptions = {}): Uint8Array {
  const { little = true, modified = false } = options;
  const { seconds = 0, fraction = 0, octets, captured = octets.length, wire = octets.length } = packet;
  const header = modified ? 24 : 16;
  const record = new Uint8Array(header + octets.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, seconds, little);
  view.setUint32(4, fraction, little);
  view.setUint32(8, captured, little);
  view.setUint32(12, wire, little);
  record.set(octets, header);
  return record;
}

export function buildPcap(packets: readonly Packet[], options: PcapOptions = {}): Uint8Array {
  return concat([pcapHeader(options), ...packets.map((packet) => pcapRecord(packet, options))]);
}

export interface InterfaceSpec {
  readonly linkType?: number;
  readonly snap?: number;
  /** if_tsresol, as its octet. */
  readonly resolution?: number;
  /** if_tsoffset, in seconds. */
  readonly offset?: bigint;
  /** Octets put as options instead. */
  readonly options?: Uint8Array;
}

export interface BlockLies {
  /** First and second length, where they are not the true one. */
  readonly total?: number;
  readonly trailer?: number;
}

export interface FrameSpec extends BlockLies {
  readonly octets: Uint8Array;
  readonly interface?: number;
  readonly ticks?: bigint;
  readonly captured?: number;
  readonly wire?: number;
}

/** A pcapng file, block by block; `offset` is where the next block will begin. */
export class PcapngBuilder {
  readonly #parts: Uint8Array[] = [];
  #little = true;
  offset = 0;

  get octets(): Uint8Array {
    return concat(this.#parts);
  }

  block(type: number, body: Uint8Array, { total, trailer }: BlockLies = {}): this {
    const length = 12 + ((body.length + 3) & ~3);
    const block = new Uint8Array(length);
    const view = new DataView(block.buffer);
    view.setUint32(0, type, this.#little);
    view.setUint32(4, total ?? length, this.#little);
    block.set(body, 8);
    view.setUint32(length - 4, trailer ?? total ?? length, this.#little);
    return this.raw(block);
  }

  raw(octets: Uint8Array): this {
    this.#parts.push(octets);
    this.offset += octets.length;
    return this;
  }

  section(little = true, length = -1n, version: readonly [number, number] = [1, 0], magic = 0x1a2b3c4d): this {
    this.#little = little;
    return this.block(
      0x0a0d0d0a,
      this.#fields(16, (view) => {
        view.setUint32(0, magic, little);
        view.setUint16(4, version[0], little);
        view.setUint16(6, version[1], little);
        view.setBigInt64(8, length, little);
      }),
    );
  }

  interface({ linkType = 1, snap = 0, resolution, offset, options }: InterfaceSpec = {}): this {
    const parts: Uint8Array[] = [];
    if (resolution !== undefined) parts.push(this.option(9, Uint8Array.of(resolution)));
    if (offset !== undefined) {
      parts.push(
        this.option(
          14,
          this.#fields(8, (view) => view.setBigInt64(0, offset, this.#little)),
        ),
      );
    }
    if (parts.length > 0) parts.push(this.option(0, new Uint8Array(0)));
    const fixed = this.#fields(8, (view) => {
      view.setUint16(0, linkType, this.#little);
      view.setUint32(4, snap, this.#little);
    });
    return this.block(1, concat([fixed, options ?? concat(parts)]));
  }

  option(code: number, value: Uint8Array, length = value.length): Uint8Array {
    const padded = new Uint8Array(4 + ((value.length + 3) & ~3));
    const view = new DataView(padded.buffer);
    view.setUint16(0, code, this.#little);
    view.setUint16(2, length, this.#little);
    padded.set(value, 4);
    return padded;
  }

  enhanced(frame: FrameSpec): this {
    return this.block(6, this.#frame(frame, true), frame);
  }

  /** The obsolete Packet Block. */
  packet(frame: FrameSpec): this {
    return this.block(2, this.#frame(frame, false), frame);
  }

  simple({ octets, wire = octets.length, ...lies }: FrameSpec): this {
    const length = this.#fields(4, (view) => view.setUint32(0, wire, this.#little));
    return this.block(3, concat([length, octets]), lies);
  }

  #frame(frame: FrameSpec, wide: boolean): Uint8Array {
    const { octets, interface: index = 0, ticks = 0n, captured = octets.length, wire = octets.length } = frame;
    const fixed = this.#fields(20, (view) => {
      if (wide) view.setUint32(0, index, this.#little);
      else view.setUint16(0, index, this.#little);
      view.setUint32(4, Number(ticks >> 32n), this.#little);
      view.setUint32(8, Number(ticks & 0xffff_ffffn), this.#little);
      view.setUint32(12, captured, this.#little);
      view.setUint32(16, wire, this.#little);
    });
    return concat([fixed, octets]);
  }

  #fields(length: number, write: (view: DataView) => void): Uint8Array {
    const view = new DataView(new ArrayBuffer(length));
    write(view);
    return new Uint8Array(view.buffer);
  }
}

/** A pcapng file of one section with one interface: µs, Enhanced Packet Blocks. */
export function buildPcapng(packets: readonly Packet[], little = true): Uint8Array {
  const builder = new PcapngBuilder().section(little).interface();
  for (const { seconds = 0, fraction = 0, octets, captured, wire } of packets) {
    const ticks = BigInt(seconds) * 1_000_000n + BigInt(fraction);
    builder.enhanced({
      octets,
      ticks,
      ...(captured === undefined ? {} : { captured }),
      ...(wire === undefined ? {} : { wire }),
    });
  }
  return builder.octets;
}
