/** A trial's machine against what the kernel runs handlers on. */
import { expect, test } from "vitest";
import { HandlerMachine } from "../../src/appliance/handler-machine.js";
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
