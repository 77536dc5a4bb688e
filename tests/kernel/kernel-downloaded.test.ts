import { describe, expect, test } from "vitest";
import { Cause, COMPARISONS, DownloadedCall, PAGE_TAKEN, READABLE, WRITABLE } from "../../src/kernel/abi.js";
import { errorNumber } from "../../src/kernel/kerrno.js";
import { DRAIN_ROUNDS } from "../../src/kernel/limits.js";
import type { LinkedImage } from "../../src/vcode/image.js";
import { KernelBench } from "./kernel-bench.js";
import { Simulated } from "./simulated.js";

function linked(run: LinkedImage["run"]): LinkedImage {
  return { run, fuel: 0, save: 0, accesses: 0 };
}

const D = { name: "d", program: "vcode", options: {} };

test("a downloaded environment lives in the kernel's tables, and a machine check fails it there", () => {
  const bench = new KernelBench();
  const { kernel, memory } = bench;
  const free = memory.freePages;
  const made = kernel.createEnvironment(D, bench.root, () =>
    linked((_packet, _octets, _cause, m1) => {
      if (m1 === 1) throw new RangeError("beyond");
      return 5;
    }),
  );
  expect(made).toEqual({ environment: 1, start: undefined });
  expect(kernel.environments.get(1)?.kind).toBe("downloaded");
  const activate = (m1: number) =>
    kernel.lifetimes.activate({ environment: 1, cause: 3, message: [m1], fuel: 100 }, bench.root);
  expect(activate(0)).toEqual({ used: 1, ended: "done", value: 5 });
  expect(activate(1)).toMatchObject({ ended: "killed" });
  expect(bench.failures).toEqual(["d: beyond"]);
  expect(kernel.environments.get(1)?.state).toBe("failed");
  expect(memory.freePages).toBe(free);
  expect(() => activate(0)).toThrow("does not consist of downloaded code");
  kernel.destroyEnvironment(kernel.beginDestroying(1, bench.root));
  expect(kernel.environments.get(1)).toBeUndefined();
});

test("bindings of it count, and go with it", () => {
  const bench = new KernelBench();
  const { kernel } = bench;
  const { environment } = kernel.createEnvironment(D, bench.root, () => linked(() => 0));
  const { binding } = bench.bind({ environment });
  bench.receive(0, 10);
  expect(kernel.bindings.packets[binding!]).toBe(10);
  expect(bench.balance()).toEqual([0, 0, 0]);
  expect(kernel.destroyEnvironment(kernel.beginDestroying(environment, bench.root))).toEqual([binding]);
  expect(bench.balance()).toEqual([0, 0, 0]);
});

test("what is taken from it after it failed is not written into the page that was its own", () => {
  const bench = new KernelBench();
  const { kernel, memory } = bench;
  const { environment } = kernel.createEnvironment(D, bench.root, () =>
    linked(() => {
      throw new RangeError("beyond");
    }),
  );
  const { context } = kernel.activations.get(environment)!;
  const { binding } = bench.bind({ environment });
  kernel.lifetimes.activate({ environment, cause: Cause.message, message: [], fuel: 100 }, bench.root);
  const page = context / memory.pageSize;
  expect([kernel.environments.get(environment)?.state, memory.ownerOf(page)]).toEqual(["failed", -1]);
  const words = memory.words.subarray(context >> 2, (context + memory.pageSize) >> 2);
  const before = [...words];
  kernel.holdings.reclaim({ environment, resource: "bindings", count: 1, deadlineMs: 0 });
  expect([...words]).toEqual(before);
  const loss = { resource: "bindings", name: binding, count: 1, saved: null };
  expect(kernel.holdings.revocations({ environment }).vector).toEqual([loss]);
});

describe("a page that predicates read", () => {
  /** Two downloaded environments that wait for a word of a page of a third's, which is hosted, as its owner lets them. */
  function readers() {
    const bench = new KernelBench();
    const { kernel } = bench;
    const { wakeups } = kernel.cpu;
    const owner = new Simulated(bench, "owner");
    const [page] = owner.take(1);
    const ids = ["one", "two"].map((name) => {
      const { environment } = kernel.createEnvironment({ ...D, name }, bench.root, () => linked(() => 0));
      owner.ask("share", environment, READABLE | WRITABLE, page!);
      kernel.activations.stlb.write(environment, 0, page!, READABLE | WRITABLE);
      const terms = [{ address: 8, comparison: "eq", constant: 7 } as const];
      wakeups.waitFor(environment, wakeups.register(environment, [{ tag: 5, terms }]));
      return environment;
    });
    const wakes = () => ids.map((id) => wakeups.wakes(id));
    const set = (word: number) => {
      bench.memory.words[(page! * bench.memory.pageSize + 8) >> 2] = word;
    };
    return { bench, owner, page: page!, one: ids[0]!, two: ids[1]!, wakes, set };
  }

  test("and that one of them may read no more: it hears so, and the other's goes on", () => {
    const { owner, page, one, wakes, set } = readers();
    owner.ask("unshare", one, page);
    expect(wakes()).toEqual([PAGE_TAKEN, 0]);
    set(7);
    expect(wakes()).toEqual([PAGE_TAKEN, 5]);
  });

  test("and that one of them may write no more goes on for both", () => {
    const { owner, page, one, wakes, set } = readers();
    owner.ask("share", one, READABLE, page);
    expect(wakes()).toEqual([0, 0]);
    set(7);
    expect(wakes()).toEqual([5, 5]);
  });

  test("and that the owner locks or gives back, or one of them leaves", () => {
    const locked = readers();
    locked.owner.ask("relock", locked.page);
    expect(locked.wakes()).toEqual([PAGE_TAKEN, PAGE_TAKEN]);
    const given = readers();
    given.owner.ask("free", given.page);
    expect(given.wakes()).toEqual([PAGE_TAKEN, PAGE_TAKEN]);
    const left = readers();
    const { kernel, root } = left.bench;
    kernel.destroyEnvironment(kernel.beginDestroying(left.one, root));
    left.set(7);
    expect(left.wakes()).toEqual([0, 5]);
  });

  test("and that its owner waits for goes on when it locks it", () => {
    const bench = new KernelBench();
    const { kernel } = bench;
    const { wakeups } = kernel.cpu;
    const made = (name: string) =>
      kernel.createEnvironment({ ...D, name }, bench.root, () => linked(() => 0)).environment;
    const [owner, other] = [made("owner"), made("other")];
    const { pages } = kernel.environments;
    const page = pages.allocate(owner, 1)!;
    pages.share(owner, page, other, READABLE);
    for (const id of [owner, other]) {
      kernel.activations.stlb.write(id, 0, page, READABLE);
      const terms = [{ address: 0, comparison: "eq", constant: 7 } as const];
      wakeups.waitFor(id, wakeups.register(id, [{ tag: 5, terms }]));
    }
    pages.relock(owner, page);
    bench.memory.words[(page * bench.memory.pageSize) >> 2] = 7;
    expect([wakeups.wakes(owner), wakeups.wakes(other)]).toEqual([5, PAGE_TAKEN]);
  });
});

test("a predicate whose terms go beyond the last address goes on at the first, of the same environment", () => {
  const bench = new KernelBench();
  const { kernel, memory } = bench;
  const { pageSize } = memory;
  const { activations } = kernel;
  const { pages } = kernel.environments;
  const answers: number[] = [];
  const made = (name: string) =>
    kernel.createEnvironment({ ...D, name }, bench.root, ({ kernel: call }) =>
      linked(() => answers.push(call(DownloadedCall.predicate, -8, 1, 0, 0, 0, 0))),
    ).environment;
  const ask = (environment: number) =>
    kernel.lifetimes.activate({ environment, cause: Cause.message, message: [], fuel: 20_000 }, bench.root);
  made("first");
  const environment = made("asks");
  ask(environment);
  // Its context page is the last virtual one; the first is not mapped.
  expect(answers).toEqual([-errorNumber("E_ADDRESS")]);
  const page = pages.allocate(environment, 1)!;
  activations.stlb.write(environment, 0, page, READABLE);
  const tag = 5;
  const context = activations.get(environment)!.context;
  memory.words.set([tag, COMPARISONS.indexOf("eq")], (context + pageSize - 8) >> 2);
  memory.words.set([16, 7], (page * pageSize) >> 2);
  ask(environment);
  expect(answers[1]).toBe(0);
  const { wakeups } = kernel.cpu;
  wakeups.waitFor(environment, 0);
  expect(wakeups.wakes(environment)).toBe(0);
  memory.words[(page * pageSize + 16) >> 2] = 7;
  expect(wakeups.wakes(environment)).toBe(tag);
});

describe("a lossless boundary", () => {
  /** Runs a unit or two at each start, and does not sleep. */
  function awake(bench: KernelBench, name: string, starts: (count: number) => void, slices = 1): number {
    let count = 0;
    const link = () =>
      linked((_packet, _octets, cause) => {
        if (cause === Cause.start) starts(++count);
        return 0;
      });
    return bench.kernel.createEnvironment({ ...D, name, slices }, bench.root, link).environment;
  }

  test("does not wait for packets of one that nobody gives time", () => {
    const bench = new KernelBench();
    let starts = 0;
    const stop = (count: number) => {
      starts = count;
      if (count > 1000) throw new Error("it goes on and on");
    };
    awake(bench, "awake", stop);
    const environment = awake(bench, "starved", () => undefined, 0);
    bench.bind({ environment });
    bench.receive(0, 10, true);
    expect(bench.failures).toEqual([]);
    expect(starts).toBeGreaterThan(0);
    expect(bench.kernel.environments.get(environment)).toMatchObject({ late: true, delivered: 0 });
  });

  test("serves one that has no slice out of the rest that another gives it", () => {
    const bench = new KernelBench();
    const { processor } = bench.kernel.cpu;
    let served = 0;
    awake(bench, "scheduler", () => processor.yieldTo(served));
    const link = () =>
      linked((_packet, _octets, cause) => {
        if (cause === Cause.message) processor.yield();
        return 0;
      });
    served = bench.kernel.createEnvironment({ ...D, name: "served", slices: 0 }, bench.root, link).environment;
    bench.bind({ environment: served });
    bench.receive(0, 10, true);
    expect(bench.kernel.environments.get(served)).toMatchObject({ late: false, delivered: 10 });
  });

  test("is over after so many rounds, where one never looks at its packets", () => {
    const bench = new KernelBench();
    let starts = 0;
    const environment = awake(bench, "yields", (count) => {
      starts = count;
      if (count > 3 * DRAIN_ROUNDS) throw new Error("it goes on and on");
      bench.kernel.cpu.processor.yield();
    });
    bench.bind({ environment });
    bench.receive(0, 10, true);
    expect(bench.failures).toEqual([]);
    // Once after the rows, and once as it settles.
    expect(starts).toBe(2 * DRAIN_ROUNDS);
    expect(bench.kernel.environments.get(environment)).toMatchObject({ late: true, delivered: 0 });
  });
});

test("packets that an heir deals with in an activation from outside are delivered, once", () => {
  const bench = new KernelBench();
  const { kernel } = bench;
  let heir = 0;
  const gives = () =>
    linked(() => {
      kernel.cpu.processor.yieldTo(heir);
      return 0;
    });
  const { environment } = kernel.createEnvironment({ ...D, name: "gives", slices: 0 }, bench.root, gives);
  heir = kernel.createEnvironment({ ...D, name: "heir", slices: 0 }, bench.root, () => linked(() => 0)).environment;
  bench.bind({ environment: heir });
  bench.receive(0, 10);
  kernel.lifetimes.activate({ environment, cause: Cause.message, message: [], fuel: 1000 }, bench.root);
  expect(kernel.ledger).toMatchObject({ delivered: 10, inFlight: 0 });
  const reclaim = () => kernel.holdings.reclaim({ environment: heir, resource: "packets", count: 1, deadlineMs: 0 });
  expect(reclaim).toThrow(expect.objectContaining({ code: "E_NOTHING_HELD" }));
  kernel.settle(true);
  expect(kernel.environments.get(heir)!.delivered).toBe(10);
  expect([...bench.balance(), kernel.ledger.inFlight]).toEqual([0, 0, 0, 0]);
});

test("packets that are taken from it by force are no answer of its own, late or in time", () => {
  const bench = new KernelBench();
  const { kernel } = bench;
  kernel.trace.switch(["error", "warning", "info"]);
  const { environment } = kernel.createEnvironment({ ...D, slices: 1 }, bench.root, () => linked(() => 0));
  bench.bind({ environment });
  bench.receive(0, 10);
  kernel.holdings.reclaim({ environment, resource: "packets", count: 1, deadlineMs: 0 });
  kernel.tend();
  bench.receive(10, 15, true);
  expect(kernel.tend()).toBe(Number.POSITIVE_INFINITY);
  const [request] = kernel.holdings.revocations({ environment }).requests;
  expect(request).toMatchObject({ state: "forced", taken: 1, late: false });
  expect(kernel.trace.since(0).map(({ name }) => name)).not.toContain("revocationLate");
  expect(kernel.ledger).toMatchObject({ delivered: 5, inFlight: 0 });
});

test("where it cannot be linked, or has no page, there is none, and its name is free", () => {
  const bench = new KernelBench();
  const { kernel, memory } = bench;
  const free = memory.freePages;
  const link = () => {
    throw new RangeError("another machine's");
  };
  expect(() => kernel.createEnvironment(D, bench.root, link)).toThrow(expect.objectContaining({ code: "E_IMAGE" }));
  expect(memory.freePages).toBe(free);
  while (memory.allocate(-9, 1) !== undefined);
  expect(() => kernel.createEnvironment(D, bench.root, () => linked(() => 0))).toThrow(
    expect.objectContaining({ code: "E_NO_MEMORY" }),
  );
  for (let page = 0; page < memory.pages; page++) if (memory.ownerOf(page) === -9) memory.release(-9, page, 1);
  expect(kernel.createEnvironment(D, bench.root, () => linked(() => 0)).environment).toBe(1);
});
