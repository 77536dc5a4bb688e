import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createExos, type StatusAnswer, type StreamsAnswer } from "../../src/libos/programs/exos.js";
import { Chance } from "../seeded.js";
import { Bench } from "./bench.js";
import type { Frame } from "./frames.js";
import { ethernet, raw, tcp } from "./packets.js";

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
/** Both near the top of the space, so that every stream wraps. */
const CLIENT = 0xfffffff0;
const SERVER = 0xfffffffa;

const C = { from: "10.0.0.1", to: "10.0.0.2", sourcePort: 40_000, destinationPort: 80 };
const S = { from: "10.0.0.2", to: "10.0.0.1", sourcePort: 80, destinationPort: 40_000 };

let clock = 0n;
const at = (ms: number, packet: Uint8Array): Frame => raw(packet, BigInt(ms) * 1_000_000n + 1n);
const text = (data: string) => new TextEncoder().encode(data);

/** Segments of the client and the server; numbers count from the initial sequence number. */
const c = (seq: number, data = "", flags = ACK, ack = 0): Frame =>
  at(Number(clock++), tcp({ ...C, flags, seq: (CLIENT + seq) >>> 0, ack: (SERVER + ack) >>> 0 }, text(data)));
const s = (seq: number, data = "", flags = ACK, ack = 0): Frame =>
  at(Number(clock++), tcp({ ...S, flags, seq: (SERVER + seq) >>> 0, ack: (CLIENT + ack) >>> 0 }, text(data)));

const handshake = () => [c(0, "", SYN), s(0, "", SYN | ACK, 1), c(1, "", ACK, 1)];

function heard(frames: readonly Frame[], options: Record<string, unknown> = {}) {
  const bench = new Bench();
  const program = createExos(options, bench.start.machine);
  bench.feed(program, frames);
  const { streams } = program.query("streams", {}) as StreamsAnswer;
  const status = program.query("status", {}) as StatusAnswer;
  program.epoch(1);
  const ended = program.query("streams", { epoch: "last" }) as StreamsAnswer;
  expect(ended.streams).toEqual(streams);
  return { streams, status };
}

const sha = (data: string) => createHash("sha256").update(data).digest("hex");

/** The only connection's octets from the client, as (text, what else was counted). */
function fromClient(frames: readonly Frame[]) {
  const { streams } = heard(frames);
  expect(streams).toHaveLength(1);
  const { sha256, octets, gapList, segments: _, ...rest } = streams[0]?.toServer ?? Object.create(null);
  return { sha256, octets, gapList, ...rest };
}

const clean = (data: string) => ({
  sha256: sha(data),
  octets: data.length,
  gapList: [],
  retransmitted: 0,
  overlapped: 0,
  outOfOrder: 0,
  gaps: 0,
  missing: 0,
});

describe("one direction", () => {
  test("in order, over the wrap", () => {
    expect(fromClient([...handshake(), c(1, "0123456789"), c(11, "abcdefghij"), c(21, "xyz")])).toEqual(
      clean("0123456789abcdefghijxyz"),
    );
  });

  test("out of order is put in order", () => {
    expect(fromClient([...handshake(), c(5, "ef"), c(3, "cd"), c(1, "ab"), c(7, "gh")])).toEqual({
      ...clean("abcdefgh"),
      outOfOrder: 2,
    });
  });

  test("a segment again, whole and in part", () => {
    expect(fromClient([...handshake(), c(1, "abcd"), c(1, "ABCD"), c(3, "CDef"), c(2, "B")])).toEqual({
      ...clean("abcdef"),
      retransmitted: 2,
      overlapped: 1,
    });
  });

  test("the first copy wins also among those that are held", () => {
    expect(fromClient([...handshake(), c(4, "def"), c(3, "CDEFG"), c(1, "abCD")])).toEqual({
      ...clean("abCdefG"),
      outOfOrder: 2,
      overlapped: 2,
    });
  });

  test("a hole is a gap once the other side says that it has all, and a while has passed", () => {
    const { streams, status } = heard([
      ...handshake(),
      c(1, "ab"),
      c(5, "ef"),
      s(1, "", ACK, 7),
      at(5_000_000, tcp({ ...S, flags: ACK, seq: (SERVER + 1) >>> 0, ack: (CLIENT + 7) >>> 0 })),
    ]);
    // Already delivered while the connection runs, not only as if it ended now.
    expect(status.streams[0]?.toServer).toMatchObject({ octets: 4, gaps: 1, missing: 2 });
    expect(streams[0]?.toServer).toMatchObject({ gapList: [[2, 2]], sha256: sha("abef") });
  });

  test("what the ACK passed may still come, when the capture reorders", () => {
    expect(fromClient([...handshake(), c(1, "ab"), c(5, "ef"), s(1, "", ACK, 7), c(3, "cd")])).toEqual({
      ...clean("abcdef"),
      outOfOrder: 1,
    });
  });

  test("the FIN tells the end: what is missing before it is a gap, what follows is not", () => {
    const frames = [...handshake(), c(1, "ab"), c(9, "", FIN | ACK), c(10), s(1, "", ACK, 10)];
    expect(fromClient(frames)).toEqual({ ...clean("ab"), gapList: [[2, 6]], gaps: 1, missing: 6 });
  });

  test("data on a SYN counts, data on a RST does not", () => {
    expect(fromClient([c(0, "ab", SYN), s(0, "", SYN | ACK, 3), c(3, "cd"), c(5, "why", RST)])).toEqual(clean("abcd"));
  });

  test("a zero-window probe and a keep-alive leave no trace in the stream", () => {
    expect(fromClient([...handshake(), c(1, "abcd"), c(4, "d"), c(4, "\0"), c(5, "ef")])).toEqual({
      ...clean("abcdef"),
      retransmitted: 2,
    });
  });

  test("numbers from nowhere are of no stream", () => {
    const far = (CLIENT + 2 ** 30 + 500) >>> 0;
    const frames = [...handshake(), c(1, "ab"), at(9, tcp({ ...C, flags: ACK, seq: far }, text("zz"))), c(3, "cd")];
    expect(fromClient(frames)).toEqual(clean("abcd"));
  });

  test("an ACK from nowhere gives nothing up", () => {
    expect(fromClient([...handshake(), c(1, "ab"), s(1, "", ACK, 500_000), c(3, "cd"), c(5, "", FIN | ACK)])).toEqual(
      clean("abcd"),
    );
  });

  test("padding after the packet is no data", () => {
    const { octets } = c(1, "ab");
    expect(fromClient([...handshake(), ethernet(octets, 1n, 4), c(3, "cd")])).toEqual(clean("abcd"));
  });

  test("what was not captured is a gap", () => {
    const whole = c(1, "abcdef");
    const snapped = { ...whole, octets: whole.octets.subarray(0, 42) };
    expect(fromClient([...handshake(), snapped, c(7, "gh")])).toEqual({
      ...clean("abgh"),
      gapList: [[2, 4]],
      gaps: 1,
      missing: 4,
      outOfOrder: 1,
    });
  });

  test("tiny pieces above a hole are bounded: then the hole is given up", () => {
    const frames = [...handshake(), c(1, "ab")];
    const data = "x".repeat(1400);
    for (let i = 0; i < 7000; i++) frames.push(c(4 + i * 1400, data));
    const { status } = heard(frames);
    expect(status.streams[0]?.toServer).toMatchObject({ gaps: 1, missing: 1 });
    expect(status.streams[0]?.toServer.octets).toBeGreaterThan(5_000_000);
  });
});

describe("without a SYN", () => {
  test("the stream begins with the first data, even where the second came first", () => {
    expect(fromClient([c(5, "ef"), c(1, "abcd"), s(1, "", ACK, 7), c(7, "gh")])).toEqual(clean("abcdefgh"));
  });

  test("a SYN that its data overtook belongs to it", () => {
    const { streams } = heard([c(3, "cd"), c(1, "ab"), c(0, "", SYN), s(0, "", SYN | ACK, 1), s(1, "", ACK, 5)]);
    expect(streams.map(({ state, toServer }) => [state, toServer.sha256])).toEqual([["established", sha("abcd")]]);
  });

  test("ACKs alone make no gap; the server is who has the well-known port", () => {
    const { streams } = heard([s(100, "", ACK, 50), c(50, "", ACK, 100), s(900, "", FIN | ACK, 50)]);
    expect(streams).toHaveLength(1);
    expect(streams[0]).toMatchObject({ client: "10.0.0.1", clientPort: 40_000, server: "10.0.0.2", serverPort: 80 });
    expect(streams[0]?.toServer).toMatchObject({ octets: 0, gaps: 0, sha256: sha("") });
    expect(streams[0]?.toClient).toMatchObject({ octets: 0, gaps: 0 });
  });
});

describe("connections", () => {
  const states = (frames: readonly Frame[]) => heard(frames).streams.map(({ state }) => state);

  test("their states", () => {
    expect(states([c(0, "", SYN)])).toEqual(["syn-sent"]);
    expect(states(handshake().slice(0, 2))).toEqual(["syn-received"]);
    expect(states(handshake())).toEqual(["established"]);
    expect(states([...handshake(), c(1, "", FIN | ACK)])).toEqual(["closing"]);
    expect(states([...handshake(), c(1, "", FIN | ACK), s(1, "", FIN | ACK, 2)])).toEqual(["closed"]);
    expect(states([...handshake(), s(1, "", RST)])).toEqual(["reset"]);
    expect(states([c(77, "x")])).toEqual(["midstream"]);
  });

  test("a SYN with another number begins a new one, a copy does not", () => {
    const again = (seq: number, data: string, flags: number) => at(50, tcp({ ...C, flags, seq }, text(data)));
    const { streams } = heard([
      ...handshake(),
      c(0, "", SYN),
      c(1, "first"),
      c(6, "", FIN | ACK),
      s(1, "", FIN | ACK, 7),
      again(5000, "", SYN),
      again(5001, "second", ACK),
    ]);
    expect(streams.map(({ toServer }) => toServer.sha256)).toEqual([sha("first"), sha("second")]);
  });

  test("a stray SYN|ACK does not end a connection that lives", () => {
    const stray = at(60, tcp({ ...S, flags: SYN | ACK, seq: 12_345, ack: 1 }));
    expect(fromClient([...handshake(), c(1, "ab"), stray, c(3, "cd")])).toEqual(clean("abcd"));
  });

  test("where there is no room those that ended go first, then the longest silent", () => {
    const frames: Frame[] = [];
    for (let i = 0; i < 40; i++) {
      const ends = { ...C, sourcePort: 1000 + i };
      frames.push(at(i, tcp({ ...ends, flags: SYN, seq: 7 })));
      frames.push(at(i, tcp({ ...ends, flags: ACK, seq: 8 }, text(`connection ${i}`))));
    }
    const { streams, status } = heard(frames, { streams: 8 });
    expect(status.total).toBe(40);
    expect(streams.map(({ clientPort, toServer }) => [clientPort, toServer.sha256])).toEqual(
      [32, 33, 34, 35, 36, 37, 38, 39].map((i) => [1000 + i, sha(`connection ${i}`)]),
    );
    expect(status.counts["tcp: ended to make room"]).toBeGreaterThan(0);
    expect(status.counts["tcp: forgotten connections"]).toBe(32);
  });

  test("one that lives is not forgotten for those that ended after it", () => {
    const frames: Frame[] = [...handshake(), c(1, "ab")];
    for (let i = 0; i < 40; i++) {
      frames.push(at(i, tcp({ ...C, sourcePort: 1000 + i, flags: SYN, seq: 7 })));
      frames.push(at(i, tcp({ ...S, destinationPort: 1000 + i, flags: RST, seq: 0, ack: 8 })));
    }
    const { streams, status } = heard([...frames, c(3, "cd")], { streams: 4 });
    expect(streams.map(({ clientPort }) => clientPort)).toEqual([40_000, 1037, 1038, 1039]);
    expect(streams[0]).toMatchObject({ state: "established", toServer: { octets: 4, sha256: sha("abcd") } });
    expect(status.total).toBe(41);
    expect(status.counts["tcp: forgotten connections"]).toBe(37);
  });

  test("what is forgotten gives back the room that its held data took", () => {
    const block = new Uint8Array(15_000);
    const frames: Frame[] = [];
    // 45 connections that hold 1.5 MB each above a hole and are then reset: as much as may be held in all.
    for (let i = 0; i < 45; i++) {
      const ends = { ...C, sourcePort: 1000 + i };
      frames.push(at(i, tcp({ ...ends, flags: SYN, seq: 0 })));
      for (let n = 0; n < 100; n++) frames.push(at(i, tcp({ ...ends, flags: ACK, seq: 10 + n * 15_000 }, block)));
      frames.push(at(i, tcp({ ...S, destinationPort: 1000 + i, flags: RST, seq: 0, ack: 1 })));
    }
    // Two ends that call each other again and again push them out.
    for (let i = 0; i < 47; i++) frames.push(at(100, tcp({ ...C, sourcePort: 999, flags: SYN, seq: 1000 * i })));
    const late = at(200, tcp({ ...C, sourcePort: 1000, flags: ACK, seq: 10 }, block));
    const held = "x".repeat(15_000);
    const above = Array.from({ length: 100 }, (_, n) => c(3 + n * 15_000, held));
    const { streams, status } = heard([...frames, late, ...handshake(), ...above, c(1, "ab")], { streams: 47 });
    expect(streams.map(({ clientPort }) => clientPort)).toEqual([...Array.from({ length: 46 }, () => 999), 40_000]);
    expect(streams.at(-1)?.toServer).toMatchObject({ sha256: sha(`ab${held.repeat(100)}`), gaps: 0 });
    expect(status.counts["tcp: segment of a forgotten connection"]).toBe(1);
  });

  test("a wrong checksum is counted, and dropped only where that is asked for", () => {
    const wrong = c(1, "abcd");
    wrong.octets[43] = (wrong.octets[43] ?? 0) ^ 1;
    const lenient = heard([...handshake(), wrong]);
    expect(lenient.status.counts["tcp: wrong checksum"]).toBe(1);
    expect(lenient.streams[0]?.toServer.octets).toBe(4);
    const strict = heard([...handshake(), wrong], { checksums: "require" });
    expect(strict.status.counts.badChecksum).toBe(1);
    expect(strict.streams[0]?.toServer.octets).toBe(0);
  });
});

describe("random traffic gives what was sent", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("seed %i", (seed) => {
    const chance = new Chance(seed);
    const data = Array.from({ length: 3000 }, () => String.fromCharCode(97 + chance.below(26))).join("");
    const frames = handshake();
    // Segments cut anywhere, doubled, and swapped within a window: whatever comes, all of it comes.
    const segments: [number, number][] = [];
    for (let from = 0; from < data.length; ) {
      const length = 1 + chance.below(40);
      segments.push([from, length]);
      if (chance.below(4) === 0) segments.push([Math.max(0, from - chance.below(60)), length + chance.below(50)]);
      from += length;
    }
    for (let i = 0; i + 1 < segments.length; i++) {
      const other = Math.min(segments.length - 1, i + chance.below(8));
      const here = segments[i];
      const there = segments[other];
      if (here !== undefined && there !== undefined) [segments[i], segments[other]] = [there, here];
    }
    for (const [from, length] of segments) frames.push(c(1 + from, data.slice(from, from + length)));
    frames.push(c(1 + data.length, "", FIN | ACK));
    expect(fromClient(frames)).toMatchObject({ sha256: sha(data), octets: 3000, gaps: 0 });
  });
});
