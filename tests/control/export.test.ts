/** Packets that match, or that a binding would get, as captures over HTTP. */
import { readdirSync, readFileSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import type { Binding } from "../../src/control/protocol.js";
import { buildPcap, PcapngBuilder, payload, somePackets } from "../capture/build.js";
import { ownFolder, run } from "../cli/work.js";
import { type Bench, bench, benchOver, capture, putCapture, TOKEN } from "./bench.js";

const V1 = "/api/v1";
const at = ownFolder();

let shared: Bench<ApplianceInterface>;

beforeAll(async () => {
  shared = await benchOver(await startAppliance({ memory: 16 * 1024 * 1024 }), {});
  return shared.close;
});

function store({ store: { filters } }: Pick<Bench, "store">, text: string, language: "dpf" | "pcap-filter"): void {
  filters.put({ name: "wanted", language, text });
}

/** What the command line writes of the same octets. */
function written(octets: Uint8Array, text: string, language: string): Buffer {
  const out = at("out");
  const { status, error } = run(["filter", at("in", octets), text, "--language", language, "-w", out]);
  expect([status === 0, status === 0 ? "" : error]).toEqual([true, ""]);
  return readFileSync(out);
}

describe("what a filter matches, as a file", () => {
  const files = readdirSync("captures").filter((file) => /\.pcap(ng)?(\.gz)?$/.test(file));

  test.each(files)("%s: the octets that exonet filter -w writes", async (file) => {
    const octets = readFileSync(`captures/${file}`);
    const path = await putCapture(shared, file, octets);
    for (const text of ["tcp", "udp or arp"]) {
      store(shared, text, "pcap-filter");
      const answer = await shared.ask("GET", `${path}/file?filter=wanted`);
      expect([text, answer.octets.equals(written(octets, text, "pcap"))]).toEqual([text, true]);
    }
  });

  const odd: Record<string, Uint8Array> = {
    "big-endian": buildPcap(somePackets(40), { little: false }),
    "in ns": buildPcap(somePackets(40), { nanoseconds: true }),
    "with a snap length below its frames": buildPcap(somePackets(40), { snap: 30 }),
    "cut in a record": buildPcap(somePackets(40)).subarray(0, -7),
    "without a frame": buildPcap([]),
    "of several link types": new PcapngBuilder()
      .section(true)
      .interface({ linkType: 1 })
      .interface({ linkType: 147 })
      .enhanced({ octets: payload(60), interface: 0 })
      .enhanced({ octets: payload(61), interface: 1 }).octets,
  };

  test.each(Object.entries(odd))("%s: the same", async (_what, octets) => {
    const path = await putCapture(shared, "odd.cap", octets);
    for (const text of ["length > 20", "true", "length > 60"]) {
      store(shared, text, "dpf");
      const answer = await shared.ask("GET", `${path}/file?filter=wanted`);
      expect([text, answer.octets.equals(written(octets, text, "dpf"))]).toEqual([text, true]);
    }
  });

  test.each([
    ["a.pcap", "a.wanted.pcap"],
    ["a.b.pcapng.gz", "a.b.wanted.pcap"],
    ["plain", "plain.wanted.pcap"],
    ["v1.2", "v1.2.wanted.pcap"],
  ])("of %s is named %s", async (name, expected) => {
    store(shared, "true", "dpf");
    const path = await putCapture(shared, name, capture(3));
    for (const method of ["GET", "HEAD"]) {
      const answer = await shared.ask(method, `${path}/file?filter=wanted`);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="${expected}"`,
        "cache-control": "no-store",
      });
      expect(answer.octets.length).toBe(method === "GET" ? capture(3).length : 0);
    }
  });

  test("of a pcapng is named so", async () => {
    store(shared, "tcp", "pcap-filter");
    const path = await putCapture(shared, "mixed.pcapng", readFileSync("captures/mixed.pcapng"));
    const { headers } = await shared.ask("GET", `${path}/file?filter=wanted`);
    expect(headers["content-disposition"]).toBe('attachment; filename="mixed.wanted.pcapng"');
  });
});

describe("a client that is slow", () => {
  const LARGE = capture(30_000, 1500);
  const packed = gzipSync(LARGE, { level: 1 });
  const most = { limits: { exports: 1 } };

  async function large(made: Bench): Promise<string> {
    store(made, "true", "dpf");
    return `${await putCapture(made, "large.pcap", packed)}/file?filter=wanted`;
  }

  /** The answer, of which nothing is read yet. */
  function open({ control }: Bench, path: string): Promise<{ sent: ClientRequest; response: IncomingMessage }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const sent = request({ host: "127.0.0.1", port: control.port, path, headers, agent: false });
      sent.once("response", (response) => {
        response.on("error", () => {});
        resolve({ sent, response });
      });
      sent.once("error", reject);
      sent.end();
    });
  }

  test("gets all of it, in its own time, and meanwhile little of it is in memory", async () => {
    const made = await bench(most);
    const { response } = await open(made, await large(made));
    await sleep(200);
    const before = process.memoryUsage().arrayBuffers;
    await sleep(300);
    // The worker waits: nothing more has come.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    expect(Buffer.concat(parts).equals(LARGE)).toBe(true);
    expect(made.files()).toHaveLength(1);
  });

  test("and goes away takes the worker along: its place is free", async () => {
    const made = await bench(most);
    const path = await large(made);
    const { sent } = await open(made, path);
    expect((await made.ask("GET", path)).json()).toMatchObject({ status: 503, code: "E_TOO_MANY_EXPORTS" });
    sent.destroy();
    let status = 503;
    while (status === 503) {
      await sleep(5);
      ({ status } = await made.ask("GET", path));
    }
    expect(status).toBe(200);
    expect(made.log.join("")).not.toContain("mistake");
  });

  test("that stops reading is cut off, and hears of no end", async () => {
    const made = await bench({ limits: { ...most.limits, exportIdleMs: 100 } });
    const path = await large(made);
    const { response } = await open(made, path);
    // The place is free while this client still holds its connection.
    let status = 503;
    while (status === 503) {
      await sleep(20);
      ({ status } = await made.ask("GET", path));
    }
    expect(status).toBe(200);
    const read = (async () => {
      for await (const _ of response);
    })();
    await expect(read).rejects.toThrow(/aborted/);
  });

  test("that takes too long in all is cut off", async () => {
    const made = await bench({ limits: { ...most.limits, exportMs: 3000 } });
    const { response } = await open(made, await large(made));
    expect(response.statusCode).toBe(200);
    await sleep(3500);
    const read = (async () => {
      for await (const _ of response);
    })();
    await expect(read).rejects.toThrow(/aborted/);
  });
});

describe("a binding's packets, as a file", () => {
  const WEB = readFileSync("captures/web.pcap");

  async function bind(name: string, text: string, mode: "claim" | "tap", priority = 0): Promise<number> {
    await shared.ask("PUT", `${V1}/filters/${name}.pcap-filter?bind=no`, { body: text });
    const json = { filter: name, environment: 0, mode, priority };
    const made = await shared.ask("POST", `${V1}/bindings`, { json });
    expect([made.status, made.status === 201 ? "" : made.body]).toEqual([201, ""]);
    return (made.json() as { binding: number }).binding;
  }

  /** Records of a classic capture. */
  function count(octets: Buffer): number {
    let packets = 0;
    for (let next = 24; next < octets.length; next += 16 + octets.readUInt32LE(next + 8)) packets++;
    return packets;
  }

  test("are those that it got when the capture was played", async () => {
    await putCapture(shared, "web.pcap", WEB);
    const made = [
      await bind("all-ip", "ip", "claim"),
      await bind("web", "tcp port 80", "claim"),
      await bind("urgent", "tcp[tcpflags] & tcp-syn != 0", "claim", 5),
      await bind("seen", "tcp", "tap"),
    ];
    const current = `${V1}/replays/current`;
    await shared.ask("PUT", current, { json: { captures: ["web.pcap"], speed: "max" } });
    while (((await shared.ask("GET", current)).json() as { state: string }).state !== "ended") await sleep(10);
    const counted: number[] = [];
    const exported: number[] = [];
    for (const id of made) {
      counted.push(((await shared.ask("GET", `${V1}/bindings/${id}`)).json() as Binding).counters.packets);
      const answer = await shared.ask("GET", `${V1}/bindings/${id}/file?capture=web.pcap`);
      expect(answer.headers["content-disposition"]).toMatch(/filename="web\.(all-ip|web|urgent|seen)\.pcap"/);
      exported.push(count(answer.octets));
    }
    expect(exported).toEqual(counted);
    for (const packets of counted) expect(packets).toBeGreaterThan(0);
    await shared.ask("POST", `${current}/stop`);
  });

  test("are found in captures of link types that were never played", async () => {
    const id = await bind("any-ip", "ip", "tap");
    const frames = [0x45, 0x60].map((first) => ({ octets: Uint8Array.from({ length: 60 }, () => first) }));
    const file = async (name: string) => (await shared.ask("GET", `${V1}/bindings/${id}/file?capture=${name}`)).octets;
    await putCapture(shared, "raw.pcap", buildPcap(frames, { linkType: 101 }));
    expect((await file("raw.pcap")).equals(buildPcap(frames.slice(0, 1), { linkType: 101 }))).toBe(true);
    // Where the text is wrong for the link type it matches nothing.
    await putCapture(shared, "own.pcap", buildPcap(frames, { linkType: 147 }));
    expect((await file("own.pcap")).equals(buildPcap([], { linkType: 147 }))).toBe(true);
  });

  test.each([
    ["9999", "web.pcap", 404, "E_NO_BINDING"],
    ["x", "web.pcap", 400, "E_SCHEMA"],
    ["1", "nothing", 404, "E_NO_CAPTURE"],
    ["1", "..%2fx", 400, "E_SCHEMA"],
    ["1", "web.pcap&more=1", 400, "E_SCHEMA"],
  ])("of %s in %s is %i %s", async (id, name, status, code) => {
    await putCapture(shared, "web.pcap", WEB);
    await bind(`some-${status}-${id}`, "arp", "tap");
    expect((await shared.ask("GET", `${V1}/bindings/${id}/file?capture=${name}`)).json()).toMatchObject({
      status,
      code,
    });
  });
});
