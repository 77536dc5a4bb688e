/** The message that handlers run on: one at a time, told before each run, so that what a handler asks of the kernel knows it. */
import { Descriptors } from "../machine/descriptor.js";
import type { SentOver } from "./xmit.js";

export class HandledMessage implements SentOver {
  rows: Descriptors;
  row = 0;
  packet = 0;
  /** Frames that were sent since this was last 0. */
  sent = 0;
  /** A handler asked for its owner to be woken, and to be told this. */
  wakes = false;
  tag = 0;

  constructor() {
    this.rows = new Descriptors(1);
  }

  get high(): number {
    return this.rows.timeHigh[this.row]!;
  }

  get low(): number {
    return this.rows.timeLow[this.row]!;
  }

  get port(): number {
    return this.rows.port[this.row]!;
  }

  get hops(): number {
    return this.rows.hops[this.row]!;
  }
}
