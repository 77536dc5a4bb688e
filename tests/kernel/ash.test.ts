/** Handlers at delivery, on each target: outcomes, what they are told, what they ask of the kernel, and the books. */
import { describe, expect, test } from "vitest";
import { Cause, Mailbox } from "../../src/kernel/abi.js";
import { BindingTerm, BooksReader, BooksWriter, createBooks, MachineTerm } from "../../src/kernel/books.js";
import { errorOf } from "../../src/kernel/kerrno.js";
import { publishBooks } from "../../src/kernel/publish.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { TARGETS } from "../../src/vcode/target.js";
import {
  asks,
  CONSUMES,
  COUNTS,
  COUNTS_AND_CONSUMES,
  counts,
  ends,
  FAULTS,
  FRAME,
  first,
  Handled,
  handler,
  PASSES,
} from "./handled.js";
import { RING } from "./kernel-bench.js";

/** Stores words into the state, one after the other. */
const stores = (...registers: readonly string[]) =>
  [`  v_seti r19, ${STATE_BASE}`, ...registers.map((register, at) => `  v_stvii ${register}, r19, ${4 * at}`)].join(
    "\n",
  );

describe.each(TARGETS)("on %s", (target) => {
  test("what is consumed is counted as such, and goes nowhere; what is passed on goes as without", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const owner = bench.environment("owner");
    const takes = handled.bind(
      { name: "takes", environment: owner, mode: "claim", filter: first(1, 1) },
      COUNTS_AND_CONSUMES,
    );
    const looks = handled.bind({ name: "looks", environment: owner, filter: first(0, 3) }, COUNTS);
    const plain = bench.bind({ name: "plain", environment: owner, filter: first(0, 3) }).binding!;
    bench.receive(0, 16);
    expect([kernel.ledger.consumed, kernel.ledger.inFlight]).toEqual([8, 8]);
    expect(bench.balance()).toEqual([0, 0, 0]);
    expect([handled.words(takes), handled.words(looks)]).toEqual([[8], [4]]);
    expect([ends(handled.counts(takes)), ends(handled.counts(looks))]).toEqual([{ consumed: 8 }, { passed: 4 }]);
    const { bindings } = kernel;
    for (const slot of [takes, looks, plain]) {
      expect(bindings.packets[slot]).toBe(bindings.consumed[slot]! + bindings.delivered[slot]!);
    }
    expect([bindings.consumed[takes], bindings.delivered[looks], bindings.delivered[plain]]).toEqual([8, 4, 4]);
  });

  test("the message's words and octets are those of the frame", () => {
    const handled = new Handled(target);
    const tells = handler(
      stores("r1", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r2"),
      "  v_bltii r1, 12, L0",
      "  v_ldui r12, r0, 8",
      "  v_stvii r12, r19, 36",
      "L0:",
      PASSES,
    );
    const binding = handled.bind({}, tells);
    handled.bench.receive(20, 21);
    const time = [0x1700_0000, (0xf000_0000 + 20_000) | 0];
    const octets = Buffer.from([28, 29, 30, 31]);
    expect(handled.words(binding, 9)).toEqual([FRAME, FRAME + 6, ...time, 3, 1, 1, 0, 0]);
    expect([octets.readInt32BE(), octets.readInt32LE()]).toContain(handled.words(binding, 10)[9]);
  });

  test("what is passed to the kth environment is that one's, counted for it, and dropped for it where it has no room", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const [owner, one, other] = [bench.environment("owner"), bench.environment("one"), bench.environment("other")];
    const splits = handler(
      "  v_bltii r1, 1, L0",
      "  v_lduci r10, r0, 0",
      "  v_andii r10, r10, 1",
      "  v_addii r10, r10, 2",
      "  v_reti r10",
      "L0:",
      PASSES,
    );
    const binding = handled.bind({ environment: owner, mode: "claim" }, splits, { passTo: [one, other] });
    bench.receive(0, 40);
    const depth = (id: number) => kernel.environments.get(id)!.ring!.depth;
    expect([depth(owner), depth(one), depth(other)]).toEqual([0, RING, RING]);
    expect([owner, one, other].map((id) => kernel.environments.get(id)!.undelivered[0])).toEqual([0, 4, 4]);
    expect(ends(handled.counts(binding))).toEqual({ passedTo: 40 });
    expect(bench.balance()).toEqual([0, 0, 0]);
    bench.drain(one);
    kernel.settle(false);
    expect(kernel.environments.get(one)!.delivered).toBe(RING);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("an environment that is not named kills, one that has ended is not named any more, and the message goes the normal way", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const [owner, one] = [bench.environment("owner"), bench.environment("one")];
    const binding = handled.bind({ environment: owner }, handler("  v_retii 3"), { passTo: [owner, one] });
    bench.receive(0, 2);
    kernel.environmentFailed(kernel.environments.get(one)!, null);
    expect(handled.view(binding).passTo).toEqual([owner, null]);
    bench.receive(2, 4);
    expect(ends(handled.counts(binding))).toEqual({ passedTo: 2, outcome: 2 });
    expect(kernel.environments.get(owner)!.ring!.depth).toBe(2);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test.each([-1, 18, 63, 64, 0x7fffffff])("the outcome %i is none, and kills", (outcome) => {
    const handled = new Handled(target);
    const binding = handled.bind({}, handler(`  v_retii ${outcome}`), { passTo: [0] });
    handled.bench.receive(0, 3);
    expect(ends(handled.counts(binding))).toEqual({ outcome: 3 });
    expect(handled.kernel.environments.get(0)!.delivered).toBe(3);
    expect(handled.bench.balance()).toEqual([0, 0, 0]);
  });

  test.each<[string, string, string]>([
    ["address", "a load below its state", "  v_seti r10, 64\n  v_ldvii r11, r10, 0"],
    ["address", "a load behind its pages", `  v_seti r10, ${STATE_BASE + 4096}\n  v_ldvii r11, r10, 0`],
    ["address", "a store at 0", "  v_seti r10, 0\n  v_stvii r10, r10, 0"],
    ["unaligned", "a load that is not aligned", `  v_seti r10, ${STATE_BASE + 2}\n  v_ldvii r11, r10, 0`],
    ["fuel", "a loop without end", "L0:\n  v_fuel 3\n  v_bgeii r1, 0, L0"],
    ["overflow", "a sum that does not fit", "  v_seti r10, 0x7fffffff\n  v_addoii r10, r10, 1"],
    ["call", "a call that is none", asks("r10", 99)],
    ["call", "a call numbered 0", asks("r10", 0)],
    ["index", "a fault that it tells", asks("r10", "fault", 2, 77)],
    ["call", "a fault with a reason that is none", asks("r10", "fault", 99, 77)],
    ["call", "vector to beyond its state", asks("r10", "vector", 0, 60, STATE_BASE + 8)],
    ["call", "vector of more than the message", asks("r10", "vector", 10, 60, STATE_BASE)],
    ["call", "vector from before the message", asks("r10", "vector", -4, 8, STATE_BASE)],
    ["call", "vector of less than nothing", asks("r10", "vector", 0, -8, STATE_BASE)],
    ["call", "vector to what is not mapped", asks("r10", "vector", 0, 8, 0)],
    ["call", "clear of more than its state", asks("r10", "clear", STATE_BASE, 65)],
    ["call", "move from before its state", asks("r10", "move", STATE_BASE - 4, STATE_BASE, 8)],
    ["call", "move to beyond its state", asks("r10", "move", STATE_BASE, STATE_BASE + 60, 8)],
    ["call", "send of what is not its own", asks("r10", "send", STATE_BASE + 32, 40, -1)],
    ["call", "transfer to nobody", asks("r10", "transfer", 1, 0, 0, 0)],
    ["call", "transfer to less than nobody", asks("r10", "transfer", -1, 0, 0, 0)],
  ])("%s: %s kills, what it has stored stays, and the message goes the normal way", (reason, _what, lines) => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const binding = handled.bind({}, handler(counts(), lines, CONSUMES), { passTo: [0] });
    bench.receive(0, 2);
    expect(ends(handled.counts(binding))).toEqual({ [reason]: 2 });
    expect(handled.words(binding)).toEqual([2]);
    expect([kernel.ledger.consumed, kernel.ledger.delivered]).toEqual([0, 2]);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("vector, clear and move do what they say, each within the state", () => {
    const handled = new Handled(target);
    const works = handler(
      asks("r10", "vector", 4, 16, STATE_BASE),
      asks("r11", "move", STATE_BASE, STATE_BASE + 6, 16),
      asks("r12", "clear", STATE_BASE + 2, 3),
      CONSUMES,
    );
    const binding = handled.bind({}, works);
    handled.bench.receive(0, 1);
    const { octets } = handled.kernel.handlers.state({ binding, from: 0, octets: 100 }, handled.bench.root);
    expect(octets.length).toBe(64);
    const vectored = Array.from({ length: 16 }, (_, at) => at + 4);
    expect([...octets.subarray(0, 24)]).toEqual([4, 5, 0, 0, 0, 9, ...vectored, 0, 0]);
  });

  test("a state of several pages is one stretch, whichever page is gone to and come back from", () => {
    const handled = new Handled(target);
    const { binding } = handled.bench.bind({});
    const at = (page: number) => `  v_seti r10, ${STATE_BASE + page * 4096 + 4 * page}`;
    const adds = [0, 2, 1, 2, 0, 0, 1].flatMap((page) => [
      at(page),
      "  v_ldvii r11, r10, 0",
      `  v_addii r11, r11, ${page + 1}`,
      "  v_stvii r11, r10, 0",
    ]);
    // The last octet before a page's end and the first behind it.
    const edge = [`  v_seti r10, ${STATE_BASE + 4095}`, "  v_stvci r8, r10, 0", "  v_stvci r8, r10, 1"];
    handled.handle(binding!, handler(...adds, ...edge, CONSUMES), {}, 3 * 4096);
    handled.bench.receive(0, 10);
    const { octets } = handled.kernel.handlers.state(
      { binding: binding!, from: 0, octets: 3 * 4096 },
      handled.bench.root,
    );
    const words = new Int32Array(octets.buffer);
    expect([words[0], words[1025], words[2050]]).toEqual([30, 40, 60]);
    expect([octets[4095], octets[4096], octets.filter((octet) => octet !== 0).length]).toEqual([10, 10, 5]);
  });

  test("fuel is what was used, in the sum, the most and the spread; calls are paid for by their octets", () => {
    const handled = new Handled(target);
    const binding = handled.bind({}, handler(asks("r10", "vector", 0, 64, STATE_BASE), CONSUMES));
    handled.bench.receive(0, 5);
    const { fuel, fuelMost, fuelSpread } = handled.counts(binding);
    const each = 10 + 24 + 64 / 16;
    expect([fuel, fuelMost]).toEqual([5 * each, each]);
    expect(fuelSpread).toEqual([{ from: each, to: each, runs: 5 }]);
  });

  test("a call that is not paid for any more kills, and is not done", () => {
    const handled = new Handled(target);
    const binding = handled.bind({}, handler(asks("r10", "vector", 0, 64, STATE_BASE), CONSUMES), {
      budget: { fuel: 37 },
    });
    handled.bench.receive(1, 2);
    expect(ends(handled.counts(binding))).toEqual({ fuel: 1 });
    expect(handled.counts(binding).fuel).toBe(10);
    expect(handled.words(binding)).toEqual([0]);
  });

  test("a hosted owner is woken when the message is done with, and told the tag", () => {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const owner = bench.environment("owner");
    const binding = handled.bind({ environment: owner }, handler(asks("r10", "wake", "r8"), CONSUMES));
    const box = kernel.environments.get(owner)!.ring!.mailbox >> 2;
    const before = bench.memory.words[box + Mailbox.doorbell]!;
    bench.receive(0, 3);
    expect(bench.memory.words[box + Mailbox.handlerWakes]).toBe(3);
    expect(bench.memory.words[box + Mailbox.handlerTag]).toBe(3);
    expect(bench.memory.words[box + Mailbox.doorbell]! - before).toBe(3);
    expect(handled.counts(binding).woken).toBe(3);
  });
});

test("whoever scribbles over the state of a handler fails that handler alone", () => {
  const handled = new Handled("wasm");
  const { bench } = handled;
  const follows = handler(`  v_seti r10, ${STATE_BASE}`, "  v_ldvii r10, r10, 0", "  v_ldvii r11, r10, 0", CONSUMES);
  const binding = handled.bind({ name: "follows" }, follows);
  const good = handled.bind({ name: "good" }, COUNTS);
  const { firstPage } = handled.view(binding);
  bench.memory.words[(firstPage * 4096) >> 2] = STATE_BASE + 8;
  bench.receive(0, 2);
  for (const [row, wild] of [-1, 0x7fff_fffc, 4, 1].entries()) {
    bench.memory.words[(firstPage * 4096) >> 2] = wild;
    bench.receive(2 + row, 3 + row);
  }
  expect(ends(handled.counts(binding))).toEqual({ consumed: 2, address: 2, unaligned: 2 });
  expect([ends(handled.counts(good)), handled.words(good)]).toEqual([{ passed: 6 }, [6]]);
  expect(bench.balance()).toEqual([0, 0, 0]);
});

test("scribbled entries of the software TLB kill, and lead nowhere else", () => {
  for (const target of TARGETS) {
    const handled = new Handled(target);
    const { bench, kernel } = handled;
    const binding = handled.bind({}, COUNTS_AND_CONSUMES);
    bench.receive(0, 1);
    const { stlb } = kernel.activations;
    for (let entry = 0; entry < stlb.entries; entry++) {
      const at = (stlb.address >> 2) + 2 * entry;
      if (bench.memory.words[at] !== 0) bench.memory.words[at + 1] = (0x7fff_f000 | 3) as number;
    }
    bench.receive(1, 2);
    expect(ends(handled.counts(binding))).toEqual({ consumed: 1, address: 1 });
  }
});

test("a downloaded owner, and one that is transferred to, have an activation that waits", () => {
  const handled = new Handled("js");
  const { bench, kernel } = handled;
  const entries: number[][] = [];
  const link = () => ({
    run: (_packet: number, _octets: number, cause: number, ...message: readonly number[]) => {
      entries.push([cause, ...message.slice(0, 4)]);
      return 0;
    },
    fuel: 0,
    save: 0,
    accesses: 0,
  });
  const { environment } = kernel.createEnvironment({ name: "d", program: "vcode", options: {} }, bench.root, link);
  const text = handler(
    asks("r10", "wake", 7),
    asks("r10", "transfer", 1, "r8", 5, 6),
    asks("r11", "transfer", 0, 1, 2, 3),
    CONSUMES,
  );
  const hosted = bench.environment("hosted");
  const binding = handled.bind({ environment }, text, { passTo: [hosted, environment] });
  bench.receive(0, 1);
  expect(kernel.cpu.processor.pending(environment)).toBe(2);
  kernel.cpu.turn();
  const own = entries.filter(([cause]) => cause === Cause.wake || cause === Cause.asyncCall);
  expect(own).toEqual([
    [Cause.asyncCall, environment, 1, 5, 6],
    [Cause.wake, 7, 0, 0, 0],
  ]);
  expect(handled.counts(binding)).toMatchObject({ woken: 1, transfers: 1, consumed: 1 });
  // As many as may wait do, and the rest is told so.
  const stores = handler(
    asks("r10", "transfer", 0, 0, 0, 0),
    `  v_seti r11, ${STATE_BASE}`,
    "  v_stvii r10, r11, 0",
    CONSUMES,
  );
  const floods = handled.bind({ name: "floods", environment }, stores, { passTo: [environment] });
  for (let round = 0; round < 2; round++) bench.receive(0, 64);
  expect(errorOf(handled.words(floods)[0]!)).toBe("E_QUEUE_FULL");
  expect(handled.counts(floods).transfers).toBeLessThan(64);
  expect(bench.balance()).toEqual([0, 0, 0]);
});

test("the published books balance: consumed by binding and in all", () => {
  const handled = new Handled("wasm");
  const { bench, kernel } = handled;
  const owner = bench.environment("owner");
  const one = handled.bind({ name: "one", environment: owner, filter: first(0, 1) }, COUNTS_AND_CONSUMES);
  const two = handled.bind({ name: "two", environment: owner, mode: "claim" }, FAULTS);
  const buffer = createBooks();
  const replay = { epoch: 1, packet: 0, timeHigh: 0, timeLow: 0, driftNs: 0, gapMs: -1, octets: 0, backwards: 0 };
  for (let batch = 0; batch < 4; batch++) {
    bench.receive(batch * 16, batch * 16 + 16);
    const { ledger, environments, bindings, activations, cpu } = kernel;
    publishBooks(new BooksWriter(buffer), ledger, replay, environments, bindings, activations, cpu);
    const books = new BooksReader(buffer);
    books.refresh();
    const machine = (term: number) => books.machine(term);
    const undelivered = Array.from({ length: 5 }, (_, cause) => machine(MachineTerm.undelivered + cause));
    const came = machine(MachineTerm.consumed) + machine(MachineTerm.delivered) + machine(MachineTerm.inFlight);
    expect(machine(MachineTerm.claimed) + machine(MachineTerm.taps)).toBe(
      came + undelivered.reduce((a, b) => a + b, 0),
    );
    for (const slot of [one, two]) {
      const lost = Array.from({ length: 5 }, (_, cause) => books.binding(slot, BindingTerm.undelivered + cause));
      const told = books.binding(slot, BindingTerm.consumed) + books.binding(slot, BindingTerm.delivered);
      expect(books.binding(slot, BindingTerm.packets)).toBe(told + lost.reduce((a, b) => a + b, 0));
    }
    expect(books.binding(one, BindingTerm.consumed)).toBe(8 * (batch + 1));
    bench.drain(owner);
    kernel.settle(false);
  }
  expect(ends(handled.counts(two))).toEqual({ address: 16 });
  expect(handled.view(two).bound).toBe(false);
});
