/** What control tells of a program that really runs: heat of its nodes, and a shadow that sees the same, on every target. */
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import type { Binding, Books, Replay, Target, Trie, TrieNodePoint } from "../../src/control/protocol.js";
import { TARGETS } from "../../src/dpf/target.js";
import { type Bench, benchOver } from "./bench.js";

const V1 = "/api/v1";
const CAPTURE = "captures/demo.pcap";

/** One end each, so that a binding's packets are those that reach its node. */
const TEXTS: Readonly<Record<string, string>> = {
  every: "true",
  ip: "12:16 == ip",
  arp: "12:16 == arp",
  tcp: "12:16 == ip && 23:8 == tcp",
  "dns-answers": "12:16 == ip && 20:16 & 0x1fff == 0 && 23:8 == udp && shift 14:8 & 0x0f << 2 && 14:16 == 53",
  "high-ports": "12:16 == ip && 20:16 & 0x1fff == 0 && 23:8 == udp && shift 14:8 & 0x0f << 2 && 16:16 in 1024..65534",
  "not-web": "12:16 == ip && 20:16 & 0x1fff == 0 && 23:8 == tcp && shift 14:8 & 0x0f << 2 && 16:16 != 80",
  network: "12:16 == ip && 30:32 == 10.0.0.0/8",
  short: "12:16 == ip && length <= 80",
};

async function played(): Promise<Bench<ApplianceInterface>> {
  const bench = await benchOver(await startAppliance(), {});
  onTestFinished(bench.close);
  await bench.ask("PUT", `${V1}/captures/demo.pcap`, { body: readFileSync(CAPTURE) });
  for (const [name, body] of Object.entries(TEXTS)) {
    expect((await bench.ask("PUT", `${V1}/filters/${name}.dpf`, { body })).status).toBe(201);
  }
  return bench;
}

async function play({ ask }: Bench<ApplianceInterface>): Promise<void> {
  const json = { captures: ["demo.pcap"], speed: "max", loop: 1, lossless: true };
  await ask("PUT", `${V1}/replays/current`, { json });
  const state = async () => ((await ask("GET", `${V1}/replays/current`)).json() as Replay).state;
  await expect.poll(state, { timeout: 20_000 }).toBe("ended");
}

async function leaves({ ask }: Bench<ApplianceInterface>): Promise<TrieNodePoint[]> {
  const { nodes } = (await ask("GET", `${V1}/trie`)).json() as Trie;
  return nodes.filter((point) => point.kind === "node");
}

test.each(TARGETS)("heat of %s: as many packets reached a node as its binding counted", async (target) => {
  const bench = await played();
  const { ask } = bench;
  await ask("PUT", `${V1}/target`, { json: { target } });
  expect((await ask("PUT", `${V1}/trie/heat`, { json: { on: true } })).status).toBe(200);
  await play(bench);
  const points = await leaves(bench);
  const bindings = (await ask("GET", `${V1}/bindings`)).json() as Binding[];
  expect(bindings).toHaveLength(Object.keys(TEXTS).length);
  const seen = new Set<number>();
  for (const { id, name, counters } of bindings) {
    const [end, ...others] = points.filter(({ filters }) => filters.includes(id));
    expect([name, end?.reached, others]).toEqual([name, counters.packets, []]);
    seen.add(counters.packets);
  }
  expect(seen.size, "bindings count different packets").toBeGreaterThan(6);
  const { received } = (await ask("GET", `${V1}/books`)).json() as Books;
  expect(points.find(({ parent }) => parent === null)?.reached).toBe(received);
  // Off, nothing is counted; on again, counting begins anew.
  await ask("PUT", `${V1}/trie/heat`, { json: { on: false } });
  expect((await leaves(bench)).map(({ reached }) => reached)).toEqual(points.map(() => null));
  await ask("PUT", `${V1}/trie/heat`, { json: { on: true } });
  expect((await leaves(bench)).map(({ reached }) => reached)).toEqual(points.map(() => 0));
});

test("a shadow of each other target sees what the target sees, and says how much it saw", async () => {
  const bench = await played();
  const told = async () => (await bench.ask("GET", `${V1}/target`)).json() as Target;
  let compared = 0;
  for (const target of TARGETS) {
    for (const shadow of TARGETS.filter((other) => other !== target)) {
      await bench.ask("PUT", `${V1}/target`, { json: { target, shadow } });
      await play(bench);
      const after = await told();
      expect(after).toMatchObject({ target, shadow, disagreements: 0, first: null });
      expect(after.compared - compared).toBeGreaterThan(5000);
      ({ compared } = after);
    }
  }
});
