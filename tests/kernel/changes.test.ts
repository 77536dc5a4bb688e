import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Changes } from "../../src/kernel/changes.js";
import type { CompileRequest, ProgramChange } from "../../src/kernel/compiler.js";
import { COMPILE_DEADLINE_MS, SEED_DEADLINE_MS, STEP_DEADLINE_MS } from "../../src/kernel/limits.js";

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

function replace(innocent = false, held: readonly ProgramChange[] = REMOVAL): void {
  asked = [];
  changes.replace({ request: (request) => asked.push(request) }, held, innocent);
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

test("a new worker is behind until what waited when it came is answered; what came later is then sent at once", () => {
  for (const name of ["a", "b"]) ask(name);
  expect(changes.behind).toBe(false);
  replace(true);
  for (const name of ["c", "d"]) ask(name);
  for (let each = 0; each < 3; each++) {
    expect([changes.behind, asked.length]).toEqual([true, 1]);
    answer();
  }
  expect([changes.behind, asked.length]).toEqual([false, 2]);
  for (let each = 0; each < 2; each++) answer();
  expect([told, asked]).toEqual([["a", "b", "c", "d"], []]);
});

test("where nothing holds and nothing waits a new worker is told so, and may be slow to come up, or end", () => {
  for (let worker = 0; worker < 3; worker++) {
    replace(false, []);
    expect(asked).toMatchObject([{ changes: [], held: true }]);
    expect(changes.behind).toBe(true);
  }
  ask("a");
  vi.advanceTimersByTime(SEED_DEADLINE_MS - 1);
  expect(changes.overdue).toBe(false);
  answer();
  expect(changes.behind).toBe(false);
  answer();
  expect(told).toEqual(["a"]);
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

describe("a release", () => {
  const release = (slot: number) => changes.release([slot], () => told.push(`free ${slot}`));
  const refuse = () => {
    const { seq } = asked.shift()!;
    changes.answered({ update: undefined, outcomes: [{ seq, error: "E_TOO_MANY" }] });
  };

  test("that is refused is asked for again with the next change, until it is done", () => {
    release(7);
    refuse();
    expect([told, asked]).toEqual([[], []]);
    ask("a");
    expect(asked.map((request) => request.changes)).toEqual([[{ kind: "remove", slot: 7 }], REMOVAL]);
    refuse();
    answer();
    ask("b");
    for (let each = 0; each < 2; each++) answer();
    expect(told).toEqual(["a", "free 7", "b"]);
    ask("c");
    expect(asked).toHaveLength(1);
  });

  test("over which workers end is asked of the next one, in its place, and refused to nobody", () => {
    for (const name of ["a", "b"]) ask(name);
    release(7);
    ask("c");
    for (let each = 0; each < 2; each++) answer();
    vi.advanceTimersByTime(COMPILE_DEADLINE_MS + 1);
    expect(changes.overdue).toBe(true);
    for (let worker = 0; worker < 3; worker++) {
      replace();
      expect(asked.map(({ held }) => held)).toEqual([true]);
      answer();
    }
    expect(told).toEqual(["a", "b"]);
    for (let each = 0; each < 2; each++) answer();
    expect(told).toEqual(["a", "b", "free 7", "c"]);
  });

  test("that was refused is asked of a new worker, too, which may never have heard of the slot", () => {
    release(7);
    refuse();
    replace();
    answer();
    expect(asked.map((request) => request.changes)).toEqual([[{ kind: "remove", slot: 7 }]]);
    answer();
    expect(told).toEqual(["free 7"]);
  });
});

test("what waits for a seed has its own deadline after it, and a change of many steps has longer", () => {
  replace();
  ask("a");
  const many = Array.from({ length: 1001 }, (_, slot) => ({ kind: "remove", slot }) as const);
  changes.request(
    many,
    () => told.push("many"),
    () => undefined,
  );
  vi.advanceTimersByTime(SEED_DEADLINE_MS - 1);
  answer();
  vi.advanceTimersByTime(COMPILE_DEADLINE_MS - 1);
  expect(changes.overdue).toBe(false);
  answer();
  vi.advanceTimersByTime(COMPILE_DEADLINE_MS + 1000 * STEP_DEADLINE_MS - 1);
  expect(changes.overdue).toBe(false);
  vi.advanceTimersByTime(2);
  expect(changes.overdue).toBe(true);
});
