import { expect, test } from "vitest";
import { ReplayClock } from "../../src/nic/replay-clock.js";

const SECOND = 1_000_000_000;

/** Seconds since 1970 as the halves of a time in ns. */
function at(seconds: number): [number, number] {
  const time = BigInt(Math.round(seconds * 1000)) * 1_000_000n;
  return [Number(time >> 32n), Number(time & 0xffffffffn)];
}

test("frames are due at their distance from the first, divided by the speed", () => {
  const clock = new ReplayClock();
  clock.setSpeed(2, 0);
  expect(clock.wait(...at(1000), 5 * SECOND)).toBe(0);
  expect(clock.wait(...at(1004), 5 * SECOND)).toBe(2 * SECOND);
  expect(clock.wait(...at(1004), 8 * SECOND)).toBe(-SECOND);
});

test("a frame that left late does not delay those behind it: no summed gaps", () => {
  const clock = new ReplayClock();
  clock.wait(...at(100), 0);
  for (let second = 1; second <= 1000; second++) {
    clock.pass(...at(100 + second));
    // Each leaves 3 ms late; the next is still due by absolute time.
    expect(clock.wait(...at(101 + second), second * SECOND + 3_000_000)).toBe(SECOND - 3_000_000);
  }
});

test("times that go backwards, are equal or missing are due at once", () => {
  const clock = new ReplayClock();
  clock.wait(...at(100), 0);
  expect(clock.pass(...at(100))).toBe(false);
  expect(clock.pass(...at(100))).toBe(false);
  expect(clock.pass(...at(99))).toBe(true);
  expect(clock.wait(...at(99), SECOND)).toBeLessThanOrEqual(0);
  expect(clock.pass(0, 0)).toBe(false);
  expect(clock.wait(0, 0, 0)).toBe(0);
  expect([clock.high, clock.low]).toEqual(at(100));
});

test("frames without a time do not anchor the clock: no wait of decades", () => {
  const clock = new ReplayClock();
  expect(clock.wait(0, 0, SECOND)).toBe(0);
  expect(clock.wait(...at(1_700_000_000), 2 * SECOND)).toBe(0);
});

test("2106 is a time like others", () => {
  const clock = new ReplayClock();
  clock.wait(...at(4_294_967_295), 0);
  expect(clock.wait(...at(4_294_967_296), 0)).toBe(SECOND);
});

test("a pause, another speed and a skip go on from the last frame", () => {
  const clock = new ReplayClock();
  clock.wait(...at(100), 0);
  clock.pass(...at(100));
  clock.resume(50 * SECOND);
  expect(clock.wait(...at(101), 50 * SECOND)).toBe(SECOND);
  clock.setSpeed(0.5, 60 * SECOND);
  expect(clock.wait(...at(101), 60 * SECOND)).toBe(2 * SECOND);
  clock.skipTo(...at(5000), 61 * SECOND);
  expect(clock.wait(...at(5000), 61 * SECOND)).toBe(0);
  expect(clock.wait(...at(5001), 61 * SECOND)).toBe(2 * SECOND);
  clock.setSpeed(Number.POSITIVE_INFINITY, 0);
  expect(clock.wait(...at(9000), 0)).toBe(0);
});
