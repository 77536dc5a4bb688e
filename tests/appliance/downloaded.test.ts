import { describe, expect, test } from "vitest";
import { assemble } from "../../src/appliance/profile.js";
import { Cause } from "../../src/kernel/abi.js";
import { TARGETS } from "../../src/vcode/target.js";
import { ABANDON, image, kernel, LOOPS, SUMS, TAKES } from "../kernel/images.js";
import { Machine } from "./machine.js";

const create = (machine: Machine, name: string, code: string) =>
  machine
    .call("createEnvironment", { name, program: "vcode", options: {}, code, slices: 0 })
    .then(({ environment }) => environment);

describe.each(TARGETS)("downloaded environments of an appliance, with the target %s", (target) => {
  test("are made of texts, run, seen, and destroyed; the others go on", async () => {
    const machine = await Machine.start({ target });
    const sums = await create(machine, "sums", SUMS);
    const loops = await create(machine, "loops", LOOPS);
    const run = (environment: number, message: number[] = [], fuel = 100_000) =>
      machine.call("activate", { environment, cause: Cause.message, message, fuel });
    expect(await run(sums)).toMatchObject({ ended: "done", value: (3071 * 3072) / 2 });
    expect(await run(loops)).toMatchObject({ ended: "abandoned" });
    expect(machine.environmentView(sums)).toMatchObject({
      kind: "downloaded",
      state: "ready",
      pages: 4,
      accesses: 6144,
      misses: 3,
      ringEntries: machine.appliance.machine.ringEntries,
      slices: 0,
    });
    expect(machine.environmentView(loops)).toMatchObject({ pages: 1, accesses: 0 });
    await machine.call("destroyEnvironment", { environment: sums });
    expect(await machine.refusal("activate", { environment: sums, cause: 1, message: [], fuel: 1 })).toBe(
      "E_NO_ENVIRONMENT",
    );
    // Another has its number and its pages, and nothing else of it.
    const takes = await create(machine, "takes", TAKES);
    expect(takes).toBe(sums);
    expect(await run(takes, [5, 100])).toMatchObject({ ended: "done", value: Cause.message + 105 });
    expect(machine.environmentView(takes)).toMatchObject({ pages: 6, misses: 0 });
    await machine.close();
  });
});

test("a profile says how many slices one is to have", async () => {
  const machine = await Machine.start();
  const environments = [3, 0, undefined].map((slices) => {
    return { name: `has-${slices}`, program: "vcode", code: LOOPS, ...(slices === undefined ? {} : { slices }) };
  });
  await assemble(machine.appliance, machine.appliance.rootCapability, { filters: [], bindings: [], environments });
  expect([1, 2, 3].map((id) => machine.environmentView(id).slices)).toEqual([3, 0, 1]);
  await machine.close();
});

test("what is wrong with a text, and with a call, is said", async () => {
  const machine = await Machine.start();
  const { appliance } = machine;
  const make = (name: string, args: { program?: string; code?: string }) =>
    appliance.call(appliance.rootCapability, "createEnvironment", { name, program: "vcode", options: {}, ...args });
  expect(await make("a", { code: "v_lambda f0(\n" })).toMatchObject({
    ok: false,
    error: "E_IMAGE",
    errors: [{ line: 1 }],
  });
  expect(await make("a", { code: image("  v_retii 0\n  v_retii 1", ABANDON) })).toMatchObject({
    ok: false,
    error: "E_IMAGE",
    errors: [{ code: "E_VCODE_UNREACHABLE", line: 6, message: expect.stringContaining("v_retii 1") }],
  });
  expect(await make("a", {})).toMatchObject({ ok: false, error: "E_IMAGE" });
  expect(await make("a", { program: "monitor", code: LOOPS })).toMatchObject({ ok: false, error: "E_ARGUMENT" });
  expect(await make("a", { program: "", code: LOOPS })).toMatchObject({ ok: false, error: "E_ARGUMENT" });
  expect(await make("A", { code: LOOPS })).toMatchObject({ ok: false, error: "E_NAME" });
  const counts = await machine.environment("counts", "");
  const activate = { cause: 1, message: [], fuel: 100 };
  expect(await machine.refusal("activate", { environment: counts, ...activate })).toBe("E_NOT_DOWNLOADED");
  const environment = await create(machine, "a", LOOPS);
  for (const wrong of [
    { cause: 0 },
    { cause: 99 },
    { cause: Cause.syncCall },
    { cause: Cause.asyncCall },
    { cause: Cause.syncReturn },
    { cause: Cause.exception },
    { cause: Cause.epoch },
    { cause: Cause.changed },
    { fuel: 2 ** 30 },
    { fuel: -1 },
    { message: [1, 2, 3, 4, 5, 6, 7, 8] },
  ]) {
    expect(await machine.refusal("activate", { environment, ...activate, ...wrong })).toBe("E_ARGUMENT");
  }
  expect(await machine.refusal("activate", { environment, ...activate }, "exo1.x.y")).toBe("E_CAPABILITY_FORGED");
  await machine.close();
});

test("200 rounds of making and destroying: as many pages are there as before", async () => {
  const machine = await Machine.start({ memory: 16 * 1024 * 1024 });
  const hoards = image(`L0:\n  v_fuel 4\n${kernel("r10", "alloc", -1)}\n  v_bgeii r10, 0, L0\n  v_retii 0`, ABANDON);
  const pages: number[] = [];
  for (let round = 0; round < 200; round++) {
    const environment = await create(machine, "greedy", hoards);
    if (round % 50 === 0) {
      await machine.call("activate", { environment, cause: 1, message: [], fuel: 4_000_000 });
      pages.push(machine.environmentView(environment).pages);
    }
    await machine.call("destroyEnvironment", { environment });
  }
  expect(pages[0]).toBeGreaterThan(1000);
  expect(new Set(pages).size).toBe(1);
  await machine.close();
});
