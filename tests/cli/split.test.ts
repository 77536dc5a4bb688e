import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseExpect } from "../../src/filter/library.js";
import { buildPcap, type Packet, PcapngBuilder, somePackets } from "../capture/build.js";
import { HAS_TCPDUMP } from "../installed.js";
import { ownFolder, run, shell, tcpdumpWrites } from "./work.js";

const at = ownFolder();
const packets = somePackets(60);
const CAPTURE = at("input.pcap", buildPcap(packets));

/** A folder of DPF files. */
function filters(name: string, texts: Readonly<Record<string, string>>): string {
  mkdirSync(at(name));
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(at(name), `${file}.dpf`), `${text}\n`);
  return at(name);
}

function where(accepts: (octets: Uint8Array) => boolean): Packet[] {
  return packets.filter(({ octets }) => accepts(octets));
}

const SOME = filters("some", { long: "length > 60", longer: "length > 70", first: "0:8 == 1", none: "length > 9999" });
const isLong = ({ length }: Uint8Array) => length > 60;
const isLonger = ({ length }: Uint8Array) => length > 70;
const isFirst = (octets: Uint8Array) => octets[0] === 1;

function outputs(folder: string): string[] {
  return readdirSync(folder).toSorted();
}

function holds(path: string, expected: Uint8Array): boolean {
  return readFileSync(path).equals(expected);
}

describe("exonet split", () => {
  test("an output for each filter, as it would be alone; packets of several filters go to all", () => {
    const out = at("taps");
    const ended = run(["split", CAPTURE, "--filters", SOME, "-o", out, "--unmatched", at("rest.pcap"), "--json"]);
    expect([ended.status, ended.error]).toEqual([0, ""]);
    expect(outputs(out)).toEqual(["first.pcap", "long.pcap", "longer.pcap", "none.pcap"]);
    const rest = where((octets) => !isLong(octets) && !isFirst(octets));
    for (const [name, expected] of Object.entries({
      long: where(isLong),
      longer: where(isLonger),
      first: where(isFirst),
      none: [],
    })) {
      expect([name, holds(join(out, `${name}.pcap`), buildPcap(expected))]).toEqual([name, true]);
    }
    expect(holds(at("rest.pcap"), buildPcap(rest))).toBe(true);
    const answer = JSON.parse(ended.text);
    expect(answer).toMatchObject({ packets: 60, unmatched: rest.length });
    const long = where(isLong);
    expect(answer.outputs.find(({ name }: { name: string }) => name === "long")).toEqual({
      name: "long",
      file: join(out, "long.pcap"),
      packets: long.length,
      octets: long.reduce((sum, { octets }) => sum + octets.length, 0),
    });
  });

  test("claims: a packet goes to one output, the inner of two filters first", () => {
    const out = at("claims");
    const args = ["split", CAPTURE, "--filters", SOME, "-o", out, "--mode", "claim", "--json"];
    const { text } = run(args);
    // `first` tests bits, the lengths do not, and `longer` lies inside `long`.
    expect(holds(join(out, "first.pcap"), buildPcap(where(isFirst)))).toBe(true);
    expect(holds(join(out, "longer.pcap"), buildPcap(where((o) => isLonger(o) && !isFirst(o))))).toBe(true);
    expect(holds(join(out, "long.pcap"), buildPcap(where((o) => isLong(o) && !isLonger(o) && !isFirst(o))))).toBe(true);
    const answer = JSON.parse(text);
    const claimed = answer.outputs.reduce((sum: number, each: { packets: number }) => sum + each.packets, 0);
    expect(claimed + answer.unmatched).toBe(60);
  });

  test.skipIf(!HAS_TCPDUMP)("the octets of many runs of tcpdump", () => {
    const read = parseExpect(readFileSync("captures/demo.pcap.expect", "utf8"));
    if (!read.ok) throw new Error("expectations");
    const out = at("demo");
    expect(run(["split", "captures/demo.pcap", "--filters", "captures/demo.pcap.expect", "-o", out]).status).toBe(0);
    for (const { name, tcpdump } of read.entries) {
      const theirs = tcpdumpWrites("captures/demo.pcap", tcpdump, at("theirs.pcap"));
      expect([name, holds(join(out, `${name}.pcap`), theirs)]).toEqual([name, true]);
    }
  });

  test("for people: packets of each output, and of none", () => {
    const { text } = run(["split", CAPTURE, "--filters", SOME, "-o", at("people")]);
    const count = where(isLong).length;
    expect(text).toMatch(new RegExp(`^ *${count}  ${at("people")}/long.pcap$`, "m"));
    expect(text).toMatch(/^ *\d+ {2}unmatched\n$/m);
  });

  test("stdin and gzip are read; every target writes the same", () => {
    for (const [target, input] of [
      ["js", buildPcap(packets)],
      ["interpreter", gzipSync(buildPcap(packets))],
    ] as const) {
      expect(run(["split", "-", "--filters", SOME, "-o", at(target), "--target", target], { input }).status).toBe(0);
      expect(holds(join(at(target), "long.pcap"), buildPcap(where(isLong)))).toBe(true);
    }
  });

  test("pcapng: blocks of no frame go to every output, records larger than a chunk too", () => {
    const build = (keep: (octets: Uint8Array) => boolean) => {
      const builder = new PcapngBuilder().section(false).interface().interface({ linkType: 113 });
      for (const [index, { octets }] of packets.entries()) {
        const large = new Uint8Array(octets.length === 0 ? 0 : 250_000 + octets.length).fill(octets[0] ?? 0);
        if (keep(large)) builder.enhanced({ octets: large, interface: index % 2, ticks: BigInt(index) });
        if (index === 30) builder.block(5, large);
      }
      return builder.octets;
    };
    const texts = filters("large", { long: "length > 250060", first: "0:8 == 1" });
    const out = at("large-out");
    const ended = run([
      "split",
      at(
        "large.pcapng",
        build(() => true),
      ),
      "--filters",
      texts,
      "-o",
      out,
    ]);
    expect([ended.status, ended.error]).toEqual([0, ""]);
    expect(
      holds(
        join(out, "long.pcapng"),
        build(({ length }) => length > 250_060),
      ),
    ).toBe(true);
    expect(holds(join(out, "first.pcapng"), build(isFirst))).toBe(true);
  });

  test("a capture that is cut: what was whole is written", () => {
    const capture = at("cut.pcap", buildPcap(packets).slice(0, -1));
    const ended = run(["split", capture, "--filters", SOME, "-o", at("cut")]);
    expect([ended.status, ended.error]).toEqual([
      0,
      expect.stringMatching(/cut\.pcap: damage at octet \d+: E_CUT_RECORD/),
    ]);
    expect(holds(join(at("cut"), "long.pcap"), buildPcap(packets.slice(0, -1).filter((p) => isLong(p.octets))))).toBe(
      true,
    );
  });
});

describe("many outputs", () => {
  const COUNT = 1000;
  const texts = Object.fromEntries(Array.from({ length: COUNT }, (_, k) => [`f${k}`, `0:16 == ${k}`]));
  const frames = Array.from({ length: 20 * COUNT }, (_, index) => {
    const octets = new Uint8Array(1300).fill(index & 0xff);
    new DataView(octets.buffer).setUint16(0, (index * 7919) % COUNT);
    return { octets, seconds: index };
  });
  const capture = at("thousand.pcap", buildPcap(frames));

  test(`${COUNT} outputs and 64 descriptors: nothing is lost, and nothing else is left`, () => {
    const folder = filters("thousand", texts);
    const out = at("thousand-out");
    const ended = shell(`ulimit -n 64; $exonet split ${capture} --filters ${folder} -o ${out} --json`);
    expect([ended.status, ended.error]).toEqual([0, ""]);
    expect(outputs(out)).toHaveLength(COUNT);
    expect(JSON.parse(ended.text)).toMatchObject({ packets: 20 * COUNT, unmatched: 0 });
    for (let k = 0; k < COUNT; k++) {
      const expected = frames.filter((_, index) => (index * 7919) % COUNT === k);
      expect([k, holds(join(out, `f${k}.pcap`), buildPcap(expected))]).toEqual([k, true]);
    }
  });
});

describe("what is written over", () => {
  test("nothing without --force, and then only what is a plain file", () => {
    const out = at("forced");
    mkdirSync(out);
    writeFileSync(join(out, "long.pcap"), "old");
    const args = ["split", CAPTURE, "--filters", SOME, "-o", out];
    const refused = run(args);
    expect([refused.status, refused.error]).toEqual([
      1,
      expect.stringMatching(/long\.pcap: is there already: --force/),
    ]);
    expect(outputs(out)).toEqual(["long.pcap"]);
    expect(run([...args, "--force"]).status).toBe(0);
    expect(holds(join(out, "long.pcap"), buildPcap(where(isLong)))).toBe(true);
  });

  test("no symbolic link is followed, nor replaced", () => {
    const out = at("linked");
    mkdirSync(out);
    writeFileSync(at("victim"), "mine");
    symlinkSync(at("victim"), join(out, "long.pcap"));
    for (const force of [[], ["--force"]]) {
      const ended = run(["split", CAPTURE, "--filters", SOME, "-o", out, ...force]);
      expect([ended.status, ended.error]).toEqual([1, expect.stringMatching(/long\.pcap: is a symbolic link/)]);
    }
    expect([readFileSync(at("victim"), "utf8"), readlinkSync(join(out, "long.pcap"))]).toEqual(["mine", at("victim")]);
    expect(outputs(out)).toEqual(["long.pcap"]);
  });

  test("never the capture", () => {
    const out = at("own");
    mkdirSync(out);
    const capture = join(out, "long.pcap");
    writeFileSync(capture, buildPcap(packets));
    const ended = run(["split", capture, "--filters", SOME, "-o", out, "--force"]);
    expect([ended.status, ended.error]).toEqual([1, expect.stringMatching(/is the capture that is read/)]);
    const rest = ["--unmatched", capture, "--force"];
    expect(run(["split", capture, "--filters", SOME, "-o", at("elsewhere"), ...rest]).status).toBe(1);
    expect(holds(capture, buildPcap(packets))).toBe(true);
  });

  test("a run that fails leaves no output, and what was there before", () => {
    const out = at("full");
    mkdirSync(out);
    writeFileSync(join(out, "long.pcap"), "old");
    const big = at("big.pcap", buildPcap(somePackets(9000, 1200)));
    const line = `$exonet split ${big} --filters ${SOME} -o ${out} --force`;
    const ended = shell(`ulimit -f 500; trap '' XFSZ; ${line}`);
    expect([ended.status, ended.error]).toEqual([1, expect.stringMatching(/pcap: the file would be too large/)]);
    expect(outputs(out)).toEqual(["long.pcap"]);
    expect(readFileSync(join(out, "long.pcap"), "utf8")).toBe("old");
  });

  test("a signal leaves nothing; even a kill leaves nothing that looks whole", async () => {
    for (const [signal, left] of [
      ["SIGTERM", 0],
      ["SIGKILL", 4],
    ] as const) {
      const out = at(signal);
      const child = spawn(process.execPath, ["dist/cli/main.js", "split", "-", "--filters", SOME, "-o", out]);
      child.stdin.on("error", () => undefined);
      child.stdin.write(buildPcap(packets));
      for (let waits = 0; waits < 500 && !(existsSync(out) && outputs(out).length === 4); waits++) {
        await new Promise((next) => setTimeout(next, 20));
      }
      const ended = new Promise((resolve) => child.on("close", (_code, by) => resolve(by)));
      child.kill(signal);
      expect(await ended).toBe(signal);
      expect(outputs(out)).toHaveLength(left);
      for (const name of outputs(out)) expect(name).toMatch(/^\.exonet-\d+-\d\.part$/);
    }
  });
});

describe("what is refused", () => {
  const args = ["--filters", SOME, "-o"];
  test.each([
    ["no filters", [CAPTURE, "-o", at("no")], 2, /required option '--filters/],
    ["no folder", [CAPTURE, "--filters", SOME], 2, /required option '-o/],
    ["another mode", [CAPTURE, ...args, at("no"), "--mode", "both"], 2, /Allowed choices are tap, claim/],
    ["filters that there are not", [CAPTURE, "--filters", at("absent"), "-o", at("no")], 1, /absent: no such file/],
    ["a filter that is wrong", [CAPTURE, "--filters", filters("bad", { a: "1:9" }), "-o", at("no")], 1, /a\.dpf:1:/],
    ["a file as folder", [CAPTURE, ...args, CAPTURE], 1, /is no(t a)? folder/],
    ["stdout for the rest", [CAPTURE, ...args, at("no"), "--unmatched", "-"], 1, /name a file/],
    ["one file twice", [CAPTURE, ...args, at("no"), "--unmatched", at("no/long.pcap")], 1, /is also an output/],
    ["what is no capture", [at("noise", "x".repeat(99)), ...args, at("no")], 1, /not a capture/],
    ["no capture", [at("missing.pcap"), ...args, at("no")], 1, /missing\.pcap: no such file/],
  ])("%s", (_, words, status, error) => {
    const ended = run(["split", ...words]);
    expect([ended.status, ended.text]).toEqual([status, ""]);
    expect(ended.error).toMatch(error);
    expect(existsSync(at("no"))).toBe(false);
  });

  test("outputs have the permissions that new files have", () => {
    const line = `umask 027; $exonet split ${CAPTURE} --filters ${SOME} -o ${at("umask")}`;
    expect(shell(line).status).toBe(0);
    expect(statSync(join(at("umask"), "long.pcap")).mode & 0o777).toBe(0o640);
  });
});
