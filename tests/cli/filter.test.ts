import { spawn } from "node:child_process";
import { existsSync, linkSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseExpect } from "../../src/filter/library.js";
import { buildPcap, buildPcapng, PcapngBuilder, type PcapOptions, payload, somePackets } from "../capture/build.js";
import { readOctets } from "../capture/read.js";
import { HAS_TCPDUMP, isInstalled } from "../installed.js";
import { ownFolder, run, shell, tcpdumpWrites } from "./work.js";

const at = ownFolder();
const DPF = ["--language", "dpf"];
/** Frames of more than 20 octets: enough of them, and not all. */
const LONG = "length > 20";
const STRETCH = 1 << 20;

const packets = somePackets(40);
const longOnes = packets.filter(({ octets }) => octets.length > 20);

function written(capture: string, text: string, out: string): Buffer {
  const ended = run(["filter", capture, text, ...DPF, "-w", out]);
  expect([ended.status, ended.text]).toEqual([0, ""]);
  return readFileSync(out);
}

/** Entries of the .expect file beside a capture of ours: DPF text and the tcpdump expression that is equal to it. */
function expectations(file: string) {
  const read = parseExpect(readFileSync(file, "utf8"));
  if (!read.ok) throw new Error(file);
  return read.entries;
}

const CLASSIC = readdirSync("captures").filter((file) => /\.pcap(\.gz)?$/.test(file) && file !== "nanoseconds.pcap");

describe("what the caller has opened is written where it stands", () => {
  test("a process behind >(…), and a file behind what it holds", () => {
    expect(shell("bash -c '$exonet filter captures/dns.pcap udp -w >(wc -c); sleep 0.5'").text).toMatch(/^\s*7675$/m);
    const file = at("held.pcap", "old\n");
    expect(shell(`$exonet filter captures/dns.pcap udp -w /dev/fd/3 3>>${file}`).status).toBe(0);
    expect(readFileSync(file).subarray(0, 4).toString()).toBe("old\n");
    expect(statSync(file).size).toBe(4 + 7675);
  });

  test.each(["/dev/fd/9", "/dev/fd/999", ""])("but not %j", (path) => {
    const ended = run(["filter", "captures/dns.pcap", "udp", "-w", path]);
    expect(ended.status).toBe(1);
    expect(ended.error).not.toContain(".part");
  });

  test("a folder that there is not is named as it was written", () => {
    expect(run(["filter", "captures/dns.pcap", "udp", "-w", "nowhere/x"]).error).toBe(
      "exonet: nowhere/x: no such file\n",
    );
  });
});

describe("a text that begins with a minus sign", () => {
  test.each([
    ["-ip[8] & 0xff = 192", "--count"],
    ["--count", "-ip[8] & 0xff = 192"],
    ["--count", "--", "-ip[8] & 0xff = 192"],
  ])("is no option: %s %s", (...args) => {
    expect(run(["filter", "captures/dns.pcap", ...args]).text).toBe("59\n");
  });

  test("but what looks like one is refused as one", () => {
    expect(run(["filter", "captures/dns.pcap", "-x"]).status).toBe(2);
  });
});

describe("exonet filter -w", () => {
  test.skipIf(!HAS_TCPDUMP).each(CLASSIC)("%s: the octets that tcpdump -w writes", (file) => {
    const octets = readFileSync(`captures/${file}`);
    const plain = at(`plain-${file}`, file.endsWith(".gz") ? gunzipSync(octets) : octets);
    for (const { name, text, tcpdump, count } of expectations(`captures/${file}.expect`).slice(0, 6)) {
      const ours = written(`captures/${file}`, text, at("ours.pcap"));
      expect([name, ours.equals(tcpdumpWrites(plain, tcpdump, at("theirs.pcap")))]).toEqual([name, true]);
      expect(run(["filter", plain, text, ...DPF, "--count"]).text).toBe(`${count}\n`);
    }
  });

  const FORMS: Record<string, PcapOptions> = {
    "little-endian": {},
    "big-endian": { little: false },
    "Kuznetzov's": { modified: true },
    "version 2.3": { version: [2, 3] },
    "version 2.0": { version: [2, 0] },
    "no snap length": { snap: 0 },
    "a snap length below the frames": { snap: 30 },
    "a link type with an FCS length": { linkType: 0xf4000001 },
    "a link type of another system": { linkType: 12 },
  };

  test.skipIf(!HAS_TCPDUMP).each(Object.entries(FORMS))("%s: the octets that tcpdump -w writes", (name, options) => {
    const capture = at("form.pcap", buildPcap(packets, options));
    for (const [text, expression] of [
      [LONG, "greater 21"],
      ["true", ""],
      ["length > 9999", "greater 10000"],
    ] as const) {
      // What a frame has is its captured length here, tcpdump's `greater` asks for the wire's: the same in these.
      if (options.snap === 30 && text === LONG) continue;
      const ours = written(capture, text, at("ours.pcap"));
      expect([name, text, ours.equals(tcpdumpWrites(capture, expression, at("theirs.pcap")))]).toEqual([
        name,
        text,
        true,
      ]);
    }
  });

  test("nanoseconds stay nanoseconds, in little-endian", () => {
    for (const little of [true, false]) {
      const capture = at("ns.pcap", buildPcap(packets, { nanoseconds: true, little }));
      const ours = written(capture, LONG, at("ours.pcap"));
      expect(ours.equals(buildPcap(longOnes, { nanoseconds: true }))).toBe(true);
    }
  });

  test("many stretches: records that straddle two are written as they were", () => {
    const many = somePackets(9000, 1200);
    const capture = at("many.pcap", buildPcap(many));
    expect(statSync(capture).size).toBeGreaterThan(4 * STRETCH);
    expect(written(capture, "true", at("ours.pcap")).equals(readFileSync(capture))).toBe(true);
    const some = buildPcap(many.filter(({ octets }) => octets.length > 600));
    expect(written(capture, "length > 600", at("ours.pcap")).equals(some)).toBe(true);
    const swapped = at("swapped.pcap", buildPcap(many, { little: false }));
    expect(written(swapped, "length > 600", at("ours.pcap")).equals(some)).toBe(true);
    const blocks = at("many.pcapng", buildPcapng(many));
    const wanted = buildPcapng(many.filter(({ octets }) => octets.length > 600));
    expect(written(blocks, "length > 600", at("ours.pcapng")).equals(wanted)).toBe(true);
  });

  test("every target writes the same", () => {
    const texts = ["js", "wasm", "interpreter"].map((target) => {
      expect(
        run(["filter", "captures/dns.pcap", "23:8 == 17", ...DPF, "-w", at(target), "--target", target]).status,
      ).toBe(0);
      return readFileSync(at(target), "latin1");
    });
    expect(texts[0]?.length).toBeGreaterThan(1000);
    expect(new Set(texts).size).toBe(1);
  });

  test("stdin to stdout, plain and gzipped", () => {
    const octets = buildPcap(packets);
    for (const input of [octets, gzipSync(octets)]) {
      const { status, out, error } = run(["filter", "-", LONG, ...DPF, "-w", "-"], { input });
      expect([status, error]).toEqual([0, ""]);
      expect(out.equals(buildPcap(longOnes))).toBe(true);
    }
  });

  test("an empty capture makes an empty capture", () => {
    expect(written(at("none.pcap", buildPcap([])), "true", at("ours.pcap")).equals(buildPcap([]))).toBe(true);
  });
});

describe("pcapng", () => {
  /** Two sections of two byte orders, one of them with its length; interfaces that nobody uses, names, a comment. */
  function build(keep: (octets: Uint8Array) => boolean, length = -1n): Uint8Array {
    const builder = new PcapngBuilder();
    for (const little of [true, false]) {
      builder
        .section(little, little ? length : -1n)
        .interface({ resolution: 9 })
        .block(4, payload(40, 3));
      for (const [index, { octets }] of packets.entries()) {
        if (keep(octets)) builder.enhanced({ octets, ticks: BigInt(index) * 1_000_000_001n });
        if (index === 9) builder.interface({ linkType: 113, snap: 99 }).block(0x0bad, payload(8, 4));
        if (index === 11 && keep(octets)) builder.packet({ octets, interface: 1 });
      }
      builder.block(5, payload(24, 5));
    }
    return builder.octets;
  }
  const isLong = ({ length }: Uint8Array) => length > 20;

  test("blocks are kept, also those of no frame, and sections forget their length", () => {
    const capture = at(
      "blocks.pcapng",
      build(() => true, 4000n),
    );
    expect(written(capture, LONG, at("ours.pcapng")).equals(build(isLong))).toBe(true);
    expect(written(capture, "true", at("ours")).equals(build(() => true))).toBe(true);
    expect(run(["filter", capture, LONG, ...DPF, "--count"]).text).toBe(
      `${readOctets(build(isLong), STRETCH).records.length}\n`,
    );
  });

  test("a block that says that it is not to be copied is not", () => {
    const octets = new PcapngBuilder()
      .section()
      .interface()
      .block(0x40000bad, payload(8, 4))
      .block(0x0bad, payload(8, 4));
    const capture = at("private.pcapng", octets.enhanced({ octets: payload(30) }).octets);
    const kept = new PcapngBuilder().section().interface().block(0x0bad, payload(8, 4));
    expect(written(capture, "true", at("ours.pcapng")).equals(kept.enhanced({ octets: payload(30) }).octets)).toBe(
      true,
    );
  });

  test("the same from stdin in small pieces", () => {
    const octets = build(() => true);
    const { out } = run(["filter", "-", LONG, ...DPF, "-w", "-"], { input: octets });
    expect(out.equals(build(isLong))).toBe(true);
  });

  test("an option of a frame's block stays", () => {
    const capture = "captures/tls.pcapng";
    expect(run(["filter", capture, "true", ...DPF, "-w", "-"]).out.length).toBe(statSync(capture).size);
  });

  test.skipIf(!HAS_TCPDUMP)("into a .pcap: the octets that tcpdump writes", () => {
    const theirs = tcpdumpWrites("captures/tls.pcapng", "", at("theirs.pcap"), "--nano");
    expect(written("captures/tls.pcapng", "true", at("ours.pcap")).equals(theirs)).toBe(true);
    const capture = at("us.pcapng", buildPcapng(packets));
    expect(
      written(capture, LONG, at("ours.pcap")).equals(tcpdumpWrites(capture, "greater 21", at("theirs.pcap"))),
    ).toBe(true);
  });

  test("several link types into a .pcap are refused, and nothing is left", () => {
    const capture = at(
      "two-types.pcapng",
      build(() => true),
    );
    const ended = run(["filter", capture, "true", ...DPF, "-w", at("refused.pcap")]);
    expect([ended.status, ended.error]).toEqual([1, expect.stringMatching(/refused\.pcap: .*ETHERNET and LINUX_SLL/)]);
    expect(existsSync(at("refused.pcap"))).toBe(false);
  });

  test("times finer than those before are not cut", () => {
    const builder = new PcapngBuilder()
      .section()
      .interface()
      .enhanced({ octets: payload(30) });
    // Far enough behind to be read after the header was written.
    for (let filler = 0; filler < 3; filler++) builder.block(0x0bad, payload(900_000));
    builder.interface({ resolution: 9 }).enhanced({ octets: payload(30), interface: 1, ticks: 1n });
    const ended = run(["filter", at("finer.pcapng", builder.octets), "true", ...DPF, "-w", at("cut.pcap")]);
    expect([ended.status, ended.error]).toEqual([1, expect.stringMatching(/times finer than those before/)]);
    expect(existsSync(at("cut.pcap"))).toBe(false);
  });
});

describe("damage", () => {
  test("what was whole before a cut is written, and the cut is told", () => {
    const octets = buildPcap(packets);
    const capture = at("cut.pcap", octets.slice(0, -5));
    const ended = run(["filter", capture, "true", ...DPF, "-w", at("whole.pcap")]);
    expect([ended.status, ended.error]).toEqual([
      0,
      expect.stringMatching(/cut\.pcap: damage at octet \d+: E_CUT_RECORD/),
    ]);
    expect(readFileSync(at("whole.pcap")).equals(buildPcap(packets.slice(0, -1)))).toBe(true);
    const zipped = at("cut.gz", gzipSync(octets).subarray(0, 500));
    const short = run(["filter", zipped, "true", ...DPF, "--json"]);
    expect([short.status, short.error]).toEqual([0, expect.stringMatching(/E_GZIP_CUT/)]);
    expect(JSON.parse(short.text)).toMatchObject({ truncated: true, file: null });
  });

  test("pcapng: a block that lies is left out, and its section goes on", () => {
    const builder = new PcapngBuilder().section().interface();
    const good = new PcapngBuilder().section().interface();
    for (const { octets } of packets) {
      builder.enhanced({ octets });
      good.enhanced({ octets });
      builder.enhanced({ octets, interface: 7 });
    }
    const ended = run(["filter", at("lies.pcapng", builder.octets), "true", ...DPF, "-w", at("good.pcapng")]);
    expect([ended.status, ended.error]).toEqual([0, expect.stringMatching(/E_INTERFACE.*\n.*and 24 more\n$/s)]);
    expect(readFileSync(at("good.pcapng")).equals(good.octets)).toBe(true);
  });

  test("what is no capture is a failure and makes no file", () => {
    const ended = run(["filter", at("noise", payload(500)), "true", ...DPF, "-w", at("nothing.pcap")]);
    expect([ended.status, ended.error]).toEqual([1, expect.stringMatching(/not a capture: E_MAGIC/)]);
    expect(existsSync(at("nothing.pcap"))).toBe(false);
  });
});

describe("without a file", () => {
  test("a line for each packet, with the time that is asked for", () => {
    const args = ["filter", "captures/dns.pcap", "23:8 == 17", ...DPF];
    const lines = run(args).text.trimEnd().split("\n");
    expect(lines.length).toBe(Number(run([...args, "--count"]).text));
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z IP /);
    const [first, second] = run([...args, "--time", "relative"]).text.split("\n");
    expect([first, second]).toEqual([
      expect.stringMatching(/^0\.000000 IP /),
      expect.stringMatching(/^\d+\.\d{6} IP /),
    ]);
    expect(run([...args, "--time", "none"]).text).toMatch(/^IP /);
    expect(run(["filter", "captures/nanoseconds.pcap", "true", ...DPF, "--time", "epoch"]).text).toMatch(
      /^\d+\.\d{9} /,
    );
  });

  test("--json", () => {
    const { text } = run(["filter", at("json.pcap", buildPcap(packets)), LONG, ...DPF, "--json"]);
    const octets = longOnes.reduce((sum, each) => sum + each.octets.length, 0);
    expect(JSON.parse(text)).toEqual({
      packets: packets.length,
      matched: longOnes.length,
      octets,
      file: null,
      truncated: false,
      damage: [],
    });
  });

  test("a reader that goes ends it quietly", () => {
    for (const what of ["", "-w -"]) {
      const line = `$exonet filter captures/demo.pcap true --language dpf ${what} | head -c 100 > ${at("head")}; echo done`;
      expect(shell(line)).toMatchObject({ status: 0, error: "", text: "done\n" });
    }
  });
});

describe("what is written over", () => {
  const capture = at("input.pcap", buildPcap(packets));

  test("never the capture, by whatever name", () => {
    linkSync(capture, at("same.pcap"));
    symlinkSync(capture, at("link.pcap"));
    for (const out of [capture, at("same.pcap"), at("link.pcap")]) {
      const ended = run(["filter", capture, LONG, ...DPF, "-w", out]);
      expect([ended.status, ended.error]).toEqual([1, expect.stringMatching(/is the capture that is read/)]);
    }
    const piped = shell(`$exonet filter - true --language dpf -w ${capture} < ${capture}`);
    expect([piped.status, piped.error]).toEqual([1, expect.stringMatching(/is the capture that is read/)]);
    expect(readFileSync(capture).equals(buildPcap(packets))).toBe(true);
  });

  test("a file that is there keeps its permissions; a link leads to what is replaced", () => {
    writeFileSync(at("private.pcap"), "old", { mode: 0o600 });
    symlinkSync(at("private.pcap"), at("to-private"));
    expect(written(capture, "true", at("to-private")).equals(buildPcap(packets))).toBe(true);
    expect(statSync(at("private.pcap")).mode & 0o777).toBe(0o600);
  });

  test("devices and pipes are written where they are", () => {
    expect(run(["filter", capture, "true", ...DPF, "-w", "/dev/null"]).status).toBe(0);
    expect(run(["filter", capture, "true", ...DPF, "-w", "/dev/stdout"]).out.equals(buildPcap(packets))).toBe(true);
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk: an error, and what was there stays", () => {
    const ended = run(["filter", capture, "true", ...DPF, "-w", "/dev/full"]);
    expect([ended.status, ended.error]).toEqual([1, "exonet: /dev/full: no space is left\n"]);
    const big = at("big.pcap", buildPcap(somePackets(9000, 1200)));
    writeFileSync(at("kept.pcap"), "kept");
    const limited = shell(
      `ulimit -f 1000; trap '' XFSZ; $exonet filter ${big} true --language dpf -w ${at("kept.pcap")}`,
    );
    expect([limited.status, limited.error]).toEqual([
      1,
      expect.stringMatching(/kept\.pcap: the file would be too large/),
    ]);
    expect(readFileSync(at("kept.pcap"), "utf8")).toBe("kept");
    expect(readdirSync(dirname(big)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("a signal leaves nothing behind, and is what ended it", async () => {
    const out = at("interrupted.pcap");
    const child = spawn(process.execPath, ["dist/cli/main.js", "filter", "-", "true", ...DPF, "-w", out]);
    child.stdin.write(buildPcap(packets));
    const folder = dirname(out);
    const parts = () => readdirSync(folder).filter((name) => name.endsWith(".part"));
    for (let waits = 0; parts().length === 0 && waits < 500; waits++) await new Promise((next) => setTimeout(next, 20));
    expect(parts()).toHaveLength(1);
    const ended = new Promise((resolve) => child.on("close", (_code, signal) => resolve(signal)));
    child.kill("SIGINT");
    expect(await ended).toBe("SIGINT");
    expect([parts(), existsSync(out)]).toEqual([[], false]);
  });
});

describe("what is refused", () => {
  const capture = at("asked.pcap", buildPcap(packets));

  test.each([
    ["a text that is wrong", [capture, "12:16 ==", ...DPF, "--count"], 1, /EXPR:1:9: /],
    ["a text that is wrong, of a capture of nothing", [at("empty.pcap", buildPcap([])), "1:9", ...DPF], 1, /EXPR:1:/],
    ["a comment, which tcpdump does not know", [capture, "#udp", "--count"], 1, /EXPR:1:1: /],
    ["a comment between lines", [capture, "udp\n# and\nport 53", "-w", at("none.pcap")], 1, /EXPR:2:1: /],
    ["a file that there is not", [at("absent"), "true", ...DPF], 1, /absent: no such file/],
    ["a folder", [dirname(capture), "true", ...DPF], 1, /is a folder/],
    ["a folder as output", [capture, "true", ...DPF, "-w", dirname(capture)], 1, /is no plain file/],
    ["an output in no folder", [capture, "true", ...DPF, "-w", at("no/where")], 1, /no such file/],
    ["stdout for two things", [capture, "true", ...DPF, "-w", "-", "--count"], 1, /nothing else can/],
    ["another target", [capture, "true", ...DPF, "--target", "elf"], 2, /Allowed choices/],
    ["another language", [capture, "true", "--language", "perl"], 2, /Allowed choices/],
    ["no expression", [capture], 2, /missing required argument/],
  ])("%s", (_, args, status, error) => {
    const ended = run(["filter", ...args]);
    expect([ended.status, ended.text]).toEqual([status, ""]);
    expect(ended.error).toMatch(error);
  });

  test.skipIf(!isInstalled("script"))("a terminal as output", () => {
    const { text } = shell(`script -qec "$exonet filter ${capture} true --language dpf -w -" /dev/null`);
    expect(text).toMatch(/a capture is not written to a terminal/);
    expect(basename(capture)).toBe("asked.pcap");
  });
});
