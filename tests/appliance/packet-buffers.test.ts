/** Packet buffers asked back of a library OS that keeps them in a worker, and of downloaded code that has no time for them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Cause } from "../../src/kernel/abi.js";
import type { HoldsAnswer } from "../../src/libos/programs/citizen.js";
import { COUNTS, EATS } from "../kernel/images.js";
import { Machine } from "./machine.js";
import { writeCapture } from "./records.js";

const OCTETS = 1400;
/** Three segments of frames, a µs apart: a machine of 16 MiB has room for eight. */
const FRAMES = 2000;
/** More of small ones than a packet ring has entries. */
const MANY = 40_000;
const SMALL = 60;
const LONG = 20_000;

let folder: string;
let capture: string;
let small: string;
let large: string;
let machine: Machine;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  const write = (name: string, count: number, length: number) => {
    const path = join(folder, name);
    const octets = new Uint8Array(length);
    writeCapture(
      path,
      Array.from({ length: count }, (_, at) => ({ time: 1_700_000_000_000_000 + at, octets })),
    );
    return path;
  };
  capture = write("some.pcap", FRAMES, OCTETS);
  small = write("many.pcap", MANY, SMALL);
  large = write("large.pcap", 6 * FRAMES, OCTETS);
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  machine = await Machine.start({ memory: 16 << 20 });
  await machine.call("trace", { levels: ["error", "warning", "info"] });
});
afterEach(() => machine.close());

/** Paced, once through. */
async function play(path = capture): Promise<void> {
  await machine.open(path, { speed: 1, lossless: false });
  await machine.playToEnd();
}

async function holders(): Promise<number[]> {
  const { segments } = await machine.call("segmentBook", {});
  return segments.flatMap(({ environments }) => environments);
}

function steps(environment: number): string[] {
  const events = machine.appliance.trace.since(0, 4096);
  const of = events.filter(({ name, fields }) => /^(revocation|repossession)/.test(name) && fields[0] === environment);
  return of.map(({ name }) => name).filter((name, at, all) => name !== all[at - 1]);
}

/** What was matched, and where the books say that it went. */
function balance(environment: number, matched: number): void {
  const { delivered, dropped, ringDepth } = machine.environmentView(environment);
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  expect(delivered + lost + ringDepth).toBe(matched);
  expect(machine.books().balanced).toBe(true);
}

describe("of a library OS that keeps them", () => {
  const taken = ["revocationAsked", "repossessionWritten", "repossessionTold", "revocationTaken"];
  const answers = [
    ["give", LONG, "answered", false, ["revocationAsked", "revocationAnswered"]],
    ["late", 30, "forced", true, [...taken, "revocationLate"]],
    // It says nothing, but its loop goes on from where the kernel says: of packets, a late answer is no more than that.
    ["none", 30, "forced", true, [...taken, "revocationLate"]],
    ["crash", LONG, "forced", false, ["revocationAsked", "revocationTaken"]],
  ] as const;

  test.each(answers)("which answers so: %s", async (answer, deadlineMs, state, late, protocol) => {
    const keeps = await machine.environment("keeps", "citizen", { pages: 0, packets: "keep", answer });
    const other = await machine.environment("other", "reader");
    const { binding } = await machine.bind("keeps", "true", keeps);
    await machine.bind("other", "true", other);
    await play();
    const held = (await holders()).filter((holder) => holder === keeps).length;
    expect(held).toBeGreaterThanOrEqual(2);
    expect(machine.environmentView(keeps)).toMatchObject({ ringDepth: FRAMES, delivered: 0 });
    await machine.call("reclaim", { environment: keeps, resource: "packets", count: held - 1, deadlineMs });
    const request = async () => (await machine.call("revocations", { environment: keeps })).requests[0]!;
    await expect.poll(async () => (await request()).state, { timeout: LONG }).toBe(state);
    await expect.poll(async () => (await request()).late, { timeout: LONG }).toBe(late);
    await expect.poll(() => steps(keeps), { timeout: LONG }).toEqual(protocol);
    const { given, taken: force } = await request();
    // Who crashes holds nothing any more when the kernel comes to take it.
    expect([given, force]).toEqual([
      answer === "give" ? held - 1 : 0,
      answer === "late" || answer === "none" ? held - 1 : 0,
    ]);
    balance(keeps, machine.counters(binding).packets);
    const { dropped, delivered, ringDepth } = machine.environmentView(keeps);
    if (answer === "crash") expect(dropped.environmentFailed).toBe(FRAMES);
    else expect(ringDepth).toBeGreaterThan(0);
    if (answer === "give") expect(delivered + ringDepth).toBe(FRAMES);
    if (force > 0) expect(dropped.repossessed! + ringDepth).toBe(FRAMES);
    expect((await holders()).filter((holder) => holder === keeps)).toHaveLength(answer === "crash" ? 0 : 1);
    if (answer !== "crash") {
      const told = (await machine.appliance.query(keeps, "holds", {})) as HoldsAnswer;
      expect([told.asked.length, told.losses.reduce((sum, { count }) => sum + count, 0)]).toEqual([1, force]);
    }
    await machine.call("destroyEnvironment", { environment: keeps });
    expect(machine.environmentView(other).delivered).toBe(FRAMES);
    await machine.call("stop", {});
    expect([await holders(), machine.books().inFlight]).toEqual([[], 0]);
    expect(machine.books().balanced).toBe(true);
  });
});

/** Downloaded, with so many slices, and a tap on everything. */
async function tapping(name: string, code: string, slices: number) {
  const args = { name, program: "vcode", options: {}, code, slices };
  const { environment } = await machine.call("createEnvironment", args);
  const { binding } = await machine.bind(name, "true", environment);
  return { environment, binding };
}

async function words(environment: number): Promise<number> {
  const args = { environment, cause: Cause.wake, message: [0], fuel: 100_000 };
  return (await machine.call("activate", args)).value;
}

/** It cannot be late: its tail is the kernel's to move. */
describe("of downloaded code that has no time for them", () => {
  async function asked(code: string, deadlineMs: number) {
    const { environment, binding } = await tapping("waits", code, 0);
    await play();
    const count = (await holders()).length;
    expect(count).toBeGreaterThanOrEqual(2);
    await machine.call("reclaim", { environment, resource: "packets", count, deadlineMs });
    const request = async () => (await machine.call("revocations", { environment })).requests[0]!;
    return { environment, count, matched: machine.counters(binding).packets, request };
  }

  test("and is given some, so that it answers in time", async () => {
    const { environment, count, matched, request } = await asked(COUNTS, LONG);
    expect(await request()).toMatchObject({ state: "asked", given: 0 });
    await machine.call("allocateSlice", { environment, position: 0 });
    await expect.poll(request, { timeout: LONG }).toMatchObject({ state: "answered", given: count, taken: 0 });
    expect(machine.environmentView(environment)).toMatchObject({ delivered: FRAMES, ringDepth: 0 });
    expect(await words(environment)).toBe(FRAMES);
    balance(environment, matched);
    expect(await holders()).toEqual([]);
  });

  test("and is given none, so that they are taken", async () => {
    const { environment, count, matched, request } = await asked(COUNTS, 30);
    await expect
      .poll(request, { timeout: LONG })
      .toMatchObject({ state: "forced", given: 0, taken: count, late: false });
    expect(machine.environmentView(environment).dropped.repossessed).toBe(FRAMES);
    expect(steps(environment).at(-1)).toBe("revocationTaken");
    balance(environment, matched);
    expect(await holders()).toEqual([]);
    await machine.call("allocateSlice", { environment, position: 0 });
    await play();
    await expect.poll(() => machine.environmentView(environment).delivered, { timeout: LONG }).toBe(FRAMES);
  });

  test("and ends over them, so that nothing is left to take", async () => {
    const { environment, matched, request } = await asked(EATS, LONG);
    await machine.call("allocateSlice", { environment, position: 0 });
    await expect.poll(request, { timeout: LONG }).toMatchObject({ state: "forced", taken: 0 });
    const { dropped, state } = machine.environmentView(environment);
    expect([state, dropped.cutOff! + dropped.environmentFailed!]).toEqual(["failed", FRAMES]);
    expect(dropped.cutOff).toBe(16);
    balance(environment, matched);
    expect(await holders()).toEqual([]);
  });
});

describe("paced, to downloaded code", () => {
  test("what is lost is counted by its cause, each environment's own, and the books balance", async () => {
    const counts = await tapping("counts", COUNTS, 8);
    const idle = await tapping("idle", COUNTS, 0);
    const eats = await tapping("eats", EATS, 1);
    await play(small);
    await expect.poll(() => machine.environmentView(eats.environment).state, { timeout: LONG }).toBe("failed");
    await expect.poll(() => machine.environmentView(counts.environment).ringDepth, { timeout: LONG }).toBe(0);
    const [ran, starved, ate] = [counts, idle, eats].map(({ environment }) => machine.environmentView(environment));
    expect(starved).toMatchObject({ delivered: 0, ringDepth: machine.appliance.machine.ringEntries });
    expect(starved!.dropped.ringFull).toBe(MANY - machine.appliance.machine.ringEntries);
    expect([ate!.dropped.cutOff, ate!.delivered, ate!.ringDepth]).toEqual([16, 0, 0]);
    expect(ate!.dropped.environmentFailed).toBeGreaterThan(0);
    expect(ran!.delivered + ran!.dropped.ringFull!).toBe(MANY);
    expect(await words(counts.environment)).toBe(ran!.delivered);
    for (const { environment, binding } of [counts, idle, eats])
      balance(environment, machine.counters(binding).packets);
    expect(machine.counters(idle.binding).packets).toBe(MANY);
    await machine.call("destroyEnvironment", { environment: idle.environment });
    await machine.call("stop", {});
    expect(machine.books()).toMatchObject({ inFlight: 0, balanced: true });
    expect(await holders()).toEqual([]);
  });

  test("one that has no time fills the machine, is asked, and loses them; the others get what the NIC has room for", async () => {
    const counts = await tapping("counts", COUNTS, 8);
    const idle = await tapping("idle", COUNTS, 0);
    await play(large);
    await expect.poll(() => steps(idle.environment), { timeout: LONG }).toContain("revocationTaken");
    await expect.poll(() => machine.environmentView(counts.environment).ringDepth, { timeout: LONG }).toBe(0);
    const books = machine.books();
    expect(books.offered).toBe(6 * FRAMES);
    expect(books.dropped.noSegment).toBeGreaterThan(0);
    expect(books.received + books.dropped.noSegment!).toBe(books.offered);
    expect(machine.environmentView(idle.environment).dropped.repossessed).toBeGreaterThan(0);
    expect(machine.environmentView(counts.environment).delivered).toBe(books.received);
    expect(await words(counts.environment)).toBe(books.received);
    for (const { environment, binding } of [counts, idle]) balance(environment, machine.counters(binding).packets);
    await machine.call("destroyEnvironment", { environment: idle.environment });
    await machine.call("stop", {});
    expect(machine.books()).toMatchObject({ inFlight: 0, balanced: true });
  });
});
