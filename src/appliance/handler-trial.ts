/** A handler tried on one message, step by step, on a machine of its own (handler-machine.ts), by the interpreter. */
import type { CompiledHandler } from "../ash/ash.js";
import { MAX_KEPT_OCTETS } from "../kernel/limits.js";
import { word } from "../vcode/compute.js";
import { HandlerWord } from "../vcode/handler.js";
import { Interpreter } from "../vcode/interp.js";
import { type Environments, HandlerMachine, Killed, outcomeOf, type SentFrame } from "./handler-machine.js";

/** Steps that are told from the first on; of the others that one which ended a run is told, and the rest are counted. */
export const MAX_TRIAL_STEPS = 5000;
/** Units of fuel at which a trial is cut: some tenths of a second, so that nobody keeps the compile worker from others, nor has it replaced. */
export const MAX_TRIAL_FUEL = 1 << 20;
/** Octets of a message that is given: as many as are kept of a packet that killed a handler. */
export const MAX_TRIAL_OCTETS = MAX_KEPT_OCTETS;

/** The message's octets, and what its descriptor says. */
export interface TrialMessage {
  readonly octets: Uint8Array;
  readonly wire: number;
  /** ns since 1970. */
  readonly time: bigint;
  readonly port: number;
  readonly link: number;
  readonly packet: number;
  /** Answers in a row of which it is the last. */
  readonly hops: number;
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
  /** `cut`: at MAX_TRIAL_FUEL, where it would have had more. */
  readonly outcome: "pass" | "consume" | "pass-to" | "killed" | "cut";
  readonly environment: number | undefined;
  readonly reason: string | undefined;
  /** Offset into the text of the statement at which it was killed or cut; -1 where there is none. */
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

export interface TrialTerms {
  /** As much as its binding gives. */
  readonly fuel: number;
  /** As many octets as the layout has, or none: zeros. */
  readonly state?: Uint8Array | undefined;
  readonly environments?: Environments;
}

export function tryHandler(
  { program, layout, places }: CompiledHandler,
  message: TrialMessage,
  { fuel: given, state = new Uint8Array(layout.octets), environments }: TrialTerms,
): Trial {
  const fuel = Math.min(given, MAX_TRIAL_FUEL);
  const machine = new HandlerMachine(message.octets, state, environments, message.hops);
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
  const tell = (register: number, value: string) => {
    steps.push({ lambda, insn, register, value, fuel: interpreter.fuel });
  };
  interpreter.watch = {
    begins: (of, index) => {
      lambda = of;
      insn = index;
    },
    done: (register = -1, value = 0) => {
      if (total++ < MAX_TRIAL_STEPS) tell(register, `${value}`);
    },
  };
  const ran = end(() => interpreter.run(argumentsOf(machine.message, message), fuel), environments);
  const ended = ran.reason === "fuel" && given > fuel ? CUT : ran;
  // The instruction that ended it was never done.
  const isEnded = ended.outcome === "killed" || ended.outcome === "cut";
  if (isEnded) {
    total++;
    tell(-1, "");
  }
  const place = isEnded ? (places[lambda]?.[insn] ?? -1) : -1;
  const { cycles } = interpreter;
  const { sent, woken, transfers } = machine;
  const used = fuel - Math.max(0, interpreter.fuel);
  return { ...ended, place, fuel: used, cycles, steps, total, sent, woken, transfers, state: machine.state };
}

type Ended = Pick<Trial, "outcome" | "environment" | "reason">;

const CUT: Ended = { outcome: "cut", environment: undefined, reason: undefined };

function end(run: () => { readonly ok: boolean; readonly value?: number | bigint }, environments: Environments): Ended {
  try {
    const ran = run();
    const outcome = ran.ok ? outcomeOf(word(ran.value ?? 0), environments) : undefined;
    if (outcome === undefined)
      return { outcome: "killed", environment: undefined, reason: ran.ok ? "outcome" : "fuel" };
    const environment = outcome.kind === "pass-to" ? outcome.environment : undefined;
    return { outcome: outcome.kind, environment, reason: undefined };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { outcome: "killed", environment: undefined, reason: error.reason };
  }
}

function argumentsOf(address: number, { octets, wire, time, port, link, packet, hops }: TrialMessage): number[] {
  const words: number[] = [];
  words[HandlerWord.wire] = wire;
  words[HandlerWord.timeHigh] = Number(BigInt.asIntN(32, time >> 32n));
  words[HandlerWord.timeLow] = Number(BigInt.asIntN(32, time));
  words[HandlerWord.port] = port;
  words[HandlerWord.link] = link;
  words[HandlerWord.packet] = packet | 0;
  words[HandlerWord.hops] = hops;
  return [address, octets.length, 0, ...words];
}
