import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { HAS_TCPDUMP } from "./installed.js";

/**
 * The captures that come with exonet and what their .expect files say of them. Nothing of src/ is used: a
 * reader and an evaluator of the DPF text of this file's own count by brute force, so that a mistake in ours
 * cannot hide behind itself. Where tcpdump is installed it counts again.
 */

const FOLDER = "captures";
const MOST_OCTETS = 6_000_000;
const CAPTURE = /\.pcap(ng)?(\.gz)?$/;

// ---------------------------------------------------------------- a small reader

interface Capture {
  readonly frames: readonly Buffer[];
  /** In ns since 1970, one for each frame. */
  readonly times: readonly bigint[];
  readonly wireLengths: readonly number[];
}

/** The savefile of a little-endian machine, which ours are. */
function readPcap(file: Buffer): Capture {
  const magic = file.readUInt32LE(0);
  if (magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) throw new Error(`magic ${magic.toString(16)}`);
  const unit = magic === 0xa1b2c3d4 ? 1000n : 1n;
  const [frames, times, wireLengths]: [Buffer[], bigint[], number[]] = [[], [], []];
  for (let at = 24; at < file.length; ) {
    const [seconds, fraction, captured, wire] = [0, 4, 8, 12].map((field) => file.readUInt32LE(at + field));
    times.push(BigInt(seconds ?? 0) * 1_000_000_000n + BigInt(fraction ?? 0) * unit);
    frames.push(file.subarray(at + 16, at + 16 + (captured ?? 0)));
    wireLengths.push(wire ?? 0);
    at += 16 + (captured ?? 0);
  }
  return { frames, times, wireLengths };
}

/** One little-endian section with enhanced packet blocks in ns, as dumpcap writes it. */
function readPcapng(file: Buffer): Capture {
  const [frames, times, wireLengths]: [Buffer[], bigint[], number[]] = [[], [], []];
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    if (file.readUInt32LE(at) !== 6) continue;
    times.push((BigInt(file.readUInt32LE(at + 12)) << 32n) | BigInt(file.readUInt32LE(at + 16)));
    frames.push(file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20)));
    wireLengths.push(file.readUInt32LE(at + 24));
  }
  return { frames, times, wireLengths };
}

function read(name: string): Capture {
  const stored = readFileSync(join(FOLDER, name));
  const file = name.endsWith(".gz") ? gunzipSync(stored) : stored;
  return file.readUInt32LE(0) === 0x0a0d0d0a ? readPcapng(file) : readPcap(file);
}

// ---------------------------------------------------------------- a small evaluator

const NUMBER = String.raw`(?:\d+\.\d+\.\d+\.\d+|0x[0-9a-f]+|\d+)`;
const FIELD = `(${NUMBER}) ?: ?(8|16|32)(?: ?& ?(${NUMBER}))?`;
const TEST = new RegExp(`^${FIELD} ?== ?(${NUMBER})$`);
const SHIFT = new RegExp(`^shift (${NUMBER})$`);
const SHIFT_LOADED = new RegExp(`^shift ${FIELD}(?: ?<< ?(${NUMBER}))?$`);

function number(text: string): number {
  if (!text.includes(".")) return Number(text);
  return text.split(".").reduce((value, octet) => value * 256 + Number(octet), 0);
}

function load(frame: Buffer, at: number, width: number, mask: string | undefined): bigint | undefined {
  if (at + width / 8 > frame.length) return undefined;
  const value = BigInt(frame.readUIntBE(at, width / 8));
  return mask === undefined ? value : value & BigInt(number(mask));
}

/** The base after one atom; undefined where it fails. */
function step(frame: Buffer, base: number, atom: string): number | undefined {
  if (atom === "true") return base;
  const [, offset, width, mask, value] = TEST.exec(atom) ?? [];
  if (value !== undefined) {
    const loaded = load(frame, base + number(offset ?? ""), Number(width), mask);
    return loaded === BigInt(number(value)) ? base : undefined;
  }
  const [, octets] = SHIFT.exec(atom) ?? [];
  const [, from, size, kept, left] = SHIFT_LOADED.exec(atom) ?? [];
  if (octets === undefined && from === undefined) throw new Error(`not an atom: ${atom}`);
  const loaded = octets === undefined ? load(frame, base + number(from ?? ""), Number(size), kept) : BigInt(octets);
  if (loaded === undefined) return undefined;
  const moved = base + Number(loaded << BigInt(number(left ?? "0")));
  return moved <= frame.length ? moved : undefined;
}

function matcher(text: string): (frame: Buffer) => boolean {
  const conjunctions = text.split("||").map((conjunction) =>
    conjunction.split("&&").map((atom) =>
      atom
        .trim()
        .replace(/^\(+|\)+$/g, "")
        .trim(),
    ),
  );
  return (frame) =>
    conjunctions.some((atoms) => {
      let base: number | undefined = 0;
      for (const atom of atoms) if (base !== undefined) base = step(frame, base, atom);
      return base !== undefined;
    });
}

// ---------------------------------------------------------------- what is said of them

const captures = readdirSync(FOLDER).filter((name) => CAPTURE.test(name));

function expectations(name: string): { name: string; count: string; filter: string; fields: number }[] {
  return readFileSync(join(FOLDER, `${name}.expect`), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const fields = line.split("\t");
      const [title = "", count = "", filter = ""] = fields;
      return { name: title, count, filter, fields: fields.length };
    });
}

describe("captures", () => {
  test("all together are below 6 MB", () => {
    const octets = readdirSync(FOLDER).map((name) => statSync(join(FOLDER, name)).size);
    expect(octets.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_OCTETS);
  });

  test("the README's table has each with its number of packets", () => {
    const readme = readFileSync(join(FOLDER, "README.md"), "utf8");
    const listed = [...readme.matchAll(/^\| `([^`]+)` \| (\d+) \|/gm)].map((row) => [row[1], Number(row[2])]);
    expect(listed.toSorted()).toEqual(captures.map((name) => [name, read(name).frames.length]).toSorted());
  });

  test("each .expect file has its capture", () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith(".expect"));
    expect(files.toSorted()).toEqual(captures.map((name) => `${name}.expect`).toSorted());
  });

  test.each(captures)("%s: expectations are well formed, their names unique", (name) => {
    const all = expectations(name);
    expect(all.length).toBeGreaterThanOrEqual(8);
    expect(new Set(all.map((one) => one.name)).size).toBe(all.length);
    for (const one of all) {
      expect(one.name).toMatch(/^[a-z0-9][a-z0-9._-]{0,63}$/);
      expect(one.count).toMatch(/^\d+$/);
      expect(one.fields).toBe(4);
    }
  });

  test.each(captures)("%s: brute force over the records counts what tcpdump counted", (name) => {
    const { frames } = read(name);
    const counts = expectations(name).map((one) => [one.name, String(frames.filter(matcher(one.filter)).length)]);
    expect(counts).toEqual(expectations(name).map((one) => [one.name, one.count]));
  });

  test("the demo is lively: no silence, and many packets in its first second", () => {
    const { times } = read("demo.pcap");
    const gaps = times.slice(1).map((time, i) => Number(time - (times[i] ?? 0n)) / 1e9);
    expect(Math.max(...gaps)).toBeLessThan(0.5);
    expect(times.filter((time) => time - (times[0] ?? 0n) < 1_000_000_000n).length).toBeGreaterThan(100);
    expect(statSync(join(FOLDER, "demo.pcap")).size).toBeLessThan(2_000_000);
  });

  test("there are times finer than a microsecond, in pcap and in pcapng", () => {
    for (const name of ["nanoseconds.pcap", "tls.pcapng"])
      expect(read(name).times.some((time) => time % 1000n !== 0n)).toBe(true);
  });

  test("the frames made by hand are those that were recorded", () => {
    const { stdout } = spawnSync(process.execPath, [join(FOLDER, "oddities.mjs"), "--print"], { encoding: "utf8" });
    expect(read("oddities.pcap").frames.map((frame) => frame.toString("hex"))).toEqual(stdout.trimEnd().split("\n"));
  });

  test("there are frames cut by the snap length", () => {
    const { frames, wireLengths } = read("headers.pcap.gz");
    expect(frames.some((frame, i) => frame.length < (wireLengths[i] ?? 0))).toBe(true);
    expect(Math.max(...frames.map((frame) => frame.length))).toBe(80);
  });
});

test.skipIf(!HAS_TCPDUMP)(
  `tcpdump counts them again${HAS_TCPDUMP ? "" : " (skipped: tcpdump is not installed)"}`,
  () => {
    const { status, stderr } = spawnSync(join(FOLDER, "expect.mjs"), ["--check"], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  },
);
