/** Downloaded environments of an appliance that run by themselves, in slices: packets, transfers, revocation, and those that are greedy. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Cause, Resource } from "../../src/kernel/abi.js";
import { errorNumber, type KernelError } from "../../src/kernel/kerrno.js";
import { COUNTS, EATS, image, kernel, LOOPS, MAPS } from "../kernel/images.js";
import { Machine } from "./machine.js";
import { writeCapture } from "./records.js";

const CAPTURE = "captures/demo.pcap";

/** The first packet, or a call from outside, plays a number to m1; it goes to and fro until it is 1,000. */
const PLAYS = image(
  `  v_seti r10, 0x5000
  v_beqii r2, ${Cause.asyncCall}, L0
  v_beqii r2, ${Cause.message}, L1
  v_beqii r2, ${Cause.wake}, L2
${kernel("r11", "sleep", -1)}
  v_retii 0
L0:
  v_stvii r4, r10, 0
  v_bgeii r4, 1000, L3
  v_addii r11, r4, 1
${kernel("r12", "asyncTransfer", "r3", "r11")}
L3:
  v_retii 0
L1:
${kernel("r12", "asyncTransfer", "r3", 1)}
  v_reti r12
L2:
  v_ldvii r11, r10, 0
  v_reti r11`,
  MAPS,
);

/** Gives a page, slice or binding when it is asked, by the name at 0x5000 + 4 × resource; none where that is -1. Losses are noted 64 octets further. */
const GIVES = image(
  `  v_seti r10, 0x5000
  v_lshii r11, r3, 2
  v_addi r10, r10, r11
  v_beqii r2, ${Cause.revocation}, L0
  v_beqii r2, ${Cause.wake}, L1
  v_beqii r2, ${Cause.repossession}, L2
  v_beqii r2, ${Cause.message}, L3
${kernel("r11", "sleep", -1)}
  v_retii 0
L0:
  v_ldvii r11, r10, 0
  v_bltii r11, 0, L4
${kernel("r12", "answer", "r3", "r11")}
L4:
  v_retii 0
L1:
  v_ldvii r11, r10, 64
  v_stvii r4, r10, 0
  v_reti r11
L2:
  v_addii r10, r10, 64
  v_stvii r4, r10, 0
  v_retii 0
L3:
${kernel("r11", "alloc", -1)}
  v_reti r11`,
  MAPS,
);

const create = async (machine: Machine, name: string, code: string, slices?: number) => {
  const args = { name, program: "vcode", options: {}, code, ...(slices === undefined ? {} : { slices }) };
  return (await machine.call("createEnvironment", args)).environment;
};

const run = async (machine: Machine, environment: number, cause: number, ...message: number[]) =>
  (await machine.call("activate", { environment, cause, message, fuel: 100_000 })).value;

/** Per delivery, and per packet, what the books say is nowhere. */
function missing(machine: Machine): number[] {
  const books = machine.books();
  const lost = Object.values(books.undelivered).reduce((sum, count) => sum + count, 0);
  return [
    books.claimed + books.taps - books.consumed - books.delivered - lost - books.inFlight,
    books.received - books.claimed - books.tappedOnly - books.unclaimed,
  ];
}

/** What a counter has counted while the capture was replayed flat out, beside others. */
async function counted(machine: Machine, environment: number, binding: number) {
  await machine.open(CAPTURE);
  const [epoch] = await machine.playToEnd();
  const words = [0, 4, 8].map((offset) => run(machine, environment, Cause.wake, offset));
  const [packets, wire, captured] = await Promise.all(words);
  expect(missing(machine)).toEqual([0, 0]);
  expect(machine.books().inFlight).toBe(0);
  expect(Object.values(machine.environmentView(environment).dropped)).toEqual([0, 0, 0, 0, 0]);
  const { packets: matched, octets } = machine.counters(binding);
  return { digest: epoch!.digest, deterministic: epoch!.deterministic, packets, wire, captured, matched, octets };
}

test("a counter of VCODE counts what its filter matches, the same each time", async () => {
  const digests: unknown[] = [];
  for (let round = 0; round < 2; round++) {
    const machine = await Machine.start();
    const environment = await create(machine, "counts", COUNTS);
    const { binding } = await machine.bind("tcp", "12:16 == 0x0800 && 23:8 == 6", environment, "claim");
    const result = await counted(machine, environment, binding);
    expect(result.packets).toBe(result.matched);
    expect(result.wire).toBe(result.octets);
    expect(result.packets).toBeGreaterThan(10);
    expect(result.deterministic).toBe(true);
    const row = machine.environmentView(environment);
    expect(row).toMatchObject({ delivered: result.packets, slices: 1, ringDepth: 0, state: "ready", pages: 2 });
    expect(row.activations).toBeGreaterThan(result.packets!);
    expect(row.fuelUsed).toBeGreaterThan(result.packets!);
    expect(row.exceptions).toBe(1);
    digests.push(result);
    await machine.close();
  }
  expect(digests[0]).toEqual(digests[1]);
});

test("two of them play to and fro by protected control transfer", async () => {
  const machine = await Machine.start();
  const ping = await create(machine, "ping", PLAYS);
  const pong = await create(machine, "pong", PLAYS);
  expect(await run(machine, ping, Cause.message, pong)).toBe(0);
  // It runs in their slices, by itself.
  let last = 0;
  while (last < 1000) {
    const both = await Promise.all([ping, pong].map((each) => run(machine, each, Cause.wake)));
    last = Math.max(...both);
  }
  expect(await run(machine, ping, Cause.wake)).toBe(1000);
  expect(await run(machine, pong, Cause.wake)).toBe(999);
  await machine.close();
});

test("the slices are a book, and are given and taken by position", async () => {
  const machine = await Machine.start();
  const environment = await create(machine, "counts", COUNTS, 2);
  const { slices, length } = await machine.call("slices", {});
  expect(length).toBe(machine.appliance.machine.sliceFuel);
  expect(slices).toHaveLength(machine.appliance.machine.slices);
  expect(slices.flatMap((owner, position) => (owner === null ? [] : [position]))).toEqual([0, 1]);
  expect((await machine.call("allocateSlice", { environment, position: 9 })).slices[9]).toBe(environment);
  expect(await machine.refusal("allocateSlice", { environment, position: 9 })).toBe("E_SLICE_TAKEN");
  expect(await machine.refusal("allocateSlice", { environment: 0, position: 10 })).toBe("E_NOT_DOWNLOADED");
  expect(await machine.refusal("allocateSlice", { environment, position: 128 })).toBe("E_ARGUMENT");
  expect(machine.environmentView(environment).slices).toBe(3);
  expect((await machine.call("releaseSlice", { environment, position: 0 })).slices[0]).toBeNull();
  expect(await machine.refusal("releaseSlice", { environment, position: 0 })).toBe("E_SLICE_OWNER");
  const lesser = await machine.derived("lesser", ["create", "bind"]);
  expect(await machine.refusal("allocateSlice", { environment, position: 0 }, lesser)).toBe("E_CAPABILITY_RIGHT");
  await machine.call("destroyEnvironment", { environment });
  expect((await machine.call("slices", {})).slices.every((owner) => owner === null)).toBe(true);
  await machine.close();
});

test.each(["pages", "slices", "bindings"] as const)(
  "%s are asked for: given by code, and taken by force",
  async (resource) => {
    const machine = await Machine.start();
    await machine.call("trace", { levels: ["error", "warning", "info"] });
    const environment = await create(machine, "gives", GIVES, 3);
    const names: number[] = [];
    // Beside the context page, the first eight are guaranteed: the one at 0x5000, and seven of nine more.
    await run(machine, environment, Cause.wake, Resource[resource], -1);
    for (let page = 0; page < 9; page++) names.push(await run(machine, environment, Cause.message));
    const pages = machine.environmentView(environment).pages;
    const bindings = [
      (await machine.bind("one", "true", environment, "tap")).binding,
      (await machine.bind("two", "true", environment, "tap")).binding,
    ];
    const all = { pages: names.slice(-2), slices: [1, 2], bindings }[resource];
    const reclaim = (count: number) => machine.call("reclaim", { environment, resource, count, deadlineMs: 0 });
    await run(machine, environment, Cause.wake, Resource[resource], all[0]!);
    expect(await reclaim(1)).toMatchObject({ state: "answered", given: 1, taken: 0 });
    // It keeps the rest to itself.
    await run(machine, environment, Cause.wake, Resource[resource], -1);
    expect(await reclaim(1)).toMatchObject({ state: "asked" });
    const told = async () => machine.call("revocations", { environment });
    while ((await told()).requests[0]!.state === "asked");
    expect((await told()).requests).toMatchObject([{ resource, state: "forced", taken: 1 }]);
    const [loss, ...more] = (await told()).vector;
    expect(more).toEqual([]);
    expect(loss).toMatchObject({ resource, count: 1 });
    // Its handler of repossession was told of one loss.
    expect(await run(machine, environment, Cause.wake, Resource[resource], -1)).toBe(1);
    expect(machine.environmentView(environment)).toMatchObject({
      pages: pages - (resource === "pages" ? 2 : 0),
      slices: resource === "slices" ? 1 : 3,
      state: "ready",
    });
    const steps = machine.appliance.trace.since(0, 400).map(({ name }) => name);
    const of = ["revocationAsked", "revocationAnswered", "repossessionWritten", "repossessionTold", "revocationTaken"];
    expect(steps.filter((name) => of.includes(name))).toEqual([
      "revocationAsked",
      "revocationAnswered",
      "revocationAsked",
      "repossessionWritten",
      "repossessionTold",
      "revocationTaken",
    ]);
    await machine.close();
  },
);

test("destroyed while packets come: the books balance, and the others go on", async () => {
  const machine = await Machine.start();
  const stays = await create(machine, "stays", COUNTS);
  await machine.bind("stays", "true", stays, "tap");
  await machine.open(CAPTURE, { loop: 0 });
  await machine.call("play", {});
  for (let round = 0; round < 10; round++) {
    const goes = await create(machine, "goes", COUNTS);
    await machine.bind("goes", "true", goes, "claim");
    while (machine.environmentView(goes).delivered === 0) await machine.call("ports", {});
    await machine.call("destroyEnvironment", { environment: goes });
    expect(missing(machine)).toEqual([0, 0]);
  }
  await machine.call("stop", {});
  expect(missing(machine)).toEqual([0, 0]);
  expect(machine.books().inFlight).toBe(0);
  expect(machine.environmentView(stays).state).toBe("ready");
  await machine.close();
});

test("beside those that run for ever, another's results are those that it has alone", async () => {
  const results: unknown[] = [];
  for (const beside of [[], [LOOPS, EATS, EATS]]) {
    const machine = await Machine.start();
    const environment = await create(machine, "counts", COUNTS);
    const { binding } = await machine.bind("counts", "12:16 == 0x0800", environment, "tap");
    const others: number[] = [];
    for (const [at, code] of beside.entries()) {
      const other = await create(machine, `other${at}`, code);
      others.push(other);
      if (code === EATS) await machine.bind("all", "true", other, "tap");
    }
    results.push(await counted(machine, environment, binding));
    // One that gives up when its fuel ends lives on its slices; one that does not is destroyed.
    for (const [at, other] of others.entries()) {
      const row = machine.environmentView(other);
      if (beside[at] === EATS)
        expect(row).toMatchObject({ state: "failed", slices: 0, pages: 0, cutOff: 16, delivered: 0 });
      else expect(row).toMatchObject({ state: "ready", slices: 1 });
      expect(row.fuelUsed).toBeGreaterThan(16_384);
    }
    await machine.close();
  }
  const digestless = results.map((result) => ({ ...(result as object), digest: null }));
  expect(digestless[1]).toEqual(digestless[0]);
});

test("packets of one that has no slice are lost to it, and it costs nobody else anything", async () => {
  const machine = await Machine.start();
  const idle = await create(machine, "idle", COUNTS, 0);
  await machine.bind("idle", "true", idle, "tap");
  const environment = await create(machine, "counts", COUNTS);
  const { binding } = await machine.bind("counts", "true", environment, "tap");
  await machine.open(CAPTURE);
  const [epoch] = await machine.playToEnd();
  expect(epoch!.deterministic).toBe(false);
  expect(await run(machine, environment, Cause.wake, 0)).toBe(machine.counters(binding).packets);
  expect(missing(machine)).toEqual([0, 0]);
  await machine.call("destroyEnvironment", { environment: idle });
  expect(missing(machine)).toEqual([0, 0]);
  expect(machine.books().inFlight).toBe(0);
  await machine.close();
});

test.each([
  { target: "wasm", shape: { pageSize: 4096, stlbEntries: 4096 } },
  { target: "interpreter", shape: { pageSize: 16_384, stlbEntries: 64, slices: 8, sliceFuel: 4096 } },
] as const)("on a machine of the shape %j hosted and downloaded ones count the same", async ({ target, shape }) => {
  const machine = await Machine.start({ target, shape });
  expect(machine.appliance.machine).toMatchObject({ target, ...shape });
  const environment = await create(machine, "counts", COUNTS);
  const monitor = await machine.environment("monitor", "monitor");
  const { binding } = await machine.bind("counts", "true", environment, "tap");
  const flows = await machine.bind("flows", "true", monitor, "tap");
  const { packets, matched, digest } = await counted(machine, environment, binding);
  expect(packets).toBe(matched);
  expect(machine.counters(flows.binding).packets).toBe(packets);
  expect(machine.environmentView(monitor)).toMatchObject({ state: "ready", delivered: packets });
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  await machine.close();
});

/** m2 octets of a page of its own, or of physical page m3 where that is not -1, by port m4 under its handle, or under handle m5. */
const SENDS = image(
  `  v_beqii r2, ${Cause.wake}, L0
${kernel("r10", "sleep", -1)}
  v_retii 0
L0:
  v_seti r10, 0x5000
  v_seti r11, 0x01020304
  v_stvii r11, r10, 0
  v_movi r12, r5
  v_bgeii r12, 0, L1
${kernel("r12", "alloc", -1)}
L1:
  v_movi r13, r7
  v_bneii r13, 0, L2
${kernel("r13", "sendHandle")}
L2:
${kernel("r14", "send", "r13", "r12", 0, "r4", "r6")}
  v_reti r14`,
  MAPS,
);

test("downloaded code sends from its pages, under its capability; each refusal has its error", async () => {
  const machine = await Machine.start();
  const { ports } = await machine.call("createPort", {
    kind: "wire",
    name: "w",
    linkType: 1,
    hairpin: false,
    options: { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 },
  });
  const transmit = machine.appliance.rootCapability;
  const args = { name: "sends", program: "vcode", options: {}, code: SENDS, transmit };
  const { environment } = await machine.call("createEnvironment", args);
  const send = (octets: number, page: number, port: number, handle = 0) =>
    run(machine, environment, Cause.wake, 0, octets, page, port, handle);
  const error = (code: KernelError) => -errorNumber(code);
  expect(await send(60, -1, ports[0]!)).toBe(0);
  expect(await send(60, -1, 7)).toBe(error("E_NO_PORT"));
  expect(await send(0, -1, ports[0]!)).toBe(error("E_FRAME_LENGTH"));
  expect(await send(60, 0, ports[0]!)).toBe(error("E_NOT_OWNED"));
  expect(await send(60, 2 ** 30, ports[0]!)).toBe(error("E_NO_PAGE"));
  expect(await send(60, -1, ports[0]!, 12_345)).toBe(error("E_HANDLE"));
  const row = machine.environmentView(environment);
  expect(row.sent).toBe(1);
  expect(row.sendRefused).toMatchObject({ port: 1, length: 1, address: 1, right: 1 });
  await machine.close();
});

/** Sends sixty octets of a page of its own by the port in the word at 0x5000, which a wakeup from outside writes, for each packet. */
const ANSWERS = image(
  `  v_seti r10, 0x5000
  v_beqii r2, ${Cause.message}, L0
  v_beqii r2, ${Cause.wake}, L1
${kernel("r11", "sleep", -1)}
  v_retii 0
L0:
  v_ldvii r11, r10, 0
${kernel("r12", "alloc", -1)}
${kernel("r13", "sendHandle")}
${kernel("r14", "send", "r13", "r12", 0, 60, "r11")}
  v_reti r14
L1:
  v_stvii r3, r10, 0
  v_retii 0`,
  MAPS,
);

test("what it sends over a packet leaves at that packet's time, from the first batch on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const capture = join(folder, "one.pcap");
  const time = 1_700_000_000_000_000;
  writeCapture(capture, [{ time, octets: Uint8Array.of(1, 2, 3, 4) }]);
  const machine = await Machine.start();
  const { ports } = await machine.call("createPort", {
    kind: "wire",
    name: "w",
    linkType: 1,
    hairpin: true,
    options: { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 },
  });
  const transmit = machine.appliance.rootCapability;
  const args = { name: "answers", program: "vcode", options: {}, code: ANSWERS, transmit };
  const { environment } = await machine.call("createEnvironment", args);
  await run(machine, environment, Cause.wake, ports[0]!);
  await machine.bind("questions", "0:32 == 0x01020304", environment, "claim");
  // A page of its own is zeroed.
  const { binding } = await machine.bind("answers", "0:32 == 0", 0);
  await machine.open(capture);
  await machine.playToEnd();
  expect(machine.counters(binding)).toMatchObject({ packets: 1, last: `${time}000` });
  await machine.close();
});
