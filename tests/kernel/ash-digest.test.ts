/** A lossless replay with handlers gives one digest: on every target, in batches of any size, each time; and another for another handler. */
import { expect, test } from "vitest";
import { seal } from "../../src/kernel/capability.js";
import type { FrameSink } from "../../src/nic/outlet.js";
import { FIRST_PORT } from "../../src/nic/port-numbers.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { Chance } from "../seeded.js";
import { asks, CONSUMES, FAULTS, first, Handled, handler, PASSES } from "./handled.js";

/** Answers the message by the file port where its packet's number has these bits, perhaps twice; consumes others, faults on some. */
const ANSWERS = handler(
  "  v_andii r10, r8, 7",
  "  v_beqii r10, 5, L1",
  "  v_beqii r10, 1, L2",
  "  v_bneii r10, 2, L0",
  "L2:",
  asks("r12", "vector", 0, "r1", STATE_BASE),
  asks("r12", "send", STATE_BASE, 20, FIRST_PORT),
  "  v_andii r11, r8, 8",
  "  v_beqii r11, 0, L0",
  asks("r12", "send", STATE_BASE, 8, FIRST_PORT),
  "L0:",
  "  v_andii r10, r8, 1",
  "  v_reti r10",
  "L1:",
  asks("r12", "fault", 0, 9),
  PASSES,
);
const PASSES_TO = handler("  v_retii 2");

class Silent implements FrameSink {
  readonly error = null;
  written = 0;
  write(): boolean {
    this.written++;
    return true;
  }
  flush(): void {}
  close(): void {}
}

interface Run {
  readonly target?: TargetName;
  /** Ends of batches, ascending. */
  readonly cuts?: readonly number[];
  readonly answers?: string;
  readonly reversed?: boolean;
}

function run({ target = "js", cuts = [64], answers = ANSWERS, reversed = false }: Run): {
  digest: string;
  sent: number;
  deterministic: boolean;
} {
  const handled = new Handled(target);
  const { bench, kernel } = handled;
  const sink = new Silent();
  kernel.ports.addFile("file", 1, sink);
  kernel.createEnvironment({ name: "counts", program: "", options: {} });
  const transmit = seal(bench.root, bench.key);
  const binds = [
    () =>
      handled.bind({ name: "answers", mode: "claim", filter: first(0, 3) }, answers, {
        transmit,
        budget: { share: 1 },
      }),
    () => handled.bind({ name: "taps", filter: first(1, 1) }, answers, { transmit, budget: { share: 1 } }),
    () =>
      handled.bind({ name: "passes", environment: 1, filter: first(2, 2) }, PASSES_TO, {
        passTo: [0],
        budget: { share: 1 },
      }),
  ];
  for (const bind of reversed ? binds.toReversed() : binds) bind();
  let from = 0;
  for (const to of cuts) {
    bench.receive(from, to, true);
    expect(bench.balance()).toEqual([0, 0, 0]);
    from = to;
  }
  return { digest: kernel.digest.finish(), sent: sink.written, deterministic: kernel.deterministic };
}

const whole = run({});

test("frames were sent, and nothing hindered", () => {
  expect(whole).toMatchObject({ deterministic: true });
  expect(whole.sent).toBeGreaterThan(8);
});

test.each(TARGETS)("on %s, in batches of any size", (target) => {
  const chance = new Chance(61);
  for (let round = 0; round < 12; round++) {
    const cuts = Array.from({ length: chance.below(20) }, () => 1 + chance.below(63)).sort((a, b) => a - b);
    expect(run({ target, cuts: [...new Set(cuts), 64] })).toEqual(whole);
  }
  expect(run({ target, cuts: Array.from({ length: 64 }, (_, at) => at + 1) })).toEqual(whole);
});

test("in whatever order taps and claims were bound, where they answer different packets", () => {
  expect(run({ reversed: true })).toEqual(whole);
});

test("another outcome, another frame, another fault: another digest", () => {
  const others = [
    ANSWERS.replace("v_beqii r10, 5", "v_beqii r10, 6"),
    ANSWERS.replace(", 20,", ", 21,"),
    FAULTS,
    handler(CONSUMES),
  ];
  const digests = others.map((answers) => run({ answers }).digest);
  expect(new Set([whole.digest, ...digests]).size).toBe(others.length + 1);
});

test("that a handler passed on what it ran on is an outcome; that there was none is another", () => {
  const digests = [undefined, PASSES, PASSES, CONSUMES].map((text) => {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const binding = bench.bind({ name: "b", filter: first(0, 1) }).binding!;
    if (text !== undefined) handled.handle(binding, handler(text), { budget: { share: 1 } });
    bench.receive(0, 64, true);
    if (text === PASSES) expect(handled.counts(binding).passed).toBe(32);
    return kernel.digest.finish();
  });
  expect(digests[1]).toBe(digests[2]);
  expect(new Set(digests).size).toBe(3);
});

test("one that ran on nothing leaves the digest that there is without", () => {
  const handled = new Handled();
  const { bench, kernel } = handled;
  const { binding } = bench.bind({ name: "b", filter: first(0, 1) });
  const odd = () => {
    for (let row = 1; row < 64; row += 2) bench.receive(row, row + 1, true);
    return kernel.digest.finish();
  };
  const without = odd();
  kernel.beginEpoch();
  handled.handle(binding!, handler(PASSES), { budget: { share: 1 } });
  expect(odd()).toBe(without);
  expect(handled.counts(binding!).run).toBe(0);
});
