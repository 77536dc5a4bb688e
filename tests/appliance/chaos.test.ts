/**
 * Chance creates, binds, drills, revokes, destroys and kills while a capture is replayed flat out. The books hold whenever they are looked
 * at, nothing is in flight at the end, and every owner that is left got its own packets: all of them, each once, in order, and no other's.
 * EXONET_CHAOS_SECONDS (5) says how long, EXONET_CHAOS_SEED which chance.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MachineTerm } from "../../src/kernel/books.js";
import type { RecordedAnswer } from "../../src/libos/programs/recorder.js";
import { type Bound, Chaos, type Expected, expected, SEQUENCE_AT } from "./chaos.js";
import { Machine } from "./machine.js";
import { writeCapture } from "./records.js";

const SECONDS = Number(process.env.EXONET_CHAOS_SECONDS ?? 5);
const SEED = Number(process.env.EXONET_CHAOS_SEED ?? 20_261);
/** At the least, however slow the machine is. */
const OPERATIONS = 250;
/** Things that are being done at once. */
const LANES = 4;
const FRAMES = 24_000;
const MEMORY = 48 << 20;

let folder: string;
let capture: string;

/** Large frames, so that who keeps them holds segments; each with its number in the epoch. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  capture = join(folder, "numbered.pcap");
  const frames = Array.from({ length: FRAMES }, (_, at) => {
    const octets = new Uint8Array(60 + ((at * 97) % 800)).fill(at);
    new DataView(octets.buffer).setUint32(SEQUENCE_AT, at + 1);
    return { time: 1_700_000_000_000_000 + at, octets };
  });
  writeCapture(capture, frames);
});
afterAll(() => rmSync(folder, { recursive: true }));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Epoch by epoch, from the place on where the binding began. */
async function recorded(machine: Machine, { slot, environment, history }: Bound) {
  const epochs = new Map<number, Expected>();
  const { epoch, packet } = history[0]!.from;
  let wrong = { strange: 0, disorder: 0, stale: 0 };
  for (let at: number | null = epoch; at !== null; ) {
    const args = { binding: slot, epoch: at, packet: at === epoch ? packet : 1 };
    const answer = (await machine.appliance.query(environment, "recorded", args)) as RecordedAnswer;
    for (const { epoch: number, packets, hash } of answer.epochs) epochs.set(number, { packets, hash });
    wrong = { strange: answer.strange, disorder: answer.disorder, stale: answer.stale };
    at = answer.next;
  }
  return { epochs, wrong };
}

/** Nobody is asked for anything any more, and nothing is on its way. */
async function quiet(machine: Machine): Promise<void> {
  while (machine.books().inFlight > 0) await pause(5);
}

test(`chance, for ${SECONDS} s with seed ${SEED}`, { timeout: (SECONDS + 120) * 1000 }, async () => {
  const machine = await Machine.start({ memory: MEMORY });
  const { free } = await machine.call("pageBook", { from: 0, limit: 0 });
  const failures: string[] = [];
  machine.appliance.listen((event) => {
    if (event.kind === "failed") failures.push(event.reason);
  });
  const steady = await machine.environment("steady", "recorder", { at: SEQUENCE_AT });
  const chaos = new Chaos(machine, SEED, steady);
  await machine.open(capture, { loop: 0 });
  const all = await machine.bind("all", "true", steady);
  const every = { name: "all", slot: all.binding, environment: steady, busy: false };
  const steadyBound: Bound = { ...every, history: [{ from: all.from, of: { mask: 0, value: 0 } }] };
  await machine.call("play", {});

  let over = false;
  const began = performance.now();
  const lane = async () => {
    while (!over && failures.length === 0) await chaos.step();
  };
  const books = async (): Promise<number> => {
    let looks = 0;
    for (; !over && failures.length === 0; looks++) {
      const now = machine.books();
      if (!now.balanced) throw new Error(`the books do not hold: ${JSON.stringify(now)}`);
      await pause(1);
    }
    return looks;
  };
  const watching = books();
  const lanes = Array.from({ length: LANES }, lane);
  const clock = (async () => {
    while (performance.now() - began < SECONDS * 1000 || chaos.operations < OPERATIONS) {
      if (failures.length > 0) break;
      await pause(20);
    }
    over = true;
  })();
  const [looks] = await Promise.all([watching, clock, ...lanes]).catch((error: unknown) => {
    over = true;
    throw error;
  });
  expect(failures).toEqual([]);
  expect(looks).toBeGreaterThan(0);
  expect(chaos.operations).toBeGreaterThanOrEqual(OPERATIONS);

  await machine.call("pause", {});
  const place = { epoch: machine.appliance.replay.epoch, packet: 0 };
  machine.books();
  place.packet = machine.appliance.books.machine(MachineTerm.packet);
  if (process.env.EXONET_CHAOS_SECONDS !== undefined)
    console.log(place, looks, Object.fromEntries(chaos.done), Object.fromEntries(chaos.refused), machine.books());
  const packetsIn = (epoch: number) => (epoch === place.epoch ? place.packet : FRAMES);

  // What each matched is exact, whatever became of it then.
  const survivors = [...chaos.surviving(), steadyBound];
  const whole = new Map<string, Expected>();
  const shouldHave = (bound: Bound, epoch: number): Expected => {
    const [last, first] = [bound.history.at(-1)!, bound.history[0]!];
    if (epoch === place.epoch || last.from.epoch >= epoch || first.from.epoch >= epoch)
      return expected(bound, epoch, packetsIn(epoch));
    const key = `${last.of.mask} ${last.of.value}`;
    const known = whole.get(key) ?? expected(bound, epoch, FRAMES);
    whole.set(key, known);
    return known;
  };
  for (const bound of survivors) {
    let packets = 0;
    for (let epoch = bound.history[0]!.from.epoch; epoch <= place.epoch; epoch++)
      packets += shouldHave(bound, epoch).packets;
    expect(machine.counters(bound.slot).packets, JSON.stringify({ bound, place })).toBe(packets);
  }

  for (const { id, program } of chaos.made.values()) if (program !== "recorder") await chaos.destroy(id);
  await quiet(machine);
  expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });

  let exact = 0;
  for (const bound of survivors) {
    const { environment } = bound;
    if (machine.appliance.environments.get(environment)?.program !== "recorder") continue;
    const { state, dropped } = machine.environmentView(environment);
    if (state !== "ready") continue;
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    const { epochs, wrong } = await recorded(machine, bound);
    expect([bound.name, wrong.strange, wrong.disorder]).toEqual([bound.name, 0, 0]);
    let missing = 0;
    for (let epoch = bound.history[0]!.from.epoch; epoch <= place.epoch; epoch++) {
      const should = shouldHave(bound, epoch);
      const has = epochs.get(epoch) ?? { packets: 0, hash: 0 };
      missing += should.packets - has.packets;
      if (lost === 0 || has.packets === should.packets)
        expect([bound.name, epoch, has]).toEqual([bound.name, epoch, should]);
      exact++;
    }
    // Some may have been of bindings that are no more.
    expect(missing).toBeLessThanOrEqual(lost);
    if (environment === steady) expect(missing).toBe(lost);
  }
  expect(exact).toBeGreaterThan(0);

  for (const { id } of chaos.made.values()) await chaos.destroy(id);
  await chaos.destroy(steady);
  await machine.call("stop", {});
  for (const binding of machine.appliance.bindings.keys()) await machine.call("unbind", { bindings: [binding] });
  expect(machine.appliance.environments.size).toBe(1);
  expect(await machine.call("pageBook", { from: 0, limit: 0 })).toMatchObject({ free });
  const { segments } = await machine.call("segmentBook", {});
  expect(segments.map(({ holds, environments }) => [holds, environments])).toEqual(segments.map(() => [0, []]));
  expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  await machine.close();
});
