/**
 * What a swap of handlers has replaced, until the swap holds or is taken back: code, and state as it was. A state whose pages the new code
 * does not go on with keeps them; one that it goes on with, emptied, is kept as a copy; one that it goes on with as it lies is not kept,
 * and what the new code stores there stays.
 */
import type { Ash } from "./ash.js";
import type { BoundHandler, HandlerProgram, Standing } from "./bound-handler.js";
import type { HandlerState } from "./handler-state.js";

interface Replaced {
  readonly handler: BoundHandler;
  readonly program: HandlerProgram;
  readonly linked: BoundHandler["linked"];
  readonly state: HandlerState;
  /** Of the state; undefined where it is kept as it is. */
  readonly octets: Uint8Array | undefined;
  readonly was: Standing;
}

export class HandlerSwap {
  readonly number: number;
  /** Serial of the capability that it was made with, which alone may say what becomes of it. */
  readonly by: string;
  readonly #ash: Ash;
  readonly #replaced = new Map<number, Replaced>();

  constructor(number: number, by: string, ash: Ash) {
    this.number = number;
    this.by = by;
    this.#ash = ash;
  }

  /** The handler goes on with this code and state, which is another's place only where `keepState` is not asked for. */
  replace(
    handler: BoundHandler,
    program: HandlerProgram,
    linked: BoundHandler["linked"],
    next: HandlerState,
    keepState: boolean,
  ): void {
    const { state, killedInRow } = handler;
    const isEmptied = state === next && !keepState;
    const octets = isEmptied ? state.copy(0, state.octets) : undefined;
    const was = { bound: this.#ash.isBound(handler), killedInRow };
    this.#replaced.set(handler.terms.slot, {
      handler,
      program: handler.program,
      linked: handler.linked,
      state,
      octets,
      was,
    });
    if (isEmptied) state.clear();
    handler.become(program, linked, next);
    this.#ash.replaced(handler, keepState);
  }

  /** It is not taken back any more. */
  hold(): void {
    for (const slot of this.#replaced.keys()) this.forget(slot);
  }

  /** The handler of this slot has ended, or is about to. */
  forget(slot: number): void {
    const replaced = this.#replaced.get(slot);
    if (replaced === undefined) return;
    if (replaced.state !== replaced.handler.state) replaced.state.free();
    this.#replaced.delete(slot);
  }

  /** An epoch begins: what is kept of a state that is cleared then is zeros. */
  beginEpoch(): void {
    for (const { handler, state, octets } of this.#replaced.values()) {
      if (!handler.terms.clearAtEpoch) continue;
      if (octets === undefined) state.clear();
      else octets.fill(0);
    }
  }

  /** Each runs again what ran before, on the state that this left, or as it lies where that was kept; what was counted meanwhile stays counted. */
  takeBack(): void {
    for (const { handler, program, linked, state, octets, was } of this.#replaced.values()) {
      if (handler.state !== state) handler.state.free();
      if (octets !== undefined) state.fill(octets);
      handler.become(program, linked, state);
      this.#ash.takenBack(handler, was);
    }
    this.#replaced.clear();
  }
}
