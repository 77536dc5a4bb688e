import { describe, expect, test } from "vitest";
import { Gauges, HISTORY, SAMPLE_MS } from "../../src/dashboard/gauges.js";
import { busiest, choiceLife, stackOf } from "../../src/dashboard/stack.js";

const START = 1_772_366_400_000;
const row = (id: number, packets: number) => ({ id, packets, octets: packets * 100, dropped: 0 });

/** Samples every 200 ms; each row counts at a rate of its own from its first sample on. */
function run(gauges: Gauges, samples: number, rates: Record<number, number>, from = 0): void {
  for (let sample = from; sample < from + samples; sample++) {
    const seconds = (sample * SAMPLE_MS) / 1000;
    gauges.sample(
      START + sample * SAMPLE_MS,
      Object.entries(rates).map(([id, rate]) => row(Number(id), 1e9 + rate * seconds)),
    );
  }
}

describe("rates", () => {
  test("are those of the last second, and a counter that was high before us is no rate", () => {
    const gauges = new Gauges();
    run(gauges, 2, { 1: 500 });
    expect(gauges.gauge(1)?.packetRate).toBe(0);
    run(gauges, 10, { 1: 500 }, 2);
    expect(gauges.gauge(1)?.packetRate).toBeCloseTo(500, 3);
    expect(gauges.gauge(1)?.octetRate).toBeCloseTo(50_000, 1);
  });

  test("fall to 0 a second after the last packet", () => {
    const gauges = new Gauges();
    run(gauges, 10, { 1: 1000 });
    for (let sample = 10; sample < 16; sample++) gauges.sample(START + sample * SAMPLE_MS, [row(1, 1e9 + 1800)]);
    expect(gauges.gauge(1)?.packetRate).toBe(0);
  });

  test("a gap in the samples is divided by its own length", () => {
    const gauges = new Gauges();
    run(gauges, 10, { 1: 100 });
    gauges.sample(START + 1800 + 10_000, [row(1, 1e9 + 180 + 1000)]);
    expect(gauges.gauge(1)?.packetRate).toBeCloseTo((1000 + 80) / 10.8, 1);
  });

  test("a counter that went back is no negative rate", () => {
    const gauges = new Gauges();
    run(gauges, 10, { 1: 100 });
    gauges.sample(START + 2000, [row(1, 0)]);
    expect(gauges.gauge(1)?.packetRate).toBe(0);
  });

  test("rows that left are forgotten, the ring keeps a minute", () => {
    const gauges = new Gauges();
    run(gauges, HISTORY + 50, { 1: 10, 2: 20 });
    gauges.sample(START + (HISTORY + 50) * SAMPLE_MS, [row(2, 2e9)]);
    expect(gauges.gauge(1)).toBeUndefined();
    const times: number[] = [];
    expect(gauges.walk((_, index) => times.push(gauges.times[index] ?? 0))).toBe(HISTORY);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("a sample is due every fifth of a second", () => {
    const gauges = new Gauges();
    expect(gauges.due(START)).toBe(true);
    gauges.sample(START, []);
    expect([gauges.due(START + 100), gauges.due(START + 195)]).toEqual([false, true]);
  });
});

describe("the stack", () => {
  const names = Array.from({ length: 20 }, (_, index) => ({ id: index + 1, name: `b${index + 1}`, packets: 0 }));
  const rates = Object.fromEntries(names.map(({ id }) => [id, id * 10]));

  test("names the busiest in the order of their ids, and adds up to the total", () => {
    const gauges = new Gauges();
    run(gauges, 30, rates);
    const shown = busiest(gauges, names, 8);
    expect(shown.map((one) => one.id)).toEqual([14, 15, 16, 17, 18, 19, 20]);
    const stack = stackOf(gauges, shown, names.length);
    expect(stack.others).toBe(13);
    expect(stack.tops.at(-1)?.at(-1)).toBeCloseTo(2100, 1);
    expect(stack.values.at(-1)?.at(-1)).toBeCloseTo(2100 - (14 + 15 + 16 + 17 + 18 + 19 + 20) * 10, 1);
  });

  test("none without traffic is named; before any rate is known, those are that counted most", () => {
    const gauges = new Gauges();
    const counted = names.map((one) => ({ ...one, packets: one.id === 3 || one.id === 12 ? one.id : 0 }));
    expect(busiest(gauges, counted).map((one) => one.id)).toEqual([3, 12]);
    run(gauges, 30, { ...Object.fromEntries(names.map(({ id }) => [id, 0])), 7: 10 });
    expect(busiest(gauges, counted).map((one) => one.id)).toEqual([7]);
    expect(stackOf(gauges, busiest(gauges, counted), counted.length).others).toBe(19);
  });

  test("the choice is short-lived until there was traffic for five seconds", () => {
    const gauges = new Gauges();
    run(gauges, 100, { 1: 0 });
    expect(choiceLife(gauges)).toBe(1_000);
    run(gauges, 20, { 1: 50 }, 100);
    expect(choiceLife(gauges)).toBe(1_000);
    run(gauges, 20, { 1: 50 }, 120);
    expect(choiceLife(gauges)).toBe(5_000);
  });

  test("few are all named", () => {
    const gauges = new Gauges();
    run(gauges, 10, { 1: 5 });
    expect(stackOf(gauges, busiest(gauges, names.slice(0, 1)), 1).others).toBe(0);
  });
});
