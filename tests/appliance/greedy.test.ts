/**
 * Who keeps every packet and gives nothing back: the kernel asks when no segment is free, waits until the deadline, takes, and
 * writes down what it took. It lives on, and those beside it get what they get alone.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Machine } from "./machine.js";
import { packetsOf, writeCapture } from "./records.js";
import { asked, wellBehaved } from "./well-behaved.js";

const MEMORY = 16 << 20;
/** All frames of a capture, so often and with trailers so long that a ring of them takes more segments than the machine has. */
const ROUNDS = 6;
const TRAILER = 500;

let folder: string;
let capture: string;
let frames = 0;
let machine: Machine;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  capture = join(folder, "long.pcap");
  const packets = packetsOf("captures/demo.pcap").map((octets) => {
    const longer = new Uint8Array(octets.length + TRAILER);
    longer.set(octets);
    return longer;
  });
  const all = Array.from({ length: ROUNDS }, () => packets).flat();
  frames = all.length;
  writeCapture(
    capture,
    all.map((octets, at) => ({ time: 1_700_000_000_000_000 + at * 10, octets })),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  machine = await Machine.start({ memory: MEMORY });
});
afterEach(() => machine.close());

async function misbehaving(): Promise<Record<"greedy" | "looper" | "thrower" | "citizen", number>> {
  const made = {
    greedy: await machine.environment("greedy", "greedy", { after: 100 }),
    looper: await machine.environment("looper", "looper", { after: 500 }),
    thrower: await machine.environment("thrower", "thrower", { after: 700 }),
    citizen: await machine.environment("citizen", "citizen", { pages: 10 }),
  };
  for (const [name, id] of Object.entries(made)) await machine.bind(name, "true", id);
  return made;
}

/** Greedy's vector has its packets, it is alive, and the drill takes again what it keeps. */
async function expectTaken(greedy: number): Promise<void> {
  const { vector, requests } = await machine.call("revocations", { environment: greedy });
  const packets = requests.find(({ resource }) => resource === "packets");
  expect(packets).toMatchObject({ state: "forced", given: 0 });
  expect(vector.filter(({ resource }) => resource === "packets").length).toBeGreaterThan(0);
  expect(machine.environmentView(greedy)).toMatchObject({ state: "ready", error: null });
  expect(machine.environmentView(greedy).dropped.repossessed).toBeGreaterThan(0);
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Asks for all packets, and waits until they were taken; where it is being asked already, that is over first. */
async function drill(environment: number): Promise<void> {
  const args = { environment, resource: "packets", count: 1 << 20, deadlineMs: 10 } as const;
  const root = machine.appliance.rootCapability;
  for (let isAsked = false; !isAsked; ) {
    isAsked = (await machine.appliance.call(root, "reclaim", args)).ok;
    if (!isAsked) await soon();
  }
  for (let isOver = false; !isOver; ) {
    const { requests } = await machine.call("revocations", { environment });
    isOver = requests.some(({ resource, state }) => resource === "packets" && state === "forced");
    if (!isOver) await soon();
  }
}

function ended(name: string): Promise<string> {
  return new Promise((resolve) => {
    machine.appliance.listen((event) => {
      if (event.kind === "environment-failed" && event.name === name) resolve(event.reason);
    });
  });
}

async function nothingInFlight(): Promise<void> {
  expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  const { segments } = await machine.call("segmentBook", {});
  expect(segments.flatMap(({ environments }) => environments)).toEqual([]);
}

test("lossless: beside greedy, looper, thrower and citizen, octet for octet what they answer alone", async () => {
  const alone = await wellBehaved(machine);
  await machine.open(capture);
  await machine.playToEnd();
  const expected = await asked(machine, alone);
  await machine.close();

  machine = await Machine.start({ memory: MEMORY });
  const beside = await wellBehaved(machine);
  const bad = await misbehaving();
  const hung = ended("looper");
  await machine.open(capture);
  const [epoch] = await machine.playToEnd();
  expect(epoch?.packets).toBe(frames);
  expect(await asked(machine, beside)).toEqual(expected);
  expect(await hung).toContain("it has not looked at its ring for");
  expect(machine.environmentView(bad.thrower).state).toBe("failed");
  expect(machine.environmentView(bad.citizen)).toMatchObject({ state: "ready", delivered: frames });
  // Pressure has taken from it already; what it keeps still is taken by a drill.
  expect((await machine.call("revocations", { environment: bad.greedy })).vector).not.toEqual([]);
  await drill(bad.greedy);
  await expectTaken(bad.greedy);
  expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  for (const environment of Object.values(bad)) await machine.call("destroyEnvironment", { environment });
  await machine.call("stop", {});
  await nothingInFlight();
});

test("paced: what of the capture came in, they all got, though every segment was kept for a while", async () => {
  const beside = await wellBehaved(machine);
  const greedy = await machine.environment("greedy", "greedy", { after: 100 });
  await machine.bind("greedy", "true", greedy);
  await machine.open(capture, { speed: 1, lossless: false, loop: 0 });
  await machine.call("play", {});
  while (machine.environmentView(greedy).ringDepth === 0) await soon();
  await drill(greedy);
  await machine.call("pause", {});
  await expectTaken(greedy);
  const { received } = machine.books();
  for (const id of Object.values(beside)) {
    while (machine.environmentView(id).ringDepth > 0) await soon();
    const { delivered, dropped } = machine.environmentView(id);
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    expect(delivered + lost).toBe(received);
  }
  await machine.call("destroyEnvironment", { environment: greedy });
  await machine.call("stop", {});
  await nothingInFlight();
});
