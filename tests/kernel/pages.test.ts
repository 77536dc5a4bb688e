import { beforeEach, describe, expect, test } from "vitest";
import { CALL_SLOTS, HostedCall, Mailbox, READABLE, WRITABLE } from "../../src/kernel/abi.js";
import { GUARANTEED_PAGES, MAX_OWN_PAGES_SHARE } from "../../src/kernel/limits.js";
import { FREE, Pages } from "../../src/kernel/pages.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { Chance } from "../seeded.js";
import { KernelBench } from "./kernel-bench.js";
import { Simulated } from "./simulated.js";

describe("pages", () => {
  let memory: PhysicalMemory;
  let pages: Pages;
  let flushed: number[];
  beforeEach(() => {
    memory = PhysicalMemory.create(1 << 18);
    pages = new Pages(memory);
    flushed = [];
    pages.flush = (page) => flushed.push(page);
  });

  test("are had by name or any, in a row, all of them or none", () => {
    expect(pages.allocateAt(1, 10, 3)).toBeUndefined();
    expect(pages.allocateAt(2, 12, 2)).toBe("E_PAGE_TAKEN");
    expect(pages.ownerOf(13)).toBe(FREE);
    expect(pages.allocateAt(2, 63, 2)).toBe("E_NO_PAGE");
    expect(pages.allocateAt(2, -1, 2)).toBe("E_NO_PAGE");
    expect(pages.allocate(2, 11)).toBe(13);
    expect(pages.allocate(2, 41)).toBeUndefined();
    expect([pages.owned(1), pages.owned(2), memory.freePages]).toEqual([3, 11, 50]);
  });

  test("are zeroed before their next owner has them", () => {
    const page = pages.allocate(1, 1)!;
    memory.octets.fill(7, page * memory.pageSize, (page + 1) * memory.pageSize);
    expect(pages.free(2, page)).toBe("E_PAGE_OWNER");
    expect(pages.free(1, page)).toBeUndefined();
    expect(pages.free(1, page)).toBe("E_PAGE_OWNER");
    expect(pages.allocateAt(2, page, 1)).toBeUndefined();
    expect(memory.octets.subarray(page * memory.pageSize, (page + 1) * memory.pageSize).every((o) => o === 0)).toBe(
      true,
    );
  });

  test("locks: the owner says who else may, and what makes them narrower flushes", () => {
    const page = pages.allocate(1, 1)!;
    expect(pages.access(40, page)).toBe(0);
    pages.share(1, page, 40, READABLE | WRITABLE);
    pages.share(1, page, 3, READABLE);
    expect([1, 3, 40, 8].map((id) => pages.access(id, page))).toEqual([3, 1, 3, 0]);
    expect([pages.readers.members(page), pages.writers.members(page)]).toEqual([[3, 40], [40]]);
    expect(flushed).toEqual([]);
    const generation = pages.generationOf(page);
    pages.share(1, page, 40, READABLE);
    expect([pages.access(40, page), flushed, pages.generationOf(page)]).toEqual([1, [page], generation + 1]);
    expect(pages.share(40, page, 8, READABLE)).toBe("E_PAGE_OWNER");
    pages.relock(1, page);
    expect([3, 40].map((id) => pages.access(id, page))).toEqual([0, 0]);
    pages.share(1, page, 3, READABLE | WRITABLE);
    pages.free(1, page);
    pages.allocateAt(2, page, 1);
    expect([1, 2, 3].map((id) => pages.access(id, page))).toEqual([0, 3, 0]);
  });

  test("who is gone owns nothing, and no lock knows the number", () => {
    pages.allocate(1, 3);
    const theirs = pages.allocate(2, 1)!;
    pages.share(2, theirs, 1, READABLE | WRITABLE);
    pages.freeAll(1);
    expect([pages.access(1, theirs), pages.owned(1), memory.freePages]).toEqual([0, 0, 63]);
  });

  test("a small set is guaranteed, fixed ones beside it; what is freed makes room in it", () => {
    const first = pages.allocate(1, 2)!;
    pages.fix(1, first, 2);
    const own = Array.from({ length: GUARANTEED_PAGES + 3 }, () => pages.allocate(1, 1)!);
    expect(pages.revocable(1)).toBe(3);
    expect([...pages.takeable(1)]).toEqual(own.slice(-3).reverse());
    expect(pages.free(1, first)).toBe("E_PAGE_FIXED");
    pages.free(1, own[0]!);
    expect(pages.revocable(1)).toBe(3);
    pages.allocate(1, 1);
    expect(pages.revocable(1)).toBe(3);
    pages.freeAll(1);
    expect([pages.owned(1), pages.revocable(1)]).toEqual([0, 0]);
  });

  test("whatever is done, owners, counts and the free list agree with a slow list", () => {
    const random = new Chance(5);
    const owners = new Map<number, number>();
    for (let step = 0; step < 5000; step++) {
      const owner = random.below(4);
      const page = random.below(70) - 3;
      const kind = random.below(4);
      if (kind === 0) {
        const first = pages.allocate(owner, 1 + random.below(3));
        if (first !== undefined)
          for (let at = first; pages.ownerOf(at) === owner && !owners.has(at); at++) owners.set(at, owner);
      } else if (kind === 1) {
        const can = page >= 0 && page < 64 && !owners.has(page);
        expect(pages.allocateAt(owner, page, 1) === undefined).toBe(can);
        if (can) owners.set(page, owner);
      } else if (kind === 2) {
        expect(pages.free(owner, page) === undefined).toBe(owners.get(page) === owner);
        if (owners.get(page) === owner) owners.delete(page);
      } else if (random.below(100) === 0) {
        pages.freeAll(owner);
        for (const [at, its] of owners) if (its === owner) owners.delete(at);
      }
      if (step % 50 !== 0) continue;
      expect(Array.from({ length: 64 }, (_, at) => pages.ownerOf(at))).toEqual(
        Array.from({ length: 64 }, (_, at) => owners.get(at) ?? FREE),
      );
      for (let id = 0; id < 4; id++) {
        const count = [...owners.values()].filter((its) => its === id).length;
        expect(pages.owned(id)).toBe(count);
        expect(pages.revocable(id)).toBeGreaterThanOrEqual(count - GUARANTEED_PAGES);
        expect([...pages.takeable(id)].length).toBe(pages.revocable(id));
      }
      expect(memory.freePages).toBe(64 - owners.size);
    }
  });
});

describe("calls of a hosted environment", () => {
  let bench: KernelBench;
  let one: Simulated;
  let two: Simulated;
  beforeEach(() => {
    bench = new KernelBench();
    one = new Simulated(bench, "one");
    two = new Simulated(bench, "two");
  });

  test("pages: allocate, list, share, unshare, relock, free, and the books of it", () => {
    const { pages } = bench.kernel.holdings;
    const [page] = one.take(1);
    expect(one.ask("allocate", 2, page! + 1)).toEqual([page! + 1]);
    expect(two.ask("allocate", 1, page!)).toBe("E_PAGE_TAKEN");
    expect(one.ask("pages", page!)).toEqual([page, page! + 1, page! + 2]);
    expect(one.ask("share", two.id, READABLE, page!, page! + 1)).toEqual([]);
    expect(pages.access(two.id, page! + 1)).toBe(READABLE);
    const generation = pages.generationOf(page!);
    expect(two.ask("pageBook", page!)).toEqual([one.id, generation, 1, 1 << two.id, 0, 0, 0]);
    expect(one.ask("unshare", two.id, page!)).toEqual([]);
    expect(one.ask("relock", page! + 1)).toEqual([]);
    expect([page!, page! + 1].map((at) => pages.access(two.id, at))).toEqual([0, 0]);
    expect(two.ask("free", page!)).toBe("E_PAGE_OWNER");
    expect(one.ask("free", page!, page! + 1, page! + 2)).toEqual([3]);
    expect(one.ask("facts")).toEqual([4096, 256, bench.memory.freePages, 1 << 16, 2, 16]);
    expect(one.ask("segmentBook", 0)).toEqual([1, 0, 0]);
  });

  test.each([
    ["allocate", [0, -1], "E_ARGUMENT"],
    ["allocate", [-5, -1], "E_ARGUMENT"],
    ["allocate", [1 << 30, -1], "E_ARGUMENT"],
    ["allocate", [4000, -1], "E_TOO_MANY"],
    ["allocate", [1, 256], "E_NO_PAGE"],
    ["allocate", [2, 0x7fffffff], "E_NO_PAGE"],
    ["allocate", [1], "E_ARGUMENT"],
    ["free", [1 << 20], "E_NO_PAGE"],
    ["free", [-1], "E_NO_PAGE"],
    ["share", [0, 4, 1], "E_ARGUMENT"],
    ["share", [-1, 1, 1], "E_NO_ENVIRONMENT"],
    ["share", [9999, 1, 1], "E_NO_ENVIRONMENT"],
    ["relock", [0], "E_PAGE_OWNER"],
    ["saveIn", [0], "E_PAGE_OWNER"],
    ["saveIn", [0, 0], "E_ARGUMENT"],
    ["answer", [], "E_ARGUMENT"],
    ["answer", [7, 1], "E_ARGUMENT"],
    ["answer", [0, 1], "E_NOT_ASKED"],
    ["pageBook", [-1], "E_NO_PAGE"],
    ["segmentBook", [2], "E_ARGUMENT"],
  ] as const)("%s %j: %s", (call, args, error) => {
    expect(one.ask(call, ...args)).toBe(error);
    expect(bench.failures).toEqual([]);
  });

  test("by itself one takes at most a quarter of the machine's pages, beside what the kernel fixed; with the right, more", () => {
    const { kernel, root } = bench;
    const quarter = bench.memory.pages * MAX_OWN_PAGES_SHARE;
    const pages = one.take(quarter);
    expect(one.ask("allocate", 1, -1)).toBe("E_TOO_MANY");
    expect(one.ask("allocate", 1, 255)).toBe("E_TOO_MANY");
    expect(two.take(1)).toHaveLength(1);
    one.ask("free", pages[0]!);
    expect(one.ask("allocate", 2, -1)).toBe("E_TOO_MANY");
    expect(one.take(1)).toHaveLength(1);
    const change = kernel.authority.grantTo(root, one.id, "more", { rights: ["allocate"], expires: 0 });
    kernel.changeCapabilities(change);
    const handle = kernel.authority.openGranted(one.id, change.put!.capability.serial);
    const asked = [one.post(HostedCall.allocate, [9, -1], { handle })];
    asked.push(one.post(HostedCall.allocate, [4000, -1], { handle }));
    kernel.tend();
    expect(asked.map((at) => one.read(at))).toEqual([[expect.any(Number)], "E_NO_MEMORY"]);
  });

  test("a child of the root's has one quarter for all that it and those below it make; the root's own have one each", () => {
    const { kernel } = bench;
    const quarter = bench.memory.pages * MAX_OWN_PAGES_SHARE;
    const owned = (simulated: Simulated, ...owner: string[]) => {
      kernel.environments.get(simulated.id)!.owner = ["root", ...owner];
      return simulated;
    };
    const mine = owned(one, "team");
    const below = owned(two, "team", "member");
    const others = owned(new Simulated(bench, "others"), "teammate");
    const roots = owned(new Simulated(bench, "roots"));
    mine.take(quarter - 10);
    const last = below.take(10);
    expect([mine.ask("allocate", 1, -1), below.ask("allocate", 1, -1)]).toEqual(["E_TOO_MANY", "E_TOO_MANY"]);
    expect([others.take(1), roots.take(1)].map(({ length }) => length)).toEqual([1, 1]);
    below.ask("free", last[0]!);
    expect(mine.take(1)).toHaveLength(1);
    expect(below.ask("allocate", 1, -1)).toBe("E_TOO_MANY");
    kernel.destroyEnvironment(kernel.beginDestroying(one.id, bench.root));
    expect(below.take(20)).toHaveLength(20);
  });

  test("slots that are not well formed are refused with E_CALL, and the next is done", () => {
    const wrong = [
      one.post(99, []),
      one.post(-1, []),
      one.post(HostedCall.facts, [], { sequence: 77 }),
      one.post(HostedCall.facts, [], { state: 5 }),
      one.post(HostedCall.facts, [], { count: 25 }),
      one.post(HostedCall.facts, [], { count: -1 }),
    ];
    const right = one.post(HostedCall.facts, []);
    bench.kernel.tend();
    expect(wrong.map((at) => one.read(at))).toEqual(wrong.map(() => "E_CALL"));
    expect(one.read(right)).toHaveLength(6);
    const handle = one.post(HostedCall.allocate, [1, -1], { handle: 5 });
    bench.kernel.tend();
    expect(one.read(handle)).toBe("E_HANDLE");
  });

  test("a cursor that cannot be fails the environment, and nobody else", () => {
    one.words[one.box + Mailbox.callHead] = CALL_SLOTS + 1;
    bench.kernel.tend();
    expect(bench.failures).toEqual(["one: it asked for more than its call ring holds: its cursor cannot be"]);
    expect(two.take(1)).toHaveLength(1);
  });

  test("a fixed page is nobody's to give", () => {
    const mailbox = one.box / 1024;
    expect(one.ask("free", mailbox)).toBe("E_PAGE_FIXED");
    expect(one.ask("share", two.id, READABLE, mailbox)).toBe("E_PAGE_FIXED");
  });

  test("what is asked before a boundary is done by environment number, then in order", () => {
    const later = [two.post(HostedCall.allocate, [1, 200]), two.post(HostedCall.free, [200])];
    const first = one.post(HostedCall.allocate, [1, 200]);
    bench.kernel.settle(true);
    expect([one.read(first), ...later.map((at) => two.read(at))]).toEqual([[200], "E_PAGE_TAKEN", "E_PAGE_OWNER"]);
  });

  test("noise in the call ring never throws, and owners stay what the books say", () => {
    const random = new Chance(11);
    for (let round = 0; round < 3000; round++) {
      const args = Array.from({ length: random.below(8) }, () => random.below(300) - 20);
      one.post(random.below(14), args, random.below(10) === 0 ? { count: random.below(40) - 5 } : {});
      bench.kernel.tend();
    }
    const owned = Array.from({ length: 256 }, (_, page) => bench.memory.ownerOf(page)).filter((o) => o === one.id);
    expect(bench.kernel.holdings.pages.owned(one.id)).toBe(owned.length);
    expect(bench.failures).toEqual([]);
  });
});
