/**
 * Layers and fields: a golden to be read, positions beside tshark's, filters tried by tcpdump on the very frames that they
 * were made from, and rubbish of every kind.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { LayerField } from "../../src/wire/dissect/layer.js";
import { dissect, type Layer } from "../../src/wire/dissect.js";
import { HAS_TCPDUMP, isInstalled } from "../installed.js";
import { Chance } from "../seeded.js";
import { CAPTURES, captureFrames, damaged, ENDLESS, type Frame, MADE } from "./frames.js";

const PRINTABLE = /^[\x20-\x7e]*$/;
const LINK_TYPES = [0, 1, 9, 12, 50, 51, 101, 104, 105, 108, 113, 127, 147, 228, 229, 276];

function layersOf({ octets, wire, linkType }: Frame): Layer[] {
  return dissect(octets, 0, octets.length, linkType, wire);
}

function fieldsOf(frame: Frame): readonly LayerField[] {
  return layersOf(frame).flatMap(({ fields }) => fields);
}

function sample(name: string, every: number): Frame[] {
  return captureFrames(name).filter((_, i) => i % every === 0);
}

describe("trees", () => {
  test("of each protocol and link type", () => {
    const show = ({ name, from, to, mask, value, filter }: LayerField) =>
      `    ${name} ${from}-${to}${mask === undefined ? "" : ` & 0x${mask.toString(16)}`}: ${value}${filter === undefined ? "" : ` {${filter}}`}`;
    const lines = Object.entries(MADE).flatMap(([name, frame]) => [
      `${name}:`,
      ...layersOf(frame).flatMap((layer) => [
        `  ${layer.name} (${layer.label}) ${layer.from}-${layer.to}${layer.cut ? " cut" : ""}`,
        ...layer.fields.map(show),
      ]),
    ]);
    const path = "tests/wire/dissect.txt";
    const now = `${lines.join("\n")}\n`;
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, now);
    expect(existsSync(path), `${path} is missing: UPDATE_GOLDEN=1 npm test writes it`).toBe(true);
    expect(now).toBe(readFileSync(path, "utf8"));
  });

  test("a cut layer is cut, and says so", () => {
    const frame = MADE["two tags"];
    if (frame === undefined) throw new Error("no such frame");
    const names = Array.from(frame.octets, (_, cut) =>
      layersOf({ ...frame, octets: frame.octets.subarray(0, cut + 1) }).map(
        ({ name, cut: is }) => name + (is ? "!" : ""),
      ),
    );
    expect(names[5]).toEqual(["eth!"]);
    expect(names[13]).toEqual(["eth", "vlan!"]);
    expect(names[20]).toEqual(["eth", "vlan", "vlan!"]);
    expect(names[40]).toEqual(["eth", "vlan", "vlan", "ip!"]);
    expect(names[70]).toEqual(["eth", "vlan", "vlan", "ip", "tcp!"]);
    expect(names.at(-1)).toEqual(["eth", "vlan", "vlan", "ip", "tcp"]);
  });
});

/** A capture of frames of one link type. */
function pcap(frames: readonly Frame[], linkType: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(linkType, 20);
  const records = frames.flatMap(({ octets, wire }) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(octets.length, 8);
    record.writeUInt32LE(Math.max(wire, octets.length), 12);
    return [record, octets];
  });
  return Buffer.concat([header, ...records]);
}

describe.skipIf(!HAS_TCPDUMP)("filters, by tcpdump", () => {
  function matches(frames: readonly Frame[], linkType: number, filter: string): number {
    const run = spawnSync("tcpdump", ["-r", "-", "--count", filter], { input: pcap(frames, linkType) });
    const count = /^(\d+) packets?/.exec(run.stdout.toString())?.[1];
    if (count === undefined) throw new Error(`${filter}: ${run.stderr.toString()}`);
    return Number(count);
  }

  /** The frame with another value of the field: its lowest bit is turned. */
  function otherwise(frame: Frame, { to, mask }: LayerField): Frame {
    const octets = frame.octets.slice();
    let bit = mask ?? 1;
    bit = bit & -bit;
    const at = to - 1 - (Math.log2(bit) >> 3);
    octets[at] = (octets[at] ?? 0) ^ (bit >> (8 * (to - 1 - at)));
    return { ...frame, octets };
  }

  /**
   * One expression for all of a frame's filters. The words vlan, mpls and pppoes move what comes after them further in, so
   * each beginning of them may stand in it once, and these cannot be joined with each other.
   */
  function together(filters: readonly string[]): string[] {
    const groups = new Map<string, string[]>();
    for (const filter of filters) {
      const before = /^(?:(?:vlan|mpls|pppoes) \w+(?: and |$))*/.exec(filter)?.[0] ?? "";
      groups.set(before, [...(groups.get(before) ?? []), filter.slice(before.length)]);
    }
    return [...groups].map(([before, parts]) => (before + parts.join(" and ")).replace(/ and $/, ""));
  }

  function check(frames: readonly Frame[]): number {
    let fields = 0;
    for (const frame of frames) {
      const filters = fieldsOf(frame).flatMap(({ filter }) => filter ?? []);
      fields += filters.length;
      for (const filter of together(filters)) expect(matches([frame], frame.linkType, filter), filter).toBe(1);
    }
    return fields;
  }

  test("all filters of every made frame select it", () => {
    expect(check(Object.values(MADE))).toBeGreaterThan(1200);
  }, 120_000);

  test.each(CAPTURES)(
    "%s: all filters of a frame select it",
    (name) => {
      const all = captureFrames(name);
      expect(check(all.filter((_, i) => i % Math.ceil(all.length / 20) === 0))).toBeGreaterThan(300);
    },
    120_000,
  );

  test("all filters of damaged frames select them", () => {
    const chance = new Chance(7);
    const frames = Object.values(MADE).map((frame) => {
      const octets = frame.octets.slice();
      for (let hits = 3; hits > 0; hits--) octets[chance.below(octets.length)] = chance.below(256);
      return { ...frame, octets: octets.subarray(0, octets.length - chance.below(20)) };
    });
    expect(check(frames)).toBeGreaterThan(500);
  }, 120_000);

  test("each kind of filter leaves out the frame with another value there", () => {
    const tried = new Set<string>();
    for (const [name, frame] of Object.entries(MADE)) {
      for (const field of fieldsOf(frame)) {
        if (field.filter === undefined) continue;
        const kind = `${field.name} ${field.filter.replace(/\d+/g, "")}`;
        if (tried.has(kind)) continue;
        tried.add(kind);
        const both = [frame, otherwise(frame, field)];
        expect(matches(both, frame.linkType, field.filter), `${name}: ${field.filter}`).toBe(1);
      }
    }
    expect(tried.size).toBeGreaterThan(150);
  }, 120_000);
});

describe.skipIf(!isInstalled("tshark"))("positions, beside tshark's", () => {
  /** Theirs has the flags begin an octet earlier, and takes time stamps out of an echo's data. */
  const OTHERWISE: ReadonlySet<string> = new Set(["tcp.flags", "tcp.flags.str", "data.data"]);

  /** Of the first packets: every field's octets by its name, in the order of the frame. */
  function positions(file: string, packets: number): Map<string, string[]>[] {
    const whole = ["ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams"].flatMap((name) => [
      "-o",
      `${name}:FALSE`,
    ]);
    const run = spawnSync("tshark", [...whole, "-r", file, "-n", "-c", String(packets), "-T", "pdml"], {
      maxBuffer: 2 ** 28,
    });
    return run.stdout
      .toString("latin1")
      .split("<packet>")
      .slice(1)
      .map((packet) => {
        const found = new Map<string, string[]>();
        for (const [, name = "", size, pos] of packet.matchAll(
          /<field name="([^"]+)"[^>]*? size="(\d+)" pos="(\d+)"/g,
        )) {
          found.set(name, [...(found.get(name) ?? []), `${pos}+${size}`]);
        }
        return found;
      });
  }

  test.each(["ping-arp.pcap", "vlan.pcap", "fragments.pcap", "tls.pcapng"] as const)(
    "%s",
    (name) => {
      const theirs = positions(`captures/${name}`, 60);
      const frames = captureFrames(name).slice(0, 60);
      expect(theirs.length).toBe(frames.length);
      const compared = new Set<string>();
      let count = 0;
      frames.forEach((frame, i) => {
        for (const field of fieldsOf(frame)) {
          const places = theirs[i]?.get(field.name);
          // Theirs of bit fields may be wider or narrower than the octets that hold the bits.
          if (places === undefined || field.mask !== undefined || OTHERWISE.has(field.name)) continue;
          compared.add(field.name);
          count++;
          expect(places, `packet ${i + 1}: ${field.name}`).toContain(`${field.from}+${field.to - field.from}`);
        }
      });
      expect(count).toBeGreaterThan(500);
      expect(compared.size).toBeGreaterThan(15);
    },
    60_000,
  );
});

describe("rubbish", () => {
  /** Fails unless every range lies inside what was captured, and everything is made of the captured octets alone. */
  function check(octets: Uint8Array, wire: number, linkType: number): void {
    const layers = dissect(octets, 0, octets.length, linkType, wire);
    for (const layer of layers) {
      if (layer.from < 0 || layer.to < layer.from || layer.to > octets.length) throw new Error(JSON.stringify(layer));
      for (const { name, from, to, mask, value, filter } of layer.fields) {
        if (from < layer.from || to > layer.to || from > to)
          throw new Error(`${name}: ${from}-${to} of ${layer.from}-${layer.to}`);
        if (!PRINTABLE.test(value) || !PRINTABLE.test(filter ?? "")) throw new Error(`${name}: ${value}`);
        if (mask !== undefined && (mask <= 0 || mask >= 256 ** (to - from))) throw new Error(`${name}: mask ${mask}`);
      }
    }
    const among = new Uint8Array(octets.length + 300).fill(0xa7);
    among.set(octets, 100);
    expect(JSON.stringify(dissect(among, 100, octets.length, linkType, wire))).toBe(JSON.stringify(layers));
  }

  const frames = [...Object.values(MADE), ...CAPTURES.flatMap((name) => sample(name, 700))];

  test("every cut of real and made frames, as their own link type", () => {
    let cases = 0;
    for (const { octets, wire, linkType } of frames) {
      for (let cut = 0; cut <= Math.min(octets.length, 150); cut++, cases++)
        check(octets.subarray(0, cut), wire, linkType);
    }
    expect(cases).toBeGreaterThan(6000);
  });

  test.each(LINK_TYPES)("damaged frames and noise as link type %d", (linkType) => {
    const chance = new Chance(300 + linkType);
    for (let round = 0; round < 1000; round++) {
      const octets = damaged(chance, frames);
      check(octets, octets.length + (chance.percent(50) ? 0 : chance.below(3000)), linkType);
    }
  });

  test.each(Object.entries(ENDLESS))("headers that go on and on: %s", (_, octets) => {
    for (const linkType of LINK_TYPES) check(octets, octets.length, linkType);
    expect(dissect(octets, 0, octets.length, 1).length).toBeLessThanOrEqual(25);
  });
});
