/** Who may bind handlers, what they end with, and how they are replaced. */

import { describe, expect, test } from "vitest";
import { DEFAULT_BUDGET } from "../../src/kernel/budget.js";
import type { HandlerTerms } from "../../src/kernel/calls-on-handlers.js";
import type { Capability } from "../../src/kernel/capability.js";
import { seal } from "../../src/kernel/capability.js";
import { MAX_HANDLERS, MAX_OWN_PAGES_SHARE, MAX_SENDS_A_SECOND } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { FIRST_PORT, MAX_PORTS } from "../../src/nic/port-numbers.js";
import { MAX_MESSAGE_FUEL, MAX_PASS_TO, MAX_STATE_OCTETS } from "../../src/vcode/handler.js";
import { TARGETS } from "../../src/vcode/target.js";
import { handlesOf } from "../libos/forger-kernel.js";
import {
  CONSUMES,
  COUNTS,
  COUNTS_AND_CONSUMES,
  counts,
  ends,
  FAULTS,
  first,
  Handled,
  handler,
  LOOPS,
  PASSES,
} from "./handled.js";

function refusal(doing: () => unknown): string {
  try {
    doing();
    return "nothing";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code;
  }
}

function refused(handled: Handled): (doing: () => unknown) => string {
  const { handlers, environments } = handled.kernel;
  return (doing) => {
    const before = [handlers.views({}), environments.pages.owned(0), handlesOf(handled.kernel.handles, 0)];
    const code = refusal(doing);
    expect([handlers.views({}), environments.pages.owned(0), handlesOf(handled.kernel.handles, 0)]).toEqual(before);
    return code;
  };
}

/** Handlers that need no pages, for slots of bindings that need not be there. */
function withoutState() {
  const handled = new Handled();
  const { kernel } = handled;
  const program = handled.program(handler(CONSUMES), 0);
  const environment = kernel.environments.get(0)!;
  const bound = { environment, budget: DEFAULT_BUDGET, passTo: [], transmit: undefined, port: null, under: "" };
  return { kernel, add: (slot: number) => kernel.ash.add({ ...bound, slot, clearAtEpoch: false }, program) };
}

describe("binding", () => {
  test("takes pages of the environment's own, fixed while it is bound, and gives them back", () => {
    const handled = new Handled("wasm");
    const { bench, kernel } = handled;
    const owner = bench.environment("owner");
    const { pages } = kernel.environments;
    const before = [pages.owned(owner), pages.revocable(owner), bench.memory.freePages];
    const { binding } = bench.bind({ environment: owner });
    const { firstPage, pages: count } = handled.handle(binding!, COUNTS, {}, 3 * 4096 + 1);
    expect(count).toBe(4);
    expect([pages.owned(owner), pages.revocable(owner)]).toEqual([before[0]! + 4, before[1]]);
    for (let page = firstPage; page < firstPage + 4; page++) expect(pages.free(owner, page)).toBe("E_PAGE_FIXED");
    bench.receive(0, 4);
    expect(kernel.activations.stlb.lookup(65, 0x100)).not.toBe(0);
    expect(kernel.handlers.unbind({ bindings: [binding!] }, bench.root)).toEqual({ until: { epoch: 0, packet: 4 } });
    expect([pages.owned(owner), pages.revocable(owner), bench.memory.freePages]).toEqual(before);
    expect(kernel.activations.stlb.lookup(65, 0x100)).toBe(0);
    bench.receive(4, 6);
    expect(kernel.bindings.delivered[binding!]).toBe(6);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("a state that begins is zeros, whoever had its pages before", () => {
    const handled = new Handled("js");
    const binding = handled.bind({}, COUNTS);
    handled.bench.receive(0, 5);
    handled.kernel.handlers.unbind({ bindings: [binding] }, handled.bench.root);
    handled.handle(binding, COUNTS);
    handled.bench.receive(0, 1);
    expect(handled.words(binding)).toEqual([1]);
    expect(handled.counts(binding).run).toBe(1);
  });

  test("is refused, and leaves nothing behind", () => {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const no = refused(handled);
    const lab = bench.lesser("lab", ["bind", "handler", "transmit"]);
    const anna = bench.lesser("anna", ["bind", "handler"]);
    const looks = bench.lesser("looks", ["bind"]);
    const owned = bench.environment("owned");
    const binding = bench.bind({ name: "labs" }, lab).binding!;
    const one = handled.bind({ name: "one" }, COUNTS);
    const noMore = { budget: { fuel: 2 ** 26 } };
    expect(no(() => handled.handle(99, COUNTS))).toBe("E_NO_BINDING");
    expect(no(() => handled.handle(one, COUNTS))).toBe("E_NAME_TAKEN");
    expect(no(() => handled.handle(binding, COUNTS, {}, 64, anna))).toBe("E_CAPABILITY_OWNER");
    expect(no(() => handled.handle(binding, COUNTS, { passTo: [owned] }, 64, lab))).toBe("E_CAPABILITY_OWNER");
    expect(no(() => handled.handle(binding, COUNTS, { passTo: [60] }))).toBe("E_NO_ENVIRONMENT");
    expect(no(() => handled.handle(binding, COUNTS, { passTo: Array.from({ length: 17 }, () => 0) }))).toBe(
      "E_ARGUMENT",
    );
    expect(no(() => handled.handle(binding, COUNTS, { under: looks.serial }))).toBe("E_CAPABILITY_RIGHT");
    expect(no(() => handled.handle(binding, COUNTS, noMore))).toBe("E_ARGUMENT");
    expect(no(() => handled.handle(binding, COUNTS, { budget: { share: 0 } }))).toBe("E_ARGUMENT");
    // Ports of captures take no frames, and there are no others than those that are made.
    for (const port of [0, FIRST_PORT - 1, FIRST_PORT + MAX_PORTS, -1, 240.5, Number.NaN])
      expect(no(() => handled.handle(binding, COUNTS, { port }))).toBe("E_ARGUMENT");
    expect(no(() => handled.handle(binding, COUNTS, { transmit: "exo1.a.b" }))).toBe("E_CAPABILITY_FORGED");
    expect(no(() => handled.handle(binding, COUNTS, {}, MAX_STATE_OCTETS + 1))).toBe("E_ARGUMENT");
    expect(no(() => handled.handle(binding, COUNTS, { transmit: seal(lab, bench.key) }, 1024 * 4096))).toBe(
      "E_TOO_MANY",
    );
    const link = () => {
      throw new RangeError("no such machine");
    };
    const broken = { name: "b", octets: 4096, identity: "", link };
    expect(no(() => kernel.handlers.bind({ binding }, broken, bench.root))).toBe("E_IMAGE");
    handled.handle(binding, COUNTS, { transmit: seal(lab, bench.key) }, 64, lab);
    expect(handlesOf(kernel.handles, 0)).toHaveLength(0);
    expect(refusal(() => kernel.handlers.unbind({ bindings: [one] }, lab))).toBe("E_CAPABILITY_OWNER");
    expect(refusal(() => kernel.handlers.state({ binding: one, from: 0, octets: 1 }, lab))).toBe("E_CAPABILITY_OWNER");
    expect(refusal(() => kernel.handlers.packet({ binding: one }, lab))).toBe("E_CAPABILITY_OWNER");
    expect(refusal(() => kernel.handlers.state({ binding: one, from: -1, octets: 1 }, bench.root))).toBe("E_ARGUMENT");
    const none = bench.bind({ name: "none" }).binding!;
    expect(no(() => kernel.handlers.unbind({ bindings: [binding, one] }, lab))).toBe("E_CAPABILITY_OWNER");
    expect(no(() => kernel.handlers.unbind({ bindings: [binding, 999] }, bench.root))).toBe("E_NO_BINDING");
    expect(no(() => kernel.handlers.unbind({ bindings: [none] }, bench.root))).toBe("E_NO_BOUND_HANDLER");
    expect(no(() => kernel.handlers.unbind({ bindings: [] }, bench.root))).toBe("E_NO_BOUND_HANDLER");
    kernel.handlers.unbind({ bindings: [none, one] }, bench.root);
    expect(kernel.handlers.views({}).handlers.map((view) => view.binding)).toEqual([binding]);
    kernel.handlers.unbind({ bindings: [binding] }, lab);
    expect(refusal(() => kernel.handlers.unbind({ bindings: [binding] }, lab))).toBe("E_NO_BOUND_HANDLER");
  });

  test("a budget and a list of environments are taken at their most, and refused one beyond", () => {
    const handled = new Handled();
    const no = refused(handled);
    const most = { fuel: MAX_MESSAGE_FUEL, share: 1, sends: MAX_SENDS_A_SECOND };
    const passTo = Array.from({ length: MAX_PASS_TO }, (_, n) => handled.bench.environment(`next${n}`));
    const binding = handled.bench.bind({}).binding!;
    for (const more of [{ fuel: most.fuel + 1 }, { share: 1 + Number.EPSILON }, { sends: most.sends + 1 }])
      expect(no(() => handled.handle(binding, COUNTS, { budget: { ...most, ...more } }))).toBe("E_ARGUMENT");
    const tooMany = { passTo: [...passTo, passTo[0]!] };
    expect(no(() => handled.handle(binding, COUNTS, tooMany))).toBe("E_ARGUMENT");
    expect(handled.handle(binding, COUNTS, { budget: most, passTo })).toMatchObject({ budget: most, passTo });
  });

  test("there are fewer than MAX_HANDLERS; one that ends makes room", () => {
    const { kernel, ...handled } = withoutState();
    for (let slot = 1; slot < MAX_HANDLERS; slot++) handled.add(slot);
    expect(refusal(() => handled.add(MAX_HANDLERS))).toBe("E_TOO_MANY");
    expect([kernel.ash.boundCount, kernel.ash.get(MAX_HANDLERS)]).toEqual([MAX_HANDLERS - 1, undefined]);
    kernel.ash.remove(7);
    handled.add(MAX_HANDLERS);
    expect(kernel.ash.boundCount).toBe(MAX_HANDLERS - 1);
  });

  test("nobody's handlers take more of the machine's pages than an environment may", () => {
    const handled = new Handled();
    const { memory } = handled.bench;
    const most = memory.pages * MAX_OWN_PAGES_SHARE;
    let taken = 0;
    for (let each = 0; ; each++) {
      const { binding } = handled.bench.bind({ name: `b${each}` });
      const error = refusal(() => handled.handle(binding!, COUNTS, {}, 50 * 4096));
      if (error !== "nothing") {
        expect(error).toBe("E_TOO_MANY");
        break;
      }
      taken += 50;
    }
    expect([taken > 0, taken <= most, taken + 50 > most]).toEqual([true, true, true]);
  });
});

describe("budgets", () => {
  test("are those of the capability at most, which is weaker only", () => {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const budget = { fuel: 500, share: 0.05, sends: 100 };
    const wanted = { rights: ["bind", "handler"], expires: 0, budget } as const;
    const change = kernel.capabilities.derive(bench.root, "lab", wanted);
    kernel.changeCapabilities(change);
    const lab = change.put!.capability;
    expect(lab.budget).toEqual(budget);
    const below = (name: string, more: object) => kernel.capabilities.derive(lab, name, { ...wanted, ...more });
    expect(refusal(() => below("a", { budget: { ...budget, fuel: 501 } }))).toBe("E_CAPABILITY_STRONGER");
    expect(refusal(() => below("b", { budget: { ...budget, share: 0.06 } }))).toBe("E_CAPABILITY_STRONGER");
    expect(refusal(() => below("c", { budget: { ...budget, sends: 101 } }))).toBe("E_CAPABILITY_STRONGER");
    expect(refusal(() => below("d", { budget: { ...budget, sends: -1 } }))).toBe("E_ARGUMENT");
    expect(below("e", { budget: undefined }).put!.capability.budget).toEqual(budget);
    const { binding } = bench.bind({}, lab);
    expect(refusal(() => handled.handle(binding!, COUNTS, { budget: { fuel: 501 } }, 64, lab))).toBe("E_BUDGET");
    expect(handled.handle(binding!, COUNTS, { budget: { fuel: 499 } }, 64, lab).budget).toEqual({
      ...budget,
      fuel: 499,
    });
    expect(kernel.capabilities.below(bench.root).map(({ path, budget: own }) => [path, own])).toEqual([
      ["root", null],
      ["root/lab", budget],
    ]);
  });

  test("stop a message that uses more, and no other", () => {
    const handled = new Handled("wasm");
    const one = handled.bind({ name: "one" }, LOOPS, { budget: { fuel: 100 } });
    const two = handled.bind({ name: "two" }, LOOPS);
    handled.bench.receive(0, 1);
    expect([handled.counts(one).fuel, handled.counts(two).fuel]).toEqual([100, 2000]);
  });
});

describe("ending", () => {
  const gone = (handled: Handled, binding: number) =>
    handled.kernel.handlers.views({ bindings: [binding] }).handlers.length === 0;

  test("with its binding, by whatever that ends", () => {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const owner = bench.environment("owner");
    const free = bench.memory.freePages;
    const one = handled.bind({ name: "one", environment: owner }, COUNTS);
    const two = handled.bind({ name: "two", environment: owner }, COUNTS);
    kernel.binder.unbind(bench.root, { bindings: [one] });
    expect([gone(handled, one), gone(handled, two)]).toEqual([true, false]);
    kernel.holdings.reclaim({ environment: owner, resource: "bindings", count: 1, deadlineMs: 0 });
    kernel.holdings.revocation.tend();
    expect([gone(handled, two), bench.memory.freePages]).toEqual([true, free]);
  });

  test.each(["some", "vcode", ""])("with its environment, of program %j", (program) => {
    const handled = new Handled("wasm");
    const { bench, kernel } = handled;
    const free = bench.memory.freePages;
    const link = () => ({ run: () => 0, fuel: 0, save: 0, accesses: 0 });
    const made = kernel.createEnvironment(
      { name: "owner", program, options: {} },
      bench.root,
      program === "vcode" ? link : undefined,
    );
    const binding = handled.bind({ environment: made.environment }, COUNTS, { transmit: seal(bench.root, bench.key) });
    bench.receive(0, 2);
    const environment = kernel.beginDestroying(made.environment, bench.root);
    expect(gone(handled, binding)).toBe(true);
    bench.receive(2, 4);
    kernel.destroyEnvironment(environment);
    expect(bench.memory.freePages).toBe(free);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("with the capability in whose name it was bound, or where that is weakened below what it has", () => {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const names = ["revoked", "no-right", "less-fuel", "enough"] as const;
    const capabilities = names.map((name) => bench.lesser(name, ["handler"]));
    const bound = names.map((name, at) => handled.bind({ name }, COUNTS, { under: capabilities[at]!.serial }));
    const weaken = (of: Capability, wanted: object) =>
      kernel.changeCapabilities(
        kernel.capabilities.weaken(bench.root, of.serial, { rights: ["handler"], expires: 0, ...wanted }),
      );
    kernel.changeCapabilities(kernel.capabilities.revoke(bench.root, capabilities[0]!.serial));
    weaken(capabilities[1]!, { rights: [] });
    weaken(capabilities[2]!, { budget: { fuel: 1999, share: 0.5, sends: 20_000 } });
    weaken(capabilities[3]!, { budget: { fuel: 2000, share: 0.1, sends: 10_000 } });
    expect(bound.map((binding) => gone(handled, binding))).toEqual([true, true, true, false]);
    bench.receive(0, 3);
    expect(bound.map((binding) => kernel.bindings.delivered[binding])).toEqual([3, 3, 3, 3]);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });
});

describe.each(TARGETS)("replacing, on %s", (target) => {
  const adds = (many: number) =>
    handler(`${counts()}\n  v_addii r11, r11, ${many - 1}\n  v_stvii r11, r10, 0`, CONSUMES);

  test("with the state kept, between two batches, with counters and the program of demux as they were", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const one = handled.bind({ name: "one", mode: "claim", filter: first(0, 1) }, COUNTS_AND_CONSUMES);
    const two = handled.bind({ name: "two", filter: first(1, 1) }, COUNTS_AND_CONSUMES);
    bench.receive(0, 8, true);
    expect(bench.asked).toEqual([]);
    const from = kernel.handlers.swap({ bindings: [one, two], keepState: true }, handled.program(adds(10)), bench.root);
    expect(from).toMatchObject({ from: { epoch: 0, packet: 9 } });
    expect(bench.asked).toEqual([]);
    bench.receive(8, 12, true);
    expect([handled.words(one), handled.words(two)]).toEqual([[24], [24]]);
    expect(ends(handled.counts(one))).toEqual({ consumed: 6 });
  });

  test("without it begins with zeros, also of another size, and pages follow", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const binding = handled.bind({}, COUNTS);
    const free = bench.memory.freePages;
    for (const octets of [64, 8192, 100]) {
      bench.receive(0, 3);
      kernel.handlers.swap({ bindings: [binding], keepState: false }, handled.program(COUNTS, octets), bench.root);
      expect(handled.words(binding)).toEqual([0]);
      expect(handled.view(binding)).toMatchObject({ octets, pages: Math.ceil(octets / 4096) });
    }
    bench.receive(0, 3);
    expect([handled.words(binding), bench.memory.freePages]).toEqual([[3], free]);
    expect(ends(handled.counts(binding))).toEqual({ passed: 12 });
  });

  test("is refused in all where it cannot be in one: another layout, no handler, no memory", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const one = handled.bind({ name: "one" }, COUNTS);
    const two = bench.bind({ name: "two" }).binding!;
    const swap = (bindings: number[], keepState: boolean, octets = 64, identity = "words") =>
      refusal(() =>
        kernel.handlers.swap({ bindings, keepState }, handled.program(adds(10), octets, identity), bench.root),
      );
    expect(swap([one], true, 64, "others")).toBe("E_LAYOUT");
    expect(swap([one], true, 68)).toBe("E_LAYOUT");
    expect(swap([one, two], false)).toBe("E_NO_BOUND_HANDLER");
    expect(swap([one, 99], false)).toBe("E_NO_BINDING");
    expect(swap([one], false, MAX_STATE_OCTETS + 1)).toBe("E_ARGUMENT");
    const link = () => {
      throw new RangeError("no such machine");
    };
    const broken = { ...handled.program(COUNTS), link };
    expect(refusal(() => kernel.handlers.swap({ bindings: [one], keepState: true }, broken, bench.root))).toBe(
      "E_IMAGE",
    );
    const three = handled.bind({ name: "three" }, COUNTS);
    const { freePages } = bench.memory;
    expect([swap([one, three], false, 150 * 4096), bench.memory.freePages]).toEqual(["E_TOO_MANY", freePages]);
    kernel.environments.pages.allocate(bench.environment("big"), bench.memory.freePages - 4);
    expect(swap([one, three], false, 3 * 4096)).toBe("E_NO_MEMORY");
    expect(bench.memory.freePages).toBe(4);
    bench.receive(0, 2);
    expect([handled.words(one), handled.words(three)]).toEqual([[2], [2]]);
  });

  test.each([64, 8192])("is taken back with the state that there was, also for one of %i octets", (octets) => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const [one, two] = [handled.bind({ name: "one" }, COUNTS), handled.bind({ name: "two" }, COUNTS)];
    const lab = bench.lesser("lab", ["bind", "handler"]);
    const owned = () => kernel.environments.pages.owned(0);
    const [all, before] = [owned(), handled.view(one)];
    const swap = (undoable = true) => {
      const args = { bindings: [one, two], keepState: false, undoable };
      return kernel.handlers.swap(args, handled.program(COUNTS_AND_CONSUMES, octets, "other"), bench.root).swap;
    };
    const settle = (number: number, undo: boolean, by = bench.root) =>
      refusal(() => kernel.handlers.settle({ swap: number, undo }, by));
    bench.receive(0, 3);
    const first = swap();
    bench.receive(0, 2);
    expect([handled.words(one), handled.words(two)]).toEqual([[2], [2]]);
    expect([settle(first, true, lab), settle(first + 1, true)]).toEqual(["E_NO_CHANGE", "E_NO_CHANGE"]);
    expect([settle(first, true), settle(first, true)]).toEqual(["nothing", "E_NO_CHANGE"]);
    expect([handled.words(one), handled.words(two), owned()]).toEqual([[3], [3], all]);
    expect(handled.view(one)).toMatchObject({ octets: 64, identity: before.identity, firstPage: before.firstPage });
    bench.receive(0, 1);
    expect([handled.words(one), ends(handled.counts(one))]).toEqual([[4], { passed: 4, consumed: 2 }]);
    // One of them has ended by the time; its pages are nobody's twice.
    const second = swap();
    kernel.handlers.unbind({ bindings: [two] }, bench.root);
    expect(settle(second, true)).toBe("nothing");
    expect([handled.words(one), owned()]).toEqual([[4], all - 1]);
    handled.handle(two, COUNTS);
    // It holds when that is said, or when the next is made.
    expect(settle(swap(), false)).toBe("nothing");
    const [third, fourth] = [swap(), swap(false)];
    expect([settle(third, true), settle(fourth, true)]).toEqual(["E_NO_CHANGE", "E_NO_CHANGE"]);
    bench.receive(0, 5);
    const pages = 2 * (Math.ceil(octets / 4096) - 1);
    expect([handled.words(two), owned()]).toEqual([[5], all + pages]);
    kernel.handlers.unbind({ bindings: [one, two] }, bench.root);
    expect(owned()).toBe(all - 2);
  });

  test("one that was unbound since it was killed too often is so again, where the swap is taken back", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const binding = handled.bind({}, handler(counts(), "  v_fuel 5000", PASSES));
    bench.receive(0, 16);
    const swapArgs = { bindings: [binding], keepState: true, undoable: true };
    const { swap } = kernel.handlers.swap(swapArgs, handled.program(adds(100)), bench.root);
    bench.receive(0, 1);
    kernel.handlers.settle({ swap, undo: true }, bench.root);
    bench.receive(0, 4);
    expect(handled.view(binding).bound).toBe(false);
    // What ran meanwhile went on with the state that both have.
    expect(handled.words(binding)).toEqual([116]);
  });

  test("binds one again that was killed too often, on the state that it left", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const binding = handled.bind({}, handler(counts(), "  v_fuel 5000", PASSES));
    bench.receive(0, 32);
    expect(handled.view(binding).bound).toBe(false);
    kernel.handlers.swap({ bindings: [binding], keepState: true }, handled.program(adds(100)), bench.root);
    bench.receive(0, 2);
    expect(handled.view(binding)).toMatchObject({ bound: true });
    expect(ends(handled.counts(binding))).toEqual({ fuel: 16, consumed: 2 });
    expect(handled.words(binding)).toEqual([216]);
  });
});

describe("a swap that is still open", () => {
  const PAGE = 4096;

  /** A handler whose state has `pages` pages; `swap` replaces it by one with so many others. */
  function opened(pages = 1, terms: HandlerTerms = {}, wanted?: (handled: Handled) => Capability) {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const by = wanted?.(handled) ?? bench.root;
    const slot = bench.bind({}, by).binding!;
    const before = kernel.environments.pages.owned(0);
    handled.handle(slot, COUNTS, terms, pages * PAGE, by);
    bench.receive(0, 4);
    const swap = (more: number, keepState = false) => {
      const args = { bindings: [slot], keepState, undoable: true };
      return kernel.handlers.swap(args, handled.program(COUNTS_AND_CONSUMES, (pages + more) * PAGE), by).swap;
    };
    const owned = () => kernel.environments.pages.owned(0) - before;
    return { handled, bench, kernel, slot, swap, owned, by };
  }

  test.each([
    ["is emptied", 0, false],
    ["gives way to another", 1, false],
    ["is kept", 0, true],
  ])(
    "is taken back behind an epoch with zeros, where the state %s and is to be cleared then",
    (_what, more, keepState) => {
      for (const clearAtEpoch of [true, false]) {
        const { handled, bench, kernel, slot, swap } = opened(1, { clearAtEpoch });
        const made = swap(more, keepState);
        bench.receive(0, 2);
        kernel.beginEpoch();
        kernel.handlers.settle({ swap: made, undo: true }, bench.root);
        const left = keepState ? 6 : 4;
        expect(handled.words(slot)).toEqual([clearAtEpoch ? 0 : left]);
      }
    },
  );

  test("gives its pages to the next one, which nothing but the memory can be in the way of by then", () => {
    const most = new Handled().bench.memory.pages * MAX_OWN_PAGES_SHARE;
    // Of three states two fit.
    const pages = Math.floor(most / 2) - 8;
    const { handled, bench, kernel, slot, swap, owned } = opened(pages);
    const first = swap(1);
    expect(owned()).toBe(2 * pages + 1);
    expect(refusal(() => swap(1, true))).toBe("nothing");
    expect(owned()).toBe(pages + 1);
    const third = swap(2);
    expect(owned()).toBe(2 * pages + 3);
    // What is refused for another reason lets it be.
    const other = { ...handled.program(COUNTS), identity: "other" };
    const args = { bindings: [slot], keepState: true };
    expect(refusal(() => kernel.handlers.swap(args, other, bench.root))).toBe("E_LAYOUT");
    expect(refusal(() => kernel.handlers.settle({ swap: first, undo: true }, bench.root))).toBe("E_NO_CHANGE");
    const fourth = swap(3);
    expect(owned()).toBe(2 * pages + 5);
    expect(refusal(() => kernel.handlers.settle({ swap: third, undo: true }, bench.root))).toBe("E_NO_CHANGE");
    expect(refusal(() => swap(20))).toBe("E_TOO_MANY");
    expect([owned(), refusal(() => kernel.handlers.settle({ swap: fourth, undo: true }, bench.root))]).toEqual([
      pages + 3,
      "E_NO_CHANGE",
    ]);
  });

  test.each(["revoked", "weakened", "expired"])("leaves no page where the capability that made it is %s", (how) => {
    const lesser = ({ bench }: Handled) => bench.lesser("lab", ["bind", "handler"]);
    const { kernel, bench, swap, owned, by } = opened(1, {}, lesser);
    swap(1);
    expect(owned()).toBe(3);
    const { capabilities } = kernel;
    const weaker = { rights: ["bind"], expires: 0 } as const;
    if (how === "revoked") kernel.changeCapabilities(capabilities.revoke(bench.root, by.serial));
    else if (how === "weakened") kernel.changeCapabilities(capabilities.weaken(bench.root, by.serial, weaker));
    else kernel.changeCapabilities({ put: undefined, ended: [{ capability: by, reason: "expired" }] });
    expect([owned(), kernel.handlers.views({}).handlers]).toEqual([0, []]);
  });

  test("is told when it is made, and when it is taken back", () => {
    const { kernel, bench, slot, swap } = opened();
    kernel.trace.switch(["info"]);
    for (const keepState of [false, true]) kernel.handlers.settle({ swap: swap(0, keepState), undo: true }, bench.root);
    kernel.handlers.settle({ swap: swap(0, true), undo: false }, bench.root);
    expect(kernel.trace.since(0).map(({ name, fields }) => [name, ...fields])).toEqual([
      ["handlerSwapped", slot, 0],
      ["handlerSwapUndone", slot],
      ["handlerSwapped", slot, 1],
      ["handlerSwapUndone", slot],
      ["handlerSwapped", slot, 1],
    ]);
  });
});

test("an epoch that begins leaves the state, unless it is to be cleared", () => {
  const handled = new Handled();
  const stays = handled.bind({ name: "stays" }, COUNTS);
  const cleared = handled.bind({ name: "cleared" }, COUNTS, { clearAtEpoch: true });
  handled.bench.receive(0, 4);
  handled.kernel.beginEpoch();
  handled.bench.receive(0, 1);
  expect([handled.words(stays), handled.words(cleared)]).toEqual([[5], [1]]);
  expect(handled.counts(cleared).run).toBe(5);
});

test("another filter of its binding leaves the handler", () => {
  const handled = new Handled();
  const { bench, kernel } = handled;
  const binding = handled.bind({}, COUNTS);
  bench.receive(0, 4);
  kernel.binder.rebind(
    bench.root,
    { bindings: [binding], filter: first(0, 1) },
    () => undefined,
    () => undefined,
  );
  bench.compile();
  bench.receive(0, 4);
  expect(handled.words(binding)).toEqual([6]);
});

test("a slot that is used again has no handler", () => {
  const handled = new Handled();
  const { bench, kernel } = handled;
  const binding = handled.bind({}, FAULTS);
  kernel.binder.unbind(bench.root, { bindings: [binding] });
  bench.compile();
  expect(bench.bind({ name: "again" }).binding).toBe(binding);
  bench.receive(0, 4);
  expect(kernel.handlers.views({}).handlers).toEqual([]);
  expect(kernel.bindings.delivered[binding]).toBe(4);
});
