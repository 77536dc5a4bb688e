/** One handler on all targets, linked as the kernel links it: what all of them say, or an error where they differ. */
import { expect } from "vitest";
import type { CompiledHandler } from "../../src/ash/ash.js";
import { HandlerCall, type HandlerFault } from "../../src/vcode/handler.js";
import { emitHandler } from "../../src/vcode/handler-target.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { verify } from "../../src/vcode/verify.js";
import { FACTS, TargetMachine } from "./target-machine.js";

export interface Words {
  readonly wire?: number;
  readonly time?: bigint;
  readonly port?: number;
  readonly link?: number;
  readonly packet?: number;
}

export interface Sent {
  readonly frame: readonly number[];
  readonly port: number;
}

/** What one message came to. */
export interface Told {
  readonly outcome: number | HandlerFault;
  /** Of a fault that the handler told. */
  readonly place: number | undefined;
  /** That was used. */
  readonly fuel: number;
  readonly sent: readonly Sent[];
  /** Of wake and transfer, their numbers and arguments. */
  readonly calls: readonly (readonly number[])[];
}

/** Arguments of the calls that are told. */
const ARGUMENTS: ReadonlyMap<number, number> = new Map([
  [HandlerCall.wake, 1],
  [HandlerCall.transfer, 4],
]);

/** One at a time on a target: the next one that is made takes the memory over. Transfers to environment 0 are taken alone. */
export class RunningHandler {
  /** Frames that it sends are not taken. */
  refuses = false;
  readonly #machine: TargetMachine;

  constructor({ program, layout }: Pick<CompiledHandler, "program" | "layout">, target: TargetName) {
    const verdict = verify(program, { image: true });
    if (!verdict.ok) throw new Error(JSON.stringify(verdict.rejections[0]));
    this.#machine = new TargetMachine(emitHandler(verdict.program, target, FACTS), layout.octets, {
      sent: () => !this.refuses,
      transferred: (_n, environment) => environment === 0,
    });
  }

  /** The first octets of the state, all unless told. */
  state(octets?: number): Uint8Array {
    return this.#machine.state().slice(0, octets);
  }

  /** Sets octets of the state. */
  poke(offset: number, octets: Uint8Array): void {
    this.#machine.poke(offset, octets);
  }

  run(octets: Uint8Array, words: Words = {}, fuel = 10_000_000): Told {
    const { wire = octets.length, time = 0n, port = 0, link = 1, packet = 1 } = words;
    const [high, low] = [Number(BigInt.asIntN(32, time >> 32n)), Number(BigInt.asIntN(32, time))];
    const ran = this.#machine.run({ octets, words: [wire, high, low, port, link, packet, 0] }, fuel);
    const { end } = ran;
    return {
      outcome: end.kind === "outcome" ? end.word : end.kind === "fault" ? end.reason : "fuel",
      place: ran.place,
      fuel: fuel - ran.fuel,
      sent: ran.sends.map(({ frame, port: by }) => ({ frame: Array.from(frame), port: by === -1 ? port : by })),
      calls: ran.calls.flatMap(([call = 0, ...args]) => {
        const count = ARGUMENTS.get(call);
        return count === undefined ? [] : [[call, ...args.slice(0, count)]];
      }),
    };
  }
}

export interface Ran {
  readonly told: readonly Told[];
  readonly state: Uint8Array;
}

export type Prepare = (handler: RunningHandler) => void;

/** Messages one after the other. */
export function onAll(
  compiled: Pick<CompiledHandler, "program" | "layout">,
  messages: readonly Uint8Array[],
  { words = {}, fuel, prepare }: { readonly words?: Words; readonly fuel?: number; readonly prepare?: Prepare } = {},
): Ran {
  const [first, ...others] = TARGETS.map((target): Ran => {
    const handler = new RunningHandler(compiled, target);
    prepare?.(handler);
    return { told: messages.map((message) => handler.run(message, words, fuel)), state: handler.state() };
  });
  if (first === undefined) throw new Error("no targets");
  for (const other of others) expect(other).toEqual(first);
  return first;
}
