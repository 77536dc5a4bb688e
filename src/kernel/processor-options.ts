/** What the processor (processor.ts) runs on, and whom it tells. */
import type { Activation } from "./calls.js";
import type { Inbox } from "./inbox.js";
import type { Slices } from "./slices.js";
import type { Tell } from "./trace.js";

export interface ProcessorOptions {
  readonly slices: Slices;
  /** Units of fuel. */
  readonly grace: number;
  readonly activation: Activation;
  /** Whether a sleeping environment's predicate holds: the tag for Cause.wake, 0 where it does not. */
  readonly wakes: (environment: number) => number;
  /** Between activations: this one is gone from the processor (forget), and has to go altogether. */
  readonly destroy: (environment: number) => void;
  /** Packets that wait for an environment. */
  readonly inbox?: (environment: number) => Inbox | undefined;
  readonly tell: Tell;
}
