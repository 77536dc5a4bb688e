/** What of a handler's state is another after a run, value by value. */
import { describe, expect, test } from "vitest";
import { MAX_CHANGES, tryHandlerText } from "../../src/appliance/handler-told.js";
import { tryHandler } from "../../src/appliance/handler-trial.js";
import { changesOf } from "../../src/appliance/state-changes.js";
import { compileHandler } from "../../src/ash/ash.js";

const TEXT = `import { array, consume, type Message, record, shape, table, u16, u32, u64, u8 } from "exonet/ash";

const seen = record({ packets: u64, last: u16 });
const lengths = array(u32, 300);
const Slot = shape({ first: u8, rest: array(u8, 3) });
const slots = array(Slot, 4);
const Key = shape({ from: u8, to: u8 });
const Value = shape({ packets: u32, octets: u32 });
const flows = table(Key, Value, 2);

export default function take(message: Message) {
  seen.packets += 1n;
  lengths[message.length] += 1;
  slots[2].rest[1] = message.u8(0);
  const flow = flows.enter({ from: message.u8(0), to: message.u8(1) });
  flow.packets += 1;
  return consume;
}
`;

const message = (...octets: number[]) => {
  return { octets: Uint8Array.from(octets), wire: octets.length, time: 0n, port: 0, link: 1, packet: 1, hops: 0 };
};

const MANY = `import { array, type Message, pass, u32 } from "exonet/ash";

const words = array(u32, 300);

export default function sets(message: Message) {
  for (let n = 0; n < message.length; n++) words[n % 300] = 1;
  return pass;
}
`;

function changed(...octets: number[]) {
  return changesIn(TEXT, ...octets);
}

function changesIn(text: string, ...octets: number[]) {
  const tried = tryHandlerText({
    text,
    message: message(...octets),
    fuel: 5000,
    state: undefined,
    environments: undefined,
    range: { from: 0, limit: 0 },
  });
  if (!tried.ok) throw new Error(JSON.stringify(tried.errors));
  return tried.trial.changes.map(({ item, at, column, type, before, after }) => [
    item,
    at,
    column,
    type,
    before,
    after,
  ]);
}

describe("changes of state", () => {
  test("of a record, an array, places, and a table's new entry; what stayed is not told", () => {
    expect(changed(7, 9)).toEqual([
      ["seen", null, "packets", "u64", "0", "1"],
      ["lengths", "2", "value", "u32", 0, 1],
      ["slots", "2", "rest", "u8[3]", "000000", "000700"],
      ["flows", "7,9", "packets", "u32", null, 1],
      ["flows", "7,9", "octets", "u32", null, 0],
    ]);
  });

  test("an entry that leaves a full table is told as gone, and only so many are told", () => {
    const compiled = compileHandler(TEXT);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
    const { handler } = compiled;
    const { layout } = handler;
    const ran = (state: Uint8Array | undefined, ...octets: number[]) =>
      tryHandler(handler, message(...octets), { fuel: 5000, state }).state;
    const two = ran(ran(undefined, 1, 1), 2, 2);
    const three = ran(two, 3, 3);
    const told = changesOf(layout, two, three, 100).filter(({ item }) => item === "flows");
    expect(told.map(({ at, column, before, after: now }) => [at, column, before, now])).toEqual([
      ["3,3", "packets", null, 1],
      ["3,3", "octets", null, 0],
      ["1,1", "packets", 1, null],
      ["1,1", "octets", 0, null],
    ]);
    expect(changesOf(layout, two, three, 3).length).toBe(3);
    expect(changesOf(layout, three, three, 100)).toEqual([]);
  });

  test("a trial tells MAX_CHANGES of them, and no more", () => {
    const told = (count: number) => changesIn(MANY, ...Array.from({ length: count }, () => 0)).length;
    expect([MAX_CHANGES - 1, MAX_CHANGES, MAX_CHANGES + 1].map(told)).toEqual([
      MAX_CHANGES - 1,
      MAX_CHANGES,
      MAX_CHANGES,
    ]);
  });
});
