/**
 * The calls of downloaded code for which the kernel's tables are asked: what it holds and sends, capabilities, bindings. Put into the
 * table of calls here, all of them, with what is told to others of what code does by itself.
 */
import type { Activations } from "./activation.js";
import { AskedChanges } from "./asked-changes.js";
import type { Binder } from "./binder.js";
import type { Bindings } from "./binding.js";
import { addBindingCalls } from "./binding-calls.js";
import type { Capabilities, CapabilityChange } from "./capabilities.js";
import { addCapabilityCalls } from "./capability-calls.js";
import type { Cpu } from "./cpu.js";
import type { Environments } from "./environment.js";
import type { Handles } from "./handles.js";
import { addHoldingCalls } from "./holding-calls.js";
import type { Holdings } from "./holdings.js";
import type { Transmitter } from "./xmit.js";

/** Of the kernel. */
export interface CodeParts {
  readonly activations: Activations;
  readonly bindings: Bindings;
  readonly capabilities: Capabilities;
  readonly cpu: Cpu;
  readonly environments: Environments;
  readonly handles: Handles;
  readonly holdings: Holdings;
  readonly transmitter: Transmitter;
  /** The epoch's digest depends on the packets alone. */
  deterministic: boolean;
  /** Makes the change, with all that ends by it: slots of bindings. */
  changeCapabilities(change: CapabilityChange): number[];
}

export class CodeCalls {
  /** Told of a binding that code has begun. */
  began: (slot: number) => void = () => undefined;
  /** Told of capabilities that code has changed, and of bindings that ended with them. */
  changed: (change: CapabilityChange, bindings: readonly number[]) => void = () => undefined;
  readonly #asked: AskedChanges;

  constructor(parts: CodeParts, binder: Binder) {
    const { activations, bindings, capabilities, environments, handles, holdings, transmitter } = parts;
    const { calls, virtual: memory } = activations;
    const asked = new AskedChanges(parts.cpu.processor);
    this.#asked = asked;
    addHoldingCalls(calls, holdings, transmitter, environments);
    const change = (made: CapabilityChange) => this.changed(made, parts.changeCapabilities(made));
    addCapabilityCalls(calls, { memory, capabilities, handles, change });
    addBindingCalls(calls, {
      memory,
      environments,
      bindings,
      binder,
      handles,
      asked,
      began: (slot) => {
        // When the compile worker answers depends on more than the packets.
        parts.deterministic = false;
        this.began(slot);
      },
      ended: (slot) => holdings.bindingsLost([slot]),
      gave: (id) => holdings.gave(id, "bindings"),
    });
  }

  /** The environment is no more: it is told nothing of what it asked for. */
  forget(environment: number): void {
    this.#asked.forget(environment);
  }
}
