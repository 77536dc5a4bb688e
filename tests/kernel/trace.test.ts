/** The trace: levels, order, what is overwritten, and where the replay stood. */
import { expect, test } from "vitest";
import { EVENTS, type EventName, LEVELS } from "../../src/kernel/events.js";
import { MOST_FIELDS, TRACE_EVENTS, Trace } from "../../src/kernel/trace.js";

const NAMES = Object.keys(EVENTS) as EventName[];

test("every event has a level, few fields with names of their own, and one sentence", () => {
  for (const name of NAMES) {
    const { level, fields, says } = EVENTS[name];
    expect(LEVELS).toContain(level);
    expect(fields.length).toBeLessThanOrEqual(MOST_FIELDS);
    expect(new Set(fields).size).toBe(fields.length);
    expect(says).toMatch(/^[A-Z][^.]*\.$/);
  }
});

test("nothing is told at the start, and then what is switched on", () => {
  const trace = new Trace(() => 7);
  for (const name of NAMES) trace.tell(name);
  expect([trace.count, trace.levels, trace.since(0)]).toEqual([0, [], []]);
  for (const level of LEVELS) {
    trace.switch([level]);
    const before = trace.count;
    for (const name of NAMES) trace.tell(name);
    expect(trace.levels).toEqual([level]);
    const told = trace.since(before).map((event) => event.name);
    expect(told).toEqual(NAMES.filter((name) => EVENTS[name].level === level));
  }
});

test("an event says when, where the replay stood, and its fields by number", () => {
  const standing = { epoch: 2, packet: 17 };
  let now = 100;
  const trace = new Trace(() => now, standing);
  trace.switch(LEVELS);
  trace.tell("bindingBegan", 5, 3);
  now = 200;
  standing.packet = 20;
  trace.tell("epochBegan", 3);
  expect(trace.since(0)).toEqual([
    { number: 1, at: 100, epoch: 2, packet: 17, name: "bindingBegan", fields: [5, 3] },
    { number: 2, at: 200, epoch: 2, packet: 20, name: "epochBegan", fields: [3] },
  ]);
  expect(trace.since(1).map(({ number }) => number)).toEqual([2]);
  expect(trace.since(2)).toEqual([]);
  expect(trace.since(0, 1).map(({ number }) => number)).toEqual([1]);
});

test("of each kind the oldest are overwritten, by none but its own, and the numbers say so", () => {
  const trace = new Trace(() => 0);
  trace.switch(LEVELS);
  trace.tell("bindingBegan", 5, 3);
  for (let slice = 1; slice <= TRACE_EVENTS + 10; slice++) {
    trace.tell("sliceBegan", slice);
    if (slice === 7) trace.tell("wokenUp", 1);
  }
  const kept = trace.since(0);
  expect(kept.length).toBe(TRACE_EVENTS + 2);
  expect(kept.slice(0, 3)).toMatchObject([
    { number: 1, name: "bindingBegan", fields: [5, 3] },
    { number: 9, name: "wokenUp" },
    { number: 13, name: "sliceBegan", fields: [11, 0, 0] },
  ]);
  expect(kept.at(-1)).toMatchObject({ number: TRACE_EVENTS + 12, fields: [TRACE_EVENTS + 10, 0, 0] });
  expect(trace.since(TRACE_EVENTS + 7).map(({ fields }) => fields[0])).toEqual(
    [6, 7, 8, 9, 10].map((n) => TRACE_EVENTS + n),
  );
  expect(trace.since(1, 2).map(({ number }) => number)).toEqual([9, 13]);
});

test("what befell one packet is told with its number", () => {
  const trace = new Trace(() => 0, { epoch: 1, packet: 4096 });
  trace.tellOf(4100, "handlerKilled", 2);
  expect(trace.count).toBe(0);
  trace.switch(["warning"]);
  trace.tellOf(4100, "handlerKilled", 2, 3, 4, 5);
  trace.tellOf(4100, "handlerUnbound", 2);
  trace.tell("handlerThrottled", 2);
  expect(trace.since(0).map(({ name, epoch, packet, fields }) => [name, epoch, packet, ...fields])).toEqual([
    ["handlerKilled", 1, 4100, 2, 3, 4, 5],
    ["handlerThrottled", 1, 4096, 2, 0],
  ]);
});

test("fields that are not named are 0, whatever stood in the row before", () => {
  const trace = new Trace(() => 0);
  trace.switch(LEVELS);
  for (let each = 0; each < TRACE_EVENTS; each++) trace.tell("revocationAsked", 1, 2, 3, 4);
  trace.tell("revocationAsked", 5);
  expect(trace.since(0).at(-1)?.fields).toEqual([5, 0, 0, 0]);
});
