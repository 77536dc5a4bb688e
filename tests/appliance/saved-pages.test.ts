/** Pages that are named before, in which the kernel saves what it takes by force: downloaded code reads back there what it wrote elsewhere. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cause } from "../../src/kernel/abi.js";
import { errorNumber } from "../../src/kernel/kerrno.js";
import { GUARANTEED_PAGES } from "../../src/kernel/limits.js";
import { ABANDON, image, kernel } from "../kernel/images.js";
import { Machine } from "./machine.js";

/** What it is told to by a wakeup, from outside: m1 says what, m2 and m3 with which words. */
const Do = { alloc: 0, map: 1, saveIn: 2, store: 3, load: 4 } as const;

/** It never answers a revocation; how many losses it was told of at last lies at 0x5000, where it has a page. */
const TOLD = 0x5000;
const DOES = image(
  `  v_seti r12, ${TOLD}
  v_beqii r2, ${Cause.wake}, L9
  v_beqii r2, ${Cause.repossession}, L8
${kernel("r11", "sleep", -1)}
  v_retii 0
L8:
  v_stvii r4, r12, 0
  v_retii 0
L9:
  v_beqii r3, ${Do.alloc}, L0
  v_beqii r3, ${Do.map}, L1
  v_beqii r3, ${Do.saveIn}, L2
  v_beqii r3, ${Do.store}, L3
  v_ldvii r10, r4, 0
  v_reti r10
L0:
${kernel("r10", "alloc", -1)}
  v_reti r10
L1:
${kernel("r10", "map", "r4", "r5", 3)}
  v_reti r10
L2:
${kernel("r10", "saveIn", "r4", "r5")}
  v_reti r10
L3:
  v_stvii r5, r4, 0
  v_retii 0`,
  ABANDON,
);

let machine: Machine;
let environment: number;

beforeEach(async () => {
  machine = await Machine.start();
  const made = { name: "does", program: "vcode", options: {}, code: DOES, slices: 1 };
  environment = (await machine.call("createEnvironment", made)).environment;
});
afterEach(() => machine.close());

async function run(what: keyof typeof Do, ...words: number[]) {
  const args = { environment, cause: Cause.wake, message: [Do[what], ...words], fuel: 100_000 };
  return machine.call("activate", args);
}

/** Allocates a page, maps it at this virtual one, and writes a word to it; its name. */
async function page(virtual: number, word: number): Promise<number> {
  const { pageSize } = machine.appliance.machine;
  const { value } = await run("alloc");
  expect((await run("map", virtual, value)).value).toBe(0);
  await run("store", virtual * pageSize, word);
  return value;
}

async function force(count: number) {
  await machine.call("reclaim", { environment, resource: "pages", count, deadlineMs: 0 });
  const request = async () => (await machine.call("revocations", { environment })).requests[0]!;
  await expect.poll(request, { timeout: 20_000 }).toMatchObject({ state: "forced", taken: count });
  return (await machine.call("revocations", { environment })).vector;
}

test("contents of taken pages lie there, in their order; what reaches no further is lost, and is faulted on", async () => {
  const { pageSize } = machine.appliance.machine;
  const kept: number[] = [];
  for (let each = 0; each < GUARANTEED_PAGES; each++) kept.push(await page(5 + each, 100 + each));
  const others: number[] = [];
  for (let each = 0; each < 3; each++) others.push(await page(20 + each, 200 + each));
  // The first two guaranteed pages but one, which lie in a row.
  expect(kept[2]).toBe(kept[1]! + 1);
  expect((await run("saveIn", kept[1]!, 2)).value).toBe(0);
  const free = (await machine.call("pageBook", { from: 0, limit: 0 })).free;
  const vector = await force(3);
  const [one, two, three] = others;
  expect(vector).toEqual([
    { resource: "pages", name: one, count: 2, saved: kept[1] },
    { resource: "pages", name: three, count: 1, saved: null },
  ]);
  expect([one! + 1, two! + 1]).toEqual([two, three]);
  expect((await machine.call("pageBook", { from: 0, limit: 0 })).free).toBe(free + 3);
  // It was told of two losses, in the page that it has at 0x5000; what it saves in has what was taken; the others have their own.
  expect((await run("load", TOLD)).value).toBe(2);
  const read = async (virtual: number) => (await run("load", virtual * pageSize)).value;
  const words: number[] = [];
  for (let each = 1; each < GUARANTEED_PAGES; each++) words.push(await read(5 + each));
  expect(words).toEqual([200, 201, 103, 104, 105, 106, 107]);
  for (let each = 0; each < 3; each++)
    expect(await run("load", (20 + each) * pageSize)).toMatchObject({ ended: "abandoned" });
});

test("a place serves once, and others' pages, and more than there are losses, are refused", async () => {
  const kept: number[] = [];
  for (let each = 0; each < GUARANTEED_PAGES; each++) kept.push(await page(5 + each, 100 + each));
  for (let each = 0; each < 2; each++) await page(20 + each, 200 + each);
  const refused = (error: Parameters<typeof errorNumber>[0]) => -errorNumber(error);
  expect((await run("saveIn", 0, 1)).value).toBe(refused("E_PAGE_OWNER"));
  expect((await run("saveIn", kept[0]! - 1, 2)).value).not.toBe(0);
  expect((await run("saveIn", kept[0]!, 65)).value).toBe(refused("E_ARGUMENT"));
  expect((await run("saveIn", kept[3]!, 1)).value).toBe(0);
  const first = await force(1);
  expect(first.map(({ saved }) => saved)).toEqual([kept[3]]);
  const second = await force(1);
  expect(second.map(({ saved }) => saved)).toEqual([kept[3], null]);
  const { pageSize } = machine.appliance.machine;
  expect((await run("load", 8 * pageSize)).value).toBe(201);
  // No places any more: none are used.
  expect((await run("saveIn", 0, 0)).value).toBe(0);
});
