/**
 * Calls about capabilities, on the data plane's side. A change is kept by the control thread before it is made, and made before
 * it is answered: killed at any moment, what was refused once is refused for ever. One change at a time is being kept; those
 * that come meanwhile wait, and are judged when it is their turn. Downloaded code does not wait, since what it derives, weakens and
 * revokes is never kept: what takes something away also ends what code has derived below it meanwhile.
 */
import type { CallName, Calls, CapabilityView } from "../kernel/calls.js";
import { type CapabilityChange, viewOf } from "../kernel/capabilities.js";
import type { Capability } from "../kernel/capability.js";
import type { Refused } from "../kernel/changes.js";
import type { Kernel } from "../kernel/kernel.js";
import { Refusal } from "../kernel/refusal.js";
import type { FromDataPlane } from "./messages.js";

const CAPABILITY_CALLS = ["present", "capabilities", "derive", "grant", "weaken", "revoke"] as const;
export type CapabilityCall = (typeof CAPABILITY_CALLS)[number];
export type CapabilityRequest = {
  [K in CapabilityCall]: { readonly call: K; readonly args: Calls[K]["args"] };
}[CapabilityCall];
type Done = (result: Calls[CapabilityCall]["result"]) => void;

interface PendingCall {
  readonly change: CapabilityChange;
  /** `bindings`: those that ended with it. */
  made(change: CapabilityChange, bindings: readonly number[]): Calls[CapabilityCall]["result"];
  readonly done: Done;
  readonly refused: Refused;
}

export class CapabilityRequests {
  readonly #kernel: Kernel;
  readonly #post: (message: FromDataPlane) => void;
  readonly #bindingsEnded: (bindings: readonly number[]) => void;
  #pending: PendingCall | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(
    kernel: Kernel,
    post: (message: FromDataPlane) => void,
    bindingsEnded: (bindings: readonly number[]) => void,
  ) {
    this.#kernel = kernel;
    this.#post = post;
    this.#bindingsEnded = bindingsEnded;
  }

  /** `text`: the caller's capability, which is looked at again when it is its turn. */
  perform(text: string, request: CapabilityRequest, done: Done, refused: Refused): void {
    if (this.#pending !== undefined) {
      this.#waiting.push(() => this.perform(text, request, done, refused));
      return;
    }
    try {
      this.#begin(this.#kernel.authorise(text, null), request, done, refused);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused(error.code, error.message, error.at);
    }
  }

  /** The control thread has kept the change that is pending, or could not. */
  kept(ok: boolean): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.#finish(pending, ok);
    // Those that have no change to keep go on at once.
    while (this.#pending === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next();
    }
  }

  /** Those whose time is over; to be asked every turn. */
  expire(): void {
    this.#endAtOnce(this.#kernel.capabilities.expired());
  }

  /** What was granted to an environment ends with it. */
  environmentGone(environment: number): void {
    this.#endAtOnce(this.#kernel.capabilities.revokeOf(environment));
  }

  /** Downloaded code has made a change that is not kept. */
  madeByCode(change: CapabilityChange, bindings: readonly number[]): void {
    this.#tellEnded(change, bindings);
  }

  #begin(by: Capability, request: CapabilityRequest, done: Done, refused: Refused): void {
    const { capabilities } = this.#kernel;
    switch (request.call) {
      case "present":
        return done(viewOf(by, capabilities.held(by.serial)?.environment ?? -1));
      case "capabilities":
        return done({ capabilities: capabilities.below(by) });
      case "derive": {
        const change = capabilities.derive(by, request.args.name, request.args);
        return this.#keep({ change, made: (made) => this.#told(made), done, refused });
      }
      case "grant": {
        const { environment, name } = request.args;
        const change = this.#kernel.authority.grantTo(by, environment, name, request.args);
        const made = () => {
          const { capability } = this.#told(change);
          return { capability, handle: this.#kernel.authority.openGranted(environment, capability.serial) };
        };
        return this.#keep({ change, made, done, refused });
      }
      case "weaken": {
        const change = capabilities.weaken(by, request.args.of, request.args);
        const made = (weakened: CapabilityChange, bindings: readonly number[]) => {
          return { ...this.#told(weakened), ended: weakened.ended.length - 1, bindings: bindings.length };
        };
        return this.#keep({ change, made, done, refused });
      }
      case "revoke": {
        const change = capabilities.revoke(by, request.args.of);
        const made = ({ ended }: CapabilityChange, bindings: readonly number[]) => {
          return { ended: ended.length, bindings: bindings.length };
        };
        return this.#keep({ change, made, done, refused });
      }
    }
  }

  #told({ put }: CapabilityChange): { text: string; capability: CapabilityView } {
    if (put === undefined) throw new Error("capability calls: nothing was made");
    const { capability, environment } = put;
    return { text: this.#kernel.capabilities.textOf(capability), capability: viewOf(capability, environment) };
  }

  #keep(pending: PendingCall): void {
    if (pending.change.put?.passing === true && pending.change.ended.length === 0) return this.#finish(pending, true);
    this.#pending = pending;
    this.#post({ kind: "keep", answer: true, ...keptOf(pending.change) });
  }

  /** What it stands on may have ended while it was being kept. */
  #finish(pending: PendingCall, ok: boolean): void {
    const { done, refused } = pending;
    const { capabilities } = this.#kernel;
    try {
      if (!ok) throw new Refusal("E_NOT_KEPT");
      const change = capabilities.completed(pending.change);
      if (!capabilities.stands(change)) {
        this.#post({ kind: "keep", answer: false, put: undefined, removed: [change.put?.capability.serial ?? ""] });
        throw new Refusal("E_CAPABILITY_REVOKED");
      }
      const bindings = this.#kernel.changeCapabilities(change);
      this.#tellEnded(change, bindings);
      done(pending.made(change, bindings));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused(error.code, error.message);
    }
  }

  #endAtOnce(change: CapabilityChange): void {
    if (change.ended.length === 0) return;
    this.#post({ kind: "keep", answer: false, ...keptOf(change) });
    this.#tellEnded(change, this.#kernel.changeCapabilities(change));
  }

  #tellEnded({ ended }: CapabilityChange, bindings: readonly number[]): void {
    if (ended.length === 0) return;
    const told = ended.map(({ capability: { serial, name }, reason }) => ({ serial, path: name.join("/"), reason }));
    this.#post({ kind: "capabilities-ended", ended: told, bindings });
    this.#bindingsEnded(bindings);
  }
}

export function isCapabilityCall(call: CallName): call is CapabilityCall {
  return CAPABILITY_CALLS.some((known) => known === call);
}

function keptOf({ put, ended }: CapabilityChange): { put: Capability | undefined; removed: readonly string[] } {
  const removed = ended.filter(({ reason }) => reason !== "weakened").map(({ capability }) => capability.serial);
  return { put: put === undefined || put.passing ? undefined : put.capability, removed };
}
