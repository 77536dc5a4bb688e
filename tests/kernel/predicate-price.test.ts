/** What downloaded code pays for a wakeup predicate, which is compiled while packets wait. */
import { expect, test } from "vitest";
import { makeImage } from "../../src/appliance/image-text.js";
import { Cause } from "../../src/kernel/abi.js";
import { TERM_COST } from "../../src/kernel/cpu-calls.js";
import { errorNumber, type KernelError } from "../../src/kernel/kerrno.js";
import { MAX_OWN_PREDICATES_A_TURN, MAX_TERMS, SLICE_FUEL } from "../../src/kernel/limits.js";
import { linkImage } from "../../src/vcode/image-target.js";
import { image, kernel, MAPS } from "./images.js";
import { KernelBench } from "./kernel-bench.js";

/** On a wakeup, as many terms as m1 says are written, and those that m2 says are registered: what that took of the fuel, or its error. */
const REGISTERS = image(
  `  v_beqii r2, ${Cause.wake}, L2
${kernel("r10", "sleep", -1)}
  v_retii 0
L2:
  v_seti r10, 0x5000
  v_seti r11, 0
L0:
  v_fuel 16
  v_bgei r11, r3, L1
  v_seti r12, 1
  v_stvii r12, r10, 0
  v_seti r12, 0
  v_stvii r12, r10, 4
  v_seti r12, 0x5000
  v_stvii r12, r10, 8
  v_seti r12, 5
  v_stvii r12, r10, 12
  v_addii r10, r10, 16
  v_addii r11, r11, 1
  v_jv L0
L1:
${kernel("r13", "left")}
${kernel("r14", "predicate", 0x5000, "r4")}
${kernel("r15", "left")}
  v_bltii r14, 0, L3
  v_subi r13, r13, r15
  v_reti r13
L3:
  v_reti r14`,
  MAPS,
);

function registering(): { bench: KernelBench; register: (terms: number, said?: number, fuel?: number) => unknown } {
  const bench = new KernelBench();
  const { kernel: its } = bench;
  const { address: stlb, entries, pageShift } = its.activations.stlb;
  const made = makeImage({ text: REGISTERS, target: "js", facts: { stlb, entries, pageShift } });
  if (!made.ok) throw new Error(JSON.stringify(made.errors));
  const args = { name: "d", program: "vcode", options: {} };
  const { environment } = its.createEnvironment(args, bench.root, (machine) => linkImage(made.image, machine));
  const register = (terms: number, said = terms, fuel = 100_000) => {
    const { ended, value } = its.lifetimes.activate(
      { environment, cause: Cause.wake, message: [terms, said], fuel },
      bench.root,
    );
    return ended === "done" ? value : ended;
  };
  return { bench, register };
}

const error = (code: KernelError) => -errorNumber(code);

test("each term is paid for, and as many as may be by one slice", () => {
  const { bench, register } = registering();
  const prices = [1, 2, 10, MAX_TERMS].map((terms) => {
    bench.kernel.cpu.turn();
    return Number(register(terms));
  });
  const [one = 0] = prices;
  expect(prices.map((price) => price - one)).toEqual([0, TERM_COST, 9 * TERM_COST, (MAX_TERMS - 1) * TERM_COST]);
  expect(one).toBeGreaterThan(TERM_COST);
  expect(prices.at(-1)).toBeLessThan(SLICE_FUEL);
});

test("who cannot pay gets none", () => {
  const { bench, register } = registering();
  register(MAX_TERMS);
  bench.kernel.cpu.turn();
  expect(register(MAX_TERMS, MAX_TERMS, 8000)).toBe("abandoned");
  expect(bench.kernel.cpu.wakeups.count(1)).toBe(1);
});

test("numbers that are none of terms are refused, and few predicates are compiled in a turn", () => {
  const { bench, register } = registering();
  for (const said of [0, -1, MAX_TERMS + 1, 2 ** 31 - 1, -(2 ** 31)]) {
    expect(register(1, said)).toBe(error("E_ARGUMENT"));
  }
  for (let turn = 0; turn < 3; turn++) {
    for (let each = 0; each < MAX_OWN_PREDICATES_A_TURN; each++) expect(register(1)).toBeGreaterThan(0);
    expect(register(1)).toBe(error("E_PREDICATE_RATE"));
    bench.kernel.cpu.turn();
  }
});
