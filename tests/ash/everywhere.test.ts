/** Every shipped and every test handler, on all packets of all captures and on mutilated ones: each target does the same. */
import { describe, expect, test } from "vitest";
import { CONSUME, OUTCOME_BITS, PASS } from "../../src/vcode/handler.js";
import { NO_OUTCOME } from "../../src/vcode/linked-handler.js";
import { TARGETS } from "../../src/vcode/target.js";
import type { LinkedMessage } from "./linked-machine.js";
import { Lockstep } from "./lockstep.js";
import { CAPTURES, messagesOf, mutilated } from "./messages.js";
import { rightHandlers } from "./right.js";
import { shippedHandlers } from "./shipped.js";

const MUTILATED = 10_000;
const SEED = 6;
/** Of a shipped handler: more than any of them needs. */
const ENOUGH = 8000;

const captures = CAPTURES.map(messagesOf);
const packets = captures.flat();
const stretches: readonly (readonly LinkedMessage[])[] = [...captures, mutilated(packets, MUTILATED, SEED)];

const handlers = [
  ...shippedHandlers().map(({ name, text }) => ({ name: `filters/${name}`, text, budget: () => ENOUGH })),
  ...rightHandlers().map(({ name, text }) => ({ name: `right/${name}`, text, budget: budgetOf })),
];

/** Most that work long are killed; now and then each comes to its end, and many are killed early. */
function budgetOf({ number }: LinkedMessage): number {
  const turn = number % 16;
  return turn === 0 ? 10_000 : turn === 1 ? 50 : 1000;
}

const counts = { messages: 0, states: 0, told: 0, refilled: 0 };
const ends = new Map<string, number>();

function endOf(word: number, handler: Lockstep): string {
  const outcome = word & NO_OUTCOME;
  if (outcome === NO_OUTCOME) return handler.reason;
  return outcome === PASS ? "pass" : outcome === CONSUME ? "consume" : "pass-to";
}

describe("on every target the same", () => {
  // A long one takes seconds, and machines are shared.
  test.each(handlers)("$name", { timeout: 300_000 }, ({ text, budget }) => {
    const handler = new Lockstep(text);
    let fuel = 0;
    for (const stretch of stretches) {
      handler.clear();
      for (const message of stretch) {
        const word = handler.run(message, budget(message));
        fuel += word >>> OUTCOME_BITS;
        const end = endOf(word, handler);
        ends.set(end, (ends.get(end) ?? 0) + 1);
        if (handler.machines[0]!.told > 0) counts.told++;
      }
      handler.state();
      counts.messages += stretch.length;
      counts.states++;
    }
    for (const { refilled } of handler.machines) counts.refilled += refilled;
    expect(fuel).toBeGreaterThan(packets.length);
  });
});

test("that many were compared, and they came to every end that a handler of this language can have", () => {
  expect(TARGETS).toEqual(["interpreter", "js", "wasm"]);
  expect([CAPTURES.length, packets.length]).toEqual([13, 11_054]);
  expect(handlers.length).toBeGreaterThanOrEqual(12 + 60);
  expect(counts.messages).toBe(handlers.length * (packets.length + MUTILATED));
  expect(counts.states).toBe(handlers.length * (CAPTURES.length + 1));
  expect(counts.told).toBeGreaterThan(100_000);
  expect(counts.refilled).toBeGreaterThan(10_000);
  for (const end of ["pass", "consume", "pass-to", "message", "index", "fuel"]) {
    expect(ends.get(end), end).toBeGreaterThan(5000);
  }
});

test.each([1, 2])("a difference on target %i is noticed", (target) => {
  const [{ text } = { text: "" }] = handlers;
  const [first, second] = packets;
  const handler = new Lockstep(text);
  handler.run(first!, ENOUGH);
  handler.state();
  // A counter of octets, and so nothing that the next message's outcome, fuel and calls depend on.
  handler.machines[target]!.stateOctets[8]! ^= 1;
  handler.run(second!, ENOUGH);
  expect(() => handler.state()).toThrow("another state");
  expect(() => handler.run({ ...first!, wire: 0 }, ENOUGH)).not.toThrow();
  expect(() => spoiled(handler, target)).toThrow("fuel");
});

/** One target has a message of another length on its link. */
function spoiled(handler: Lockstep, target: number): void {
  const machine = handler.machines[target]!;
  const run = machine.run.bind(machine);
  machine.run = (message, budget) => run({ ...message, wire: 1 }, budget);
  handler.run(packets[0]!, ENOUGH);
}
