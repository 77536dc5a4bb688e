/**
 * ExOS, passive, as a program. Options: `checksums`: count (unless told) or require; `streams`: TCP
 * connections remembered in an epoch (65,536). Queries; each takes {limit, from}, and {epoch: "last"} to
 * speak of the epoch before:
 *   `status`   (100) counts, and connections as counted so far, the newest first
 *   `streams`  (1,000) connections, the oldest first, each as if it ended now, with SHA-256 of each
 *              direction and its gaps
 *   `arp`      (4,096) requests, replies, and who said that an address is whose
 *   `icmp`, `udp`, `vlans`  (100) messages by type, datagrams by destination port, frames by number
 */
import { randomInt } from "node:crypto";
import { choice, cut, integer, onlyKnown, PAGE, page } from "../argument.js";
import type { ArpBinding } from "../exos/arp.js";
import { Exos, type ExosOptions } from "../exos/exos.js";
import type { IcmpCount } from "../exos/icmp.js";
import type { Stream, StreamDigest } from "../exos/tcp/connection.js";
import type { UdpPort } from "../exos/udp.js";
import type { VlanCount } from "../exos/vlan.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

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

type Query = (epoch: Epoch, args: Arguments) => unknown;

const QUERIES: ReadonlyMap<string, Query> = new Map<string, Query>([
  ["status", status],
  ["streams", streams],
  ["arp", arp],
  ["icmp", ({ stack }: Epoch, args: Arguments): readonly IcmpCount[] => cut(stack.icmp.list(), page(args, 100))],
  ["udp", ({ stack }: Epoch, args: Arguments): readonly UdpPort[] => cut(stack.udp.list(), page(args, 100))],
  ["vlans", ({ stack }: Epoch, args: Arguments): readonly VlanCount[] => cut(stack.vlans.list(), page(args, 100))],
]);

function status({ stack }: Epoch, args: Arguments): StatusAnswer {
  const newest = [...stack.tcp.connections].reverse();
  return {
    frames: stack.netif.frames,
    counts: stack.counts.toJSON(),
    total: stack.tcp.total,
    streams: cut(newest, page(args, 100)).map((connection) => connection.stream()),
  };
}

function streams({ number, stack }: Epoch, args: Arguments): StreamsAnswer {
  const chosen = cut([...stack.tcp.connections], page(args, 1000));
  return { epoch: number, total: stack.tcp.total, streams: chosen.map((connection) => connection.digest()) };
}

function arp({ stack }: Epoch, args: Arguments): ArpAnswer {
  const { requests, replies, bindings } = stack.arp;
  return { requests, replies, bindings: cut([...bindings], page(args, 4096)) };
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

  frames(ring: RingView, from: number, to: number): void {
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
    const query = QUERIES.get(what);
    if (query === undefined) throw new QueryError(what);
    onlyKnown(args, [...PAGE, "epoch"]);
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
