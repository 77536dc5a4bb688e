import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Changes } from "../../src/kernel/changes.js";
import type { CompileRequest } from "../../src/kernel/compiler.js";
import { COMPILE_DEADLINE_MS, SEED_DEADLINE_MS } from "../../src/kernel/limits.js";

const REMOVAL = [{ kind: "remove", slot: 1 }] as const;

let asked: CompileRequest[];
let told: string[];
let changes: Changes;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  asked = [];
  told = [];
  changes = new Changes({ request: (request) => asked.push(request) });
});

afterEach(() => vi.useRealTimers());

function ask(name: string): void {
  changes.request(
    REMOVAL,
    () => told.push(name),
    (error) => told.push(`${name}: ${error}`),
  );
}

function answer(): void {
  const { seq } = asked.shift()!;
  changes.answered({ update: undefined, outcomes: [{ seq }] });
}

test("the deadline is that of the first in the queue: waiting for others is not being late", () => {
  for (const name of ["a", "b", "c"]) ask(name);
  for (let change = 0; change < 3; change++) {
    vi.advanceTimersByTime(COMPILE_DEADLINE_MS - 1);
    expect(changes.overdue).toBe(false);
    answer();
  }
  expect(told).toEqual(["a", "b", "c"]);
  vi.advanceTimersByTime(10 * COMPILE_DEADLINE_MS);
  expect(changes.overdue).toBe(false);
});

function replace(innocent = false): void {
  asked = [];
  changes.replace({ request: (request) => asked.push(request) }, REMOVAL, innocent);
}

test("after a worker has ended, what waits is asked for one by one, and only what ends the next is refused", () => {
  for (const name of ["a", "slow", "b"]) ask(name);
  vi.advanceTimersByTime(COMPILE_DEADLINE_MS + 1);
  expect(changes.overdue).toBe(true);
  replace();
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(SEED_DEADLINE_MS - 1);
  expect(changes.overdue).toBe(false);
  answer();
  expect(asked).toHaveLength(1);
  answer();
  expect(told).toEqual(["a"]);
  vi.advanceTimersByTime(COMPILE_DEADLINE_MS + 1);
  expect(changes.overdue).toBe(true);
  replace();
  expect(told).toEqual(["a", "slow: E_COMPILE"]);
  answer();
  answer();
  expect(told).toEqual(["a", "slow: E_COMPILE", "b"]);
  for (const name of ["c", "d"]) ask(name);
  expect(asked, "at ease again").toHaveLength(2);
});

test("what holds and cannot be compiled again is our own mistake", () => {
  replace();
  expect(() => replace()).toThrow("cannot be compiled again");
});

test("a worker that ended over a question is nobody's fault here: not of what holds, nor of what waits", () => {
  for (const name of ["a", "b"]) ask(name);
  replace(true);
  replace(true);
  expect(asked, "what holds, once").toHaveLength(1);
  answer();
  replace(true);
  for (let each = 0; each < 3; each++) answer();
  expect([told, asked]).toEqual([["a", "b"], []]);
});

test("one answer may speak of several requests, and refuse some", () => {
  ask("a");
  ask("b");
  const [first, second] = asked;
  changes.answered({
    update: undefined,
    outcomes: [{ seq: first!.seq, error: "E_CLAIM_IDENTICAL" }, { seq: second!.seq }],
  });
  expect(told).toEqual(["a: E_CLAIM_IDENTICAL", "b"]);
});

test("nothing to change is done at once", () => {
  changes.request(
    [],
    () => told.push("done"),
    () => undefined,
  );
  expect([told, asked]).toEqual([["done"], []]);
});
