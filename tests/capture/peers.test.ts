/** Captures by other people, and other programs' opinion of captures. */
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { parse } from "pcap-parser";
import { describe, expect, test } from "vitest";
import { captureInfo } from "../../src/capture/info.js";
import { isInstalled } from "../installed.js";
import { type ReadRecord, readOctets } from "./read.js";

const EXAMS = "../shared/exams";
const OWN = "captures";

interface Row {
  readonly file: string;
  readonly format: string;
  readonly packets: number;
  readonly linktypes: Record<string, number>;
  readonly first_ts: string | null;
  readonly last_ts: string | null;
  readonly truncated: boolean;
}

function rows(): Row[] {
  if (!existsSync(`${EXAMS}/captures.jsonl`)) return [];
  const lines = readFileSync(`${EXAMS}/captures.jsonl`, "utf8").trim().split("\n");
  return lines.map((line): Row => JSON.parse(line));
}

const CAPTURE = /\.(pcap|pcapng)(\.gz)?$/;
const own = existsSync(OWN) ? readdirSync(OWN).filter((name) => CAPTURE.test(name)) : [];
const exams = rows();

describe.skipIf(exams.length === 0)("exams (skipped where ../shared/exams is absent)", () => {
  test.each(exams)("$file", async ({ file, format, packets, linktypes, first_ts, last_ts, truncated }) => {
    const path = join(EXAMS, "captures", file);
    const expected = { format, packets, linktypes, first_ts, last_ts, truncated };
    const report = await captureInfo(path);
    expect(report).toMatchObject(expected);
    expect(report.linktypes).toEqual(linktypes);
    expect(await captureInfo(createReadStream(path, { highWaterMark: 61 }))).toMatchObject(expected);
    const timed = report.timeline.reduce((sum, count) => sum + count, 0);
    expect(timed).toBeLessThanOrEqual(packets);
  });
});

const peersOf: [string, string][] = [
  ...own.map((name): [string, string] => [name, join(OWN, name)]),
  ...exams.map(({ file }): [string, string] => [file, join(EXAMS, "captures", file)]),
];

/** capinfos' machine-readable rows: packets, earliest and latest time as seconds with a fraction. */
function capinfos(path: string): { packets: number; first: string; last: string } {
  const text = execFileSync("capinfos", ["-T", "-r", "-m", "-c", "-a", "-e", "-S", path], { encoding: "utf8" });
  const [, packets = "", first = "", last = ""] = text.trim().split(",");
  return { packets: Number(packets), first, last };
}

describe.skipIf(!isInstalled("capinfos") || own.length === 0)(
  "capinfos (skipped where it or captures/ is absent)",
  () => {
    test.each(own)("%s", async (name) => {
      const report = await captureInfo(join(OWN, name));
      const peer = capinfos(join(OWN, name));
      expect(report.packets).toBe(peer.packets);
      expect(report.damage).toEqual([]);
      expect(seconds(report.first_ts)).toBe(padded(peer.first));
      expect(seconds(report.last_ts)).toBe(padded(peer.last));
    });
  },
);

function seconds(ns: string | null): string {
  const digits = (ns ?? "0").padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

function padded(time: string): string {
  const [whole = "0", fraction = ""] = time.split(".");
  return `${whole}.${fraction.padEnd(9, "0")}`;
}

/** All packets as pcap-parser tells them. */
function packageRecords(path: string): Promise<Omit<ReadRecord, "linkType">[]> {
  return new Promise((resolve, reject) => {
    const found: Omit<ReadRecord, "linkType">[] = [];
    const parser = parse(path);
    parser.on("error", reject);
    parser.on("end", () => resolve(found));
    parser.on("packet", ({ header, data }) => {
      const time = BigInt(header.timestampSeconds) * 1_000_000_000n + BigInt(header.timestampMicroseconds) * 1000n;
      const { capturedLength: captured, originalLength: wire } = header;
      found.push({ captured, wire, time, octets: data.toString("hex") });
    });
  });
}

const CLASSIC = /^(d4c3b2a1|a1b2c3d4)/;
const classic = peersOf.filter(([, path]) => CLASSIC.test(readFileSync(path).subarray(0, 4).toString("hex")));

describe.skipIf(classic.length === 0)("pcap-parser as second reader (skipped where there is no capture)", () => {
  test.each(classic)("%s agrees record by record", async (_, path) => {
    const octets = readFileSync(path);
    const snap = octets[0] === 0xd4 ? octets.readUInt32LE(16) : octets.readUInt32BE(16);
    const theirs = (await packageRecords(path)).map((record) =>
      // It knows no snap length; libpcap delivers no octet beyond it.
      snap > 0 && record.captured > snap
        ? { ...record, captured: snap, octets: record.octets.slice(0, 2 * snap) }
        : record,
    );
    const { records } = readOctets(octets, 1 << 20);
    expect(records.map(({ captured, wire, time, octets: hex }) => ({ captured, wire, time, octets: hex }))).toEqual(
      theirs,
    );
  });

  test.each(classic)("%s reads the same through it and through us", async (_, path) => {
    expect(await captureInfo(path, { reader: "pcap-parser" })).toEqual(await captureInfo(path));
  });
});

const plainFiles = peersOf.filter(([, path]) => !path.endsWith(".gz"));

describe.skipIf(plainFiles.length === 0)("gzipped (skipped where there is no capture)", () => {
  test.each(plainFiles)("%s says the same", async (_, path) => {
    const octets = readFileSync(path);
    const plain = await captureInfo(path);
    expect(await captureInfo(Readable.from([gzipSync(octets)]))).toEqual(plain);
  });
});
