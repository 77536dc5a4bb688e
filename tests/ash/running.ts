/** One handler on all targets: what all of them say, or an error where they differ. */
import { expect } from "vitest";
import type { CompiledHandler } from "../../src/ash/ash.js";
import { TARGETS } from "../../src/vcode/target.js";
import { HandlerMachine, type Told, type Words } from "./machine.js";

export interface Ran {
  readonly told: readonly Told[];
  readonly state: Uint8Array;
}

export type Prepare = (machine: HandlerMachine) => void;

/** Messages one after the other. */
export function onAll(
  compiled: Pick<CompiledHandler, "program" | "layout">,
  messages: readonly Uint8Array[],
  { words = {}, fuel, prepare }: { readonly words?: Words; readonly fuel?: number; readonly prepare?: Prepare } = {},
): Ran {
  const [first, ...others] = TARGETS.map((target): Ran => {
    const machine = new HandlerMachine(compiled, target);
    prepare?.(machine);
    return { told: messages.map((message) => machine.run(message, words, fuel)), state: machine.state() };
  });
  if (first === undefined) throw new Error("no targets");
  for (const other of others) expect(other).toEqual(first);
  return first;
}
