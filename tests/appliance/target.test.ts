/** What runs the merged program is switched while packets flow, and nothing is lost or judged otherwise. */
import { expect, onTestFinished, test } from "vitest";
import type { ApplianceEvent } from "../../src/appliance/interface.js";
import { matches } from "../../src/dpf/brute.js";
import { STAGE_NAMES } from "../../src/dpf/stage-names.js";
import { DEFAULT_TARGET, TARGETS } from "../../src/dpf/target.js";
import { compileText } from "../../src/filter/filter.js";
import { Machine } from "./machine.js";
import { packetsOf } from "./records.js";

const CAPTURE = "captures/demo.pcap";
const TEXTS = {
  tcp: "12:16 == 0x0800 && 23:8 == 6",
  dns: "12:16 == 0x0800 && 23:8 == 17 && shift 14 && shift 0:8 & 0x0f << 2 && 2:16 == 53",
  arp: "12:16 == 0x0806",
};
const ROUNDS = 4;

async function machine(options: Parameters<typeof Machine.start>[0] = {}): Promise<Machine> {
  const made = await Machine.start(options);
  onTestFinished(() => made.close());
  return made;
}

function expected(text: string): number {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(text);
  return packetsOf(CAPTURE).filter((octets) => matches(compiled.filter, octets, 0, octets.length)).length;
}

test("targets are switched during a replay, with and without a shadow; counts and books are as without", async () => {
  const one = await machine();
  const events: ApplianceEvent["kind"][] = [];
  one.appliance.listen(({ kind }) => events.push(kind));
  const bindings = [];
  for (const [name, text] of Object.entries(TEXTS)) bindings.push((await one.bind(name, text)).binding);
  await one.open(CAPTURE, { speed: 4, lossless: false });
  const ended = one.until("ended");
  await one.call("play", {});
  let switched = 0;
  const places = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of TARGETS) {
      for (const shadow of [null, ...TARGETS.filter((other) => other !== target)]) {
        await one.call("target", { target, shadow });
        expect(one.appliance.machine).toMatchObject({ target, shadow });
        places.add(one.books().received);
        switched++;
      }
    }
  }
  expect(one.appliance.replay.state).toBe("playing");
  await one.call("speed", { speed: "max" });
  await ended;
  expect(bindings.map((binding) => one.counters(binding).packets)).toEqual(Object.values(TEXTS).map(expected));
  expect(one.books()).toMatchObject({ received: packetsOf(CAPTURE).length, balanced: true });
  expect(switched).toBe(ROUNDS * TARGETS.length ** 2);
  expect(places.size, "packets flowed between two switches").toBeGreaterThan(1);
  expect(events.filter((kind) => kind === "target")).toHaveLength(switched);
  expect(one.appliance.disagreement).toBeNull();
});

const COUNTS_AND_CONSUMES = `import { consume, type Message, record, u32 } from "exonet/ash";
const seen = record({ packets: u32 });
export default function counts(_message: Message) {
  seen.packets += 1;
  return consume;
}
`;

test("handlers go over to it with their state, while packets flow", async () => {
  const one = await machine();
  const { binding } = await one.bind("all", "true");
  const handler = { name: "h", text: COUNTS_AND_CONSUMES };
  await one.call("bindHandler", { binding, handler, budget: { share: 1 } });
  await one.open(CAPTURE);
  for (const target of [...TARGETS, ...TARGETS]) {
    await one.call("target", { target, shadow: null });
    await one.call("step", { packets: 7 });
    await one.until("paused");
  }
  await one.playToEnd();
  const { packets, consumed } = one.counters(binding);
  expect([packets, consumed]).toEqual([packetsOf(CAPTURE).length, packets]);
  const { octets } = await one.call("handlerState", { binding, from: 0, octets: 4 });
  expect(new DataView(octets.buffer, octets.byteOffset).getInt32(0, true)).toBe(packets);
});

test("it starts with the target and the shadow that it is told, and environments are told of later ones", async () => {
  const one = await machine({ target: "interpreter", shadow: "js" });
  expect(one.appliance.machine).toMatchObject({ target: "interpreter", shadow: "js" });
  const { binding } = await one.bind("dns", TEXTS.dns);
  await one.open(CAPTURE);
  await one.playToEnd();
  expect(one.counters(binding).packets).toBe(expected(TEXTS.dns));
  await one.call("target", { target: "js", shadow: null });
  const made = await one.call("createEnvironment", { name: "late", program: "monitor", options: {} });
  expect(made.start?.machine).toMatchObject({ target: "js", shadow: null });
  for (const args of [
    { target: "wat", shadow: null },
    { target: "js", shadow: "js" },
  ]) {
    expect(await one.refusal("target", args)).toBe("E_ARGUMENT");
  }
});

test("the compile worker draws the trie of what is bound, and stages of what is not", async () => {
  const one = await machine();
  const { binding } = await one.bind("arp", TEXTS.arp);
  const drawn = await one.appliance.trie({ at: undefined, from: 0, limit: 100 });
  if (!drawn.ok) throw new Error("no trie");
  expect(drawn.picture?.nodes).toMatchObject([{ kind: "node" }, { field: "12:16" }, { filters: [binding] }]);
  expect(drawn.picture?.totals).toMatchObject({ filters: 1, nodes: 2, target: DEFAULT_TARGET });
  expect(drawn.picture?.totals.build?.instructions).toBeGreaterThan(1);
  expect(await one.appliance.trie({ at: "77", from: 0, limit: 100 })).toEqual({ ok: true, picture: undefined });
  const staged = await one.appliance.stages(TEXTS.dns, "dpf");
  expect(staged.ok && staged.stages.map(({ name }) => name)).toEqual(STAGE_NAMES);
  expect(await one.appliance.stages("12:16 = 1", "dpf")).toMatchObject({ ok: false, errors: [{ line: 1 }] });
});

test("claims that a new one meets are found by the compile worker; heat is switched", async () => {
  const one = await machine();
  const { binding } = await one.bind("arp", TEXTS.arp, 0, "claim", 3);
  await one.bind("dns", TEXTS.dns);
  for (const [priority, wins] of [
    [2, "old"],
    [3, "old"],
    [4, "new"],
  ] as const) {
    expect(await one.appliance.overlaps(TEXTS.arp, "dpf", { environment: 1, priority })).toMatchObject({
      ok: true,
      total: 1,
      overlaps: [{ id: binding, relation: "identical", wins, priority: 3 }],
    });
  }
  expect(await one.call("heatOf", { nodes: [1] })).toEqual({ on: false, counts: [0] });
  await one.call("heat", { on: true });
  expect((await one.call("heatOf", { nodes: [1] })).on).toBe(true);
  await one.call("heat", { on: false });
  expect((await one.call("heatOf", { nodes: [1] })).on).toBe(false);
});
