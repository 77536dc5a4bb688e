/** The kernel's last events, as the control thread keeps them: as many of each kind as the kernel does, so that none pushes out another. */
import type { Level } from "../kernel/events.js";
import { TRACE_EVENTS } from "../kernel/trace.js";
import type { TraceEvent, TraceView, TraceWish } from "./interface.js";

export class TraceLog implements TraceView {
  levels: readonly Level[] = [];
  /** By kind, oldest first. */
  readonly #kinds = new Map<string, TraceEvent[]>();

  add(events: readonly TraceEvent[]): void {
    for (const event of events) {
      const kept = this.#kinds.get(event.name);
      if (kept === undefined) this.#kinds.set(event.name, [event]);
      // Cut seldom, since that moves what is kept.
      else if (kept.push(event) >= 2 * TRACE_EVENTS) kept.splice(0, kept.length - TRACE_EVENTS);
    }
  }

  since(after: number, most: number, wish?: TraceWish): readonly TraceEvent[] {
    return this.#after(after, wish).slice(0, most);
  }

  last(most: number, wish?: TraceWish): readonly TraceEvent[] {
    return most === 0 ? [] : this.#after(0, wish).slice(-most);
  }

  /** Oldest first. */
  #after(after: number, wish: TraceWish = () => true): TraceEvent[] {
    return [...this.#kinds.values()].flatMap((kept) => newest(kept, after).filter(wish)).sort(byNumber);
  }
}

/** Of one kind. */
function newest(kept: readonly TraceEvent[], after: number): readonly TraceEvent[] {
  let first = kept.length;
  const last = Math.max(0, kept.length - TRACE_EVENTS);
  while (first > last && (kept[first - 1]?.number ?? 0) > after) first--;
  return kept.slice(first);
}

function byNumber(one: TraceEvent, other: TraceEvent): number {
  return one.number - other.number;
}
