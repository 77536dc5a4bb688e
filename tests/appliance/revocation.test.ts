/** Revocation with real workers: the kernel asks through the mailbox, library OSes answer through their call rings. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { RevocationView } from "../../src/kernel/calls.js";
import { GUARANTEED_PAGES, SILENCE_MS } from "../../src/kernel/limits.js";
import type { HoldsAnswer } from "../../src/libos/programs/citizen.js";
import { Machine } from "./machine.js";
import { writeCapture } from "./records.js";

const FRAMES = 12_000;
const OCTETS = 1400;

let folder: string;
let capture: string;
let machine: Machine;

/** 17 segments of frames, a µs apart: more than a machine of 16 MiB has. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  capture = join(folder, "large.pcap");
  const octets = new Uint8Array(OCTETS);
  const frames = Array.from({ length: FRAMES }, (_, at) => ({ time: 1_700_000_000_000_000 + at, octets }));
  writeCapture(capture, frames);
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  machine = await Machine.start({ memory: 16 << 20 });
});
afterEach(() => machine.close());

async function holds(environment: number): Promise<HoldsAnswer> {
  return (await machine.appliance.query(environment, "holds", {})) as HoldsAnswer;
}

async function free(): Promise<number> {
  return (await machine.call("pageBook", { from: 0, limit: 0 })).free;
}

async function over(environment: number): Promise<RevocationView> {
  for (;;) {
    const { requests } = await machine.call("revocations", { environment });
    const [request] = requests;
    if (request !== undefined && request.state !== "asked") return request;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("a good citizen gives the pages it is asked for, and chooses which", async () => {
  const citizen = await machine.environment("citizen", "citizen", { pages: 40 });
  const before = await free();
  const { pages } = await holds(citizen);
  expect(pages).toHaveLength(40);
  const book = await machine.call("pageBook", { from: pages[39]!, limit: 1 });
  expect(book.pages).toEqual([
    { page: pages[39], owner: citizen, use: "environment", readers: [], writers: [], guaranteed: false },
  ]);
  await machine.call("reclaim", { environment: citizen, resource: "pages", count: 30, deadlineMs: 20_000 });
  expect(await over(citizen)).toMatchObject({ state: "answered", count: 30, given: 30, taken: 0 });
  expect(await holds(citizen)).toMatchObject({ pages: pages.slice(0, 10), answers: [0], losses: [] });
  expect(await free()).toBe(before + 30);
});

test("one that answers late loses them by force, finds them in its vector, and lives on", async () => {
  const late = await machine.environment("late", "citizen", { pages: 20, save: 2, answer: "late" });
  const before = await free();
  const { pages } = await holds(late);
  await machine.call("reclaim", { environment: late, resource: "pages", count: 5, deadlineMs: 20 });
  expect(await over(late)).toMatchObject({ state: "forced", given: 0, taken: 5 });
  // Its last five were taken, two of them saved in its first two, which are guaranteed.
  const taken = pages.slice(-5);
  const vector = [
    { resource: "pages", name: taken[0], count: 2, saved: pages[0] },
    { resource: "pages", name: taken[2], count: 3, saved: null },
  ];
  const told = await holds(late);
  expect(told).toMatchObject({ pages: pages.slice(0, -5), answers: ["E_REVOCATION_LATE"], losses: vector });
  const { requests, vector: shown } = await machine.call("revocations", { environment: late });
  expect([requests[0]?.late, shown]).toEqual([true, vector]);
  expect(await free()).toBe(before + 5);
  expect(machine.environmentView(late).state).toBe("ready");
});

test("one that sleeps through a drill, longer than it may over work, is not told to be unresponsive", async () => {
  const told: string[] = [];
  const stop = machine.appliance.listen((event) => {
    if (event.kind.startsWith("environment-")) told.push(event.kind);
  });
  const sleeper = await machine.environment("sleeper", "citizen", { pages: 20, answer: "late" });
  const began = told.length;
  await machine.call("reclaim", { environment: sleeper, resource: "pages", count: 5, deadlineMs: 2 * SILENCE_MS });
  expect(await over(sleeper)).toMatchObject({ state: "forced", taken: 5 });
  // It answers when it has slept, and has what it lost in its vector.
  expect(await holds(sleeper)).toMatchObject({ answers: ["E_REVOCATION_LATE"], losses: [{ count: 5 }] });
  stop();
  expect(told.slice(began)).toEqual([]);
  expect(machine.environmentView(sleeper).state).toBe("ready");
});

test("one that crashes over it loses what it was asked for at once, and the rest when it is destroyed", async () => {
  const before = await free();
  const crash = await machine.environment("crash", "citizen", { pages: 30, answer: "crash" });
  const held = before - (await free());
  await machine.call("reclaim", { environment: crash, resource: "pages", count: 100, deadlineMs: 20_000 });
  expect(await over(crash)).toMatchObject({ state: "forced", given: 0, taken: 30 - GUARANTEED_PAGES });
  // The kernel knows that it failed before its worker has said why.
  await expect
    .poll(() => machine.environmentView(crash), { timeout: 20_000 })
    .toMatchObject({ state: "failed", error: "Error: crashed over pages, as asked" });
  expect(before - (await free())).toBe(held - (30 - GUARANTEED_PAGES));
  await machine.call("destroyEnvironment", { environment: crash });
  expect(await free()).toBe(before);
});

test("an allocation that finds no page has the biggest holder asked, which gives, and then there is one", async () => {
  await machine.call("trace", { levels: ["warning"] });
  const big = await machine.environment("big", "citizen", { pages: 1000 });
  const before = await free();
  const other = await machine.environment("other", "citizen", { pages: 0 });
  const each = before - (await free());
  await machine.environment("more", "citizen", { pages: (await free()) - 2 * each - 50 });
  const wants = await machine.environment("wants", "citizen", { pages: 100 });
  const failed = { state: "failed", error: expect.stringContaining("E_NO_MEMORY") };
  await expect.poll(() => machine.environmentView(wants), { timeout: 20_000 }).toMatchObject(failed);
  const { requests } = await machine.call("revocations", { environment: big });
  expect(requests).toMatchObject([{ resource: "pages", count: 1 }]);
  expect(await over(big)).toMatchObject({ state: "answered", given: 1 });
  const told = machine.appliance.trace.since(0, 4096).filter(({ name }) => name === "pagePressure");
  expect(told.map(({ fields }) => [fields[0], fields[3]])).toEqual([[big, 1]]);
  expect((await holds(big)).pages).toHaveLength(999);
  expect((await machine.call("revocations", { environment: other })).requests).toEqual([]);
});

test("the drill needs the right to create, reading it the right to observe", async () => {
  const other = await Machine.start({ memory: 16 << 20 });
  const [observe, create] = [await other.derived("observes", ["observe"]), await other.derived("creates", ["create"])];
  const args = { environment: 0, resource: "bindings", count: 1, deadlineMs: 1 } as const;
  expect(await other.refusal("reclaim", args, observe)).toBe("E_CAPABILITY_RIGHT");
  // What the control plane holds others made.
  expect(await other.refusal("reclaim", args, create)).toBe("E_CAPABILITY_OWNER");
  expect(await other.refusal("reclaim", args)).toBe("E_NOTHING_HELD");
  expect(await other.refusal("reclaim", { ...args, environment: 9 }, create)).toBe("E_NO_ENVIRONMENT");
  expect(await other.refusal("pageBook", { from: 0, limit: 1 }, create)).toBe("E_CAPABILITY_RIGHT");
  await other.close();
});

test("bindings are revoked from whoever has them, and the books of who exists follow", async () => {
  const reader = await machine.environment("reader", "reader");
  const { binding } = await machine.bind("zeroes", "0:8 == 0", reader);
  await machine.call("reclaim", { environment: reader, resource: "bindings", count: 1, deadlineMs: 1 });
  expect(await over(reader)).toMatchObject({ state: "forced", taken: 1 });
  expect(machine.appliance.bindings.has(binding)).toBe(false);
  expect(await machine.refusal("unbind", { bindings: [binding] })).toBe("E_NO_BINDING");
});

test("paced: who sits on all packets is asked, then overtaken; others get theirs, and the books balance", async () => {
  const slow = await machine.environment("slow", "citizen", { pages: 0, slowMs: 1500 });
  const reader = await machine.environment("reader", "reader");
  await machine.bind("slow", "0:8 == 0", slow);
  await machine.bind("reader", "0:8 == 0", reader);
  await machine.open(capture, { speed: 1, lossless: false, loop: 0 });
  await machine.call("play", {});
  const request = await over(slow);
  await machine.call("pause", {});
  expect(request).toMatchObject({ resource: "packets", state: "forced", given: 0, taken: request.count });
  const { vector } = await machine.call("revocations", { environment: slow });
  expect(vector.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(request.taken);
  await machine.call("destroyEnvironment", { environment: slow });
  await machine.call("stop", {});
  const books = machine.books();
  expect(books.dropped.noSegment).toBeGreaterThan(0);
  expect(books.undelivered.repossessed).toBeGreaterThan(0);
  expect(books).toMatchObject({ inFlight: 0, balanced: true });
  const { segments } = await machine.call("segmentBook", {});
  expect(segments.map(({ holds: held, environments }) => [held, environments])).toEqual(segments.map(() => [0, []]));
});

test("lossless: who sits on all packets is late, asked, and overtaken; the replay goes on to its end", async () => {
  const greedy = await machine.environment("greedy", "greedy");
  const reader = await machine.environment("reader", "reader");
  await machine.bind("greedy", "0:8 == 0", greedy);
  await machine.bind("reader", "0:8 == 0", reader);
  await machine.open(capture);
  const [epoch] = await machine.playToEnd();
  expect(epoch).toMatchObject({ packets: FRAMES, deterministic: false });
  expect(machine.environmentView(reader).delivered).toBe(FRAMES);
  const books = machine.books();
  expect(books).toMatchObject({ received: FRAMES, balanced: true });
  expect(books.undelivered.repossessed).toBeGreaterThan(0);
  expect(books.dropped.noSegment).toBe(0);
});
