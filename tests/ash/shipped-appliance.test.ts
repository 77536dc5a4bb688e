/** Shipped handlers in an appliance: bound to the filters beside them, while a capture is replayed; what they send leaves, and comes in by a wire. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HandlerTerms } from "../../src/kernel/calls-on-handlers.js";
import { TARGETS } from "../../src/vcode/target.js";
import { Machine } from "../appliance/machine.js";
import { writeCapture } from "../appliance/records.js";
import { udp } from "../libos/packets.js";
import { messagesOf } from "./messages.js";
import { framed } from "./sent.js";
import { shipped } from "./shipped.js";
import { ShippedRun } from "./shipped-run.js";

const WIRE = { delayNs: 1_000_000, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 7 };
const PING = "12:16 == 0x800 && 14:8 == 0x45 && 23:8 == 1 && 34:8 ==";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, frames: readonly Uint8Array[]): string {
  const path = join(folder, name);
  writeCapture(
    path,
    frames.map((octets, at) => ({ time: 1_767_225_600_000_000 + at * 100, octets })),
  );
  return path;
}

/** Binds a shipped handler to what this matches; it sends by the wire's first end. */
async function bindHandler(machine: Machine, name: string, binding: number, terms: HandlerTerms = {}): Promise<void> {
  const { text, fuel } = shipped(name);
  const budget = { fuel: fuel.budget, share: 1 };
  const transmit = machine.appliance.rootCapability;
  const handler = { name, text };
  await machine.call("bindHandler", { binding, budget, port: 240, transmit, ...terms, handler });
}

async function countsOf(machine: Machine, binding: number) {
  const [view] = (await machine.call("handlers", { bindings: [binding] })).handlers;
  if (view === undefined) throw new Error("no handler");
  return view.counts;
}

async function wired(target: (typeof TARGETS)[number]): Promise<Machine> {
  const machine = await Machine.start({ target });
  await machine.call("createPort", { kind: "wire", name: "w", options: WIRE, hairpin: false, linkType: 1 });
  return machine;
}

test.each(TARGETS)("ping on %s: answers leave by a wire, come in, and are counted", async (target) => {
  const run = new ShippedRun("ping");
  const requests = run.matched(messagesOf("nanoseconds.pcap")).flatMap((message) => {
    return run.message(message).sent.length > 0 ? [message.octets] : [];
  });
  expect(requests).toHaveLength(150);
  const machine = await wired(target);
  const { binding } = await machine.bind("requests", `${PING} 8`);
  const answers = await machine.bind("answers", `${PING} 0`);
  await bindHandler(machine, "ping", binding);
  await machine.open(written("requests.pcap", requests));
  const [epoch] = await machine.playToEnd();
  expect(epoch).toMatchObject({ packets: 300, deterministic: true });
  expect(await countsOf(machine, binding)).toMatchObject({ run: 150, consumed: 150, passed: 0, sent: 150 });
  expect(machine.counters(answers.binding)).toMatchObject({ packets: 150, delivered: 150 });
  expect(machine.books()).toMatchObject({ balanced: true, consumed: 150 });
  await machine.close();
});

test.each(TARGETS)("echo and remote increment on %s, each its own messages", async (target) => {
  const ends = { from: "10.0.0.1", to: "10.0.0.2", sourcePort: 5000 };
  const frames = Array.from({ length: 100 }, (_, at) =>
    framed(udp({ ...ends, destinationPort: at % 2 === 0 ? 7 : 7001 }, Uint8Array.of(0, 0, 0, at, 0x5a))),
  );
  const machine = await wired(target);
  const echo = await machine.bind("echo", "36:16 == 7");
  const increment = await machine.bind("increment", "36:16 == 7001");
  const answers = await machine.bind("answers", "34:16 == 7001 && 36:16 == 5000 && 42:32 & 1 == 0");
  const all = await machine.bind("all", "36:16 == 5000");
  await bindHandler(machine, "udp-echo", echo.binding);
  await bindHandler(machine, "remote-increment", increment.binding);
  await machine.open(written("datagrams.pcap", frames));
  await machine.playToEnd();
  for (const { binding } of [echo, increment])
    expect(await countsOf(machine, binding)).toMatchObject({ run: 50, consumed: 50, sent: 50 });
  // Counters were odd, and are even.
  expect(machine.counters(answers.binding).packets).toBe(50);
  expect(machine.counters(all.binding).packets).toBe(100);
  expect(machine.books().balanced).toBe(true);
  await machine.close();
});

test.each(TARGETS)("HTTP router on %s: requests go to the environments that it says", async (target) => {
  const run = new ShippedRun("http-router");
  const messages = run.matched(messagesOf("demo.pcap"));
  for (const message of messages) run.message(message);
  const machine = await Machine.start({ target });
  const owner = await machine.environment("owner", "reader");
  const others = [];
  for (const name of ["changes", "pages"]) others.push(await machine.environment(name, "reader"));
  const [changes = 0, pages = 0] = others;
  const checked = await machine.appliance.check(readFileSync("filters/http-router.pcap-filter", "utf8"), "pcap-filter");
  if (!checked.ok) throw new Error("it is right");
  const bound = { name: "web", environment: owner, mode: "claim", priority: 0, filter: checked.filter } as const;
  const { binding } = await machine.call("bind", bound);
  await bindHandler(machine, "http-router", binding, { passTo: [changes, pages, pages] });
  await machine.open("captures/demo.pcap");
  await machine.playToEnd();
  const [to0 = 0, to1 = 0, to2 = 0] = [0, 1, 2].map((k) => run.ended.get(`pass-to ${k}`) ?? 0);
  expect(to0 + to1 + to2).toBeGreaterThan(100);
  expect(await countsOf(machine, binding)).toMatchObject({
    run: messages.length,
    passedTo: to0 + to1 + to2,
    consumed: 0,
  });
  const got = [
    [changes, to0],
    [pages, to1 + to2],
    [owner, messages.length - to0 - to1 - to2],
  ] as const;
  for (const [environment, frames] of got)
    expect(await machine.appliance.query(environment, "read", {})).toMatchObject({ frames });
  expect(machine.books().balanced).toBe(true);
  await machine.close();
});
