/**
 * Who may bind, replace and look at handlers: checked once, when it is asked. A handler is bound in the name of a capability, and
 * ends when that does, loses the right, or is weakened below the handler's budget.
 */
import { FIRST_PORT, LAST_PORT } from "../nic/port-numbers.js";
import { MAX_PASS_TO, MAX_STATE_OCTETS } from "../vcode/handler.js";
import type { Ash } from "./ash.js";
import type { BindingRecord, Bindings } from "./binding.js";
import type { BoundHandler, HandlerProgram } from "./bound-handler.js";
import { type Budget, budgetExcess, budgetOf, budgetProblem } from "./budget.js";
import type { PacketPlace } from "./calls.js";
import type { CallsOnHandlers, HandlerTerms, HandlerView } from "./calls-on-handlers.js";
import { type Ended, type Held, requireRight } from "./capabilities.js";
import { allows, type Capability, excess, rules } from "./capability.js";
import type { Environment } from "./environment.js";
import type { HandlerState } from "./handler-state.js";
import { HandlerSwap } from "./handler-swap.js";
import { Refusal } from "./refusal.js";

export interface HandlerBinderParts {
  readonly ash: Ash;
  readonly bindings: Bindings;
  /** One that the capability may act on. E_NO_ENVIRONMENT, E_CAPABILITY_OWNER. */
  readonly environment: (by: Capability, id: number) => Environment;
  /** As capabilities.ts says. */
  readonly inNameOf: (by: Capability, serial: string | undefined) => Capability;
  /** What stands behind this text, which has the right to transmit; throws what is wrong with it. */
  readonly transmitter: (text: string) => Held;
  /** Where the next packet will be, and where the last one was. */
  readonly nextPlace: () => PacketPlace;
}

type Args<K extends keyof CallsOnHandlers> = CallsOnHandlers[K]["args"];
type Result<K extends keyof CallsOnHandlers> = CallsOnHandlers[K]["result"];
/** Calls whose handler has become code on the way. */
export type BindArgs = HandlerTerms & { readonly binding: number };
export type SwapArgs = Omit<Args<"swapHandler">, "handler">;

export class HandlerBinder {
  /** Is told the slots of those that ended with a capability, while their bindings go on. */
  ended: (slots: readonly number[]) => void = () => {};
  readonly #parts: HandlerBinderParts;
  /** The last one, while it can be taken back. */
  #swapped: HandlerSwap | undefined;
  #swaps = 0;

  constructor(parts: HandlerBinderParts) {
    this.#parts = parts;
  }

  bind({ binding, ...terms }: BindArgs, program: HandlerProgram, by: Capability): Result<"bindHandler"> {
    const { ash, environment: find, inNameOf, nextPlace } = this.#parts;
    const record = this.#record(binding, by);
    const { passTo = [], port = null, clearAtEpoch = false, instead = false } = terms;
    if (!instead && ash.get(binding) !== undefined) throw new Refusal("E_NAME_TAKEN", `the handler of ${record.name}`);
    const environment = find(by, record.environment);
    if (environment.state === "failed") throw new Refusal("E_NO_ENVIRONMENT");
    const maker = inNameOf(by, terms.under);
    requireRight(maker, "handler");
    const budget = allowedBudget(terms.budget, maker);
    if (passTo.length > MAX_PASS_TO) throw new Refusal("E_ARGUMENT", `at most ${MAX_PASS_TO} environments to pass to`);
    for (const id of passTo) if (find(by, id).state === "failed") throw new Refusal("E_NO_ENVIRONMENT");
    expectProgram(program);
    expectPort(port);
    const transmit = terms.transmit === undefined ? undefined : this.#parts.transmitter(terms.transmit);
    // All is judged; the pages of the one before are there for this one.
    this.end(binding);
    const own = { slot: binding, environment, budget, passTo: [...passTo], transmit, port, clearAtEpoch };
    const handler = ash.add({ ...own, under: maker.serial }, program);
    return { from: nextPlace(), handler: this.#view(handler) };
  }

  /** In all of them or in none. */
  swap(
    { bindings, keepState, undoable = false }: SwapArgs,
    program: HandlerProgram,
    by: Capability,
  ): Result<"swapHandler"> {
    const { ash, nextPlace } = this.#parts;
    expectProgram(program);
    const handlers = [...new Set(bindings)].map((slot) => this.#handler(slot, by));
    for (const handler of handlers) this.#requireTerms(handler, by);
    if (keepState && handlers.some((each) => !isLaidOutAs(each, program))) throw new Refusal("E_LAYOUT");
    const linked = handlers.map((handler) => handler.link(program));
    // All is right but for the memory, of which there is more when nobody can take the one before back.
    this.hold();
    const states = this.#states(handlers, program, keepState);
    const swapped = new HandlerSwap(++this.#swaps, by.serial, ash);
    for (const [at, handler] of handlers.entries())
      swapped.replace(handler, program, linked[at]!, states[at]!, keepState);
    this.#swapped = undoable ? swapped : undefined;
    if (!undoable) swapped.hold();
    return { from: nextPlace(), swap: swapped.number };
  }

  /** What becomes of the last swap that can be taken back. */
  settle({ swap, undo }: Args<"settleSwap">, by: Capability): Result<"settleSwap"> {
    const swapped = this.#swapped;
    if (swapped?.number !== swap || swapped.by !== by.serial) throw new Refusal("E_NO_CHANGE");
    if (undo) swapped.takeBack();
    this.hold();
    return { from: this.#parts.nextPlace() };
  }

  /** The last swap is not taken back any more, if it could be. */
  hold(): void {
    this.#swapped?.hold();
    this.#swapped = undefined;
  }

  /** Of all of them or of none. */
  unbind({ bindings }: Args<"unbindHandler">, by: Capability): Result<"unbindHandler"> {
    for (const slot of bindings) this.#record(slot, by);
    if (!bindings.some((slot) => this.#parts.ash.get(slot) !== undefined)) throw new Refusal("E_NO_BOUND_HANDLER");
    for (const slot of bindings) this.end(slot);
    const { epoch, packet } = this.#parts.nextPlace();
    return { until: { epoch, packet: packet - 1 } };
  }

  /** The binding has ended, or its handler is to. */
  end(slot: number): void {
    this.#swapped?.forget(slot);
    this.#parts.ash.remove(slot);
  }

  beginEpoch(): void {
    this.#parts.ash.beginEpoch();
    this.#swapped?.beginEpoch();
  }

  /** The environment has ended, and its pages are about to go. */
  endOf(environment: number): void {
    for (const { terms } of this.#parts.ash.all()) if (terms.environment.id === environment) this.end(terms.slot);
    this.#parts.ash.forget(environment);
  }

  /** `now`: what a capability that was weakened has become. */
  endUnder(ended: readonly Ended[], now: (serial: string) => Capability | undefined): void {
    const serials = new Set(ended.map(({ capability }) => capability.serial));
    const all = [...this.#parts.ash.all()].map(({ terms }) => terms);
    const over = all.filter(({ under, budget }) => serials.has(under) && !stillMay(budget, now(under)));
    for (const { slot } of over) this.end(slot);
    if (over.length > 0) this.ended(over.map(({ slot }) => slot));
  }

  // --- looking ---

  views({ bindings }: Args<"handlers">): Result<"handlers"> {
    const all = [...this.#parts.ash.all()];
    const wanted = bindings === undefined ? all : all.filter(({ terms }) => bindings.includes(terms.slot));
    return { handlers: wanted.map((handler) => this.#view(handler)) };
  }

  state({ binding, from, octets }: Args<"handlerState">, by: Capability): Result<"handlerState"> {
    const { state } = this.#handler(binding, by);
    if (!(Number.isSafeInteger(from) && from >= 0 && Number.isSafeInteger(octets) && octets >= 0))
      throw new Refusal("E_ARGUMENT", "octets of the state, from 0");
    return { octets: state.copy(from, octets) };
  }

  packet({ binding }: Args<"handlerPacket">, by: Capability): Result<"handlerPacket"> {
    return { packet: this.#handler(binding, by).kept.packet };
  }

  #view(handler: BoundHandler): HandlerView {
    const { terms, program, state } = handler;
    const { ash } = this.#parts;
    return {
      binding: terms.slot,
      environment: terms.environment.id,
      name: program.name,
      identity: program.identity,
      octets: state.octets,
      firstPage: state.firstPage,
      pages: state.pages,
      budget: terms.budget,
      passTo: [...terms.passTo],
      mayTransmit: terms.transmit !== undefined,
      port: terms.port,
      clearAtEpoch: terms.clearAtEpoch,
      bound: ash.isBound(handler),
      under: terms.under,
      counts: ash.counts.of(terms.number),
    };
  }

  // --- checks ---

  #record(slot: number, by: Capability): BindingRecord {
    const record = this.#parts.bindings.get(slot);
    if (record?.from === undefined) throw new Refusal("E_NO_BINDING");
    if (!rules(by.name, record.owner)) throw new Refusal("E_CAPABILITY_OWNER", `the binding ${record.name}`);
    return record;
  }

  #handler(slot: number, by: Capability): BoundHandler {
    this.#record(slot, by);
    const handler = this.#parts.ash.get(slot);
    if (handler === undefined) throw new Refusal("E_NO_BOUND_HANDLER");
    return handler;
  }

  /** Other code is to run on these terms: whoever brings it could have bound it on them. */
  #requireTerms({ terms: { budget, transmit, passTo, under } }: BoundHandler, by: Capability): void {
    requireRight(by, "handler");
    const most = budgetExcess(budget, by.budget);
    if (most !== undefined) throw new Refusal("E_BUDGET", most);
    if (transmit !== undefined) requireTransmit(by, transmit.capability);
    for (const id of passTo) if (id !== null) this.#parts.environment(by, id);
    this.#parts.inNameOf(by, under);
  }

  /** Where each goes on: on its own where that is kept or large enough, else on a new one. All of them, or none is taken. */
  #states(handlers: readonly BoundHandler[], program: HandlerProgram, keepState: boolean): HandlerState[] {
    const states: HandlerState[] = [];
    try {
      for (const { terms, state } of handlers) {
        const stays = keepState || state.octets === program.octets;
        states.push(stays ? state : this.#parts.ash.stateFor(terms.environment, program.octets));
      }
      return states;
    } catch (error) {
      for (const [at, state] of states.entries()) if (state !== handlers[at]!.state) state.free();
      throw error;
    }
  }
}

function expectProgram({ octets }: HandlerProgram): void {
  if (!(Number.isSafeInteger(octets) && octets >= 0 && octets <= MAX_STATE_OCTETS))
    throw new Refusal("E_ARGUMENT", `a state has at most ${MAX_STATE_OCTETS} octets`);
}

/** One that is not made yet may be. */
function expectPort(port: number | null): void {
  if (port === null || (Number.isSafeInteger(port) && port >= FIRST_PORT && port <= LAST_PORT)) return;
  throw new Refusal("E_ARGUMENT", `frames can be sent to ports ${FIRST_PORT} to ${LAST_PORT}, and never to ${port}`);
}

function isLaidOutAs({ program, state }: BoundHandler, other: HandlerProgram): boolean {
  return program.identity === other.identity && state.octets === other.octets;
}

/** May it send all that the other may? */
function requireTransmit(by: Capability, { frames }: Capability): void {
  requireRight(by, "transmit");
  if (by.frames === undefined) return;
  const more = frames === undefined ? "all frames" : excess(by, { rights: [], expires: by.expires, frames });
  if (more !== undefined) throw new Refusal("E_CAPABILITY_STRONGER", `its handler sends under one that has ${more}`);
}

function allowedBudget(wanted: Partial<Budget> | undefined, { budget: allowed }: Capability): Budget {
  const budget = budgetOf(wanted, allowed);
  const problem = budgetProblem(budget);
  if (problem !== undefined) throw new Refusal("E_ARGUMENT", problem);
  const excess = budgetExcess(budget, allowed);
  if (excess !== undefined) throw new Refusal("E_BUDGET", excess);
  return budget;
}

/** May whoever bound it still have bound it? */
function stillMay(budget: Budget, now: Capability | undefined): boolean {
  return now !== undefined && allows(now, "handler") && budgetExcess(budget, now.budget) === undefined;
}
