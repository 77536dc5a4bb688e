/**
 * Handlers go over to another target: all of them are linked for it before anything is changed, and get their code between two batches, on
 * their state as it lies; counts, budgets and what has become of them stay. A swap that could be taken back holds: what it replaced is code
 * of the target before.
 */

import type { LinkedHandler } from "../vcode/linked-handler.js";
import type { TargetName } from "../vcode/target.js";
import type { Ash } from "./ash.js";
import type { BoundHandler, HandlerProgram } from "./bound-handler.js";
import type { HandlerBinder } from "./handler-binder.js";
import { Refusal } from "./refusal.js";

export class Relinking {
  readonly #ash: Pick<Ash, "all" | "relinked">;
  readonly #binder: Pick<HandlerBinder, "hold">;
  readonly #target: TargetName;
  readonly #ready = new Map<BoundHandler, { readonly program: HandlerProgram; readonly linked: LinkedHandler }>();

  /** Throws E_IMAGE where one of them cannot be had for the target. */
  constructor(ash: Pick<Ash, "all" | "relinked">, binder: Pick<HandlerBinder, "hold">, target: TargetName) {
    this.#ash = ash;
    this.#binder = binder;
    this.#target = target;
    for (const handler of ash.all()) {
      const { program } = handler;
      this.#ready.set(handler, { program, linked: handler.link(program, target) });
    }
  }

  /** One that came, or was replaced, since the others were linked goes on as it is where the target cannot have it. */
  install(): void {
    this.#binder.hold();
    for (const handler of this.#ash.all()) {
      const linked = this.#linked(handler);
      if (linked !== undefined) this.#ash.relinked(handler, linked);
    }
  }

  #linked(handler: BoundHandler): LinkedHandler | undefined {
    const ready = this.#ready.get(handler);
    if (ready?.program === handler.program) return ready.linked;
    try {
      return handler.link(handler.program, this.#target);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }
}
