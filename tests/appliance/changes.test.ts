import { expect, test } from "vitest";
import { type Candidate, candidate } from "../dpf/candidates.js";
import { Chance } from "../seeded.js";
import { Machine } from "./machine.js";
import { packetsOf } from "./records.js";

const CAPTURE = "captures/demo.pcap";
const CHANGES = 1000;
const SEED = 20_261;
/** Changes under way at once. */
const CONCURRENT = 4;
test(`${CHANGES} filter changes during one replay: every count is the offline count from the packet reported (seed ${SEED})`, async () => {
  const packets = packetsOf(CAPTURE);
  const chance = new Chance(SEED);
  const pool = Array.from({ length: 60 }, () => candidate(chance, packets));
  const machine = await Machine.start();
  const constant = await Promise.all(
    pool.slice(0, 10).map(async ({ filter }, at) => {
      const args = { name: `constant-${at}`, environment: 0, mode: "tap", priority: 0, filter } as const;
      return (await machine.call("bind", args)).binding;
    }),
  );
  await machine.open(CAPTURE, { speed: 3, lossless: false });
  const ended = machine.until("ended");
  await machine.call("play", {});

  const live: { binding: number; of: Candidate; from: number }[] = [];
  let matched = 0;
  let made = 0;
  const change = async (at: number) => {
    if (live.length > 40 && chance.below(2) === 0) {
      const { binding, of, from } = live.splice(chance.below(live.length), 1)[0]!;
      const { until, packets: counted } = await machine.call("unbind", { bindings: [binding] });
      expect(counted, `unbound ${binding}`).toBe(of.until[until.packet]! - of.until[from - 1]!);
      matched += counted;
      return;
    }
    const of = chance.pick(pool);
    const mode = "tap" as const;
    const args = { name: `change-${at}`, environment: 0, mode, priority: 0, filter: of.filter };
    const { binding, from } = await machine.call("bind", args);
    live.push({ binding, of, from: from.packet });
  };
  const worker = async () => {
    while (made < CHANGES) await change(made++);
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  expect(machine.appliance.replay.state, "the replay outlasted the changes").toBe("playing");
  await machine.call("speed", { speed: "max" });
  await ended;

  for (const { binding, of, from } of live) {
    expect(machine.counters(binding).packets, `bound ${binding}`).toBe(of.until[packets.length]! - of.until[from - 1]!);
  }
  constant.forEach((binding, at) => {
    expect(machine.counters(binding).packets).toBe(pool[at]?.until[packets.length]);
  });
  expect(machine.books()).toMatchObject({ received: packets.length, inFlight: 0, balanced: true });
  expect(matched, "packets that changing bindings matched").toBeGreaterThan(1000);
  await machine.close();
});
