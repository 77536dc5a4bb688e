/**
 * Visible revocation and the abort protocol, each resource × each way to answer: the steps as the trace has them, and the
 * books afterwards.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { READABLE, RESOURCES, Resource, type ResourceName, WRITABLE } from "../../src/kernel/abi.js";
import type { Environment } from "../../src/kernel/environment.js";
import { GUARANTEED_PAGES } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { Chance } from "../seeded.js";
import { KernelBench } from "./kernel-bench.js";
import { Simulated } from "./simulated.js";
import { usedHeap } from "./used-heap.js";

const LONG = 60_000;
/**
 * Rounds before the heap is measured, and octets by which it may grow over as many more: some of it is code that V8 still makes. A
 * request that stayed behind at each round would be 1 MiB.
 */
const WARM_ROUNDS = 10_000;
const MOST_GROWTH = 512 * 1024;

/** A kernel, an environment that is asked, and slices of which it has some. */
class Drill {
  readonly bench = new KernelBench();
  readonly env: Simulated;
  readonly environment: Environment;
  readonly slices = new Map<number, number>();
  bindings: number[] = [];
  pages: number[] = [];
  #told = 0;

  constructor() {
    const { kernel, segments, rows } = this.bench;
    kernel.holdings.provide("slices", {
      held: ({ id }) => this.#slicesOf(id).length,
      give: ({ id }, name) => (this.slices.get(name) === id && this.slices.delete(name) ? undefined : "E_ARGUMENT"),
      take: ({ id }, count, lost) => {
        const taken = this.#slicesOf(id).slice(0, count);
        for (const name of taken) {
          this.slices.delete(name);
          lost({ resource: "slices", name, count: 1, saved: null });
        }
        return taken.length;
      },
    });
    this.env = new Simulated(this.bench, "asked");
    this.environment = kernel.environments.get(this.env.id)!;
    // Rows from 32 on lie in another segment.
    const second = segments.addressOf(segments.take());
    for (let row = 32; row < rows.address.length; row++) rows.address[row] = second + row;
    kernel.trace.switch(["error", "warning", "info"]);
  }

  #slicesOf(id: number): number[] {
    return [...this.slices].flatMap(([name, owner]) => (owner === id ? [name] : []));
  }

  /** The environment comes to hold two that can be revoked. */
  hold(resource: ResourceName): void {
    switch (resource) {
      case "pages":
        this.pages = this.env.take(GUARANTEED_PAGES + 2);
        break;
      case "packets":
        this.bindings = [this.bench.bind({ environment: this.env.id }).binding!];
        this.bench.receive(0, 3);
        this.bench.receive(32, 35);
        break;
      case "slices":
        this.slices.set(4, this.env.id).set(9, this.env.id);
        break;
      case "bindings":
        this.bindings = ["a", "b"].map((name) => this.bench.bind({ name, environment: this.env.id }).binding!);
        break;
    }
  }

  /** What the environment holds by name, as a library OS knows it; packets have none. */
  namesOf(resource: ResourceName): number[] {
    if (resource === "pages") return this.pages.slice(-2);
    return resource === "slices" ? [4, 9] : resource === "bindings" ? this.bindings : [];
  }

  answer(resource: ResourceName): number[] | string {
    if (resource !== "packets") return this.env.ask("answer", Resource[resource], ...this.namesOf(resource));
    this.env.tail = 6;
    this.bench.kernel.settle(false);
    return [];
  }

  ask(resource: ResourceName, deadlineMs: number, count = 2) {
    return this.bench.kernel.holdings.reclaim({ environment: this.env.id, resource, count, deadlineMs });
  }

  request(resource: ResourceName) {
    const { requests } = this.bench.kernel.holdings.revocations({ environment: this.env.id });
    return requests.find((one) => one.resource === resource);
  }

  crash(): void {
    this.bench.kernel.environmentFailed(this.environment, null);
  }

  /** The steps of the protocol since this was last asked. */
  steps(): string[] {
    const events = this.bench.kernel.trace.since(this.#told);
    this.#told += events.length;
    const steps = events.filter(({ name }) => /^(packetPressure|revocation|repossession|environmentFailed)/.test(name));
    return steps.map(({ name, fields }) =>
      name === "environmentFailed" ? name : `${name} ${fields.slice(1).join(" ")}`.trim(),
    );
  }
}

let drill: Drill;
beforeEach(() => {
  drill = new Drill();
});

/** First and last name of what is lost, as runs: what the vector must have. */
function runs(resource: ResourceName): { name: number; count: number }[] {
  if (resource === "packets") return [{ name: 0, count: 2 }];
  const names = drill.namesOf(resource);
  if (resource === "slices") return names.map((name) => ({ name, count: 1 }));
  return [{ name: names[0]!, count: 2 }];
}

function written(resource: ResourceName): string[] {
  return runs(resource).map(({ name, count }) => `repossessionWritten ${Resource[resource]} ${name} ${count}`);
}

describe.each(RESOURCES)("%s", (resource) => {
  const kind = Resource[resource];

  test("a good answer", () => {
    drill.hold(resource);
    drill.steps();
    drill.ask(resource, LONG);
    expect(drill.env.asked(resource).count).toBe(2);
    expect(typeof drill.answer(resource)).not.toBe("string");
    expect(drill.steps()).toEqual([`revocationAsked ${kind} 2 ${LONG}`, `revocationAnswered ${kind} 2 0`]);
    expect(drill.request(resource)).toMatchObject({ state: "answered", given: 2, taken: 0, late: false });
    expect(drill.env.asked(resource).count).toBe(0);
    expect(drill.env.losses()).toBeUndefined();
    addsUp(resource, 0);
  });

  test("a late answer", () => {
    drill.hold(resource);
    drill.steps();
    drill.ask(resource, 0);
    drill.bench.kernel.tend();
    const answered = drill.answer(resource);
    if (resource !== "packets") expect(answered).toBe("E_REVOCATION_LATE");
    drill.bench.kernel.tend();
    expect(drill.steps()).toEqual([
      `revocationAsked ${kind} 2 0`,
      ...written(resource),
      `repossessionTold ${kind} ${runs(resource).length}`,
      `revocationTaken ${kind} 2 0`,
      `revocationLate ${kind} 2`,
    ]);
    expect(drill.request(resource)).toMatchObject({ state: "forced", given: 0, taken: 2, late: true });
    addsUp(resource, 6);
  });

  test("no answer", () => {
    drill.hold(resource);
    drill.steps();
    drill.ask(resource, 0);
    drill.bench.kernel.tend();
    expect(drill.steps()).toEqual([
      `revocationAsked ${kind} 2 0`,
      ...written(resource),
      `repossessionTold ${kind} ${runs(resource).length}`,
      `revocationTaken ${kind} 2 0`,
    ]);
    expect(drill.request(resource)).toMatchObject({ state: "forced", given: 0, taken: 2, late: false });
    const vector = runs(resource).map((run) => ({ resource, ...run, saved: null }));
    expect(drill.env.losses()).toEqual({ losses: vector, missed: 0 });
    expect(drill.bench.kernel.holdings.revocations({ environment: drill.env.id }).vector).toEqual(vector);
    expect(drill.environment.state).toBe("alive");
    addsUp(resource, 6);
  });

  test("a crash while answering", () => {
    drill.hold(resource);
    drill.steps();
    drill.ask(resource, LONG);
    if (resource === "packets") {
      drill.env.tail = 3;
      drill.bench.kernel.settle(false);
    } else drill.env.ask("answer", kind, drill.namesOf(resource)[0]!);
    drill.crash();
    const left = resource === "packets" ? 0 : 1;
    const last = drill.namesOf(resource)[1];
    expect(drill.steps()).toEqual([
      `revocationAsked ${kind} 2 ${LONG}`,
      `revocationAnswered ${kind} 1 1`,
      "environmentFailed",
      ...(left === 0 ? [] : [`repossessionWritten ${kind} ${last} 1`]),
      `revocationTaken ${kind} ${left} ${1 - left}`,
    ]);
    expect(drill.request(resource)).toMatchObject({ state: "forced", given: 1, taken: left });
    addsUp(resource, 3);
  });

  /** `lost`: entries of the ring that were never given back. */
  function addsUp(what: ResourceName, lost: number): void {
    const { bench, env } = drill;
    expect(bench.balance()).toEqual([0, 0, 0]);
    if (what === "packets") {
      expect(bench.kernel.ledger.inFlight).toBe(0);
      expect(bench.kernel.ledger.undelivered.reduce((sum, count) => sum + count, 0)).toBe(lost);
      expect([0, 1].map((segment) => bench.segments.holdsOf(segment))).toEqual([1, 1]);
    }
    if (what === "pages") {
      expect(bench.kernel.holdings.pages.revocable(env.id)).toBe(0);
      expect(drill.pages.slice(-2).map((page) => bench.memory.ownerOf(page))).toEqual([-1, -1]);
    }
    if (what === "bindings") expect([...bench.kernel.bindings.all()]).toEqual([]);
    if (what === "slices") expect(drill.slices.size).toBe(0);
    bench.kernel.beginDestroying(env.id, bench.root);
    bench.kernel.destroyEnvironment(drill.environment);
    expect(bench.memory.freePages).toBe(new KernelBench().memory.freePages);
  }
});

describe("asking", () => {
  test("is of one thing at a time, of what is held, by who is there", () => {
    const refused = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        return error instanceof Refusal ? error.code : error;
      }
      return "done";
    };
    expect(refused(() => drill.ask("pages", LONG))).toBe("E_NOTHING_HELD");
    drill.hold("pages");
    expect(drill.ask("pages", LONG, 99).count).toBe(2);
    expect(refused(() => drill.ask("pages", LONG))).toBe("E_REVOCATION_PENDING");
    expect(refused(() => drill.ask("packets", LONG))).toBe("E_NOTHING_HELD");
    drill.answer("pages");
    for (const [count, deadline] of [
      [0, 1],
      [1.5, 1],
      [1, -1],
      [1, Number.NaN],
      [1, 1e9],
    ] as const) {
      expect(refused(() => drill.ask("pages", deadline, count))).toBe("E_ARGUMENT");
    }
    const { reclaim } = drill.bench.kernel.holdings;
    const nobody = { environment: 60, resource: "pages", count: 1, deadlineMs: 1 } as const;
    expect(refused(() => reclaim.call(drill.bench.kernel.holdings, nobody))).toBe("E_NO_ENVIRONMENT");
  });

  test("the environment chooses: any of its pages, by answer or by free", () => {
    drill.hold("pages");
    drill.ask("pages", LONG);
    expect(drill.env.ask("answer", Resource.pages, drill.pages[0]!)).toEqual([1]);
    expect(drill.env.ask("free", drill.pages[5]!)).toEqual([1]);
    expect(drill.request("pages")).toMatchObject({ state: "answered", given: 2 });
  });

  test("names that are not its own are refused; what came before them is given", () => {
    drill.hold("pages");
    const other = new Simulated(drill.bench, "other");
    const [theirs] = other.take(1);
    drill.ask("pages", LONG);
    expect(drill.env.ask("answer", Resource.pages, drill.pages[0]!, theirs!)).toBe("E_PAGE_OWNER");
    expect(drill.request("pages")).toMatchObject({ state: "asked", given: 1 });
    expect(drill.bench.memory.ownerOf(theirs!)).toBe(other.id);
    drill.hold("bindings");
    drill.ask("bindings", LONG);
    expect(drill.env.ask("answer", Resource.bindings, 500)).toBe("E_NO_BINDING");
    expect(drill.env.ask("answer", Resource.packets)).toBe("E_NOT_ASKED");
  });
});

describe("taking by force", () => {
  test("never takes what is guaranteed, whatever is asked", () => {
    drill.hold("pages");
    const { pages } = drill.bench.kernel.holdings;
    const before = pages.owned(drill.env.id);
    drill.ask("pages", 0, 1000);
    drill.bench.kernel.tend();
    expect(pages.owned(drill.env.id)).toBe(before - 2);
    expect(() => drill.ask("pages", 0)).toThrow(Refusal);
    expect(drill.env.ask("facts")).toHaveLength(6);
  });

  test("saves contents where the environment said, which it finds in the vector", () => {
    drill.hold("pages");
    const { memory } = drill.bench;
    const [one, two] = drill.pages.slice(-2) as [number, number];
    const [save] = drill.pages.slice(0, 1) as [number];
    memory.octets.fill(1, one * 4096, (one + 1) * 4096);
    memory.octets.fill(2, two * 4096, (two + 1) * 4096);
    expect(drill.env.ask("saveIn", save)).toEqual([]);
    drill.ask("pages", 0);
    drill.bench.kernel.tend();
    expect(drill.env.losses()?.losses).toEqual([
      { resource: "pages", name: one, count: 1, saved: save },
      { resource: "pages", name: two, count: 1, saved: null },
    ]);
    expect(memory.octets.subarray(save * 4096, (save + 1) * 4096).every((octet) => octet === 1)).toBe(true);
    expect(memory.octets.subarray(one * 4096, (two + 1) * 4096).every((octet) => octet === 0)).toBe(true);
  });

  test("a page that is saved in is taken last, and only where nothing was saved in it", () => {
    drill.hold("pages");
    drill.env.ask("saveIn", ...drill.pages.slice(-1));
    drill.ask("pages", 0);
    drill.bench.kernel.tend();
    const [one, two] = drill.pages.slice(-2);
    expect(drill.env.losses()?.losses).toEqual([{ resource: "pages", name: one, count: 1, saved: two }]);
    expect(drill.request("pages")).toMatchObject({ state: "forced", taken: 1 });
  });

  test("breaks what others had of a page", () => {
    drill.hold("pages");
    const other = new Simulated(drill.bench, "other");
    const { pages } = drill.bench.kernel.holdings;
    const flushed: number[] = [];
    pages.flush = (page) => flushed.push(page);
    const page = drill.pages.at(-1)!;
    drill.env.ask("share", other.id, READABLE | WRITABLE, page);
    drill.ask("pages", 0, 1);
    drill.bench.kernel.tend();
    expect([pages.access(other.id, page), flushed]).toEqual([0, [page]]);
  });

  test("the vector keeps the last losses, and says how many were missed", () => {
    for (let round = 0; round < 70; round++) {
      drill.slices.set(round * 2, drill.env.id);
      drill.ask("slices", 0, 1);
      drill.bench.kernel.tend();
    }
    const { losses, missed } = drill.env.losses()!;
    expect([losses.length, missed, losses[0]?.name, losses.at(-1)?.name]).toEqual([64, 6, 12, 138]);
  });

  test("packets: a tail that lags behind is no lie until it has come past; then it is", () => {
    drill.hold("packets");
    drill.ask("packets", 0, 1);
    drill.bench.kernel.tend();
    expect(drill.env.floor).toBe(3);
    for (const tail of [1, 2]) {
      drill.env.tail = tail;
      drill.bench.kernel.settle(false);
      expect(drill.environment.state).toBe("alive");
    }
    drill.env.tail = 5;
    drill.bench.kernel.settle(false);
    expect(drill.bench.kernel.ledger).toMatchObject({ delivered: 2, inFlight: 1 });
    drill.env.tail = 2;
    drill.bench.kernel.settle(false);
    expect(drill.environment.state).toBe("failed");
    expect(drill.bench.balance()).toEqual([0, 0, 0]);
  });

  test("an environment without a mailbox is told by an activation", () => {
    const { kernel } = drill.bench;
    const told: unknown[] = [];
    kernel.holdings.activation = ({ name }, cause, resource, left) => told.push([name, cause, resource, left]);
    const { environment } = kernel.createEnvironment({ name: "counts", program: "", options: {} });
    drill.bench.bind({ environment });
    kernel.holdings.reclaim({ environment, resource: "bindings", count: 1, deadlineMs: 0 });
    kernel.tend();
    expect(told).toEqual([
      ["counts", "revocation", Resource.bindings, 1],
      ["counts", "repossession", Resource.bindings, 1],
    ]);
  });
});

describe("packet pressure", () => {
  test("the biggest holder is asked for the older part; nobody else while it is", () => {
    drill.hold("packets");
    const other = new Simulated(drill.bench, "other");
    drill.bench.bind({ name: "other", environment: other.id, mode: "tap" });
    drill.bench.receive(3, 5);
    drill.steps();
    drill.bench.kernel.stalled();
    drill.bench.kernel.dropBeforeDemux(7);
    expect(drill.steps()).toEqual(["packetPressure 2", "revocationAsked 1 1 500"]);
    expect(drill.env.asked("packets")).toEqual({ count: 1, cursor: 6 });
    expect(drill.request("packets")?.count).toBe(1);
    expect(other.asked("packets").count).toBe(0);
    drill.env.tail = 8;
    other.tail = 2;
    drill.bench.kernel.settle(false);
    expect(drill.steps()).toEqual(["revocationAnswered 1 1 0"]);
    expect(drill.bench.kernel.ledger).toMatchObject({ stalls: 1, inFlight: 0 });
    expect(drill.bench.balance()).toEqual([0, 0, 0]);
  });

  test("where no ring holds anything, nobody is asked", () => {
    drill.bench.kernel.stalled();
    expect(drill.steps()).toEqual([]);
  });
});

test("10,000 rounds of chance (seed 3): free lists, holders, bindings and heap are those before", () => {
  const { bench } = drill;
  const { kernel } = bench;
  const chance = new Chance(3);
  kernel.trace.switch([]);
  // Port holds on both segments stay; a binding that keeps the ring fed, for packets.
  drill.hold("packets");
  drill.env.take(GUARANTEED_PAGES);
  const before = state();
  // What is compiled and cached once is there when the rounds begin that are measured.
  for (let each = 0; each < WARM_ROUNDS; each++) round(each);
  const heap = usedHeap();
  for (let each = 0; each < 10_000; each++) round(each);
  give("packets", []);
  expect(state()).toEqual(before);
  expect([drill.environment.state, drill.slices.size]).toEqual(["alive", 0]);
  expect(usedHeap() - heap).toBeLessThan(MOST_GROWTH);

  function round(number: number): void {
    const resource = chance.below(40) === 0 ? "bindings" : chance.pick(["pages", "packets", "slices"] as const);
    const names = hold(resource, 1 + chance.below(3));
    const how = chance.pick(["good", "late", "none", "partly"] as const);
    const environment = drill.env.id;
    const count = resource === "bindings" ? names.length : 99;
    kernel.holdings.reclaim({ environment, resource, count, deadlineMs: how === "good" ? LONG : 0 });
    if (how === "late" || how === "none") kernel.tend();
    if (how !== "none") give(resource, how === "partly" ? names.slice(1) : names);
    kernel.tend();
    kernel.settle(false);
    if (resource === "bindings") bench.compile();
    if (bench.balance().some((difference) => difference !== 0))
      throw new Error(`round ${number}: the books do not add up`);
  }

  function state() {
    give("packets", []);
    const owners = Array.from({ length: bench.memory.pages }, (_, page) => bench.memory.ownerOf(page));
    const segments = [0, 1].map((segment) => bench.segments.holdsOf(segment));
    const slots = [...kernel.bindings.all()].map(({ slot }) => slot);
    return { owners, segments, slots, inFlight: kernel.ledger.inFlight, free: bench.memory.freePages };
  }

  function hold(resource: ResourceName, count: number): number[] {
    if (resource === "pages") return drill.env.take(count);
    if (resource === "slices") {
      const names = Array.from({ length: count }, (_, at) => at * 3);
      for (const name of names) drill.slices.set(name, drill.env.id);
      return names;
    }
    if (resource === "bindings") {
      return Array.from(
        { length: count },
        (_, at) => bench.bind({ name: `n${at}`, environment: drill.env.id }).binding!,
      );
    }
    const from = chance.pick([0, 32]);
    bench.receive(from, from + count);
    return [];
  }

  function give(resource: ResourceName, names: readonly number[]): void {
    if (resource === "packets") {
      drill.env.tail = drill.env.words[drill.env.box]!;
      kernel.settle(false);
    } else drill.env.ask("answer", Resource[resource], ...names);
  }
});

test("500 environments that crash while they are asked for everything (seed 4): what they held is free again", () => {
  const { bench } = drill;
  const { kernel } = bench;
  const chance = new Chance(4);
  const before = [bench.memory.freePages, bench.segments.holdsOf(0), bench.segments.holdsOf(1)];
  for (let round = 0; round < 500; round++) {
    const dying = new Simulated(bench, "dying");
    const pages = dying.take(GUARANTEED_PAGES + 3);
    const { binding } = bench.bind({ name: "dying", environment: dying.id });
    drill.slices.set(round, dying.id);
    bench.receive(0, 4);
    bench.receive(32, 36);
    for (const resource of RESOURCES) {
      const deadlineMs = chance.pick([0, LONG]);
      kernel.holdings.reclaim({ environment: dying.id, resource, count: 1 + chance.below(3), deadlineMs });
    }
    if (chance.percent(50)) dying.ask("answer", Resource.pages, pages[chance.below(pages.length)]!);
    if (chance.percent(50)) dying.ask("answer", Resource.bindings, binding!);
    dying.tail = chance.below(9);
    if (chance.percent(50)) kernel.settle(false);
    const environment = kernel.environments.get(dying.id)!;
    kernel.beginDestroying(dying.id, bench.root);
    kernel.destroyEnvironment(environment);
    bench.compile();
    drill.slices.delete(round);
    expect([bench.memory.freePages, bench.segments.holdsOf(0), bench.segments.holdsOf(1)]).toEqual(before);
    expect([...bench.balance(), kernel.ledger.inFlight, [...kernel.bindings.all()].length]).toEqual([0, 0, 0, 0, 0]);
  }
  expect(kernel.tend()).toBe(Number.POSITIVE_INFINITY);
});
