import { formatIpv4, formatIpv6 } from "../../../wire/address.js";
import { putU32 } from "../../../wire/octets.js";
import { TcpFlag } from "../../../wire/tcp.js";
import { Family, KEY_WORDS } from "../../tuple.js";
import type { HeldBudget } from "./reassembly.js";
import { Receiver } from "./receive.js";
import type { Segment } from "./segment.js";
import { advance } from "./seq.js";
import type { Gap } from "./stream.js";

/** What can be told of a connection from outside. Without its SYN it is `midstream`. */
export type ConnectionState =
  | "syn-sent"
  | "syn-received"
  | "established"
  | "midstream"
  | "closing"
  | "closed"
  | "reset";

export interface Side {
  /** Octets delivered in order. */
  readonly octets: number;
  readonly segments: number;
  readonly retransmitted: number;
  readonly overlapped: number;
  readonly outOfOrder: number;
  readonly gaps: number;
  /** Octets in the gaps. */
  readonly missing: number;
}

export interface SideDigest extends Side {
  readonly sha256: string;
  /** The first 64 gaps: place in the stream, octets. */
  readonly gapList: readonly Gap[];
}

interface Ends {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
  readonly state: ConnectionState;
}

export interface Stream extends Ends {
  readonly toServer: Side;
  readonly toClient: Side;
}

export interface StreamDigest extends Ends {
  readonly toServer: SideDigest;
  readonly toClient: SideDigest;
}

/** Ports below it belong to servers, where no SYN tells who called whom. */
const SYSTEM_PORTS = 1024;
/** How far data may have overtaken its SYN, in octets. */
const REORDER = 1 << 20;

/** Both directions of one TCP connection, seen from outside. Ends go by their order in the key. */
export class Connection {
  readonly #key: Int32Array;
  /** What the key's first end sent, and what its second end sent. */
  readonly #fromFirst: Receiver;
  readonly #fromSecond: Receiver;
  #clientIsFirst: boolean;
  #reset = false;
  #finished = false;
  /** Capture time of the last segment, in ms. */
  lastSeen = 0;

  /** `key`: the words of a TupleKey; `segment`: the first seen, sent by the first end or not. */
  constructor(key: Int32Array, segment: Segment, fromFirst: boolean, budget: HeldBudget) {
    this.#key = key.slice(0, KEY_WORDS);
    this.#fromFirst = new Receiver(budget);
    this.#fromSecond = new Receiver(budget);
    this.#clientIsFirst = fromFirst;
    if (!segment.has(TcpFlag.syn)) this.#guessClient();
  }

  /** Whether no more is expected of it. */
  get over(): boolean {
    return this.#reset || (this.#fromFirst.finSeen && this.#fromSecond.finSeen);
  }

  /** Whether finish() was called: no segment may come any more. */
  get finished(): boolean {
    return this.#finished;
  }

  get state(): ConnectionState {
    if (this.#reset) return "reset";
    const fins = Number(this.#fromFirst.finSeen) + Number(this.#fromSecond.finSeen);
    if (fins === 2) return "closed";
    if (fins === 1) return "closing";
    const client = this.#clientIsFirst ? this.#fromFirst : this.#fromSecond;
    const server = this.#clientIsFirst ? this.#fromSecond : this.#fromFirst;
    if (client.irs === undefined) return server.irs === undefined ? "midstream" : "syn-received";
    if (!server.started) return "syn-sent";
    return client.segments > 1 ? "established" : "syn-received";
  }

  /** Whether a SYN is this connection's own: a copy of the one seen, or one that its data overtook. */
  owns(syn: Segment, fromFirst: boolean): boolean {
    const receiver = fromFirst ? this.#fromFirst : this.#fromSecond;
    if (receiver.irs !== undefined) return receiver.irs === syn.seq;
    const next = advance(syn.seq, 1);
    if (receiver.started) return !receiver.settled && Math.abs(receiver.ahead(next)) < REORDER;
    return (
      !this.over &&
      (receiver.peerAck === undefined || receiver.peerAck === advance(next, syn.length) || receiver.peerAck === next)
    );
  }

  /** False where the segment is of no stream of this connection. */
  input(segment: Segment, fromFirst: boolean): boolean {
    this.lastSeen = Math.max(this.lastSeen, segment.now);
    const receiver = fromFirst ? this.#fromFirst : this.#fromSecond;
    const sender = fromFirst ? this.#fromSecond : this.#fromFirst;
    if (segment.has(TcpFlag.rst)) {
      this.#reset = true;
      receiver.segments++;
    } else {
      // Whoever sends a SYN without ACK called; whoever answers with both was called.
      if (segment.has(TcpFlag.syn)) this.#clientIsFirst = segment.has(TcpFlag.ack) !== fromFirst;
      // As RFC 9293 §3.10.7.4 has it: of a segment that is not acceptable the ACK does not count, either.
      if (!receiver.receive(segment)) return false;
    }
    if (segment.has(TcpFlag.ack)) sender.acknowledged(segment.ack, segment.now);
    return true;
  }

  /** Nothing more will come: see Receiver.finish. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    if (this.#fromFirst.started) this.#fromFirst.finish();
    if (this.#fromSecond.started) this.#fromSecond.finish();
  }

  /** As counted so far. */
  stream(): Stream {
    const [toServer, toClient] = this.#directions();
    return {
      ...this.#ends(),
      toServer: sideOf(toServer, toServer.stream),
      toClient: sideOf(toClient, toClient.stream),
    };
  }

  /** As if it ended now. */
  digest(): StreamDigest {
    const [toServer, toClient] = this.#directions();
    return { ...this.#ends(), toServer: digestOf(toServer), toClient: digestOf(toClient) };
  }

  #directions(): [toServer: Receiver, toClient: Receiver] {
    return this.#clientIsFirst ? [this.#fromFirst, this.#fromSecond] : [this.#fromSecond, this.#fromFirst];
  }

  #guessClient(): void {
    const first = this.#port(true);
    const second = this.#port(false);
    if (first < SYSTEM_PORTS !== second < SYSTEM_PORTS) this.#clientIsFirst = second < SYSTEM_PORTS;
  }

  #ends(): Ends {
    const first = this.#clientIsFirst;
    return {
      client: this.#address(first),
      clientPort: this.#port(first),
      server: this.#address(!first),
      serverPort: this.#port(!first),
      state: this.state,
    };
  }

  #port(first: boolean): number {
    const ports = this.#key[8] ?? 0;
    return first ? ports >>> 16 : ports & 0xffff;
  }

  #address(first: boolean): string {
    const octets = new Uint8Array(16);
    for (let i = 0; i < 4; i++) putU32(octets, 4 * i, this.#key[i + (first ? 0 : 4)] ?? 0);
    return (this.#key[9] ?? 0) >>> 16 === Family.ipv4 ? formatIpv4(octets, 0) : formatIpv6(octets, 0);
  }
}

function sideOf(receiver: Receiver, stream: Receiver["stream"]): Side {
  const { segments, retransmitted, overlapped, outOfOrder } = receiver;
  const { octets, gaps, missing } = stream;
  return { octets, segments, retransmitted, overlapped, outOfOrder, gaps, missing };
}

function digestOf(receiver: Receiver): SideDigest {
  const stream = receiver.outcome();
  return { ...sideOf(receiver, stream), sha256: stream.digest(), gapList: stream.gapList };
}
