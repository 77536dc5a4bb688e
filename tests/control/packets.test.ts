/** Looking into captures over HTTP: pages of packets, one of them, how many match, and why. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import type {
  MatchReport,
  PacketDetail,
  PacketExplanation,
  PacketLine,
  PacketPage,
} from "../../src/control/protocol.js";
import { printPacket } from "../../src/wire/print.js";
import { buildPcap, buildPcapng, PcapngBuilder, payload } from "../capture/build.js";
import { ownFolder } from "../cli/work.js";
import { HAS_TCPDUMP } from "../installed.js";
import { type Answer, type Bench, type BenchOptions, bench, benchOver, capture, putCapture, TOKEN } from "./bench.js";

const V1 = "/api/v1";
const at = ownFolder();

/** Over a whole appliance; tests of this file share it, each with captures and filters of its own. */
let shared: Bench<ApplianceInterface>;

beforeAll(async () => {
  shared = await benchOver(await startAppliance({ memory: 16 * 1024 * 1024 }), {});
  return shared.close;
});

function store({ store: { filters } }: Pick<Bench, "store">, name: string, text: string): void {
  filters.put({ name, language: "pcap-filter", text });
}

async function pageAt(path: string): Promise<PacketPage> {
  const answer = await shared.ask("GET", path);
  expect([answer.status, answer.status === 200 ? "" : answer.body]).toEqual([200, ""]);
  return answer.json() as PacketPage;
}

/** All pages from the first on. */
async function pages(path: string, query: string): Promise<{ lines: PacketLine[]; sizes: number[] }> {
  const [lines, sizes]: [PacketLine[], number[]] = [[], []];
  for (let from: number | null = 1; from !== null; ) {
    const page: PacketPage = await pageAt(`${path}/packets?from=${from}&${query}`);
    lines.push(...page.packets);
    sizes.push(page.packets.length);
    from = page.next;
  }
  return { lines, sizes };
}

async function matches(path: string, text: string, language = "pcap-filter"): Promise<MatchReport> {
  return (await shared.ask("POST", `${path}/matches`, { json: { text, language } })).json() as MatchReport;
}

describe("pages of packets", () => {
  test("of a capture of 5,000 are, one behind the other, the whole of it", async () => {
    const octets = capture(5000, 70);
    const path = await putCapture(shared, "long.pcap", octets);
    const { lines, sizes } = await pages(path, "limit=1000");
    expect(sizes).toEqual([1000, 1000, 1000, 1000, 1000]);
    const expected = Array.from({ length: 5000 }, (_, index) => {
      const line = printPacket(Buffer.alloc(70, index), 0, 70, 70, 1);
      const time = `${1_700_000_000_000_000_000n + BigInt(index) * 1_000_000n}`;
      return { number: index + 1, time, captured: 70, wire: 70, linkType: 1, line };
    });
    expect(lines).toEqual(expected);
    expect(await pages(path, "limit=777")).toEqual({ lines, sizes: [...Array.from({ length: 6 }, () => 777), 338] });
    // Each frame is of one octet, again and again, so that every 256th matches.
    store(shared, "sevens", "ether[20] = 7");
    const found = await pages(path, "limit=9&filter=sevens");
    expect(found.lines).toEqual(lines.filter(({ number }) => number % 256 === 8));
    expect(found.sizes).toEqual([9, 9, 2]);
  });

  test("begin with the first, are of 100, and end with the last", async () => {
    const path = await putCapture(shared, "ends.pcap", capture(101));
    const first = await pageAt(`${path}/packets`);
    expect([first.packets.length, first.next]).toEqual([100, 101]);
    expect(await pageAt(`${path}/packets?from=101`)).toMatchObject({ packets: [{ number: 101 }], next: null });
    expect(await pageAt(`${path}/packets?from=102`)).toEqual({ packets: [], next: null });
    expect(await pageAt(`${path}/packets?from=999999999999999`)).toEqual({ packets: [], next: null });
  });

  test("say of no time that it is none", async () => {
    const timed = await putCapture(shared, "timed.pcap", buildPcap([{ octets: payload(60) }]));
    expect((await pageAt(`${timed}/packets`)).packets[0]?.time).toBe("0");
    const simple = new PcapngBuilder()
      .section(true)
      .interface()
      .simple({ octets: payload(60) }).octets;
    const timeless = await putCapture(shared, "timeless.pcapng", simple);
    expect((await pageAt(`${timeless}/packets`)).packets[0]?.time).toBeNull();
  });

  test("of gzipped captures are those of the capture", async () => {
    const octets = readFileSync("captures/web.pcap");
    const plain = await pageAt(`${await putCapture(shared, "web.pcap", octets)}/packets?limit=50`);
    expect(await pageAt(`${await putCapture(shared, "web.pcap.gz", gzipSync(octets))}/packets?limit=50`)).toEqual(
      plain,
    );
  });
});

describe("a packet", () => {
  test("is told whole, with its layers", async () => {
    const path = await putCapture(shared, "one.pcap", readFileSync("captures/web.pcap"));
    const packet = (await shared.ask("GET", `${path}/packets/3`)).json() as PacketDetail;
    const [line] = (await pageAt(`${path}/packets?from=3&limit=1`)).packets;
    expect(packet).toMatchObject({ ...line, number: 3, octetsCut: false });
    expect(packet.octets).toHaveLength(2 * packet.captured);
    expect(packet.layers.map(({ name }) => name)).toEqual(["eth", "ip", "tcp"]);
    const port = packet.layers[2]?.fields.find(({ name }) => name === "tcp.dstport");
    expect(port).toMatchObject({ value: "80", mask: null, filter: "tcp dst port 80", from: 36, to: 38 });
    expect(await matches(path, port?.filter ?? "")).toMatchObject({ samples: [{ number: 3 }, {}, {}] });
  });

  test("of more octets than are shown says so", async () => {
    const lengths = [65_536, 65_537, 262_144];
    const octets = buildPcap(
      lengths.map((length) => ({ octets: payload(length) })),
      { snap: 262_144 },
    );
    const path = await putCapture(shared, "large.pcap", octets);
    for (const [index, captured] of lengths.entries()) {
      const packet = (await shared.ask("GET", `${path}/packets/${index + 1}`)).json() as PacketDetail;
      expect([packet.captured, packet.octets.length, packet.octetsCut]).toEqual([captured, 131_072, index > 0]);
    }
  });
});

describe("matches", () => {
  const TEXTS = ["", "tcp", "udp port 53", "icmp or arp", "ip6", "tcp[tcpflags] & tcp-syn != 0", "greater 200", "vlan"];
  const files = readdirSync("captures").filter((file) => /\.pcap(\.gz)?$/.test(file));

  test.skipIf(!HAS_TCPDUMP).each(files)("%s: as many as tcpdump counts", async (file) => {
    const octets = readFileSync(`captures/${file}`);
    const path = await putCapture(shared, file, octets);
    const plain = at(`plain-${file}`, file.endsWith(".gz") ? gunzipSync(octets) : octets);
    for (const text of TEXTS) {
      const { stdout } = spawnSync("tcpdump", ["-r", plain, "--count", text]);
      const counted = Number(/^(\d+) packet/.exec(stdout.toString())?.[1]);
      expect([text, (await matches(path, text)).matches]).toEqual([text, counted]);
    }
  });

  test("come with the first of them, as many as are asked for", async () => {
    const path = await putCapture(shared, "samples.pcap", readFileSync("captures/web.pcap"));
    const all = (await pages(path, "limit=1000")).lines;
    const text = "23:8 == 6";
    const report = await matches(path, text, "dpf");
    expect(report.packets).toBe(all.length);
    expect(report.samples).toEqual(all.filter(({ line }) => line.includes("Flags [")).slice(0, 3));
    const ask = (samples: number) =>
      shared.ask("POST", `${path}/matches`, { json: { text, language: "dpf", samples } });
    expect((await ask(0)).json()).toEqual({ ...report, samples: [] });
    expect(((await ask(100)).json() as MatchReport).samples).toHaveLength(100);
  });
});

describe("an explanation", () => {
  let path: string;
  const explain = async (json: unknown, { ask }: Pick<Bench, "ask"> = shared) =>
    (await ask("POST", `${path}/explain`, { json })).json() as PacketExplanation;

  beforeAll(async () => {
    path = await putCapture(shared, "why.pcap", readFileSync("captures/web.pcap"));
    store(shared, "why-web", "tcp port 80");
    store(shared, "why-dns", "udp port 53");
    shared.store.filters.put({ name: "why-dpf", language: "dpf", text: "12:16 == 0x0800" });
  });

  test("is of the filters that are named, in their order", async () => {
    const told = await explain({ packet: 3, filters: ["why-dns", "why-web", "why-dpf"] });
    expect(told.packet).toEqual((await pageAt(`${path}/packets?from=3&limit=1`)).packets[0]);
    expect(told.filters.map(({ name, matches }) => [name, matches])).toEqual([
      ["why-dns", false],
      ["why-web", true],
      ["why-dpf", true],
    ]);
    expect([told.winner, told.total]).toEqual(["why-web", 3]);
    expect(told.reason).toMatch(/bits/);
    expect(told.filters[1]?.terms).toMatchObject([{ text: "tcp port 80", start: 0, end: 11, outcome: "true" }]);
    const [atom] = told.filters[2]?.conjunctions[0]?.atoms ?? [];
    expect(atom).toMatchObject({ from: 12, to: 14, outcome: "holds" });
    expect(told.filters[0]?.terms[0]?.loads.at(-1)).toMatchObject({ value: expect.any(Number) });
  });

  test("is of a text, also beside filters, as if it were bound last", async () => {
    const text = { text: "tcp port 80", language: "pcap-filter" };
    expect(await explain({ packet: 3, ...text })).toMatchObject({ winner: "(text)", total: 1 });
    const both = await explain({ packet: 3, ...text, filters: ["why-web"] });
    expect([both.winner, both.filters.map(({ name }) => name)]).toEqual(["why-web", ["why-web", "(text)"]]);
  });

  test("of a text that is wrong says what is wrong with it", async () => {
    const { filters, winner } = await explain({ packet: 3, text: "wlan type mgt", language: "pcap-filter" });
    expect(winner).toBeNull();
    expect(filters).toMatchObject([{ matches: false, conjunctions: [], residual: null }]);
    expect(filters[0]?.notes[0]).toMatch(/^1:\d+: /);
  });

  test("is of all that are stored, up to a limit, and says how many they are", async () => {
    const own = await bench({ limits: { explained: 2 } });
    await putCapture(own, "why.pcap", readFileSync("captures/web.pcap"));
    for (const name of ["c", "a", "b"]) store(own, name, "tcp");
    const told = await explain({ packet: 3 }, own);
    expect([told.filters.map(({ name }) => name), told.total, told.winner]).toEqual([["a", "b"], 3, "a"]);
  });

  test("of a filter of hundreds of conjunctions tells those that matter", async () => {
    const text = Array.from({ length: 250 }, (_, port) => `12:16 == 0x0800 && 36:16 == ${port}`).join(" || ");
    const { filters } = await explain({ packet: 3, text, language: "dpf" });
    expect(filters[0]?.conjunctions).toHaveLength(64);
    expect(filters[0]?.conjunctions.filter((each) => each.matches)).toHaveLength(1);
    expect(filters[0]?.notes).toEqual(["186 more conjunctions came less far, and are not told"]);
  });
});

describe("captures that lie", () => {
  const lying: [string, Uint8Array, number][] = [
    [
      "of a length beyond the file",
      buildPcap([{ octets: payload(60) }, { octets: payload(60), captured: 200_000 }]),
      1,
    ],
    ["of a length beyond all", buildPcap([{ octets: payload(60) }, { octets: payload(60), captured: 0xffffffff }]), 1],
    ["of a wire length of nothing", buildPcap([{ octets: payload(60), wire: 0 }]), 1],
    ["of a wire length beyond all", buildPcap([{ octets: payload(60), wire: 0xffffffff }]), 1],
    ["of frames of nothing", buildPcap(Array.from({ length: 500 }, () => ({ octets: payload(0) }))), 500],
    ["without a frame", buildPcap([]), 0],
    ["cut in a record", buildPcapng([{ octets: payload(60) }, { octets: payload(60) }]).subarray(0, -20), 1],
  ];

  test.each(lying)("%s: what is whole is told", async (_what, octets, packets) => {
    const path = await putCapture(shared, "lies.pcap", octets);
    const page = await pageAt(`${path}/packets?limit=1000`);
    expect([page.packets.length, page.next]).toEqual([packets, null]);
    expect(await matches(path, "greater 1 or less 1")).toMatchObject({ packets, matches: packets });
    const one = await shared.ask("GET", `${path}/packets/1`);
    expect(one.status).toBe(packets > 0 ? 200 : 404);
    const beyond = await shared.ask("GET", `${path}/packets/${packets + 1}`);
    expect(beyond.json()).toMatchObject({ status: 404, code: "E_NO_PACKET" });
    expect(JSON.stringify(beyond.json())).toContain(`it has ${packets}`);
  });

  test("a packet of every link type is a line of printable characters, and has layers", async () => {
    const builder = new PcapngBuilder().section(true);
    for (let linkType = 0; linkType < 300; linkType++) builder.interface({ linkType });
    for (let linkType = 0; linkType < 300; linkType++) {
      builder.enhanced({ octets: payload(100, linkType), interface: linkType });
    }
    const path = await putCapture(shared, "links.pcapng", builder.octets);
    const { packets } = await pageAt(`${path}/packets?limit=1000`);
    expect(packets.map(({ linkType }) => linkType)).toEqual(Array.from({ length: 300 }, (_, number) => number));
    for (const { line } of packets) expect(line).toMatch(/^[ -~]+$/);
    for (const number of [1, 2, 10, 106, 114, 128, 230, 277, 300]) {
      const packet = (await shared.ask("GET", `${path}/packets/${number}`)).json() as PacketDetail;
      expect([number, JSON.stringify(packet)]).toEqual([number, expect.stringContaining("layers")]);
    }
    expect(await matches(path, "true", "dpf")).toMatchObject({ packets: 300, matches: 300 });
    expect(
      (await shared.ask("POST", `${path}/matches`, { json: { text: "tcp", language: "pcap-filter" } })).json(),
    ).toMatchObject({ status: 422, code: "E_TEXT" });
  });

  test("what a packet holds is JSON, whatever it is", async () => {
    const evil = Buffer.concat([Buffer.alloc(14), Buffer.from('</script>"\\\u2028\u0000\u001b[31m')]);
    const path = await putCapture(shared, "evil.pcap", buildPcap([{ octets: evil }]));
    const { body, headers } = await shared.ask("GET", `${path}/packets/1`);
    expect(headers["content-type"]).toMatch(/^application\/json/);
    expect(body).toMatch(/^[ -~]*$/);
    expect(body).not.toContain("[31m");
  });
});

test("while a replay runs everything is answered, and the replay goes on", async () => {
  const path = await putCapture(shared, "played.pcap", readFileSync("captures/web.pcap"));
  const current = `${V1}/replays/current`;
  await shared.ask("PUT", current, { json: { captures: ["played.pcap"], speed: 1, loop: 0 } });
  onTestFinished(async () => void (await shared.ask("POST", `${current}/stop`)));
  store(shared, "played", "tcp");
  const all = await Promise.all([
    shared.ask("GET", `${path}/packets?filter=played`),
    shared.ask("GET", `${path}/packets/7`),
    shared.ask("POST", `${path}/matches`, { json: { text: "tcp", language: "pcap-filter" } }),
    shared.ask("POST", `${path}/explain`, { json: { packet: 7, filters: ["played"] } }),
    shared.ask("GET", `${path}/file?filter=played`),
  ]);
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect((await shared.ask("GET", current)).json()).toMatchObject({ error: null, damage: [] });
  expect((await shared.ask("DELETE", path)).json()).toMatchObject({ code: "E_CAPTURE_IN_USE" });
});

describe("whoever goes away", () => {
  /** Sends a request and leaves without its answer. */
  function leave({ control }: Bench, method: string, path: string, json?: unknown): Promise<void> {
    return new Promise((resolve) => {
      const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
      const sent = request({ host: "127.0.0.1", port: control.port, method, path, headers, agent: false });
      sent.on("error", () => resolve());
      sent.end(json === undefined ? undefined : JSON.stringify(json));
      void sleep(150).then(() => sent.destroy());
    });
  }

  test("takes the worker along: the next one is answered at once", async () => {
    const own = await bench({ limits: { scans: 1 } });
    const few = await putCapture(own, "few.pcap", capture(3));
    // A third of a GB comes out of it, and a text of which each packet takes long.
    const path = await putCapture(own, "much.pcap", gzipSync(capture(200_000, 1500), { level: 1 }));
    const json = { text: "ether[1:4] ^ 0x01010101 = 5", language: "pcap-filter" };
    const started = performance.now();
    const whole = await own.ask("POST", `${path}/matches`, { json });
    const takes = performance.now() - started;
    expect(whole.json()).toMatchObject({ packets: 200_000 });
    await Promise.all(Array.from({ length: 5 }, () => leave(own, "POST", `${path}/matches`, json)));
    const before = performance.now();
    expect((await own.ask("GET", `${few}/packets`)).status).toBe(200);
    expect(performance.now() - before).toBeLessThan(2 * takes);
    expect(own.log.join("")).not.toContain("mistake");
  });
});

describe("refusals", () => {
  const JSON_OF = { text: "tcp", language: "pcap-filter" };
  /** Every route that reads a capture's packets. */
  const ROUTES: readonly (readonly [string, string, unknown])[] = [
    ["GET", "/captures/a.pcap/packets", undefined],
    ["GET", "/captures/a.pcap/packets?filter=known", undefined],
    ["GET", "/captures/a.pcap/packets/1", undefined],
    ["POST", "/captures/a.pcap/matches", JSON_OF],
    ["POST", "/captures/a.pcap/explain", { packet: 1 }],
    ["GET", "/captures/a.pcap/file?filter=known", undefined],
    ["GET", "/bindings/1/file?capture=a.pcap", undefined],
  ];

  /** With a filter that is bound, so that there is a binding 1. */
  async function spoilt(options: BenchOptions = {}): Promise<Bench> {
    const made = await bench(options);
    expect((await made.ask("PUT", `${V1}/filters/known.dpf`, { body: "true" })).json()).toMatchObject({
      bindings: [1],
    });
    return made;
  }

  interface Cause {
    readonly code: string;
    readonly status: number;
    /** What is done before the capture is asked for. */
    spoil?(made: Bench): Promise<void> | void;
  }
  const CAUSES: readonly Cause[] = [
    {
      code: "E_NO_CAPTURE",
      status: 404,
      spoil: async ({ ask }) => void (await ask("DELETE", `${V1}/captures/a.pcap`)),
    },
    {
      code: "E_CAPTURE_GONE",
      status: 410,
      spoil: ({ folder, files }) => {
        for (const file of files()) rmSync(join(folder, "captures", file));
      },
    },
  ];

  test.each(CAUSES.flatMap((cause) => ROUTES.map((route) => [cause.code, ...route, cause] as const)))(
    "%s at %s %s",
    async (code, method, path, json, { status, spoil }) => {
      const made = await spoilt();
      await putCapture(made, "a.pcap", capture(3));
      await spoil?.(made);
      expect((await made.ask(method, `${V1}${path}`, { json })).json()).toMatchObject({ status, code });
    },
  );

  test.each(ROUTES)("E_SCAN at %s %s, of what takes too long", async (method, path, json) => {
    const made = await spoilt({ limits: { scanMs: 1 } });
    const { captures } = made.store;
    const received = await captures.receive("a.pcap", Readable.from([capture(3)]), {
      replace: false,
      now: new Date(0),
    });
    const times = { first_ts: null, last_ts: null };
    captures.keep(
      received,
      { format: "pcap-le-us", packets: 3, linktypes: {}, ...times, truncated: false, damage: [] },
      [],
    );
    const answer = await made.ask(method, `${V1}${path}`, { json });
    expect(answer.json()).toMatchObject({ status: 422, code: "E_SCAN" });
    expect(answer.body).not.toContain(made.folder);
  });

  test.each<[string, string, unknown, number, string]>([
    ["GET", "/packets?from=0", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets?from=-1", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets?from=1e3", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets?from=1&from=2", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets?limit=0", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets?limit=1001", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets?filter=..%2fx", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets?path=%2fetc%2fpasswd", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets?filter=unknown", undefined, 404, "E_NO_FILTER"],
    ["GET", "/packets?filter=radio", undefined, 422, "E_TEXT"],
    ["GET", "/packets/0", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets/x", undefined, 400, "E_SCHEMA"],
    ["GET", "/packets/4", undefined, 404, "E_NO_PACKET"],
    ["POST", "/matches", {}, 400, "E_SCHEMA"],
    ["POST", "/matches", { ...JSON_OF, samples: 101 }, 400, "E_SCHEMA"],
    ["POST", "/matches", { ...JSON_OF, more: 1 }, 400, "E_SCHEMA"],
    ["POST", "/matches", { ...JSON_OF, language: "bpf" }, 400, "E_SCHEMA"],
    ["POST", "/matches", { ...JSON_OF, text: "tcp port" }, 422, "E_TEXT"],
    ["POST", "/explain", {}, 400, "E_SCHEMA"],
    ["POST", "/explain", { packet: 0 }, 400, "E_SCHEMA"],
    ["POST", "/explain", { packet: 1, text: "tcp" }, 400, "E_SCHEMA"],
    ["POST", "/explain", { packet: 1, language: "dpf" }, 400, "E_SCHEMA"],
    ["POST", "/explain", { packet: 1, filters: ["a", "a"] }, 400, "E_SCHEMA"],
    ["POST", "/explain", { packet: 1, filters: ["unknown"] }, 404, "E_NO_FILTER"],
    ["POST", "/explain", { packet: 4 }, 404, "E_NO_PACKET"],
    ["GET", "/file?filter=unknown", undefined, 404, "E_NO_FILTER"],
    ["GET", "/file?filter=radio", undefined, 422, "E_TEXT"],
    ["GET", "/file?filter=", undefined, 400, "E_SCHEMA"],
  ])("%s %s of %j is %i %s", async (method, path, json, status, code) => {
    store(shared, "radio", "wlan type mgt");
    const of = await putCapture(shared, "refused.pcap", capture(3));
    expect((await shared.ask(method, `${of}${path}`, { json })).json()).toMatchObject({ status, code });
  });

  test.each(["matches", "explain"])("a text that is too long is refused at %s before it is read", async (what) => {
    const path = await putCapture(shared, "refused.pcap", capture(3));
    const json = { ...JSON_OF, text: "x".repeat(70_000), ...(what === "explain" ? { packet: 1 } : {}) };
    const answer = await shared.ask("POST", `${path}/${what}`, { json });
    expect(answer.json()).toMatchObject({ status: 413, code: "E_TEXT_TOO_LONG" });
  });

  test("a text that is none for a link type of the capture is refused with its places", async () => {
    store(shared, "radio", "tcp or\nwlan type mgt");
    const path = await putCapture(shared, "refused.pcap", capture(3));
    const asked: Answer[] = [
      await shared.ask("GET", `${path}/packets?filter=radio`),
      await shared.ask("GET", `${path}/file?filter=radio`),
      await shared.ask("POST", `${path}/matches`, { json: { ...JSON_OF, text: "tcp or\nwlan type mgt" } }),
    ];
    for (const answer of asked) {
      const { errors, detail } = answer.json() as { errors: unknown[]; detail: string };
      expect(errors).toMatchObject([{ line: 2, column: 1, message: expect.stringContaining("ETHERNET") }]);
      expect(detail).toContain("ETHERNET");
    }
  });
});
