import { TcpFlag, tcpAcknowledgment, tcpFlags, tcpHeaderLength, tcpSequence } from "../../../wire/tcp.js";
import type { IpPacket } from "../packet.js";

/** A segment on its way to its connection: one object for all, after RFC 9293 §3.3.1's SEG variables. */
export class Segment {
  /** SEG.SEQ, SEG.ACK. */
  seq = 0;
  ack = 0;
  flags = 0;
  /** SEG.LEN without SYN and FIN: octets of data on the wire. */
  length = 0;
  /** Data: captured octets [at, at + captured). */
  octets: Uint8Array = new Uint8Array();
  at = 0;
  captured = 0;
  /** Capture time in ms. */
  now = 0;

  /** Of a packet that passed checkTcp. */
  read(packet: IpPacket): void {
    const { octets, at } = packet;
    this.seq = tcpSequence(octets, at);
    this.ack = tcpAcknowledgment(octets, at);
    this.flags = tcpFlags(octets, at);
    const data = at + tcpHeaderLength(octets, at);
    this.octets = octets;
    this.at = data;
    // What a reset carries is a reason for people (RFC 1122 §4.2.2.12), not data of the stream.
    const isReset = (this.flags & TcpFlag.rst) !== 0;
    this.length = isReset ? 0 : packet.wireEnd - data;
    this.captured = isReset ? 0 : Math.max(0, packet.end - data);
    this.now = packet.now;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }
}
