/** The line before the compile worker: whose question goes next, which never goes, and which a worker's end costs. */
import { expect, test } from "vitest";
import { CompileLine } from "../../src/appliance/compile-line.js";
import { FairQueue } from "../../src/appliance/fair-queue.js";
import type { CompileAsked } from "../../src/appliance/messages.js";
import { COMPILE_DEADLINE_MS } from "../../src/kernel/limits.js";
import { Chance } from "../seeded.js";

const RIGHT = { ok: true, instructions: 1, stateOctets: 0, ways: [] } as never;

/** A worker that does what the test says, and a clock that stands until it is told. */
class Line {
  readonly sent: string[] = [];
  readonly #requests: CompileAsked[] = [];
  readonly #timers = new Map<() => void, number>();
  now = 0;
  late = 0;
  readonly line = new CompileLine(
    (request) => {
      this.#requests.push(request);
      this.sent.push((request.args as { text: string }).text);
    },
    () => this.late++,
    (ms, late) => {
      this.#timers.set(late, this.now + ms);
      return () => this.#timers.delete(late);
    },
  );

  get seq(): number {
    return this.#requests.at(-1)?.seq ?? 0;
  }

  /** Asks for itself, and for nobody without an asker. */
  ask(text: string, asker?: string, gone = new AbortController()) {
    const told: unknown[] = [];
    const by = asker === undefined ? undefined : { name: asker, gone: gone.signal };
    this.line.ask("checkHandler", { text }, by).then(
      (answer) => told.push(answer),
      (error: unknown) => told.push(error),
    );
    return { told, gone };
  }

  begin(): void {
    this.line.begun(this.seq);
  }

  async answer(): Promise<void> {
    this.begin();
    this.line.answered(this.seq, RIGHT);
    await settled();
  }

  pass(ms: number): void {
    this.now += ms;
    for (const [late, at] of this.#timers) {
      if (at > this.now) continue;
      this.#timers.delete(late);
      late();
    }
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("one is in the worker; askers take turns, and what a change waits for goes before them", async () => {
  const line = new Line();
  for (let n = 1; n <= 4; n++) line.ask(`many${n}`, "many");
  line.ask("few1", "few");
  line.ask("other1", "other");
  line.ask("few2", "few");
  expect(line.sent).toEqual(["many1"]);
  expect(line.line.counts).toMatchObject({ waiting: 6, answered: 0 });
  line.ask("change1");
  line.ask("change2");
  for (let n = 0; n < 9; n++) await line.answer();
  expect(line.sent).toEqual(["many1", "change1", "change2", "few1", "other1", "many2", "few2", "many3", "many4"]);
  expect(line.line.counts).toEqual({ waiting: 0, answered: 9, dropped: 0, lost: 0 });
});

test("what waits of somebody who goes is dropped; what is in the worker goes on, and nothing else is lost", async () => {
  const line = new Line();
  const gone = new AbortController();
  const first = line.ask("first", "a", gone);
  const second = line.ask("second", "a", gone);
  const other = line.ask("other", "b");
  gone.abort(new Error("left"));
  const third = line.ask("third", "a", gone);
  await settled();
  expect([second.told, third.told]).toEqual([[new Error("left")], [new Error("left")]]);
  expect([first.told, other.told]).toEqual([[], []]);
  expect(line.line.counts).toEqual({ waiting: 1, answered: 0, dropped: 2, lost: 0 });
  await line.answer();
  await line.answer();
  expect([first.told, other.told]).toEqual([[RIGHT], [RIGHT]]);
  expect(line.sent).toEqual(["first", "other"]);
  expect(line.line.counts).toEqual({ waiting: 0, answered: 2, dropped: 2, lost: 0 });
});

test("a worker's end costs what it had begun, with the reason, and the others wait on", async () => {
  const line = new Line();
  const slow = line.ask("slow", "a");
  const next = line.ask("next", "a");
  const last = line.ask("last", "b");
  line.begin();
  expect(line.line.replaced("broke: no memory")).toBe(true);
  expect(line.sent).toEqual(["slow"]);
  const stale = line.seq;
  line.line.resume();
  expect(line.sent).toEqual(["slow", "last"]);
  // A word of the old worker that comes late is of no question.
  line.line.answered(stale, RIGHT);
  await settled();
  expect(slow.told).toMatchObject([
    { ok: false, errors: [{ code: "E_DEADLINE", message: "compiling broke: no memory" }] },
  ]);
  expect([next.told, last.told]).toEqual([[], []]);
  await line.answer();
  await line.answer();
  expect(line.sent).toEqual(["slow", "last", "next"]);
  expect([next.told, last.told]).toEqual([[RIGHT], [RIGHT]]);
  expect(line.line.counts).toEqual({ waiting: 0, answered: 2, dropped: 0, lost: 1 });
});

test("what was on its way to a worker that ended over something else is sent to the next, and an idle one costs nothing", async () => {
  const line = new Line();
  expect(line.line.replaced("ended")).toBe(false);
  line.line.resume();
  expect(line.sent).toEqual([]);
  const asked = line.ask("asked", "a");
  expect(line.line.replaced("ended")).toBe(false);
  line.line.resume();
  await line.answer();
  expect(line.sent).toEqual(["asked", "asked"]);
  expect(asked.told).toEqual([RIGHT]);
  expect(line.line.counts).toEqual({ waiting: 0, answered: 1, dropped: 0, lost: 0 });
});

test("nothing is sent before a new worker may be asked; then changes go before what was on its way to the last one", async () => {
  const line = new Line();
  const look = line.ask("look1", "a");
  line.ask("look2", "a");
  line.ask("other", "b");
  expect(line.line.replaced("ended")).toBe(false);
  line.ask("change1");
  expect(line.line.replaced("ended")).toBe(false);
  expect([line.sent, line.line.counts.waiting]).toEqual([["look1"], 4]);
  line.line.resume();
  line.ask("change2");
  expect(line.sent).toEqual(["look1", "change1"]);
  // A change that was on its way is still the first of the changes.
  expect(line.line.replaced("ended")).toBe(false);
  line.line.resume();
  for (let n = 0; n < 5; n++) await line.answer();
  expect(line.sent).toEqual(["look1", "change1", "change1", "change2", "look1", "other", "look2"]);
  expect(look.told).toEqual([RIGHT]);
  expect(line.line.counts).toEqual({ waiting: 0, answered: 5, dropped: 0, lost: 0 });
});

test("who comes while the question of another is answered waits for that one, and for none that the other has behind it", async () => {
  const line = new Line();
  for (let n = 1; n <= 3; n++) line.ask(`many${n}`, "many");
  await line.answer();
  expect(line.sent).toEqual(["many1", "many2"]);
  line.begin();
  line.ask("new1", "new");
  line.ask("many4", "many");
  for (let n = 0; n < 4; n++) await line.answer();
  expect(line.sent).toEqual(["many1", "many2", "new1", "many3", "many4"]);
});

test("the deadline is that of the question that the worker has begun", async () => {
  const line = new Line();
  line.ask("first", "a");
  line.ask("second", "b");
  // On its way: a change may be at work before it.
  line.pass(10 * COMPILE_DEADLINE_MS);
  line.begin();
  line.pass(COMPILE_DEADLINE_MS - 1);
  await line.answer();
  line.pass(COMPILE_DEADLINE_MS);
  expect(line.late).toBe(0);
  line.begin();
  line.pass(COMPILE_DEADLINE_MS - 1);
  expect(line.late).toBe(0);
  line.pass(1);
  expect(line.late).toBe(1);
  line.line.replaced("took too long");
  line.pass(10 * COMPILE_DEADLINE_MS);
  expect(line.late).toBe(1);
  line.ask("third", "a");
  line.begin();
  line.line.end();
  line.pass(10 * COMPILE_DEADLINE_MS);
  expect(line.late).toBe(1);
});

test("the queue serves askers as one that looks through all of it each time does, seed 1", () => {
  const chance = new Chance(1);
  const queue = new FairQueue<number>();
  // The twin: whoever was served longest ago, or never, in the order in which they came to have something here.
  let waiting: { asker: string; item: number }[] = [];
  let turns: string[] = [];
  let last = "";
  const seen = { served: 0, removed: 0, absent: 0, empty: 0, most: 0 };
  for (let n = 0; n < 6000; n++) {
    const asker = `a${chance.below(6)}`;
    // It fills and runs empty, by turns.
    if (chance.percent(n % 400 < 200 ? 60 : 35)) {
      queue.push(asker, n);
      waiting.push({ asker, item: n });
      if (!turns.includes(asker)) turns.push(asker);
    } else if (chance.percent(15)) {
      const item = waiting.length > 0 && chance.percent(80) ? chance.pick(waiting).item : -1;
      const own = waiting.find((one) => one.asker === asker && one.item === item);
      queue.remove(asker, item);
      waiting = waiting.filter((one) => one !== own);
      seen[own === undefined ? "absent" : "removed"]++;
    } else {
      if (turns.includes(last)) turns = [...turns.filter((name) => name !== last), last];
      const [turn] = turns;
      last = turn ?? last;
      const served = waiting.find((one) => one.asker === turn);
      expect(queue.next()).toBe(served?.item);
      waiting = waiting.filter((one) => one !== served);
      seen[served === undefined ? "empty" : "served"]++;
    }
    turns = turns.filter((name) => waiting.some((one) => one.asker === name));
    expect(queue.size).toBe(waiting.length);
    seen.most = Math.max(seen.most, waiting.length);
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(12);
});
