/** npm package pcap-parser 0.2.1, which has no typings: classic pcap, microseconds, both byte orders. */
declare module "pcap-parser" {
  import type { EventEmitter } from "node:events";

  interface GlobalHeader {
    readonly magicNumber: number;
    readonly majorVersion: number;
    readonly minorVersion: number;
    readonly gmtOffset: number;
    readonly timestampAccuracy: number;
    readonly snapshotLength: number;
    readonly linkLayerType: number;
  }
  interface PacketHeader {
    readonly timestampSeconds: number;
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  }
  interface Packet {
    readonly header: PacketHeader;
    readonly data: Buffer;
  }
  interface Parser extends EventEmitter {
    on(event: "globalHeader", listener: (header: GlobalHeader) => void): this;
    on(event: "packetHeader", listener: (header: PacketHeader) => void): this;
    on(event: "packetData", listener: (data: Buffer) => void): this;
    on(event: "packet", listener: (packet: Packet) => void): this;
    on(event: "end", listener: () => void): this;
    on(event: "error", listener: (error: Error) => void): this;
  }
  /** What it uses of a stream: `data` with Buffers, `end`, `error`. */
  interface Input extends EventEmitter {
    pause(): unknown;
    resume(): unknown;
  }
  export function parse(input: string | Input): Parser;
}
