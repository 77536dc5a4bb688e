import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { replayOf as replayPicture } from "../../src/control/picture.js";
import { Machine } from "./machine.js";
import { writeCapture } from "./records.js";

const FRAMES = 20_000;
function replayOf({ appliance }: Machine) {
  appliance.books.refresh(0);
  return replayPicture(appliance);
}

let folder: string;
let capture: string;
let machine: Machine;

/** Frames whose first octet counts 0 to 9 again and again, a µs apart. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  capture = join(folder, "digits.pcap");
  const frames = Array.from({ length: FRAMES }, (_, at) => ({
    time: 1_700_000_000_000_000 + at,
    octets: new Uint8Array(60).fill(at % 10, 0, 1),
  }));
  writeCapture(capture, frames);
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  machine = await Machine.start();
});

afterEach(() => machine.close());

describe("questions to an environment", () => {
  test("are answered one after the other, and refused where too many wait", async () => {
    const reader = await machine.environment("reader", "reader");
    const order: number[] = [];
    const asked = Array.from({ length: 40 }, async (_, number) => {
      await machine.appliance.query(reader, "read", {});
      order.push(number);
    });
    const settled = await Promise.allSettled(asked);
    // One is with the program, 32 wait.
    expect(order).toEqual(Array.from({ length: 33 }, (_, number) => number));
    const refused = settled.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    expect(refused).toEqual(Array(7).fill("Error: the environment is busy: 32 questions wait"));
    expect(await machine.appliance.query(reader, "read", {})).toMatchObject({ frames: 0 });
  });

  test("end with the environment, the waiting ones, too", async () => {
    const reader = await machine.environment("reader", "thrower");
    const asked = [machine.appliance.query(reader, "throw", {}), machine.appliance.query(reader, "seen", {})];
    const settled = await Promise.allSettled(asked);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

describe("replay to environments", () => {
  test("claims and taps get what they match, and the books balance", async () => {
    const reader = await machine.environment("reader", "reader");
    const other = await machine.environment("other", "reader");
    const claim = await machine.bind("threes", "0:8 == 3", reader, "claim");
    const tap = await machine.bind("low", "0:8 == 3 || 0:8 == 4", other, "tap");
    const count = await machine.bind("fives", "0:8 == 5");
    await machine.open(capture);
    const [epoch] = await machine.playToEnd();
    expect(epoch).toMatchObject({ epoch: 1, packets: FRAMES, deterministic: true });
    expect(machine.counters(claim.binding)).toMatchObject({ packets: FRAMES / 10, delivered: FRAMES / 10 });
    expect(machine.counters(tap.binding)).toMatchObject({ packets: FRAMES / 5, octets: (FRAMES / 5) * 60 });
    expect(machine.counters(count.binding).packets).toBe(FRAMES / 10);
    expect(machine.books()).toMatchObject({
      offered: FRAMES,
      received: FRAMES,
      claimed: FRAMES / 10,
      tappedOnly: FRAMES / 5,
      unclaimed: (FRAMES * 7) / 10,
      taps: (FRAMES * 3) / 10,
      delivered: (FRAMES * 4) / 10,
      inFlight: 0,
      balanced: true,
    });
    expect(await machine.appliance.query(reader, "read", {})).toMatchObject({ frames: FRAMES / 10 });
  });

  test("the same capture gives the same digest, whatever the order of binding; another filter another", async () => {
    const digest = async (...filters: readonly (readonly [string, string])[]) => {
      const other = await Machine.start();
      for (const [name, text] of filters) await other.bind(name, text);
      await other.open(capture);
      const [epoch] = await other.playToEnd();
      await other.close();
      return epoch?.digest;
    };
    const first = await digest(["a", "0:8 == 1"], ["b", "true"], ["c", "0:8 == 3 || 0:8 == 1"]);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await digest(["c", "0:8 == 1 || 0:8 == 3"], ["a", "0:8 == 1"], ["b", "true"])).toBe(first);
    expect(await digest(["c", "0:8 == 1 || 0:8 == 4"], ["a", "0:8 == 1"], ["b", "true"])).not.toBe(first);
    expect(await digest(["x", "0:8 == 1"], ["b", "true"], ["c", "0:8 == 3 || 0:8 == 1"])).not.toBe(first);
  });

  test("loops are epochs: equal digests and equal flow tables", async () => {
    const monitor = await machine.environment("monitor", "monitor");
    await machine.bind("all", "true", monitor);
    const fives = await machine.bind("fives", "0:8 == 5");
    await machine.open(capture, { loop: 3 });
    const epochs = await machine.playToEnd();
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(new Set(epochs.map(({ digest }) => digest)).size).toBe(1);
    for (const { bindings } of epochs) {
      expect(bindings.find(({ binding }) => binding === fives.binding)).toMatchObject({ packets: FRAMES / 10 });
    }
    expect(machine.counters(fives.binding).packets).toBe((3 * FRAMES) / 10);
  });
});

describe("the replay's controls", () => {
  test("pause, step and seek by number and by time", async () => {
    const { binding } = await machine.bind("all", "true");
    await machine.open(capture);
    await machine.call("step", { packets: 7 });
    await machine.until("paused");
    expect(machine.counters(binding).packets).toBe(7);
    expect(await machine.call("seek", { packet: FRAMES - 9 })).toEqual({ epoch: 2 });
    await expect.poll(() => replayOf(machine).packet).toBe(FRAMES - 10);
    expect(replayOf(machine)).toMatchObject({ state: "paused", time: "1700000000019990000" });
    await machine.playToEnd();
    expect(machine.counters(binding).packets).toBe(17);
    await machine.call("seek", { time: "1700000000019990000" });
    const [epoch] = await machine.playToEnd();
    expect(epoch?.packets).toBe(FRAMES);
    expect(machine.counters(binding).packets).toBe(17 + 10);
  });

  test("beyond the end a paused replay has ended, in a loop it stands at the beginning", async () => {
    await machine.open(capture);
    await machine.call("seek", { packet: FRAMES + 1 });
    await expect.poll(() => replayOf(machine).state).toBe("ended");
    await machine.open(capture, { loop: 0 });
    await machine.call("seek", { packet: FRAMES + 1 });
    await expect.poll(() => replayOf(machine).epoch).toBe(4 + 1);
    expect(replayOf(machine)).toMatchObject({ state: "paused", packet: 0, time: null });
  });

  test("a long gap is told, and can be skipped", async () => {
    const gap = join(folder, "gap.pcap");
    const octets = new Uint8Array(60);
    writeCapture(
      gap,
      [0, 1, 3_600_000_000].map((time) => ({ time: 1e15 + time, octets })),
    );
    const { binding } = await machine.bind("all", "true");
    await machine.open(gap, { speed: 1, lossless: false });
    const ended = machine.until("ended");
    await machine.call("play", {});
    while (machine.counters(binding).packets < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await machine.call("skip", {});
    await ended;
    expect(machine.counters(binding).packets).toBe(3);
  });

  test("a capture without packets ends, also in an endless loop; a small one does not flood", async () => {
    const empty = join(folder, "empty.pcap");
    writeCapture(empty, []);
    await machine.open(empty, { loop: 0 });
    expect(await machine.playToEnd()).toHaveLength(1);
    const small = join(folder, "small.pcap");
    writeCapture(small, [{ time: 1e15, octets: new Uint8Array(60) }]);
    await machine.open(small, { loop: 0 });
    let epochs = 0;
    machine.appliance.listen((event) => {
      if (event.kind === "epoch-ended") epochs++;
    });
    await machine.call("play", {});
    await expect.poll(() => epochs, { timeout: 10_000 }).toBeGreaterThan(3);
    await machine.call("stop", {});
    expect(machine.appliance.replay.state).toBe("none");
  });

  test("flat out is lossless, a digest stands for whole epochs only", async () => {
    const reader = await machine.environment("reader", "reader");
    await machine.bind("all", "true", reader);
    await machine.open(capture, { lossless: false });
    const [flatOut] = await machine.playToEnd();
    expect(flatOut?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(machine.environmentView(reader).delivered).toBe(FRAMES);
    await machine.open(capture, { speed: 0.01, lossless: false });
    await machine.call("play", {});
    await expect.poll(() => replayOf(machine).packet).toBeGreaterThan(0);
    const ended = machine.playToEnd();
    await machine.call("speed", { speed: "max" });
    const [mixed] = await ended;
    expect(mixed).toMatchObject({ packets: FRAMES, digest: null, deterministic: false });
  });

  test("what cannot be opened leaves the replay as it was", async () => {
    await machine.open(capture);
    await machine.call("step", { packets: 5 });
    await expect.poll(() => replayOf(machine)).toMatchObject({ state: "paused", packet: 5 });
    const sources = [{ kind: "file", name: "gone.pcap", path: join(folder, "absent") }] as const;
    const options = { speed: 1, loop: 1, lossless: false };
    const answer = await machine.appliance.call(machine.appliance.rootCapability, "openReplay", { sources, options });
    expect(answer).toMatchObject({ ok: false, error: "E_SOURCE", detail: "gone.pcap cannot be opened: ENOENT" });
    expect(replayOf(machine)).toMatchObject({ state: "paused", packet: 5, captures: [capture] });
    await machine.playToEnd();
    expect(machine.books().received).toBe(FRAMES);
  });

  test("wrong arguments have their errors", async () => {
    expect(await machine.refusal("play", {})).toBe("E_NO_REPLAY");
    const sources = [{ kind: "file", name: "x", path: join(folder, "absent") }] as const;
    const options = { speed: 1, loop: 1, lossless: false };
    expect(await machine.refusal("openReplay", { sources, options })).toBe("E_SOURCE");
    expect(await machine.refusal("openReplay", { sources: [], options })).toBe("E_ARGUMENT");
    await machine.open(capture);
    for (const speed of [0, -1, Number.NaN, 1e99]) {
      expect(await machine.refusal("speed", { speed })).toBe("E_ARGUMENT");
    }
    expect(await machine.refusal("seek", { packet: 0 })).toBe("E_ARGUMENT");
    expect(await machine.refusal("seek", { time: "soon" })).toBe("E_ARGUMENT");
    expect(await machine.refusal("step", { packets: 0 })).toBe("E_ARGUMENT");
    await machine.call("stop", {});
    expect(await machine.refusal("pause", {})).toBe("E_NO_REPLAY");
  });
});

describe("failures", () => {
  test("a library OS that throws is marked dead, its packets are undelivered, the rest goes on", async () => {
    const thrower = await machine.environment("thrower", "thrower", { after: 100 });
    const reader = await machine.environment("reader", "reader");
    const lost = await machine.bind("lost", "true", thrower);
    const kept = await machine.bind("kept", "true", reader);
    const failed = new Promise((resolve) => {
      machine.appliance.listen((event) => {
        if (event.kind === "environment-failed") resolve(event);
      });
    });
    await machine.open(capture);
    await machine.playToEnd();
    expect(await failed).toMatchObject({ environment: thrower, name: "thrower" });
    expect(machine.environmentView(thrower).state).toBe("failed");
    expect(machine.environmentView(thrower).error).toContain("100");
    expect(machine.counters(kept.binding).delivered).toBe(FRAMES);
    expect(machine.environmentView(reader).delivered).toBe(FRAMES);
    expect(machine.counters(lost.binding).packets).toBe(FRAMES);
    const books = machine.books();
    expect(books.balanced).toBe(true);
    expect(books.inFlight).toBe(0);
    expect(books.undelivered.environmentFailed! + machine.environmentView(thrower).delivered).toBe(FRAMES);
  });

  test("a destroyed environment takes its bindings along and gives its pages back", async () => {
    const before = machine.appliance.environments.size;
    for (let round = 0; round < 3; round++) {
      const reader = await machine.environment("reader", "reader");
      const { binding } = await machine.bind("mine", "true", reader);
      await machine.open(capture);
      await machine.playToEnd();
      await machine.call("destroyEnvironment", { environment: reader });
      expect(machine.appliance.bindings.has(binding)).toBe(false);
      expect(await machine.refusal("unbind", { bindings: [binding] })).toBe("E_NO_BINDING");
    }
    expect(machine.appliance.environments.size).toBe(before);
    const twice = await machine.environment("reader", "reader");
    const args = { environment: twice };
    const root = machine.appliance.rootCapability;
    const answers = await Promise.all([1, 2].map(() => machine.appliance.call(root, "destroyEnvironment", args)));
    expect(answers.map(({ ok }) => ok)).toEqual([true, false]);
    expect(machine.books()).toMatchObject({ received: 3 * FRAMES, inFlight: 0, balanced: true });
  });

  test("capabilities are checked at every call, limits and names at binding", async () => {
    const filter = await machine.filter("true");
    const args = { name: "x", environment: 0, mode: "tap", priority: 0, filter } as const;
    expect(await machine.refusal("bind", args, "exo1.e30.x")).toBe("E_CAPABILITY_FORGED");
    expect(await machine.refusal("bind", { ...args, environment: 9 })).toBe("E_NO_ENVIRONMENT");
    expect(await machine.refusal("bind", { ...args, name: "No Name" })).toBe("E_NAME");
    expect(await machine.refusal("bind", { ...args, priority: 999 })).toBe("E_ARGUMENT");
    await machine.call("bind", args);
    expect(await machine.refusal("bind", args)).toBe("E_NAME_TAKEN");
    await machine.call("bind", { ...args, name: "y", mode: "claim" });
    expect(await machine.refusal("bind", { ...args, name: "z", mode: "claim" })).toBe("E_CLAIM_IDENTICAL");
    expect(await machine.refusal("destroyEnvironment", { environment: 0 })).toBe("E_NO_ENVIRONMENT");
    expect(await machine.refusal("createEnvironment", { name: "a", program: "nothing", options: {} })).toBe(
      "E_PROGRAM",
    );
    const wrong = { conjunctions: [[{ kind: "equal", offset: -1, width: 8, mask: 255, value: 1 }]] } as const;
    expect(await machine.refusal("bind", { ...args, name: "w", filter: wrong })).toBe("E_FILTER");
  });
});
