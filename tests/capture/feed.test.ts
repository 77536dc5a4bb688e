import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { DamageCode } from "../../src/capture/damage.js";
import { type FeedOptions, feed } from "../../src/capture/feed.js";
import { captureInfo } from "../../src/capture/info.js";
import { QueueOctets } from "../../src/capture/octets.js";
import { previewCapture } from "../../src/capture/preview.js";
import { createRing, RingClosed, RingOctets, RingWriter } from "../../src/capture/ring.js";
import { buildPcap, buildPcapng, concat, PcapngBuilder, payload, somePackets } from "./build.js";
import { delivered, oracle } from "./oracle.js";
import { readOctets, readSource } from "./read.js";

const STRETCH = 1 << 20;
const folder = mkdtempSync(join(tmpdir(), "exonet-feed-"));
afterAll(() => rmSync(folder, { recursive: true }));

function stored(name: string, octets: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}

function inChunks(octets: Uint8Array, size: number): Readable {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += size) chunks.push(octets.slice(at, at + size));
  return Readable.from(chunks);
}

async function fed(input: string | Readable, options?: FeedOptions) {
  const queue = new QueueOctets();
  await feed(input, queue, options);
  return readSource(queue, STRETCH);
}

const packets = somePackets(3000, 700);
const plain = buildPcap(packets);
const zipped = new Uint8Array(gzipSync(plain));
const expected = readOctets(plain, STRETCH).records;

function codes(damage: readonly { readonly code: string }[]): DamageCode[] | string[] {
  return damage.map(({ code }) => code);
}

describe("gzip", () => {
  test.each([1, 3, 1000, 65_536])("in chunks of %i octets", async (size) => {
    const input = size < 1000 ? zipped.slice(0, 20_000) : zipped;
    const { records, damage } = await fed(inChunks(input, size));
    if (size >= 1000) expect(damage).toEqual([]);
    expect(records).toEqual(expected.slice(0, records.length));
    expect(records.length).toBeGreaterThan(size < 1000 ? 20 : 2999);
  });

  test("members in a row, a name in the header, zeros behind", async () => {
    const named = Buffer.from(gzipSync(plain.slice(5000)));
    named[3] = 8;
    const second = concat([named.subarray(0, 10), Buffer.from("a name\0"), named.subarray(10)]);
    const both = concat([gzipSync(plain.slice(0, 5000)), second, new Uint8Array(700)]);
    for (const size of [7, 100_000]) expect((await fed(inChunks(both, size))).records).toEqual(expected);
  });

  test("cut anywhere: what was there is delivered, and the cut is told", async () => {
    for (const at of [3, 9, 12, 5000, zipped.length - 9, zipped.length - 8, zipped.length - 1]) {
      const { records, damage, capture } = await fed(inChunks(zipped.slice(0, at), 4096));
      expect(codes(damage)).toContain("E_GZIP_CUT");
      expect(capture.truncated).toBe(true);
      expect(records).toEqual(expected.slice(0, records.length));
      if (at >= zipped.length - 9) expect(records.length).toBeGreaterThan(2990);
      if (at >= zipped.length - 8) expect(records).toHaveLength(3000);
    }
  });

  test("a wrong check value or length: every record is delivered all the same", async () => {
    for (const back of [1, 8]) {
      const wrong = zipped.slice();
      wrong[wrong.length - back] = (wrong[wrong.length - back] ?? 0) ^ 1;
      const { records, damage } = await fed(inChunks(wrong, 4096));
      expect(damage).toEqual([{ code: "E_GZIP_CHECK", offset: plain.length }]);
      expect(records).toEqual(expected);
    }
  });

  test("gzip in gzip with a wrong check is told the same by whoever reads it, however it comes", async () => {
    const twice = new Uint8Array(gzipSync(zipped.slice(0, 5000), { level: 0 }));
    twice[twice.length - 8] = (twice[twice.length - 8] ?? 0) ^ 1;
    const { damage } = await fed(stored("twice", twice));
    expect(damage).toEqual([{ code: "E_COMPRESSED", offset: 0 }]);
    for (const size of [1, 1000, 100_000]) expect((await fed(inChunks(twice, size))).damage).toEqual(damage);
    const reports = [await captureInfo(stored("twice", twice)), await captureInfo(inChunks(twice, 100))];
    for (const report of reports) {
      expect(report.damage).toMatchObject([{ offset: 0, reason: expect.stringMatching(/^E_COMPRESSED/) }]);
    }
  });

  test("damage inside, and rubbish behind", async () => {
    const rubbish = await fed(inChunks(concat([zipped, payload(50)]), 999));
    expect(codes(rubbish.damage)).toEqual(["E_GZIP_DATA"]);
    expect(rubbish.records).toEqual(expected);
    const holed = zipped.slice();
    holed.fill(0xff, 20_000, 20_100);
    const { records, damage } = await fed(inChunks(holed, 999));
    expect(damage.length).toBeGreaterThan(0);
    expect(records.slice(0, 20)).toEqual(expected.slice(0, 20));
  });

  test("damage inside a file: every octet that zlib can unfold before it is delivered", async () => {
    // Level 0 has blocks of known length, each with its length and its complement in front.
    const blocks = new Uint8Array(gzipSync(plain, { level: 0 }));
    const all = oracle(plain, STRETCH).records;
    const view = new DataView(blocks.buffer, blocks.byteOffset);
    for (let at = 10, unfolded = 0; at < blocks.length - 8; ) {
      const length = view.getUint16(at + 1, true);
      const holed = blocks.slice();
      holed[at + 3] = (holed[at + 3] ?? 0) ^ 0x40;
      const { records, damage } = await fed(stored("holed", holed));
      expect(codes(damage).at(-1)).toBe("E_GZIP_DATA");
      expect(damage.at(-1)?.offset).toBe(unfolded);
      const safe = all.filter(({ end }) => end <= unfolded);
      expect(records, `block at ${at}`).toEqual(delivered(safe));
      unfolded += length;
      at += 5 + length;
    }
  });

  test("a bomb is stopped, by ratio and by size", async () => {
    const bomb = gzipSync(buildPcap(Array.from({ length: 40 }, () => ({ octets: new Uint8Array(65_000) }))));
    const byRatio = await fed(Readable.from([bomb]), { limits: { ratio: 10, ratioFrom: 1_000_000 } });
    const bySize = await fed(Readable.from([bomb]), { limits: { octets: 500_000 } });
    for (const { damage, records } of [byRatio, bySize]) {
      expect(codes(damage).at(-1)).toBe("E_GZIP_LIMIT");
      expect(records.length).toBeLessThan(40);
    }
  });

  test("info of a path", async () => {
    const report = await captureInfo(stored("zipped", zipped));
    expect(report).toMatchObject({ format: "pcap-le-us", packets: 3000, octets: plain.length, damage: [] });
    expect(report).toEqual(await captureInfo(stored("plain", plain)));
  });
});

describe("pcap-parser as reader", () => {
  test.each([true, false])("little-endian %s", async (little) => {
    const octets = buildPcap(packets, { little });
    for (const size of [61, 100_000]) {
      const { records, capture, damage } = await fed(inChunks(octets, size), { reader: "pcap-parser" });
      expect(damage).toEqual([]);
      expect(records).toEqual(expected);
      expect(capture.format).toBe(little ? "pcap-le-us" : "pcap-be-us");
    }
  });

  test("what it cannot read is refused; a cut has its place", async () => {
    const refused = await fed(inChunks(buildPcapng(packets), 999), { reader: "pcap-parser" });
    expect(codes(refused.damage)).toEqual(["E_READER"]);
    const cut = await fed(inChunks(plain.slice(0, -1), 999), { reader: "pcap-parser" });
    expect(cut.damage).toEqual(readOctets(plain.slice(0, -1), STRETCH).damage);
    expect(cut.capture.truncated).toBe(true);
    expect(codes((await fed(Readable.from([]), { reader: "pcap-parser" })).damage)).toEqual(["E_EMPTY"]);
  });

  test("a captured length of 4 GiB is not waited for", async () => {
    const lying = buildPcap([{ octets: payload(60) }, { octets: payload(60), captured: 0xffff_ffff }]);
    const { records, damage } = await fed(inChunks(concat([lying, payload(3_000_000)]), 65_536), {
      reader: "pcap-parser",
    });
    expect(records).toHaveLength(1);
    expect(damage).toEqual([{ code: "E_CAPTURED_TOO_LONG", offset: 100 }]);
  });
});

describe("ring", () => {
  test("octets pass in order through a ring smaller than the file", async () => {
    const ring = createRing(4096);
    const done = feed(inChunks(plain, 10_000), new RingWriter(ring));
    const reader = new RingOctets(ring);
    const found: Uint8Array[] = [];
    for (let count = -1; count !== 0; ) {
      const into = new Uint8Array(777);
      count = reader.read(into);
      if (count > 0) found.push(into.slice(0, count));
      if (count < 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
    expect(Buffer.compare(concat(found), plain)).toBe(0);
    expect(reader.failure).toBeUndefined();
  });

  test("cursors wrap at 2^32", async () => {
    const ring = createRing(64);
    new Int32Array(ring).fill(-20, 0, 2);
    const writer = new RingWriter(ring);
    const reader = new RingOctets(ring);
    const into = new Uint8Array(64);
    for (let i = 0; i < 5; i++) {
      await writer.write(payload(30, i));
      let count = 0;
      while (count < 30) count += reader.read(into.subarray(count, 30));
      expect(into.slice(0, 30)).toEqual(payload(30, i));
    }
    expect(reader.read(into)).toBe(-1);
  });

  test("a fault comes through with its words", async () => {
    const ring = createRing();
    await feed(inChunks(zipped.slice(0, 9000), 999), new RingWriter(ring));
    const { damage, records } = readSource(new RingOctets(ring), STRETCH);
    expect(codes(damage)).toContain("E_GZIP_CUT");
    expect(records.length).toBeGreaterThan(5);
    const other = createRing(16);
    new RingWriter(other).fail({ code: "E_READ", detail: "the wörds" });
    expect(new RingOctets(other).failure).toEqual({ code: "E_READ", detail: "the wörds" });
  });

  test("a closed ring ends its writer", async () => {
    const ring = createRing(64);
    const writer = new RingWriter(ring);
    const write = writer.write(payload(1000));
    new RingOctets(ring).close();
    await expect(write).rejects.toThrow(RingClosed);
    await feed(inChunks(plain, 100), writer);
  });
});

describe("preview", () => {
  const little: [string, Uint8Array][] = [
    ["pcap", plain],
    ["gzip", zipped],
    ["pcap, ns", buildPcap(packets, { nanoseconds: true })],
    ["pcap, modified", buildPcap(packets, { modified: true, little: false })],
    ["pcapng", buildPcapng(packets)],
  ];
  test.each(little)("%s", async (name, octets) => {
    const preview = await previewCapture(stored(`preview-${name}`, octets), { packets: 10, octets: 16 });
    const { records } = name === "gzip" ? { records: expected } : readOctets(octets, STRETCH);
    expect(preview).toEqual(
      records.slice(0, 10).map(({ time, captured, wire, octets: hex }, i) => {
        return { number: i + 1, time: time.toString(), captured, wire, octets: hex.slice(0, 32) };
      }),
    );
  });

  test("a lie ends it, quickly", async () => {
    const lying = buildPcap([{ octets: payload(60) }, { octets: payload(60), captured: 0xffff_ffff }]);
    expect(await previewCapture(stored("lie", concat([lying, payload(2_000_000)])))).toHaveLength(1);
    expect(await previewCapture(stored("none", payload(100)))).toEqual([]);
    expect(await previewCapture(stored("empty", payload(0)))).toEqual([]);
  });

  test("a frame without a time", async () => {
    const simple = new PcapngBuilder()
      .section()
      .interface()
      .simple({ octets: payload(5) }).octets;
    expect(await previewCapture(stored("simple", simple))).toMatchObject([{ time: null, captured: 5 }]);
  });
});

describe("opening", () => {
  test("the system's errors are thrown, whoever reads", async () => {
    for (const reader of ["exonet", "pcap-parser"] as const) {
      await expect(captureInfo(join(folder, "absent"), { reader })).rejects.toMatchObject({ code: "ENOENT" });
      await expect(captureInfo(folder, { reader })).rejects.toMatchObject({ code: "EISDIR" });
    }
  });

  test("a signal ends it", async () => {
    const control = new AbortController();
    const path = stored("long", concat([plain, new Uint8Array(5_000_000)]));
    await expect(
      captureInfo(path, { signal: control.signal, onProgress: () => control.abort(new Error("enough")) }),
    ).rejects.toThrow("enough");
    const endless = new Readable({ read() {} });
    const second = new AbortController();
    const waiting = captureInfo(endless, { signal: second.signal });
    second.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});

/** Of this process, on files of this test; what is being closed is there for a moment. */
function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const path = readlinkSync(join("/proc/self/fd", descriptor));
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });
}

test.skipIf(!existsSync("/proc/self/fd"))("a damaged gzip leaves no file open (counted in /proc)", async () => {
  // A block's length no longer fits its complement.
  const damaged = new Uint8Array(gzipSync(plain, { level: 0 }));
  damaged[13] = (damaged[13] ?? 0) ^ 0x40;
  const path = stored("damaged", damaged);
  for (let n = 0; n < 40; n++) {
    expect((await captureInfo(path)).damage).toMatchObject([{ offset: 0, reason: expect.stringContaining("gzip") }]);
  }
  await expect.poll(openFiles).toEqual([]);
});

describe("timeline", () => {
  test("packets of a steady rate fill equal slots", async () => {
    const steady = Array.from({ length: 51_200 }, (_, i) => ({
      seconds: 1_700_000_000 + Math.floor(i / 100),
      fraction: (i % 100) * 10_000,
      octets: payload(1),
    }));
    const { timeline } = await captureInfo(stored("steady", buildPcap(steady)));
    expect(timeline).toHaveLength(512);
    expect(timeline.reduce((sum, count) => sum + count, 0)).toBe(51_200);
    for (const count of timeline) expect(Math.abs(count - 100)).toBeLessThanOrEqual(30);
  });

  test("times that go backwards, that are the same, that span 500 years", async () => {
    const at = (seconds: number) => ({ seconds, octets: payload(1) });
    const of = async (...times: number[]) => (await captureInfo(stored("t", buildPcap(times.map(at))))).timeline;
    expect(await of(1000, 1000, 1000)).toEqual([3]);
    const back = await of(2000, 1000, 1500, 2000);
    expect([back[0], back.at(-1), back.reduce((sum, count) => sum + count, 0)]).toEqual([1, 2, 4]);
    const far = await of(1, 4_294_967_295);
    expect([far.length, far[0], far.at(-1)]).toEqual([512, 1, 1]);
    expect(await of()).toEqual([]);
  });
});
