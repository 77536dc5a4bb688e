/**
 * Library OSes that misbehave cost nobody else anything: what well-behaved ones answer is, octet for octet, what they answer when
 * they are alone.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { ApplianceEvent } from "../../src/appliance/interface.js";
import { DEATH_NAMES, NOTICE_FRAMES, NOTICED_MS, noticed } from "../../src/cli/bench-notice.js";
import { Machine } from "./machine.js";
import { writeCapture } from "./records.js";
import { answers, answersAlone, wellBehaved } from "./well-behaved.js";

/** Times as slow as it should be. */
const BUSY = 20;

const CAPTURES = ["demo.pcap", "web.pcap", "lossy-tcp.pcap", "fragments.pcap", "vlan.pcap", "oddities.pcap"];
/** Name, program, options, and what it fails with; null: never. */
const MISBEHAVING = [
  ["greedy", "greedy", {}, null],
  ["looper", "looper", { after: 2 }, "it has not looked at its ring for"],
  ["sleeper", "looper", { how: "sleep" }, "it has not looked at its ring for"],
  ["thrower", "thrower", { after: 3 }, "Error: thrown at frame 3, as asked"],
  ["leaver", "thrower", { how: "exit" }, "its worker ended by itself, with code 7"],
  ["hog", "hog", { where: "buffers", mebibytes: 264 }, "MiB outside its heap, 256 MiB are allowed"],
] as const;

/** Resolves with the first event that is one. */
function eventOf<K extends ApplianceEvent["kind"]>(
  machine: Machine,
  kind: K,
  isIt: (event: Extract<ApplianceEvent, { kind: K }>) => boolean = () => true,
): Promise<Extract<ApplianceEvent, { kind: K }>> {
  return new Promise((resolve) => {
    const stop = machine.appliance.listen((event) => {
      if (event.kind !== kind) return;
      const one = event as Extract<ApplianceEvent, { kind: K }>;
      if (!isIt(one)) return;
      stop();
      resolve(one);
    });
  });
}

let machine: Machine;
beforeEach(async () => {
  machine = await Machine.start();
});
afterEach(() => machine.close());

describe("beside library OSes that misbehave", () => {
  test("well-behaved ones answer what they answer alone, on every capture; the books hold", async () => {
    const expected = await answersAlone(machine, CAPTURES);
    await machine.close();

    machine = await Machine.start();
    const beside = await wellBehaved(machine);
    for (const [at, capture] of CAPTURES.entries()) {
      // One kind a capture: the hog alone takes more memory than all others together.
      const [name, program, options, reason] = MISBEHAVING[at % MISBEHAVING.length]!;
      const failed = eventOf(machine, "environment-failed", (event) => event.name === name);
      const bad = await machine.environment(name, program, options);
      await machine.bind(name, "true", bad, "tap");
      expect(await answers(machine, beside, capture), `${capture} beside ${name}`).toEqual(expected[at]);
      if (reason !== null) expect((await failed).reason).toContain(reason);
      expect(machine.books().balanced).toBe(true);
      await machine.call("destroyEnvironment", { environment: bad });
      expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
    }
  });

  test("all at once, also as claimants: who claims goes on claiming, nobody inherits", async () => {
    const claims = MISBEHAVING.filter(([, program]) => program !== "hog");
    const good = await machine.environment("good", "monitor");
    await machine.bind("good", "true", good, "tap");
    const other = await machine.environment("other", "monitor");
    const others = await machine.bind("other", "true", other, "claim");
    const failing = claims
      .filter(([, , , reason]) => reason !== null)
      .map(([name]) => eventOf(machine, "environment-failed", (event) => event.name === name));
    const bound: number[] = [];
    for (const [at, [name, program, options]] of claims.entries()) {
      const bad = await machine.environment(name, program, options);
      bound.push((await machine.bind(name, `14:8 == 69 && 19:8 & 7 == ${at}`, bad, "claim", 9)).binding);
    }
    await machine.open("captures/demo.pcap", { loop: 3 });
    const epochs = await machine.playToEnd();
    const packets = epochs.reduce((sum, epoch) => sum + epoch.packets, 0);
    await Promise.all(failing);
    const matched = bound.map((binding) => machine.counters(binding).packets);
    expect(machine.counters(others.binding).packets + matched.reduce((sum, count) => sum + count, 0)).toBe(packets);
    for (const { bindings } of epochs) expect(bindings).toEqual(epochs[0]?.bindings);
    expect(machine.environmentView(good).delivered).toBe(packets);
    expect(machine.environmentView(other).delivered).toBe(machine.counters(others.binding).packets);
    expect(machine.books().balanced).toBe(true);
    await machine.call("destroyEnvironment", { environment: machine.appliance.bindings.get(bound[0]!)!.environment });
    expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  });
});

/** What is promised is a row of `bench kernel --check`; here the machine may be as busy as it likes. */
test.each(DEATH_NAMES)("that one of them %s is noticed while packets come, soon", async (death) => {
  const folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const octets = new Uint8Array(64);
  const frames = Array.from({ length: NOTICE_FRAMES }, (_, at) => ({ time: 1_700_000_000_000_000 + at, octets }));
  writeCapture(join(folder, "frames.pcap"), frames);
  const waited = await noticed(death, join(folder, "frames.pcap"));
  expect(waited).toBeGreaterThan(0);
  expect(waited).toBeLessThan(BUSY * NOTICED_MS);
});

test("who dies and is destroyed, again and again, leaves room for as many more", async () => {
  await machine.close();
  // Room for 15 of them at once.
  machine = await Machine.start({ memory: 16 * 1024 * 1024 });
  const kinds = [
    ["thrower", {}],
    ["thrower", { how: "exit" }],
    ["greedy", {}],
    ["hog", { where: "buffers", mebibytes: 264 }],
  ] as const;
  for (let round = 0; round < 17; round++) {
    const [program, options] = kinds[round % kinds.length]!;
    const mortal = await machine.environment("mortal", program, options);
    const { binding } = await machine.bind("mortal", "true", mortal, "claim");
    await machine.open("captures/dns.pcap");
    await machine.playToEnd();
    await machine.call("destroyEnvironment", { environment: mortal });
    expect([mortal, binding]).toEqual([1, 1]);
    expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  }
});

describe("an environment that hangs", () => {
  test("and comes back in time is told to be unresponsive, then resumed", async () => {
    const unresponsive = eventOf(machine, "environment-unresponsive");
    const resumed = eventOf(machine, "environment-resumed");
    // In the middle between what makes it unresponsive and what ends it: who looks is starved, too, on a busy machine.
    const looper = await machine.environment("looper", "looper", { milliseconds: 900, how: "sleep" });
    await machine.bind("looper", "true", looper);
    await machine.open("captures/demo.pcap");
    const [epoch] = await machine.playToEnd();
    expect(epoch?.deterministic).toBe(false);
    expect((await unresponsive).reason).toContain("it is ended where it does not within 1000 ms");
    expect(machine.environmentView(looper).state).toBe("unresponsive");
    expect(await resumed).toMatchObject({ environment: looper, name: "looper" });
    expect(machine.environmentView(looper)).toMatchObject({ state: "ready", error: null });
    await machine.open("captures/demo.pcap");
    const [again] = await machine.playToEnd();
    expect(again?.deterministic).toBe(true);
    expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  });

  test("over a question, with no packet anywhere, is ended as well", async () => {
    const failed = eventOf(machine, "environment-failed");
    const looper = await machine.environment("looper", "looper");
    const asked = machine.appliance.query(looper, "hang", {});
    await expect(asked).rejects.toThrow("it has not looked at its ring");
    expect(await failed).toMatchObject({ environment: looper });
    await machine.call("destroyEnvironment", { environment: looper });
    expect(machine.appliance.environments.size).toBe(1);
  });
});

test.each([
  // Little by little, so that it is its memory that ends it, and not its silence.
  ["heap", 8, "heap out of memory"],
  ["shared", 16, "outside its heap"],
] as const)("a library OS that exhausts its %s ends with the reason", async (where, mebibytes, reason) => {
  const failed = eventOf(machine, "environment-failed");
  const hog = await machine.environment("hog", "hog", { where, mebibytes });
  await machine.bind("hog", "true", hog);
  await machine.open("captures/demo.pcap", { loop: 30 });
  await machine.playToEnd();
  expect((await failed).reason).toContain(reason);
  expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
});
