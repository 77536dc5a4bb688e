/** When events were: columns of equal time, as high as there were events, in the colour of the worst of them. */
import type { TraceEvent, TraceLevel } from "../../control/protocol.js";
import { parseTime, plural, spanLength, utc } from "../format.js";
import { levelOf, TRACE_LEVELS } from "../trace.js";

const COLUMNS = 120;
const HEIGHT = 36;
/** ns that the strip shows at least, so that a few events at once do not fill it. */
const LEAST_SPAN = 1_000_000_000n;

interface Slot {
  count: number;
  level: TraceLevel;
}

export function TraceTimes(props: { events: readonly TraceEvent[] }) {
  const { events } = props;
  const first = parseTime(events[0]?.time);
  const last = parseTime(events.at(-1)?.time);
  if (first === null || last === null) return null;
  const span = last - first > LEAST_SPAN ? last - first : LEAST_SPAN;
  const slots = slotsOf(events, first, span);
  const most = Math.max(...slots.map((slot) => slot?.count ?? 0));
  return (
    <figure class="trace-times">
      <svg viewBox={`0 0 ${COLUMNS} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label="Events over time">
        {slots.map(
          (slot, at) => slot !== undefined && bar(slot, at, most, first + (span * BigInt(at)) / BigInt(COLUMNS)),
        )}
      </svg>
      <figcaption>
        <span>{utc(first, 3)}</span>
        <span>{spanLength(span)}</span>
      </figcaption>
    </figure>
  );
}

function bar({ count, level }: Slot, at: number, most: number, from: bigint) {
  const height = Math.max(3, (count / most) * HEIGHT);
  return (
    <rect key={at} class={level} x={at + 0.1} width={0.8} y={HEIGHT - height} height={height}>
      <title>{`${plural(count, "event")} from ${utc(from, 3)}, the worst: ${level}`}</title>
    </rect>
  );
}

function slotsOf(events: readonly TraceEvent[], first: bigint, span: bigint): (Slot | undefined)[] {
  const slots: (Slot | undefined)[] = Array.from({ length: COLUMNS });
  for (const event of events) {
    const time = parseTime(event.time);
    if (time === null) continue;
    const at = Math.max(0, Math.min(COLUMNS - 1, Number(((time - first) * BigInt(COLUMNS)) / span)));
    const level = levelOf(event);
    const slot = slots[at];
    if (slot === undefined) slots[at] = { count: 1, level };
    else {
      slot.count++;
      if (TRACE_LEVELS.indexOf(level) < TRACE_LEVELS.indexOf(slot.level)) slot.level = level;
    }
  }
  return slots;
}
