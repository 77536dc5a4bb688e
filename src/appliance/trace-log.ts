/** The kernel's last events, as the control thread keeps them. */
import type { Level } from "../kernel/events.js";
import { TRACE_EVENTS } from "../kernel/trace.js";
import type { TraceEvent, TraceView } from "./interface.js";

export class TraceLog implements TraceView {
  levels: readonly Level[] = [];
  /** Oldest first. */
  #events: TraceEvent[] = [];

  add(events: readonly TraceEvent[]): void {
    this.#events.push(...events);
    // Cut seldom, since that copies what is kept.
    if (this.#events.length > 2 * TRACE_EVENTS) this.#events = this.#events.slice(-TRACE_EVENTS);
  }

  since(after: number, most: number): readonly TraceEvent[] {
    const kept = Math.max(0, this.#events.length - TRACE_EVENTS);
    let first = this.#events.length;
    while (first > kept && (this.#events[first - 1]?.number ?? 0) > after) first--;
    return this.#events.slice(first, first + most);
  }
}
