/** A trial's machine against what the kernel runs handlers on. */
import { expect, test } from "vitest";
import { HandlerMachine } from "../../src/appliance/handler-machine.js";
import { tryHandler } from "../../src/appliance/handler-trial.js";
import { compileHandler } from "../../src/ash/ash.js";
import { MAX_HOPS } from "../../src/kernel/limits.js";
import { Trap } from "../../src/vcode/image.js";
import { HandlerTraps } from "../../src/vcode/linked-handler.js";

test.each(Object.entries(Trap))("a trap, %s, is told for the same reason as by the kernel", (_name, kind) => {
  const buffer = new SharedArrayBuffer(8);
  const traps = new HandlerTraps({
    memory: { buffer },
    stlb: 0,
    entries: 1,
    pageShift: 12,
    space: 0,
    salt: 0,
    refill: () => false,
    kernel: () => 0,
  });
  expect(() => traps.trap(kind, 0, 0)).toThrow("killed");
  const machine = new HandlerMachine(new Uint8Array(1), new Uint8Array(1), undefined);
  expect(() => machine.trap(kind)).toThrow(traps.killing.reason);
});

test("an answer to too many answers in a row does not leave, as from the kernel", () => {
  const text = `import { consume, type Message, pass, reply } from "exonet/ash";
export default function echo(message: Message) {
  const out = reply(message);
  return out.send() ? consume : pass;
}
`;
  const compiled = compileHandler(text);
  if (!compiled.ok) throw new Error(compiled.errors[0]?.message);
  const octets = new Uint8Array(60);
  const after = (hops: number) => {
    const message = { octets, wire: 60, time: 0n, port: 240, link: 1, packet: 1, hops };
    const { outcome, sent } = tryHandler(compiled.handler, message, { fuel: 2000 });
    return [outcome, sent.length];
  };
  expect([0, MAX_HOPS - 1, MAX_HOPS].map(after)).toEqual([
    ["consume", 1],
    ["consume", 1],
    ["pass", 0],
  ]);
});
