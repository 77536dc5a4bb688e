/** Nothing is allocated for an activation, for a handler's run, nor for a frame that is sent: what 100,000 of each take of the heap, by target. */
import { describe, expect, test } from "vitest";
import { makeImage } from "../../src/appliance/image-text.js";
import { framesOf } from "../../src/kernel/frames.js";
import { MAX_SENT_OCTETS } from "../../src/kernel/limits.js";
import type { WireOptions } from "../../src/nic/lane.js";
import { FIRST_PORT } from "../../src/nic/port-numbers.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { linkImage } from "../../src/vcode/image-target.js";
import { heapPerRun } from "../heap.js";
import { asks, CONSUMES, COUNTS_AND_CONSUMES, Handled, handler } from "./handled.js";
import { ABANDON, image, kernel } from "./images.js";
import { KernelBench, RING } from "./kernel-bench.js";

/** Octets: below any object, and above what measuring takes, spread over 1,000 runs. */
const NOTHING = 8;
const PLAIN: WireOptions = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };

test("the measure sees one small object in each run", () => {
  const kept = [{ value: 0 }];
  const run = (count: number) => {
    for (let each = 0; each < count; each++) kept[0] = { value: each };
  };
  expect(heapPerRun(run)).toBeGreaterThanOrEqual(16);
});

/** The interpreter is the oracle, and makes an object of each register. */
describe.each(["js", "wasm"] as const)("of %s", (target) => {
  function download(bench: KernelBench, text: string): number {
    const { address: stlb, entries, pageShift } = bench.kernel.activations.stlb;
    const made = makeImage({ text, target, facts: { stlb, entries, pageShift } });
    if (!made.ok) throw new Error(JSON.stringify(made.errors));
    const one = { name: `d${bench.kernel.environments.downloaded.length}`, program: "vcode", options: {} };
    return bench.kernel.createEnvironment(one, bench.root, (machine) => linkImage(made.image, machine)).environment;
  }

  /** Octets of the heap that each round of the slices takes; each starts every environment once. */
  function heapPerRound(bench: KernelBench): number {
    const { processor } = bench.kernel.cpu;
    return heapPerRun((rounds) => {
      for (let round = 0; round < rounds; round++) processor.round();
    });
  }

  test("a slice with its start", () => {
    const bench = new KernelBench();
    const environment = download(bench, image("  v_retii 0", ABANDON));
    expect(heapPerRound(bench)).toBeLessThan(NOTHING);
    expect(bench.kernel.activations.get(environment)!.activations).toBeGreaterThan(100_000);
  });

  test("a protected control transfer, and the answer", () => {
    const bench = new KernelBench();
    const callee = download(bench, image("  v_addi r10, r4, r9\n  v_reti r10", ABANDON));
    const calls = `${kernel("r10", "transfer", callee, 1, 2, 3, 4, 5)}\n  v_reti r10`;
    const caller = download(bench, image(calls, ABANDON));
    expect(heapPerRound(bench)).toBeLessThan(NOTHING);
    const { activations } = bench.kernel;
    expect(activations.get(callee)!.activations).toBeGreaterThan(1.99 * activations.get(caller)!.activations);
  });

  test("an exception, and its handler", () => {
    const bench = new KernelBench();
    const environment = download(bench, image("  v_seti r10, 1\n  v_ldvii r11, r10, 0\n  v_retii 0", "  v_retii 1"));
    expect(heapPerRound(bench)).toBeLessThan(NOTHING);
    expect(bench.kernel.activations.get(environment)!.exceptions).toBeGreaterThan(100_000);
  });

  test("a packet: a batch of many takes no more than a batch of one", () => {
    const bench = new KernelBench();
    const environment = download(bench, image("  v_retii 0", ABANDON));
    bench.bind({ environment });
    const batchOf = (packets: number) =>
      heapPerRun((batches) => {
        for (let batch = 0; batch < batches; batch++) bench.receive(0, packets, true);
      }, 10_000);
    const [one, many] = [batchOf(1), batchOf(RING)];
    expect((many - one) / (RING - 1)).toBeLessThan(NOTHING);
    expect(bench.kernel.ledger.delivered).toBeGreaterThan(10_000 * RING);
  });
});

describe.each(["js", "wasm"] as const)("a handler's run, on %s", (target) => {
  const RUNS = 100_000;

  /** Octets of the heap that each run on rows 1 … 64, over and over, takes. */
  function heapPerMessage({ bench, kernel }: Handled, binding: number): number {
    const number = kernel.ash.of[binding]!;
    let packet = 0;
    return heapPerRun((count) => {
      for (let each = 0; each < count; each++) {
        packet++;
        kernel.ash.run(number, bench.rows, packet & 63, packet);
      }
    }, RUNS);
  }

  test("that ends as it should", () => {
    const handled = new Handled(target);
    const binding = handled.bind({}, COUNTS_AND_CONSUMES, { budget: { share: 1 } });
    expect(heapPerMessage(handled, binding)).toBeLessThan(NOTHING);
    expect(handled.counts(binding).consumed).toBeGreaterThan(RUNS);
  });

  /** One message in sixteen does not kill, so that it stays bound. */
  test.each([
    ["a fault of its own", "message", asks("r11", "fault", 1, 5)],
    ["a trap", "address", "  v_seti r10, 64\n  v_ldvii r11, r10, 0"],
    ["its fuel", "fuel", "  v_fuel 50000"],
    ["a call that it cannot make", "call", asks("r11", "vector", 0, 100, STATE_BASE)],
    ["an outcome that is none", "outcome", "  v_retii 40"],
  ])("that %s kills, whose message is kept", (_what, fault, kills) => {
    const handled = new Handled(target);
    const text = handler(
      "  v_bltii r1, 1, L0",
      "  v_lduci r10, r0, 0",
      "  v_andii r10, r10, 15",
      "  v_beqii r10, 0, L0",
      kills,
      "L0:",
      CONSUMES,
    );
    const binding = handled.bind({}, text, { budget: { share: 1 } });
    expect(heapPerMessage(handled, binding)).toBeLessThan(NOTHING);
    const { run, killed } = handled.counts(binding);
    expect(run).toBeGreaterThan(RUNS);
    expect(Object.entries(killed).filter(([, count]) => count > 0)).toEqual([[fault, (run * 15) / 16]]);
  });
});

describe("a frame that is sent", () => {
  test.each([60, 1514, MAX_SENT_OCTETS])("of %i octets is copied, judged, hashed, and arrives", (octets) => {
    const bench = new KernelBench(1 << 23);
    const { kernel, memory } = bench;
    kernel.ports.addWire("w", PLAIN, false, 1);
    const atoms = [{ kind: "equal", offset: 12, width: 16, mask: 0xffff, value: 0x0800 }] as const;
    const frames = framesOf({ conjunctions: [atoms] })!;
    const { environment, transmit } = bench.sender("s", bench.lesser("sends", ["transmit"], { frames }));
    memory.octets.set([8, 0], transmit.buffers + 12);
    const sender = kernel.environments.get(environment)!;
    const outlet = kernel.ports.outlet(FIRST_PORT)!;
    if (outlet.kind !== "wire") throw new Error("no wire");
    const to = bench.segments.base;
    const send = (count: number) => {
      for (let each = 0; each < count; each++) {
        sender.sendsThisTurn = 0;
        kernel.transmitter.send(sender, transmit.capability, transmit.buffers, octets, FIRST_PORT);
        outlet.lane.readInto(memory, to);
        outlet.lane.take();
      }
    };
    expect(heapPerRun(send, octets > 2000 ? 10_000 : 100_000)).toBeLessThan(NOTHING);
    expect(outlet.lane.counts.arrived).toBe(kernel.ledger.sent);
    expect(kernel.ledger.sent).toBeGreaterThan(10_000);
  });
});
