/** A handler tried on one message, step by step, on a machine of its own (trial-machine.ts), by the interpreter. */
import type { CompiledHandler } from "../ash/ash.js";
import { MAX_KEPT_OCTETS } from "../kernel/limits.js";
import { CONSUME, MetadataWord, OUTCOME_MASK, PASS, PASS_TO } from "../vcode/handler.js";
import type { Interpreter } from "../vcode/interp.js";
import { killed } from "../vcode/linked-handler.js";
import { type NamedEnvironments, type SentFrame, TrialMachine } from "./trial-machine.js";

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
  readonly environments?: NamedEnvironments;
}

export function tryHandler(
  { program, layout, places }: CompiledHandler,
  message: TrialMessage,
  { fuel: given, state = new Uint8Array(layout.octets), environments }: TrialTerms,
): Trial {
  const fuel = Math.min(given, MAX_TRIAL_FUEL);
  const machine = new TrialMachine(program, message, state, environments);
  const { interpreter } = machine.linked;
  const steps = new Steps(interpreter);
  const ran = run(machine, message, fuel);
  const ended = ran.reason === "fuel" && given > fuel ? CUT : ran;
  let place = -1;
  if (ended.outcome === "killed" || ended.outcome === "cut") {
    steps.tellLast();
    place = places[steps.lambda]?.[steps.insn] ?? -1;
  }
  const { sent, woken, transfers } = machine;
  return {
    ...ended,
    place,
    fuel: fuel - Math.max(0, interpreter.fuel),
    cycles: interpreter.cycles,
    steps: steps.told,
    total: steps.total,
    sent,
    woken,
    transfers,
    state: machine.stateNow(),
  };
}

/** Looks on while it runs. */
class Steps {
  readonly told: TrialStep[] = [];
  total = 0;
  /** The instruction that began last. */
  lambda = 0;
  insn = 0;
  readonly #interpreter: Interpreter;

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
    interpreter.watch = {
      begins: (lambda, insn) => {
        this.lambda = lambda;
        this.insn = insn;
      },
      done: (register = -1, value = 0) => {
        if (this.total++ < MAX_TRIAL_STEPS) this.#tell(register, `${value}`);
      },
    };
  }

  /** The instruction that ended the run, and was never done. */
  tellLast(): void {
    this.total++;
    this.#tell(-1, "");
  }

  #tell(register: number, value: string): void {
    const { lambda, insn } = this;
    this.told.push({ lambda, insn, register, value, fuel: this.#interpreter.fuel });
  }
}

type Ended = Pick<Trial, "outcome" | "environment" | "reason">;

const CUT: Ended = { outcome: "cut", environment: undefined, reason: undefined };

function run(machine: TrialMachine, message: TrialMessage, fuel: number): Ended {
  const { linked, messageAddress, messageOctets } = machine;
  try {
    const packed = linked.message(messageAddress, messageOctets, fuel, ...wordsOf(message));
    return outcomeOf(packed & OUTCOME_MASK, machine);
  } catch (error) {
    if (error !== killed) throw error;
    return { outcome: "killed", environment: undefined, reason: linked.killing.reason };
  }
}

function outcomeOf(word: number, machine: TrialMachine): Ended {
  if (word === PASS) return { outcome: "pass", environment: undefined, reason: undefined };
  if (word === CONSUME) return { outcome: "consume", environment: undefined, reason: undefined };
  const environment = word - PASS_TO;
  return machine.names(environment)
    ? { outcome: "pass-to", environment, reason: undefined }
    : { outcome: "killed", environment: undefined, reason: "outcome" };
}

function wordsOf({ wire, time, port, link, packet, hops }: TrialMessage): number[] {
  const words: number[] = [];
  words[MetadataWord.wire] = wire;
  words[MetadataWord.timeHigh] = Number(BigInt.asIntN(32, time >> 32n));
  words[MetadataWord.timeLow] = Number(BigInt.asIntN(32, time));
  words[MetadataWord.port] = port;
  words[MetadataWord.link] = link;
  words[MetadataWord.packet] = packet | 0;
  words[MetadataWord.hops] = hops;
  return words;
}
