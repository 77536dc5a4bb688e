import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Counts } from "../../src/libos/exos/counts.js";
import { Reassembler } from "../../src/libos/exos/fragment.js";
import { IpInput } from "../../src/libos/exos/ip-input.js";
import type { SideDigest, StreamDigest } from "../../src/libos/exos/tcp/connection.js";
import { payloadIntact } from "../../src/libos/exos/transport.js";
import { createExos, type StreamsAnswer } from "../../src/libos/programs/exos.js";
import { intact, sum } from "../../src/wire/checksum.js";
import { EtherType } from "../../src/wire/ethernet.js";
import { ipv4HeaderIntact } from "../../src/wire/ipv4.js";
import { Protocol } from "../../src/wire/ipv6.js";
import { network, offsetOf, typeOf } from "../../src/wire/linktype.js";
import { udpLength } from "../../src/wire/udp.js";
import { Bench } from "./bench.js";
import { EXAMS, examFrames, examRows, type Frame, HAS_EXAMS, WHY_SKIPPED } from "./frames.js";

interface StreamRow {
  readonly id: string;
  readonly capture: string;
  readonly client: string;
  readonly server: string;
  readonly sha256_c2s: string;
  readonly bytes_c2s: number;
  readonly gaps_c2s: readonly (readonly [number, number])[];
  readonly sha256_s2c: string;
  readonly bytes_s2c: number;
  readonly gaps_s2c: readonly (readonly [number, number])[];
  readonly flags: readonly string[];
}

interface DatagramRow {
  readonly kind: string;
  readonly capture: string;
  readonly frame: number;
  readonly bytes: number;
  readonly sha256: string;
  /** False where those who were asked disagree. */
  readonly agree: boolean;
}

interface ChecksumRow {
  readonly capture: string;
  readonly frame: number;
  readonly layer: "ip" | "tcp" | "udp" | "icmp" | "icmpv6";
  readonly status: "good" | "bad";
}

function groups<Row extends { readonly capture: string }>(rows: readonly Row[]): [string, Row[]][] {
  return [...new Set(rows.map((row) => row.capture))].map((name) => [name, rows.filter((row) => row.capture === name)]);
}

/** A bare describe that says why, where the folder is missing. */
const exams = HAS_EXAMS ? describe : describe.skip;
const because = HAS_EXAMS ? "" : ` (skipped: ${WHY_SKIPPED})`;

function streamsOf(capture: string): readonly StreamDigest[] {
  const machine = new Bench();
  const program = createExos({}, machine.start.machine);
  machine.feed(program, examFrames(capture));
  const live = program.query("streams", {}) as StreamsAnswer;
  program.epoch(1);
  const ended = program.query("streams", { epoch: "last" }) as StreamsAnswer;
  // What is told of running connections, as if they ended now, is what they end with.
  expect(live.streams).toEqual(ended.streams);
  return ended.streams;
}

const sideOf = (side: SideDigest) => ({ octets: side.octets, gaps: side.gapList, sha256: side.sha256 });

exams(`TCP connections of ${EXAMS}/streams.jsonl${because}`, () => {
  test.each(groups(examRows<StreamRow>("streams.jsonl")))("%s", (capture, rows) => {
    const streams = streamsOf(capture);
    const taken = new Set<StreamDigest>();
    for (const row of rows) {
      const wanted = {
        c2s: { octets: row.bytes_c2s, gaps: row.gaps_c2s, sha256: row.sha256_c2s },
        s2c: { octets: row.bytes_s2c, gaps: row.gaps_s2c, sha256: row.sha256_s2c },
      };
      const stream = streams.find(
        (each) =>
          !taken.has(each) &&
          `${each.client} ${each.clientPort}` === row.client &&
          `${each.server} ${each.serverPort}` === row.server,
      );
      if (stream === undefined) throw new Error(`${row.id}: no such connection`);
      taken.add(stream);
      expect({ id: row.id, c2s: sideOf(stream.toServer), s2c: sideOf(stream.toClient) }).toEqual({
        id: row.id,
        ...wanted,
      });
    }
    expect(streams.length, "connections beyond those of the rows").toBe(rows.length);
  });
});

/** Datagrams that fragments completed: number of the last frame, and the payload's digest. */
function reassemble(frames: readonly Frame[]): { frame: number; bytes: number; sha256: string }[] {
  const counts = new Counts();
  const found: { frame: number; bytes: number; sha256: string }[] = [];
  let number = 0;
  const ip = new IpInput(counts, new Reassembler(counts), "count", (packet) => {
    if (counts.reassembled === found.length) return;
    const sha256 = createHash("sha256").update(packet.octets.subarray(packet.at, packet.end)).digest("hex");
    found.push({ frame: number, bytes: packet.end - packet.at, sha256 });
  });
  for (const { octets, linkType, wire } of frames) {
    number++;
    const place = network(octets, 0, octets.length, linkType);
    if (place < 0) continue;
    if (typeOf(place) === EtherType.ipv4) ip.ipv4(octets, offsetOf(place), octets.length, wire, 0);
    if (typeOf(place) === EtherType.ipv6) ip.ipv6(octets, offsetOf(place), octets.length, wire, 0);
  }
  return found;
}

exams(`datagrams of ${EXAMS}/ipreasm.jsonl${because}`, () => {
  const rows = examRows<DatagramRow>("ipreasm.jsonl").filter((row) => row.kind === "datagram");
  test.each(groups(rows))("%s", (capture, wanted) => {
    const found = reassemble(examFrames(capture));
    // Where the judges disagree on the octets of an overlap, the first copy is as good as another.
    const open = wanted.some((row) => !row.agree);
    const shape = ({ frame, bytes, sha256 }: { frame: number; bytes: number; sha256: string }) =>
      open ? { frame, bytes } : { frame, bytes, sha256 };
    expect(found.map(shape)).toEqual(wanted.map(shape));
  });
});

/** Judges one checksum of a frame, found by the stack's own way down to its payload. */
function judge(frame: Frame, layer: ChecksumRow["layer"]): boolean | undefined {
  const { octets, linkType, wire } = frame;
  const place = network(octets, 0, octets.length, linkType);
  if (layer === "ip") return ipv4HeaderIntact(octets, offsetOf(place));
  const counts = new Counts();
  let verdict: boolean | undefined;
  const ip = new IpInput(counts, new Reassembler(counts), "count", (packet) => {
    // Rows on UDP and TCP in ICMP errors speak of the packet that the error quotes (RFC 4443 §3.1).
    if (packet.protocol === Protocol.icmpv6 && layer !== "icmpv6") {
      return ip.ipv6(packet.octets, packet.at + 8, packet.end, packet.wireEnd, 0);
    }
    const length = layer === "udp" ? udpLength(packet.octets, packet.at) : packet.wireEnd - packet.at;
    verdict = layer === "icmp" ? intact(sum(packet.octets, packet.at, length)) : payloadIntact(packet, length);
  });
  if (typeOf(place) === EtherType.ipv4) ip.ipv4(octets, offsetOf(place), octets.length, wire, 0);
  else ip.ipv6(octets, offsetOf(place), octets.length, wire, 0);
  return verdict;
}

exams(`checksums of ${EXAMS}/checksums.jsonl${because}`, () => {
  test.each(groups(examRows<ChecksumRow>("checksums.jsonl")))("%s", (capture, rows) => {
    const frames = examFrames(capture);
    const wrong = rows.filter((row) => {
      const frame = frames[row.frame - 1];
      return frame === undefined || judge(frame, row.layer) !== (row.status === "good");
    });
    expect(wrong).toEqual([]);
  });
});
