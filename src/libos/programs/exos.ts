/**
 * ExOS, passive, as a program. Options: `checksums`: count (unless told) or require, `streams`: TCP
 * connections remembered in an epoch (65,536). Queries, each also of the last epoch with {epoch: "last"}:
 *   `status`   {limit (100)} → counts, and the newest connections as counted so far
 *   `streams`  {limit (1,000), from (0)} → connections from the oldest on, each as if it ended now, with
 *              SHA-256 of each direction and its gaps
 *   `arp`, `icmp`, `vlans`, `udp` {limit (100)} → what was seen
 */
import { randomInt } from "node:crypto";
import { choice, integer, onlyKnown } from "../argument.js";
import type { ArpBinding } from "../exos/arp.js";
import { Exos, type ExosOptions } from "../exos/exos.js";
import type { IcmpCount } from "../exos/icmp.js";
import type { Stream, StreamDigest } from "../exos/tcp/connection.js";
import type { UdpPort } from "../exos/udp.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { PacketRing } from "../ring.js";

const DEFAULT_STREAMS = 65_536;
const MAX_STREAMS = 1 << 20;

export interface StatusAnswer {
  readonly frames: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  readonly streams: readonly Stream[];
}

export interface StreamsAnswer {
  readonly epoch: number;
  readonly total: number;
  readonly streams: readonly StreamDigest[];
}

export interface ArpAnswer {
  readonly requests: number;
  readonly replies: number;
  readonly bindings: readonly ArpBinding[];
}

type Arguments = Readonly<Record<string, unknown>>;
interface Epoch {
  readonly number: number;
  readonly stack: Exos;
}

const QUERIES = {
  status: ({ stack }: Epoch, args: Arguments): StatusAnswer => {
    onlyKnown(args, ["limit", "epoch"]);
    const newest = [...stack.tcp.connections].slice(-limitOf(args, 100) || stack.tcp.connections.size);
    return {
      frames: stack.netif.frames,
      counts: stack.counts.toJSON(),
      total: stack.tcp.total,
      streams: newest.reverse().map((connection) => connection.stream()),
    };
  },
  streams: ({ number, stack }: Epoch, args: Arguments): StreamsAnswer => {
    onlyKnown(args, ["limit", "from", "epoch"]);
    const from = integer(args, "from", 0, 0, MAX_STREAMS);
    const chosen = [...stack.tcp.connections].slice(from, from + limitOf(args, 1000));
    return { epoch: number, total: stack.tcp.total, streams: chosen.map((connection) => connection.digest()) };
  },
  arp: ({ stack }: Epoch, args: Arguments): ArpAnswer => {
    onlyKnown(args, ["epoch"]);
    return { requests: stack.arp.requests, replies: stack.arp.replies, bindings: [...stack.arp.bindings] };
  },
  icmp: ({ stack }: Epoch, args: Arguments): readonly IcmpCount[] => {
    onlyKnown(args, ["epoch"]);
    return stack.icmp.list();
  },
  udp: ({ stack }: Epoch, args: Arguments): readonly UdpPort[] => {
    onlyKnown(args, ["limit", "epoch"]);
    return stack.udp.list(limitOf(args, 100));
  },
  vlans: ({ stack }: Epoch, args: Arguments): readonly { readonly id: number; readonly frames: number }[] => {
    onlyKnown(args, ["epoch"]);
    return [...stack.vlans.frames].map((frames, id) => ({ id, frames })).filter(({ frames }) => frames > 0);
  },
};

function limitOf(args: Arguments, fallback: number): number {
  return integer(args, "limit", fallback, 0, MAX_STREAMS);
}

class ExosProgram implements Program {
  readonly #options: ExosOptions;
  #current: Epoch;
  #last: Epoch;

  constructor(options: ExosOptions) {
    this.#options = options;
    this.#current = { number: 0, stack: new Exos(options) };
    this.#last = this.#current;
  }

  frames(ring: PacketRing, from: number, to: number): void {
    const { netif } = this.#current.stack;
    for (let i = from; i !== to; i = (i + 1) | 0) {
      const at = ring.address(i);
      // 2^32 ns are 4,294.967296 ms.
      const now = ring.timeHigh(i) * 4294.967296 + ring.timeLow(i) / 1e6;
      netif.input(ring.octets, at, at + ring.captured(i), ring.wire(i), ring.linkType(i), now);
    }
  }

  epoch(epoch: number): void {
    this.#current.stack.finish();
    this.#last = this.#current;
    this.#current = { number: epoch, stack: new Exos(this.#options) };
  }

  query(what: string, args: Arguments): unknown {
    const query = new Map(Object.entries(QUERIES)).get(what);
    if (query === undefined) throw new QueryError(what);
    const last = choice(args, "epoch", "current", ["current", "last"]) === "last";
    return query(last ? this.#last : this.#current, args);
  }
}

export const createExos: ProgramFactory = (options) => {
  onlyKnown(options, ["checksums", "streams"]);
  return new ExosProgram({
    checksums: choice(options, "checksums", "count", ["count", "require"]),
    streams: integer(options, "streams", DEFAULT_STREAMS, 1, MAX_STREAMS),
    seed: randomInt(2 ** 31),
  });
};
