/** Page pressure: an allocation that finds too few free pages has the biggest holder asked, as far as that is fair. */
import { beforeEach, describe, expect, test } from "vitest";
import { Cause, DownloadedCall, Resource } from "../../src/kernel/abi.js";
import { errorNumber } from "../../src/kernel/kerrno.js";
import { GUARANTEED_PAGES, REVOCATION_DEADLINE_MS } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import type { LinkedImage } from "../../src/vcode/image.js";
import { Chance } from "../seeded.js";
import { KernelBench } from "./kernel-bench.js";
import { Simulated } from "./simulated.js";

const PAGES = Resource.pages;

/** Three hosted environments; whatever a test leaves free, the first has besides. */
class Full {
  readonly bench = new KernelBench();
  readonly big = new Simulated(this.bench, "big");
  readonly small = new Simulated(this.bench, "small");
  readonly asker = new Simulated(this.bench, "asker");
  #told = 0;

  constructor() {
    this.bench.kernel.trace.switch(["error", "warning", "info"]);
  }

  get pages() {
    return this.bench.kernel.environments.pages;
  }

  get free(): number {
    return this.bench.memory.freePages;
  }

  /** One by one: as one with the right to may. */
  give(to: Simulated, count: number): number[] {
    return Array.from({ length: count }, () => this.pages.allocate(to.id, 1)!);
  }

  /** The rest of the machine is the big one's. */
  fill(left = 0): void {
    this.give(this.big, this.free - left);
    this.steps();
  }

  revocable({ id }: Simulated): number {
    return this.pages.revocable(id);
  }

  steps(): string[] {
    const events = this.bench.kernel.trace.since(this.#told);
    this.#told += events.length;
    const steps = events.filter(({ name }) => /^(pagePressure|revocation|repossessionTold)/.test(name));
    return steps.map(({ name, fields }) => `${name} ${fields.join(" ")}`);
  }
}

let full: Full;
beforeEach(() => {
  full = new Full();
});

describe("an allocation that finds too few free pages", () => {
  test("is refused, and what lacks is asked of the biggest holder, whose answer makes room for it", () => {
    const { bench, big, small, asker } = full;
    full.give(small, 20);
    full.fill(1);
    const most = full.revocable(big);
    expect(asker.ask("allocate", 3, -1)).toBe("E_NO_MEMORY");
    expect(full.steps()).toEqual([
      `pagePressure ${big.id} ${most} ${asker.id} 2`,
      `revocationAsked ${big.id} ${PAGES} 2 ${REVOCATION_DEADLINE_MS}`,
    ]);
    expect([big.asked("pages").count, small.asked("pages").count]).toEqual([2, 0]);
    // While it is being asked nobody else is.
    expect(small.ask("allocate", 9, -1)).toBe("E_NO_MEMORY");
    expect(full.steps()).toEqual([]);
    const names = full.pages.namesOf(big.id, 0, 1000).slice(-2);
    expect(big.ask("answer", PAGES, ...names)).toEqual([0]);
    expect(full.free).toBe(3);
    expect(asker.take(3)).toHaveLength(3);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("finds them after the deadline where nobody answered", () => {
    const { bench, big, asker } = full;
    full.fill();
    expect(asker.ask("allocate", 1, -1)).toBe("E_NO_MEMORY");
    const { pages } = bench.kernel.holdings;
    const before = pages.owned(big.id);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REVOCATION_DEADLINE_MS + 5);
    expect(asker.ask("facts")).toHaveLength(6);
    expect(full.steps().slice(2)).toEqual([
      `repossessionTold ${big.id} ${PAGES} 1`,
      `revocationTaken ${big.id} ${PAGES} 1 0`,
    ]);
    expect(pages.owned(big.id)).toBe(before - 1);
    expect(asker.ask("allocate", 1, -1)).toEqual([expect.any(Number)]);
  });

  test("takes them at once from a holder that has failed", () => {
    const { bench, big, asker } = full;
    full.fill();
    bench.kernel.environmentFailed(bench.kernel.environments.get(big.id)!, null);
    expect(asker.ask("allocate", 4, -1)).toBe("E_NO_MEMORY");
    expect(full.free).toBe(4);
    expect(full.steps().at(-1)).toBe(`revocationTaken ${big.id} ${PAGES} 4 0`);
    expect(asker.take(4)).toHaveLength(4);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("makes holders more equal and never less: half of the difference is asked for, and of an equal nothing", () => {
    const { bench, big, asker } = full;
    full.fill();
    const most = full.revocable(big);
    const half = Math.ceil(most / 2);
    const handle = more(asker);
    const at = asker.post(1, [most, -1], { handle });
    bench.kernel.tend();
    expect(asker.read(at)).toBe("E_NO_MEMORY");
    expect(big.asked("pages").count).toBe(half);
    const names = full.pages.namesOf(big.id, 0, 1000).slice(-half);
    for (let from = 0; from < half; from += 20) big.ask("answer", PAGES, ...names.slice(from, from + 20));
    full.give(asker, full.free);
    full.steps();
    // The guaranteed set does not count, and it has one of its own.
    full.pages.free(asker.id, full.pages.namesOf(asker.id, 0, 1000).at(-1)!);
    full.give(big, full.free);
    const rounds: number[] = [];
    for (let round = 0; round < 20; round++) {
      const wish = asker.post(1, [5, -1], { handle });
      bench.kernel.tend();
      expect(asker.read(wish)).toBe("E_NO_MEMORY");
      const { count } = big.asked("pages");
      if (count === 0) break;
      rounds.push(count);
      big.ask("answer", PAGES, ...full.pages.namesOf(big.id, 0, 1000).slice(-count));
      full.give(asker, full.free);
    }
    expect(rounds.length).toBeGreaterThan(0);
    expect(full.revocable(asker) - full.revocable(big)).toBeGreaterThanOrEqual(0);
    expect(full.revocable(asker) - full.revocable(big)).toBeLessThanOrEqual(1);
  });

  const nobody: readonly [string, () => void][] = [
    ["who wants them holds most", () => full.big.ask("allocate", 1, -1)],
    ["enough are free, but not in a row", () => scattered()],
    ["all that may be taken would not do", () => want(full.asker, 200)],
    [
      "they were named, and are another's",
      () => full.asker.ask("allocate", 1, full.pages.namesOf(full.big.id, 0, 9)[5]!),
    ],
  ];
  test.each(nobody)("asks nobody where %s", (_, wish) => {
    full.give(full.small, 70);
    full.fill();
    wish();
    full.bench.kernel.tend();
    expect(full.steps()).toEqual([]);
  });

  test("of a downloaded environment, and of the control plane that would make one, too", () => {
    const { bench, big } = full;
    const { kernel } = bench;
    const answers: number[] = [];
    const link: Parameters<typeof kernel.createEnvironment>[2] = ({ kernel: call }): LinkedImage => {
      const run = () => answers.push(call(DownloadedCall.alloc, -1, 0, 0, 0, 0, 0));
      return { run, fuel: 0, save: 0, accesses: 0 };
    };
    const made = { program: "vcode", options: {}, slices: 0 };
    const { environment } = kernel.createEnvironment({ ...made, name: "code" }, bench.root, link);
    full.fill();
    kernel.lifetimes.activate({ environment, cause: Cause.message, message: [], fuel: 5000 }, bench.root);
    expect([answers, full.steps()]).toEqual([[-errorNumber("E_NO_MEMORY")], []]);
    kernel.tend();
    expect(full.steps()[0]).toBe(`pagePressure ${big.id} ${full.revocable(big)} ${environment} 1`);
    big.ask("answer", PAGES, full.pages.namesOf(big.id, 0, 1000).at(-1)!);
    full.give(big, full.free);
    full.steps();
    const refused = (make: () => unknown) => {
      try {
        make();
      } catch (error) {
        return error instanceof Refusal ? error.code : error;
      }
      return "made";
    };
    expect(refused(() => bench.environment("late"))).toBe("E_NO_MEMORY");
    kernel.tend();
    expect(full.steps()[0]).toBe(`pagePressure ${big.id} ${full.revocable(big)} 0 3`);
    big.ask("answer", PAGES, ...full.pages.namesOf(big.id, 0, 1000).slice(-3));
    full.give(big, full.free);
    full.steps();
    expect(refused(() => kernel.createEnvironment({ ...made, name: "too" }, bench.root, link))).toBe("E_NO_MEMORY");
    kernel.tend();
    expect(full.steps()[0]).toBe(`pagePressure ${big.id} ${full.revocable(big)} 0 1`);
  });
});

test("10,000 rounds of chance (seed 6): the biggest is asked, for no more than is fair, and what is guaranteed stays", () => {
  const { bench, pages } = full;
  const { kernel } = bench;
  const chance = new Chance(6);
  const all = [full.big, full.small, full.asker];
  const counted = { asked: 0, answered: 0, forced: 0, refused: 0, granted: 0 };
  for (const each of all) full.give(each, GUARANTEED_PAGES);
  for (let round = 0; round < 10_000; round++) {
    const one = chance.pick(all);
    const before = all.map((each) => full.revocable(each));
    const got = chance.percent(70) ? want(one, 1 + chance.below(12)) : [];
    for (const page of got) if (chance.percent(20)) pages.free(one.id, page);
    const asked = full.steps().filter((step) => step.startsWith("pagePressure"));
    if (got.length > 0) counted.granted++;
    else counted.refused++;
    for (const step of asked) {
      counted.asked++;
      const [, id, most, by, lack] = step.split(" ").map(Number);
      expect([most, by]).toEqual([Math.max(...before), one.id]);
      const count = all.find((each) => each.id === id)!.asked("pages").count;
      expect(count).toBe(Math.min(lack!, Math.ceil((most! - full.revocable(one)) / 2)));
    }
    for (const each of all) {
      const { count } = each.asked("pages");
      if (count === 0 || chance.percent(40)) continue;
      if (chance.percent(50)) {
        each.ask("answer", PAGES, ...pages.namesOf(each.id, 0, 1000).slice(-count));
        counted.answered++;
      } else {
        kernel.holdings.revocation.failed(kernel.environments.get(each.id)!);
        counted.forced++;
      }
    }
    for (const each of all)
      expect(pages.owned(each.id) - full.revocable(each)).toBeGreaterThanOrEqual(GUARANTEED_PAGES);
  }
  for (const times of Object.values(counted)) expect(times).toBeGreaterThan(100);
  expect(bench.failures).toEqual([]);
});

/** A handle by which it may have more than a quarter. */
function more(one: Simulated): number {
  const { kernel, root } = full.bench;
  const change = kernel.authority.grantTo(root, one.id, `more${one.id}`, { rights: ["allocate"], expires: 0 });
  kernel.changeCapabilities(change);
  return kernel.authority.openGranted(one.id, change.put!.capability.serial);
}

const handles = new WeakMap<Simulated, number>();

/** So many in a row, by a handle that allows it; none where it is refused. */
function want(one: Simulated, count: number): number[] {
  const handle = handles.get(one) ?? more(one);
  handles.set(one, handle);
  const at = one.post(1, [count, -1], { handle });
  full.bench.kernel.tend();
  const first = one.read(at);
  return typeof first === "string" ? [] : Array.from({ length: count }, (_, index) => first[0]! + index);
}

function scattered(): void {
  const names = full.pages.namesOf(full.big.id, 0, 1000).slice(GUARANTEED_PAGES + 3);
  for (let at = 0; at < 40; at += 2) full.pages.free(full.big.id, names[at]!);
  expect(want(full.asker, 3)).toEqual([]);
  expect(full.free).toBe(20);
}
