import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { DEFAULT_TARGET } from "../../src/dpf/target.js";
import { exonet } from "./command.js";

const EXPECTS = readdirSync("captures").filter((file) => file.endsWith(".expect"));

/** Counts by name, as tcpdump gave them. */
function expected(file: string): Map<string, number> {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => line.split("\t")).map(([name = "", count]) => [name, Number(count)]));
}

async function replayed(...args: readonly string[]) {
  const { code, out, error } = await exonet(["replay", ...args, "--json"]);
  expect(error).toBe("");
  expect(code).toBe(0);
  return JSON.parse(out);
}

function counts(report: { bindings: { name: string; packets: number; environment: string }[] }): Map<string, number> {
  const counted = report.bindings.filter(({ environment }) => environment === "control");
  return new Map(counted.map(({ name, packets }) => [name, packets]));
}

describe("exonet replay", () => {
  test("there are captures to replay", () => expect(EXPECTS.length).toBeGreaterThan(8));

  test.each(EXPECTS)("%s: tcpdump's counts, twice the same digest", async (file) => {
    const capture = `captures/${file.replace(/\.expect$/, "")}`;
    const args = [capture, "--filters", `captures/${file}`, "--speed", "max"];
    const first = await replayed(...args);
    expect(counts(first)).toEqual(expected(`captures/${file}`));
    expect(first.books.balanced).toBe(true);
    expect(first.deterministic).toBe(true);
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await replayed(...args)).digest).toBe(first.digest);
  });

  test("--loop 3: three equal digests and three equal flow tables", async () => {
    const report = await replayed("captures/web.pcap", "--filters", "captures/web.pcap.expect", "--loop", "3");
    expect(report.epochs).toHaveLength(3);
    expect(new Set(report.epochs.map(({ digest }: { digest: string }) => digest)).size).toBe(1);
    const flows = report.epochs.map((epoch: { flows: { flows: number; digest: string } }) => epoch.flows);
    expect(flows[0].flows).toBeGreaterThan(5);
    expect(flows[1]).toEqual(flows[0]);
    expect(flows[2]).toEqual(flows[0]);
  });

  test("--shadow runs another target beside, which sees the same; the report says so", async () => {
    const args = ["captures/demo.pcap", "--filters", "filters"];
    const alone = await replayed(...args);
    const compared = alone.received;
    expect(compared).toBeGreaterThan(1000);
    const agreed = { disagreements: 0, first: null };
    expect(alone.target).toEqual({ target: DEFAULT_TARGET, shadow: null, compared: 0, ...agreed });
    for (const [target, shadow] of [
      ["wasm", "js"],
      ["js", "wasm"],
      ["interpreter", "wasm"],
    ] as const) {
      const shadowed = await replayed(...args, "--target", target, "--shadow", shadow);
      expect(shadowed.target).toEqual({ target, shadow, compared, ...agreed });
      expect(shadowed.digest).toBe(alone.digest);
    }
    const { out } = await exonet(["replay", ...args, "--shadow", "interpreter"]);
    expect(out).toMatch(/^wasm and its shadow interpreter disagree on 0 of [\d,]+ packets$/m);
    const wrong = await exonet(["replay", ...args, "--shadow", "wat"]);
    expect([wrong.code, wrong.out]).toEqual([2, ""]);
    const twice = await exonet(["replay", ...args, "--shadow", DEFAULT_TARGET]);
    expect([twice.code, twice.error]).toEqual([
      1,
      `exonet: --shadow: ${DEFAULT_TARGET} is the target itself: name another\n`,
    ]);
  });

  test("stdin and gzip are read like files", async () => {
    const octets = readFileSync("captures/dns.pcap");
    const { digest } = await replayed("captures/dns.pcap");
    const piped = await exonet(["replay", "-", "--json"], octets);
    expect(JSON.parse(piped.out).digest).toBe(digest);
    const zipped = await exonet(["replay", "-", "--json"], gzipSync(octets));
    expect(JSON.parse(zipped.out).digest).toBe(digest);
    const other = await exonet(["replay", "captures/dns.pcap", "--reader", "pcap-parser", "--json"]);
    expect(JSON.parse(other.out).digest).toBe(digest);
  });

  test("several captures are merged by time", async () => {
    const report = await replayed("captures/dns.pcap", "captures/web.pcap", "captures/ping-arp.pcap");
    expect(report.received).toBe(101 + 647 + 177);
    expect(report.books.balanced).toBe(true);
  });

  test("what is wrong is said, with its place", async () => {
    const wrong: [string[], number, RegExp][] = [
      [["replay", "captures/absent.pcap"], 1, /captures\/absent\.pcap: no such file/],
      [["replay", "captures/dns.pcap", "--filters", "absent"], 1, /absent: no such file/],
      [["replay"], 2, /missing required argument/],
      [["replay", "captures/dns.pcap", "--speed", "fast"], 2, /a speed is/],
      [["replay", "captures/dns.pcap", "--loop", "0"], 2, /whole number/],
      [["replay", "captures/dns.pcap", "--nonsense"], 2, /unknown option/],
      [["nonsense"], 2, /unknown command/],
      [["replay", "-", "--loop", "2"], 1, /cannot go back/],
      [
        ["replay", "captures/dns.pcap", "--profile", "filters/demo.profile.json", "--filters", "filters"],
        2,
        /cannot be used with/,
      ],
      [["replay", "captures/README.md"], 1, /README.md: not a capture/],
      [["replay", "captures/dns.pcap", "--speed", "1e9"], 2, /a speed is/],
    ];
    for (const [args, code, words] of wrong) {
      const ended = await exonet(args);
      expect([args, ended.code, ended.error]).toEqual([args, code, expect.stringMatching(words)]);
    }
  });

  test("--handler goes first on what its filter matches; the report tells what it did, in words and as JSON", async () => {
    const args = ["captures/demo.pcap", "--filters", "filters"];
    // The options stand before the captures, too: each takes one FILE=FILTER.
    const handlers = [
      "--handler",
      "filters/count.ash.ts=every-packet",
      "--handler",
      "filters/port-scan.ash.ts=port-scan",
    ];
    const report = await replayed(...handlers, ...args);
    const by = new Map(report.bindings.map((binding: { name: string }) => [binding.name, binding]));
    expect(by.get("every-packet")).toMatchObject({
      packets: 5675,
      handler: { name: "count", bound: true, run: 5675, passed: 5675, consumed: 0, sendErrors: 0 },
    });
    expect(by.get("port-scan")).toMatchObject({ packets: 256, handler: { name: "port-scan", run: 256 } });
    expect(by.get("dns")).not.toHaveProperty("handler");
    expect(report.books).toMatchObject({ consumed: 0, balanced: true });
    expect((await replayed(...args, ...handlers)).digest).toBe(report.digest);
    const { out } = await exonet(["replay", ...args, ...handlers]);
    expect(out).toMatch(
      /^handler count of every-packet: run 5,675, consumed 0, passed 5,675, fuel ≈ \d+ a message, \d+ at most$/m,
    );
    // Its state: what is not zero of a record, an array and a table, and all of it as JSON.
    expect(out).toContain(
      "\n  seen: packets 5675, octets 1642229\n  lengths: 18 × u32, 6 not zero\n    [6] 185, [7] 3917,",
    );
    expect(out).toMatch(
      /\n {2}sources: 6 of 1024 entries\n +key +since +attempts +ports +told +bits\n +168361998 +\d+ +45 +1 +false +[0-9,]{40}…\n/,
    );
    const of = (name: string) => (by.get(name) as { handler: { state: unknown; fuelMedian: number } }).handler;
    expect(of("every-packet").state).toMatchObject([
      { name: "seen", kind: "record", columns: ["packets", "octets"], rows: [["5675", "1642229"]] },
      { name: "lengths", kind: "array", size: 18 },
    ]);
    expect(of("port-scan").state).toMatchObject([{ name: "sources", size: 6 }, { name: "found" }]);
    expect(of("every-packet").fuelMedian).toBeGreaterThan(10);
  });

  test("the fuel of a handler that always uses the same is what it uses", async () => {
    const report = await replayed("captures/demo.pcap", "--handler", "filters/rate-limit.ash.ts=rate-limit");
    const { handler } = report.bindings.find(({ name }: { name: string }) => name === "rate-limit");
    expect(handler.fuelSpread).toEqual([{ from: handler.fuelMost, to: handler.fuelMost, runs: handler.run }]);
    expect([handler.fuelMedian, handler.fuel]).toEqual([handler.fuelMost, handler.fuelMost * handler.run]);
  });

  test("of one that has too little fuel it is said how much it has, and that it is bound no more", async () => {
    const args = ["replay", "captures/dns.pcap", "--handler", "filters/count.ash.ts=dns,fuel=10"];
    const { out } = await exonet(args);
    expect(out).toMatch(
      /, killed 16 \(fuel, of which it may use 10 a message\), .*; unbound, since it was killed so often$/m,
    );
  });

  test("answers leave by a wire; without one the report says why they do not", async () => {
    const args = ["replay", "captures/ping-arp.pcap", "--handler"];
    const wire = await exonet([
      ...args,
      "filters/ping.ash.ts=ping,port=240",
      "--profile",
      "filters/answering.profile.json",
    ]);
    expect(wire.out).toMatch(/^handler ping of ping: run 114, consumed 15, passed 99, sent 15, fuel /m);
    const terms: [string, RegExp][] = [
      ["", /, sends refused 15 \(no port takes them\), fuel /],
      [",no-transmit", /, sends refused 15 \(it may not send\), fuel /],
      [",sends=0", /, sends refused 15 \(beyond its sends a second\), fuel /],
    ];
    for (const [term, said] of terms)
      expect((await exonet([...args, `filters/ping.ash.ts=ping${term}`])).out).toMatch(said);
  });

  test("--handler takes terms, as a binding has them over HTTP", async () => {
    const args = ["captures/dns.pcap", "--filters", "filters"];
    const handler = async (terms: string, ...more: string[]) => {
      const report = await replayed(...args, "--handler", `filters/count.ash.ts=dns${terms}`, ...more);
      return report.bindings.find(({ name }: { name: string }) => name === "dns").handler;
    };
    expect(await handler(",fuel=5,share=1,sends=0,port=240,no-transmit")).toMatchObject({
      bound: false,
      run: 16,
      killed: { fuel: 16 },
    });
    const twice = await handler(",environments=control+monitor", "--loop", "2");
    const again = await handler(",clear-at-epoch", "--loop", "2");
    const packets = ({ state }: { state: { rows: string[][] }[] }) => Number(state[0]!.rows[0]![0]);
    expect([twice.run, again.run]).toEqual([94, 94]);
    expect([packets(twice), packets(again)]).toEqual([94, 47]);
  });

  test("--handler that cannot be is told, a text's errors as check tells them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "exonet-replay-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const wrong = join(folder, "wrong.ash.ts");
    writeFileSync(wrong, 'import { pass } from "exonet/ash";\nexport default function f() {\n  return past;\n}\n');
    const other = join(folder, "count.ash.ts");
    writeFileSync(other, readFileSync("filters/sampler.ash.ts"));
    const cases: [string[], number, RegExp][] = [
      [["filters/count.ash.ts"], 2, /FILE=FILTER/],
      [["=dns"], 2, /FILE=FILTER/],
      [["filters/count.ash.ts="], 2, /FILE=FILTER/],
      [["filters/count.ash.ts=dns,fuell=5"], 2, /no term of a handler is fuell=5: there are ,fuel=N ,share=N/],
      [["filters/count.ash.ts=dns,fuel="], 2, /no term of a handler is fuel=:/],
      [["filters/count.ash.ts=dns,environments="], 2, /no term of a handler is environments=:/],
      [["filters/count.ash.ts=dns,fuel=0"], 2, /fuel is 1 to \d+\.$/m],
      [
        ["filters/count.ash.ts=dns,fuel=5,sends=1,fuel=6"],
        2,
        /fuel=6 says anew what another term of this handler says\./,
      ],
      [["/tmp/a=b.ash.ts=dns"], 1, /a=b\.ash\.ts: a handler's name is 1 to 64 of a-z, 0-9/],
      [
        ["filters/count.ash.ts=dns,port=239"],
        1,
        /^exonet: handler count: frames can be sent to ports 240 to 255, and never to 239$/m,
      ],
      [["filters/count.ash.ts=dns,environments=nobody"], 1, /no environment nobody/],
      [["filters/dns.dpf=dns"], 1, /^exonet: filters\/dns\.dpf: a handler is a file NAME\.ash\.ts$/m],
      [
        ["filters/count.ash.ts=nothing"],
        1,
        /no binding is of the filter nothing; there are bindings of [a-z].*, dns.* and \d+ more/,
      ],
      [[`${join(folder, "absent.ash.ts")}=dns`], 1, /absent\.ash\.ts: no such file/],
      [
        ["filters/count.ash.ts=dns", "filters/sampler.ash.ts=dns"],
        1,
        /one handler goes first on the filter dns: filters\/count\.ash\.ts or filters\/sampler\.ash\.ts/,
      ],
      [["filters/count.ash.ts=dns", `${other}=web`], 1, /another handler is called count, too/],
    ];
    for (const [options, code, words] of cases) {
      const args = ["replay", "captures/dns.pcap", ...options.flatMap((option) => ["--handler", option])];
      const ended = await exonet(args);
      expect([args, ended.code, ended.out, ended.error]).toEqual([args, code, "", expect.stringMatching(words)]);
    }
    const checked = await exonet(["check", wrong]);
    const ended = await exonet(["replay", "captures/dns.pcap", "--handler", `${wrong}=dns`]);
    expect(checked.out).toMatch(/wrong\.ash\.ts:\d+:\d+: /);
    expect([ended.code, ended.error]).toEqual([1, `exonet: ${checked.out}`]);
  });

  test("a profile brings its environments and bindings", async () => {
    const report = await replayed("captures/demo.pcap", "--profile", "filters/demo.profile.json");
    const exos = report.environments.find(({ name }: { name: string }) => name === "exos");
    expect(exos).toMatchObject({ program: "exos", state: "ready" });
    expect(exos.delivered).toBeGreaterThan(5000);
    expect(report.books.claimed).toBe(exos.delivered);
  });
});
