/** Handlers of an appliance: texts that become code on the way, are bound, seen, replaced and unbound while a capture is replayed. */
import { expect, test } from "vitest";
import { TARGETS } from "../../src/vcode/target.js";
import { Machine } from "./machine.js";

const CAPTURE = "captures/demo.pcap";
/** Counts in a word of state, and ends as it is told. */
const counting = (end: "consume" | "pass", count = "seen") => `
import { ${end}, type Message, record, u32 } from "exonet/ash";
const state = record({ ${count}: u32 });
export default function counts(_message: Message) { state.${count} += 1; return ${end}; }`;
const LOOPS = `
import { type Message, record, u32 } from "exonet/ash";
const state = record({ seen: u32 });
export default function loops(_message: Message) { while (true) state.seen += 1; }`;

test.each(TARGETS)("on %s: bound, run, read, swapped in the middle of a replay and unbound", async (target) => {
  const machine = await Machine.start({ target });
  const { binding } = await machine.bind("all", "true");
  const budget = { share: 1 };
  const bound = await machine.call("bindHandler", {
    binding,
    budget,
    handler: { name: "counts", text: counting("consume") },
  });
  expect(bound).toMatchObject({
    from: { packet: 1 },
    handler: { name: "counts", octets: 8, budget: { fuel: 2000, share: 1 } },
  });
  await machine.open(CAPTURE);
  await machine.call("step", { packets: 10 });
  await machine.until("paused");
  const swapped = { bindings: [binding], keepState: true, handler: { name: "passes", text: counting("pass") } };
  expect(await machine.call("swapHandler", swapped)).toMatchObject({ from: { epoch: 1, packet: 11 } });
  const [epoch] = await machine.playToEnd();
  const { handlers } = await machine.call("handlers", {});
  const { packets, consumed, delivered } = machine.counters(binding);
  expect([consumed, delivered]).toEqual([10, packets - 10]);
  expect(handlers).toMatchObject([
    { binding, name: "passes", bound: true, counts: { run: packets, consumed: 10, passed: packets - 10 } },
  ]);
  const { octets } = await machine.call("handlerState", { binding, from: 0, octets: 4 });
  expect(new DataView(octets.buffer, octets.byteOffset).getInt32(0, true)).toBe(packets);
  expect(epoch).toMatchObject({ deterministic: true });
  expect(machine.books().balanced).toBe(true);
  expect(machine.books().consumed).toBe(10);
  expect(await machine.call("unbindHandler", { bindings: [binding] })).toMatchObject({ until: { packet: packets } });
  expect(await machine.refusal("unbindHandler", { bindings: [binding] })).toBe("E_NO_BOUND_HANDLER");
  await machine.close();
});

test("what is wrong is said: the text, the layout, the right, the budget", async () => {
  const machine = await Machine.start();
  const { binding } = await machine.bind("all", "true");
  const bind = (text: string) => ({ binding, handler: { name: "h", text } });
  const { appliance } = machine;
  expect(await appliance.call(appliance.rootCapability, "bindHandler", bind("\nlet x = 1;\n"))).toMatchObject({
    ok: false,
    error: "E_IMAGE",
    errors: [{ line: 2 }],
  });
  const mayNot = await machine.derived("may-not", ["bind", "observe"]);
  expect(await machine.refusal("bindHandler", bind(LOOPS), mayNot)).toBe("E_CAPABILITY_RIGHT");
  expect(await machine.refusal("bindHandler", { ...bind(LOOPS), budget: { fuel: 0 } })).toBe("E_ARGUMENT");
  await machine.call("bindHandler", bind(LOOPS));
  const other = { bindings: [binding], keepState: true, handler: { name: "h", text: counting("pass", "other") } };
  expect(await machine.refusal("swapHandler", other)).toBe("E_LAYOUT");
  await machine.open(CAPTURE);
  await machine.playToEnd();
  const { packet } = await machine.call("handlerPacket", { binding });
  expect(packet).toMatchObject({ packet: 16, reason: "fuel", told: false });
  expect((await machine.call("handlers", { bindings: [binding] })).handlers).toMatchObject([{ bound: false }]);
  await machine.close();
});
