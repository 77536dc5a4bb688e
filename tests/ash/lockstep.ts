/** One handler on all targets at once, message after message: each step is the same on each, in outcome, fuel, calls and frames. */
import { compileHandler } from "../../src/ash/ash.js";
import type { Layout } from "../../src/ash/layout.js";
import { HandlerCall, type HandlerFault, OUTCOME_BITS } from "../../src/vcode/handler.js";
import { NO_OUTCOME } from "../../src/vcode/linked-handler.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { type Verified, verify } from "../../src/vcode/verify.js";
import { LinkedMachine, type LinkedMessage } from "./linked-machine.js";

/** What lies behind each message, by target: who loads it is noticed. */
const BEHIND = [0xa5, 0x5a, 0x3c];

export class Lockstep {
  readonly layout: Layout;
  readonly machines: readonly LinkedMachine[];
  readonly #first: LinkedMachine;

  constructor(text: string, targets: readonly TargetName[] = TARGETS) {
    const compiled = compileHandler(text);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors[0]));
    this.layout = compiled.handler.layout;
    const program = verified(compiled.handler.program);
    this.machines = targets.map(
      (target, index) => new LinkedMachine(program, this.layout.octets, target, BEHIND[index] ?? 0),
    );
    const [first] = this.machines;
    if (first === undefined) throw new Error("no targets");
    this.#first = first;
  }

  /** The outcome, and above OUTCOME_BITS the fuel. Throws where targets differ. */
  run(message: LinkedMessage, budget: number): number {
    const first = this.#first;
    const word = first.run(message, budget);
    for (const machine of this.machines) {
      if (machine === first) continue;
      const other = machine.run(message, budget);
      if (other !== word) throw new Error(`${machine.target}: ${told(other)}, ${first.target}: ${told(word)}`);
      if ((word & NO_OUTCOME) === NO_OUTCOME && (machine.reason !== first.reason || machine.place !== first.place))
        throw new Error(`${machine.target}: ${machine.reason}, ${first.target}: ${first.reason}`);
      const same =
        machine.told === first.told && machine.record.compare(first.record, 0, first.told, 0, first.told) === 0;
      if (!same) throw new Error(`${machine.target}: other calls than ${first.target}`);
    }
    return word;
  }

  /** The state; throws where targets differ in an octet of it. */
  state(): Buffer {
    const { stateOctets, target } = this.#first;
    for (const machine of this.machines) {
      if (!machine.stateOctets.equals(stateOctets)) throw new Error(`${machine.target}: another state than ${target}`);
    }
    return stateOctets;
  }

  /** The owner sets octets of the state. */
  set(offset: number, octets: Uint8Array): void {
    for (const { stateOctets } of this.machines) stateOctets.set(octets, offset);
  }

  /** As before the first message. */
  clear(): void {
    for (const { stateOctets } of this.machines) stateOctets.fill(0);
  }

  get reason(): HandlerFault {
    return this.#first.reason;
  }

  /** Calls of the last message: their numbers and words, and of a send the frame. */
  calls(): { readonly words: readonly number[]; readonly frame: Uint8Array }[] {
    const { record, told: end } = this.#first;
    const calls = [];
    for (let at = 0; at < end; ) {
      const words = Array.from({ length: 5 }, (_, word) => record.readInt32LE(at + 4 * word));
      at += 20;
      const octets = words[0] === HandlerCall.send ? (words[2] ?? 0) : 0;
      calls.push({ words, frame: Uint8Array.from(record.subarray(at, at + octets)) });
      at += octets;
    }
    return calls;
  }
}

function verified(program: Parameters<typeof verify>[0]): Verified {
  const verdict = verify(program, { image: true });
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.rejections[0]));
  return verdict.program;
}

function told(word: number): string {
  return `outcome ${word & NO_OUTCOME}, fuel ${word >>> OUTCOME_BITS}`;
}
