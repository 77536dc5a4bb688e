/**
 * Library OSes assume nothing of the machine: the same programs give the same results on one with small pages, a large software TLB and
 * WebAssembly, and on one with large pages, a small software TLB and the interpreter.
 */
import { expect, test } from "vitest";
import type { ApplianceOptions } from "../../src/appliance/appliance.js";
import type { HoldsAnswer } from "../../src/libos/programs/citizen.js";
import { Machine } from "./machine.js";
import { QUESTIONS } from "./well-behaved.js";

const SMALL_PAGES: ApplianceOptions = { shape: { pageSize: 4096, stlbEntries: 4096 }, target: "wasm" };
const LARGE_PAGES: ApplianceOptions = { shape: { pageSize: 16_384, stlbEntries: 64 }, target: "interpreter" };

const CAPTURES = ["demo.pcap", "fragments.pcap", "vlan.pcap", "oddities.pcap"];
const ALL_QUESTIONS = [...QUESTIONS, ["reader", "read"], ["echo", "echo"], ["answers", "read"]] as const;
const WIRE = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };
const PING = "12:16 == 0x0800 && 23:8 == 1 && 34:8 ==";

/** What library OSes answer, and what became of each packet. */
async function results(options: ApplianceOptions): Promise<unknown> {
  const machine = await Machine.start(options);
  const { pageSize, stlbEntries, target } = machine.appliance.machine;
  expect({ shape: { pageSize, stlbEntries }, target }).toEqual(options);
  const asked = { kind: "wire", name: "w", options: WIRE, hairpin: false, linkType: 1 } as const;
  const [port] = (await machine.call("createPort", asked)).ports;
  const transmit = machine.appliance.rootCapability;
  const made = { name: "echo", program: "echo", options: { port }, transmit };
  const environments: Record<(typeof ALL_QUESTIONS)[number][0], number> = {
    monitor: await machine.environment("monitor", "monitor"),
    exos: await machine.environment("exos", "exos"),
    reader: await machine.environment("reader", "reader", { header: 256 }),
    echo: (await machine.call("createEnvironment", made)).environment,
    answers: await machine.environment("answers", "reader"),
  };
  const { monitor, exos, reader, echo, answers } = environments;
  await machine.bind("monitor", "true", monitor);
  await machine.bind("exos", "true", exos);
  await machine.bind("reader", "14:8 >= 64", reader);
  await machine.bind("requests", `${PING} 8`, echo, "claim");
  await machine.bind("answers", `${PING} 0`, answers);
  const told: unknown[] = [];
  for (const capture of CAPTURES) {
    await machine.open(`captures/${capture}`);
    // A starved machine may be late somewhere: all packets come through all the same.
    for (const { deterministic: _, ...epoch } of await machine.playToEnd()) told.push(epoch);
    for (const [program, what] of ALL_QUESTIONS) {
      told.push([program, what, await machine.appliance.query(environments[program], what, {})]);
    }
  }
  expect(machine.books().sent).toBeGreaterThan(0);
  told.push(machine.books(), await citizens(machine));
  await machine.close();
  return told;
}

/** How many pages, and not which, are asked back, given, and taken. */
async function citizens(machine: Machine): Promise<unknown> {
  const told: unknown[] = [];
  for (const [answer, deadlineMs] of [
    ["give", 20_000],
    ["late", 20],
  ] as const) {
    const citizen = await machine.environment(answer, "citizen", { pages: 20, save: 2, answer });
    await machine.call("reclaim", { environment: citizen, resource: "pages", count: 5, deadlineMs });
    let request: unknown;
    for (let state = "asked"; state === "asked"; ) {
      const { requests } = await machine.call("revocations", { environment: citizen });
      state = requests[0]?.state ?? "asked";
      const { count, given, taken } = requests[0]!;
      request = { state, count, given, taken };
    }
    const { pages, answers, losses } = (await machine.appliance.query(citizen, "holds", {})) as HoldsAnswer;
    const saved = losses.reduce((sum, loss) => sum + (loss.saved === null ? 0 : loss.count), 0);
    told.push([request, pages.length, answers, saved]);
  }
  return told;
}

test("on both machines all of them give the same results", async () => {
  const small = await results(SMALL_PAGES);
  expect(await results(LARGE_PAGES)).toEqual(small);
});
