/**
 * Captures of several link types, one after the other, over HTTP and on the real appliance: a filter that is bound counts the frames of
 * each as a text for that type does, and its counters go on.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import type { Binding, Replay } from "../../src/control/protocol.js";
import { RIGHTS, rootCapability, seal } from "../../src/kernel/capability.js";
import { PcapngBuilder, payload } from "../capture/build.js";
import { relinkedCapture, relinkedFrames } from "../capture/relink.js";
import { countOf } from "../filter/single.js";
import { type Answer, type Bench, benchOver } from "./bench.js";

const V1 = "/api/v1";
const NAMES: Readonly<Record<number, string>> = {
  0: "loop.pcap",
  1: "ether.pcap",
  101: "raw.pcap",
  113: "sll.pcap",
  276: "sll2.pcap",
};
const WEB = "tcp port 80";

const key = randomBytes(32);
const root = seal(rootCapability(), key);
/** What the token stands for; tests switch it. */
let capability = root;

async function start(): Promise<Bench<ApplianceInterface>> {
  capability = root;
  const appliance = await startAppliance({ memory: 16 * 1024 * 1024, key });
  const shown = new Proxy(appliance, {
    get: (target, name) => {
      if (name === "call") return (_: string, ...rest: [never, never]) => target.call(capability, ...rest);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const bench = await benchOver(shown, {});
  onTestFinished(bench.close);
  return bench;
}

async function upload({ ask }: Bench<ApplianceInterface>, linkTypes: readonly number[]): Promise<void> {
  for (const linkType of linkTypes) {
    const body = relinkedCapture("web.pcap", linkType);
    expect((await ask("PUT", `${V1}/captures/${NAMES[linkType]}`, { body })).status).toBe(201);
  }
}

async function put({ ask }: Bench<ApplianceInterface>, name: string, text: string): Promise<Answer> {
  const answer = await ask("PUT", `${V1}/filters/${name}.pcap-filter`, { body: text });
  expect(answer.status, answer.body).toBe(201);
  return answer;
}

function open({ ask }: Bench<ApplianceInterface>, captures: readonly string[]): Promise<Answer> {
  return ask("PUT", `${V1}/replays/current`, { json: { captures, speed: "max", lossless: true } });
}

async function replay({ ask }: Bench<ApplianceInterface>): Promise<Replay> {
  return (await ask("GET", `${V1}/replays/current`)).json() as Replay;
}

async function play(bench: Bench<ApplianceInterface>, captures: readonly string[]): Promise<void> {
  const opened = await open(bench, captures);
  expect(opened.status, opened.body).toBe(200);
  await expect.poll(async () => (await replay(bench)).state, { timeout: 30_000 }).toBe("ended");
}

async function binding({ ask }: Bench<ApplianceInterface>, name: string): Promise<Binding> {
  const all = (await ask("GET", `${V1}/bindings`)).json() as Binding[];
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no binding ${name}`);
  return found;
}

const webIn = (linkType: number) => countOf(WEB, "pcap-filter", relinkedFrames("web.pcap", linkType));

test("a filter that is bound counts in captures of other link types, and its counters go on", async () => {
  const bench = await start();
  await upload(bench, [1, 101, 113, 276, 0]);
  await put(bench, "web", WEB);
  const { id, from } = await binding(bench, "web");
  let packets = 0;
  for (const [epoch, linkType] of [1, 101, 1, 276, 0, 113].entries()) {
    await play(bench, [NAMES[linkType] ?? ""]);
    expect(webIn(linkType)).toBeGreaterThan(100);
    packets += webIn(linkType);
    const now = await binding(bench, "web");
    expect([linkType, now.id, now.counters.packets]).toEqual([linkType, id, packets]);
    expect((await replay(bench)).epoch).toBe(epoch + 1);
    // A new text is from its first packet on; one for more link types is still the same filter.
    if (epoch === 0) expect(now.from).toEqual(from);
  }
  expect(bench.appliance.linkTypes.toSorted((a, b) => a - b)).toEqual([0, 1, 101, 113, 276]);
});

test("captures of two link types are merged, each frame is judged as its own type's", async () => {
  const bench = await start();
  await upload(bench, [1, 113]);
  await put(bench, "web", WEB);
  await play(bench, ["ether.pcap", "sll.pcap"]);
  expect((await binding(bench, "web")).counters.packets).toBe(webIn(1) + webIn(113));
});

test("what a link type does not allow matches nothing there and stays bound", async () => {
  const bench = await start();
  await upload(bench, [276]);
  const body = readFileSync("captures/vlan.pcap");
  await bench.ask("PUT", `${V1}/captures/vlan.pcap`, { body });
  await put(bench, "tagged", "vlan");
  await play(bench, ["vlan.pcap"]);
  const { id, counters } = await binding(bench, "tagged");
  expect(counters.packets).toBeGreaterThan(10);
  await play(bench, ["sll2.pcap"]);
  expect(await binding(bench, "tagged")).toMatchObject({ id, counters: { packets: counters.packets } });
  await play(bench, ["vlan.pcap"]);
  expect((await binding(bench, "tagged")).counters.packets).toBe(2 * counters.packets);
});

test("a capture of more link types than filters are compiled for is not opened, and what is open stays", async () => {
  const bench = await start();
  await upload(bench, [1, 101]);
  const hostile = new PcapngBuilder().section();
  for (let type = 100; type < 150; type++) hostile.interface({ linkType: type });
  for (let type = 0; type < 50; type++) hostile.enhanced({ octets: payload(40), interface: type });
  const body = Buffer.from(hostile.octets);
  expect((await bench.ask("PUT", `${V1}/captures/hostile.pcapng`, { body })).status).toBe(201);
  await put(bench, "web", WEB);
  await play(bench, ["ether.pcap"]);
  const refused = await open(bench, ["hostile.pcapng"]);
  expect(refused.json()).toMatchObject({ status: 422, code: "E_LINK_TYPES", detail: expect.stringMatching(/50, and/) });
  expect(await replay(bench)).toMatchObject({ state: "ended", captures: ["ether.pcap"] });
  expect(bench.appliance.linkTypes).toEqual([1]);
  await play(bench, ["raw.pcap"]);
  expect((await binding(bench, "web")).counters.packets).toBe(webIn(1) + webIn(101));
});

test("where a filter cannot be what it would be for a new link type nothing is opened, and every filter is as before", async () => {
  const bench = await start();
  await upload(bench, [1, 101]);
  const rights = RIGHTS.filter((right) => right !== "grant");
  const derived = await bench.appliance.call(root, "derive", { name: "without-grant", rights, expires: 0 });
  if (!derived.ok) throw new Error(derived.detail);
  capability = derived.result.text;
  for (const name of ["theirs", "ours"]) {
    await bench.ask("POST", `${V1}/environments`, { json: { name, program: "monitor" } });
  }
  await bench.ask("PUT", `${V1}/filters/raw.dpf?bind=no`, { body: "link == 101" });
  const held = { filter: "raw", environment: 1, mode: "claim" };
  expect((await bench.ask("POST", `${V1}/bindings`, { json: held })).status).toBe(201);
  await put(bench, "web", WEB);
  await bench.ask("PUT", `${V1}/filters/ours.pcap-filter?bind=no`, { body: "ip" });
  // For Ethernet's frames the claim meets nobody's.
  const claim = { filter: "ours", environment: 2, mode: "claim" };
  const claimed = await bench.ask("POST", `${V1}/bindings`, { json: claim });
  expect(claimed.status, claimed.body).toBe(201);
  await play(bench, ["ether.pcap"]);
  const before = await Promise.all(["web", "ours"].map((name) => binding(bench, name)));
  const refused = await open(bench, ["raw.pcap"]);
  expect(refused.json()).toMatchObject({
    status: 409,
    code: "E_CLAIM_OVERLAP",
    detail: expect.stringContaining("filters/ours: "),
  });
  expect(await replay(bench)).toMatchObject({ state: "ended", captures: ["ether.pcap"] });
  const after = await Promise.all(["web", "ours"].map((name) => binding(bench, name)));
  expect(after.map(({ filter, counters }) => [filter, counters])).toEqual(
    before.map(({ filter, counters }) => [filter, counters]),
  );
  expect(bench.appliance.linkTypes).toEqual([1]);
  // Whoever may grant may have it so.
  capability = root;
  await play(bench, ["raw.pcap"]);
  expect((await binding(bench, "web")).counters.packets).toBe(webIn(1) + webIn(101));
});

test("a profile without a replay keeps a text that only a stored capture's frames allow", async () => {
  const bench = await start();
  const profile = {
    filters: [{ name: "beacons", language: "pcap-filter", text: "type mgt" }],
    environments: [],
    bindings: [{ name: "beacons", filter: "beacons", environment: "control", mode: "tap" }],
  };
  const put = () => bench.ask("PUT", `${V1}/profile`, { json: profile });
  expect((await put()).status).toBe(422);
  expect(bench.appliance.linkTypes).toEqual([1]);
  const body = new PcapngBuilder()
    .section()
    .interface({ linkType: 105 })
    .enhanced({ octets: payload(40) }).octets;
  expect((await bench.ask("PUT", `${V1}/captures/air.pcapng`, { body })).status).toBe(201);
  expect((await put()).status).toBe(200);
  expect(bench.appliance.linkTypes).toEqual([1, 105]);
  const wrong = { ...profile, filters: [{ name: "beacons", language: "pcap-filter", text: "type mgt and no" }] };
  expect((await bench.ask("PUT", `${V1}/profile`, { json: wrong })).status).toBe(422);
});
