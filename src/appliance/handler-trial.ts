/** A handler tried on one message, step by step, on a machine of its own (handler-machine.ts), by the interpreter. */
import type { CompiledHandler } from "../ash/ash.js";
import { word } from "../vcode/compute.js";
import { HandlerWord } from "../vcode/handler.js";
import { Interpreter } from "../vcode/interp.js";
import { HandlerMachine, Killed, outcomeOf, type SentFrame } from "./handler-machine.js";

/** Steps that are told; more are counted. */
export const MAX_TRIAL_STEPS = 5000;
/** Units of fuel of a trial: some tenths of a second, so that nobody keeps the compile worker from others, nor has it replaced. */
export const MAX_TRIAL_FUEL = 1 << 20;

/** The message's octets, and what its descriptor says. */
export interface TrialMessage {
  readonly octets: Uint8Array;
  readonly wire: number;
  /** ns since 1970. */
  readonly time: bigint;
  readonly port: number;
  readonly link: number;
  readonly packet: number;
}

export interface TrialStep {
  readonly lambda: number;
  readonly insn: number;
  /** The register that the instruction assigned, -1 where none, and what it holds then. */
  readonly register: number;
  readonly value: string;
  /** Left after it. */
  readonly fuel: number;
}

export interface Trial {
  readonly outcome: "pass" | "consume" | "pass-to" | "killed";
  readonly environment: number | undefined;
  readonly reason: string | undefined;
  /** Offset into the text of the statement at which it was killed; -1 where there is none. */
  readonly place: number;
  /** Units used. */
  readonly fuel: number;
  readonly cycles: number;
  readonly steps: readonly TrialStep[];
  readonly total: number;
  readonly sent: readonly SentFrame[];
  readonly woken: readonly number[];
  readonly transfers: readonly (readonly number[])[];
  readonly state: Uint8Array;
}

/** `state`: as many octets as the layout has, or none: zeros. */
export function tryHandler(
  { program, layout, places }: CompiledHandler,
  message: TrialMessage,
  fuel: number,
  state: Uint8Array = new Uint8Array(layout.octets),
): Trial {
  const machine = new HandlerMachine(message.octets, state);
  const kernel = machine.kernel.bind(machine);
  const left = () => interpreter.fuel;
  const interpreter = new Interpreter(program, new DataView(machine.memory.buffer), { kernel, left }, machine);
  machine.pay = (units) => {
    if (interpreter.fuel < units) return false;
    interpreter.fuel -= units;
    return true;
  };
  const steps: TrialStep[] = [];
  let total = 0;
  let [lambda, insn] = [0, 0];
  const tell = (register: number, value: number | bigint | undefined) => {
    if (total++ >= MAX_TRIAL_STEPS) return;
    steps.push({ lambda, insn, register, value: value === undefined ? "" : `${value}`, fuel: interpreter.fuel });
  };
  interpreter.watch = {
    begins: (of, index) => {
      lambda = of;
      insn = index;
    },
    done: (register = -1, value = 0) => tell(register, value),
  };
  const ended = end(() => interpreter.run(argumentsOf(machine.message, message), fuel));
  // The instruction that killed it was never done.
  const isKilled = ended.outcome === "killed";
  if (isKilled) tell(-1, undefined);
  const place = isKilled ? (places[lambda]?.[insn] ?? -1) : -1;
  const { cycles } = interpreter;
  const { sent, woken, transfers } = machine;
  const used = fuel - Math.max(0, interpreter.fuel);
  return { ...ended, place, fuel: used, cycles, steps, total, sent, woken, transfers, state: machine.state };
}

function end(
  run: () => { readonly ok: boolean; readonly value?: number | bigint },
): Pick<Trial, "outcome" | "environment" | "reason"> {
  try {
    const ran = run();
    const outcome = ran.ok ? outcomeOf(word(ran.value ?? 0)) : undefined;
    if (outcome === undefined)
      return { outcome: "killed", environment: undefined, reason: ran.ok ? "outcome" : "fuel" };
    const environment = outcome.kind === "pass-to" ? outcome.environment : undefined;
    return { outcome: outcome.kind, environment, reason: undefined };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { outcome: "killed", environment: undefined, reason: error.reason };
  }
}

function argumentsOf(address: number, { octets, wire, time, port, link, packet }: TrialMessage): number[] {
  const words: number[] = [];
  words[HandlerWord.wire] = wire;
  words[HandlerWord.timeHigh] = Number(BigInt.asIntN(32, time >> 32n));
  words[HandlerWord.timeLow] = Number(BigInt.asIntN(32, time));
  words[HandlerWord.port] = port;
  words[HandlerWord.link] = link;
  words[HandlerWord.packet] = packet | 0;
  words[HandlerWord.hops] = 0;
  return [address, octets.length, 0, ...words];
}
