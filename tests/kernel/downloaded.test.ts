import { describe, expect, test } from "vitest";
import { Cause, ContextPage, ExceptionAnswer } from "../../src/kernel/abi.js";
import { EXCEPTION_FUEL, FUEL_RESERVE, MAX_NESTED_EXCEPTIONS } from "../../src/kernel/limits.js";
import { FREE } from "../../src/machine/memory.js";
import { READABLE, Trap, WRITABLE } from "../../src/vcode/image.js";
import { Chance } from "../seeded.js";
import { Downloads, type Entry } from "./downloads.js";
import { entriesOf } from "./stlb-entries.js";

const CONTEXT = -4096;

/** Allocates a page where none is, and tries again. */
const allocates: Entry = (cpu, cause, kind, address) => {
  if (cause !== Cause.exception || kind !== Trap.pageFault) return ExceptionAnswer.abandon;
  const page = cpu.call("alloc", -1);
  return cpu.call("map", address! >>> 12, page, READABLE | WRITABLE) === 0
    ? ExceptionAnswer.retry
    : ExceptionAnswer.abandon;
};

describe("page faults", () => {
  test("a handler allocates and maps: a sum over three pages, and every access counted", () => {
    const downloads = new Downloads();
    downloads.create(1, (cpu, cause, ...message) => {
      if (cause === Cause.exception) return allocates(cpu, cause, ...message);
      for (let index = 0; index < 3072; index++) cpu.store(0x5000 + index * 4, index);
      let sum = 0;
      for (let index = 0; index < 3072; index++) sum += cpu.load(0x5000 + index * 4);
      return sum;
    });
    const free = downloads.memory.freePages;
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: (3071 * 3072) / 2 });
    expect(downloads.memory.freePages).toBe(free - 3);
    expect(downloads.activations.get(1)!.counters()).toEqual({ accesses: 6144, hits: 6141, misses: 3 });
    expect(downloads.events().filter((event) => event.startsWith("exceptionRaised"))).toEqual([
      "exceptionRaised 1 1 20480 1",
      "exceptionRaised 1 1 24576 1",
      "exceptionRaised 1 1 28672 1",
    ]);
  });

  test("the context page comes without a handler's help, and has the registers of the trap", () => {
    const downloads = new Downloads();
    downloads.create(1, (cpu, cause, kind, address, write, place, saved) => {
      if (cause === Cause.exception) {
        cpu.call("exceptionValue", cpu.load(saved!) + kind! + address! + write! + place!);
        return ExceptionAnswer.skip;
      }
      cpu.register = 1000;
      return cpu.load(0x7000);
    });
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: 1000 + Trap.pageFault + 0x7000 + 0 + 1 });
    expect(downloads.activations.get(1)!.counters()).toEqual({ accesses: 2, hits: 0, misses: 2 });
  });

  test("a small table forgets, and asks again; two environments never see each other's pages", () => {
    const downloads = new Downloads(2);
    const pages = new Map<number, number>();
    const own: Entry = (cpu, cause, kind, address) => {
      if (cause === Cause.exception) {
        const key = (cpu.call("self") << 20) | (address! >>> 12);
        const page = pages.get(key) ?? cpu.call("alloc", -1);
        pages.set(key, page);
        expect(kind).toBe(Trap.pageFault);
        cpu.call("map", address! >>> 12, page, READABLE | WRITABLE);
        return ExceptionAnswer.retry;
      }
      for (let page = 0; page < 8; page++) cpu.store(page << 12, cpu.call("self") * 100 + page);
      let wrong = 0;
      for (let page = 0; page < 8; page++) if (cpu.load(page << 12) !== cpu.call("self") * 100 + page) wrong++;
      return wrong;
    };
    for (const environment of [1, 2, 3]) downloads.create(environment, own);
    for (let round = 0; round < 3; round++) {
      for (const environment of [1, 2, 3])
        expect(downloads.run(environment)).toMatchObject({ ended: "done", value: 0 });
    }
    expect(new Set(pages.values()).size).toBe(24);
  });
});

describe("what a handler answers", () => {
  test("skip leaves a store out, and gives a load its value", () => {
    const downloads = new Downloads();
    let page = 0;
    downloads.create(1, (cpu, cause, kind) => {
      if (cause === Cause.exception) {
        expect(kind).toBe(Trap.protection);
        cpu.call("exceptionValue", 77);
        return ExceptionAnswer.skip;
      }
      page = cpu.call("alloc", -1);
      cpu.call("map", 3, page, READABLE);
      cpu.store(0x3000, 5);
      cpu.call("map", 3, page, WRITABLE);
      return cpu.load(0x3000);
    });
    expect(downloads.run(1).value).toBe(77);
    expect(downloads.memory.words[page << 10]).toBe(0);
  });

  test("without a value a skipped load gives 0; unaligned is an exception of its own", () => {
    const downloads = new Downloads();
    const kinds: number[] = [];
    downloads.create(1, (cpu, cause, kind) => {
      if (cause !== Cause.exception) return cpu.load(0x1001);
      kinds.push(kind!);
      return ExceptionAnswer.skip;
    });
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: 0 });
    expect(kinds).toEqual([Trap.unaligned]);
  });

  test.each([ExceptionAnswer.abandon, 3, -1, 1000])("%i ends the activation, and the next one runs", (answer) => {
    const downloads = new Downloads();
    let passed = 0;
    downloads.create(1, (cpu, cause, m1) => {
      if (cause === Cause.exception) return answer;
      if (m1 === 1) cpu.load(0x1000);
      passed++;
      return 9;
    });
    expect(downloads.run(1, 1000, Cause.message, 1)).toMatchObject({ ended: "abandoned", value: 0 });
    expect(downloads.run(1, 1000, Cause.message, 2)).toMatchObject({ ended: "done", value: 9 });
    expect(passed).toBe(1);
  });

  test("handlers fault in handlers so often, each with a save area of its own; beyond that it is over", () => {
    const downloads = new Downloads();
    const areas: number[] = [];
    let depth = MAX_NESTED_EXCEPTIONS;
    downloads.create(1, (cpu, cause, _kind, address, _write, _place, saved) => {
      cpu.register = cause === Cause.exception ? address! + 0x1000 : 0x1000;
      if (cause !== Cause.exception) return cpu.load(0x1000);
      areas.push(saved! - CONTEXT);
      expect(cpu.load(saved!)).toBe(address);
      const deeper = address! / 0x1000 < depth ? cpu.load(address! + 0x1000) : 0;
      // What lies in this handler's area is still its own.
      expect(cpu.load(saved!)).toBe(address);
      cpu.call("exceptionValue", deeper + 1);
      return ExceptionAnswer.skip;
    });
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: MAX_NESTED_EXCEPTIONS });
    expect(areas).toEqual(Array.from({ length: MAX_NESTED_EXCEPTIONS }, (_, at) => ContextPage.save + at * 256));
    depth++;
    expect(downloads.run(1)).toMatchObject({ ended: "abandoned" });
    depth--;
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: MAX_NESTED_EXCEPTIONS });
  });
});

describe("fuel", () => {
  test("what is used is what was paid, calls and handlers included", () => {
    const downloads = new Downloads();
    downloads.create(1, (cpu, cause) => {
      if (cause === Cause.exception) return ExceptionAnswer.skip;
      cpu.pay(100);
      cpu.call("null");
      cpu.load(0x1000);
      return 5;
    });
    expect(downloads.run(1, 10_000)).toEqual({ used: 100 + 1 + EXCEPTION_FUEL, ended: "done", value: 5 });
  });

  test("a handler that answers retry for ever runs out, and so does one that makes calls for ever", () => {
    const downloads = new Downloads();
    downloads.create(1, (cpu, cause) => (cause === Cause.exception ? ExceptionAnswer.retry : cpu.load(0x1000)));
    downloads.create(2, (cpu, cause) => {
      while (cause !== Cause.exception) cpu.call("null");
      return ExceptionAnswer.retry;
    });
    for (const environment of [1, 2]) {
      const { used, ended } = downloads.run(environment, 100_000);
      expect(ended).toBe("killed");
      expect(used).toBeGreaterThan(100_000 - EXCEPTION_FUEL);
      expect(used).toBeLessThanOrEqual(100_000);
    }
  });

  test("a handler is told that fuel runs out, once, with what was held back", () => {
    const downloads = new Downloads();
    const told: number[] = [];
    downloads.create(1, (cpu, cause, kind) => {
      if (cause !== Cause.exception) for (;;) cpu.pay(10);
      told.push(kind!, cpu.call("left"));
      return ExceptionAnswer.retry;
    });
    expect(downloads.run(1, 100_000)).toEqual({ used: 100_000 - 1, ended: "killed", value: 0 });
    expect(told).toEqual([Trap.fuel, 8 + FUEL_RESERVE - EXCEPTION_FUEL - 1]);
    expect(downloads.events().at(-1)).toBe(`activationKilled 1 ${Cause.start} ${100_000 - 1}`);
  });

  test.each([0, 1, 17, -5, 2 ** 40])("any amount of it: %d", (fuel) => {
    const downloads = new Downloads();
    downloads.create(1, (cpu, cause) => {
      if (cause === Cause.exception) return ExceptionAnswer.abandon;
      cpu.pay(18);
      return 1;
    });
    const { used, ended } = downloads.run(1, fuel);
    expect(ended).toBe(fuel > 18 ? "done" : "killed");
    expect(used).toBeLessThanOrEqual(Math.max(0, fuel));
    expect(used).toBeGreaterThanOrEqual(0);
  });
});

describe("machine checks", () => {
  const overflows: Entry = (cpu, cause, ...message) => 1 + overflows(cpu, cause, ...message);
  const beyond: Entry = () => new DataView(new ArrayBuffer(1)).getInt32(0);
  const traps: Entry = () => {
    throw new WebAssembly.RuntimeError("unreachable");
  };

  test.each([
    ["the end of the stack", overflows],
    ["an address outside of memory", beyond],
    ["a trap of WebAssembly", traps],
  ])("%s ends its environment, and gives back what it had; the other goes on", (_what, entry) => {
    const downloads = new Downloads();
    const free = downloads.memory.freePages;
    const pages: number[] = [];
    downloads.create(1, (cpu, cause, m1, ...rest) => {
      if (m1 === 1) return entry(cpu, cause, m1, ...rest);
      pages.push(cpu.call("alloc", -1));
      return cpu.call("map", 1, pages[0]!, READABLE);
    });
    downloads.create(2, (cpu) => cpu.call("self"));
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: 0 });
    expect(downloads.run(1, 1000, Cause.message, 1)).toMatchObject({ ended: "killed", value: 0 });
    expect(downloads.failures).toHaveLength(1);
    expect(downloads.run(2)).toMatchObject({ ended: "done", value: 2 });
    expect(downloads.run(1)).toEqual({ used: 0, ended: "abandoned", value: 0 });
    expect(entriesOf(downloads.activations.stlb, downloads.memory, 1)).toBe(0);
    expect(downloads.memory.freePages).toBe(free - 1);
    expect(downloads.events()).toContain(`machineCheck 1 ${Cause.message}`);
  });

  test("in an activation inside its own one: its pages are its own until the outer one has ended", () => {
    const downloads = new Downloads();
    const free = downloads.memory.freePages;
    let inside: object | undefined;
    downloads.create(1, (cpu, cause, m1) => {
      if (m1 === 1) throw new RangeError("no such address");
      inside = downloads.run(1, 100, Cause.message, 1);
      expect(downloads.memory.freePages).toBe(free - 1);
      if (cause !== Cause.exception) cpu.load(0x1000);
      return 1;
    });
    expect(downloads.run(1)).toMatchObject({ ended: "abandoned" });
    expect(inside).toMatchObject({ ended: "killed" });
    expect(downloads.memory.freePages).toBe(free);
  });

  test("what the kernel itself throws is no machine check", () => {
    const downloads = new Downloads();
    downloads.create(1, () => {
      throw new TypeError("a mistake of the kernel's");
    });
    expect(() => downloads.run(1)).toThrow(TypeError);
  });
});

describe("activations inside each other", () => {
  test("each has its own fuel and save area; whoever is entered has room for its handlers", () => {
    const downloads = new Downloads();
    const entered: number[] = [];
    for (const environment of [1, 2]) {
      downloads.create(environment, (cpu, cause) => {
        if (cause === Cause.exception) {
          const { ended } = downloads.run(3 - environment, 50_000);
          entered.push(ended === "abandoned" ? 0 : environment);
          return ExceptionAnswer.skip;
        }
        cpu.pay(environment);
        return cpu.load(0x1000);
      });
    }
    expect(downloads.run(1)).toEqual({ used: 1 + EXCEPTION_FUEL, ended: "done", value: 0 });
    expect(entered.filter((each) => each === 0)).toHaveLength(1);
    expect(entered.length).toBeGreaterThan(8);
    expect(downloads.run(2)).toEqual({ used: 2 + EXCEPTION_FUEL, ended: "done", value: 0 });
  });
});

test("1,000 rounds of creating, running, failing and destroying leave all pages free and no entry", () => {
  const downloads = new Downloads();
  const chance = new Chance(7);
  const { memory, activations } = downloads;
  const free = memory.freePages;
  for (let round = 0; round < 1000; round++) {
    const environments = [1, 2, 3].slice(0, 1 + chance.below(3));
    for (const environment of environments) {
      downloads.create(environment, (cpu, cause, ...message) => {
        if (cause === Cause.exception) return allocates(cpu, cause, ...message);
        for (let page = 0; page < message[0]!; page++) cpu.store(page << 12, -1);
        if (message[1] === 1) throw new RangeError("broken");
        return 0;
      });
    }
    for (const environment of environments) downloads.run(environment, 50_000, 1, chance.below(20), chance.below(4));
    for (const environment of environments) activations.destroy(environment);
    expect(memory.freePages, `round ${round}`).toBe(free);
    for (const environment of environments) expect(entriesOf(activations.stlb, memory, environment)).toBe(0);
  }
  // Nobody finds what another one wrote.
  for (let page = 0; page < memory.pages; page++) {
    if (memory.ownerOf(page) === FREE) {
      expect(memory.words.subarray(page << 10, (page + 1) << 10).every((word) => word === 0)).toBe(true);
    }
  }
});
