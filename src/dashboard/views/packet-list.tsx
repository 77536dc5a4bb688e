/** The list of packets: a row each, of which only those in sight exist. Its keys are those of a list box. */
// biome-ignore-all lint/a11y/useSemanticElements: <select> draws no columns.
// biome-ignore-all lint/a11y/useFocusableInteractive: the list has the focus, and names the row that is active.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Capture, PacketLine } from "../../control/protocol.js";
import { exact } from "../format.js";
import type { Listing } from "../listing.js";
import { type TimeFormat, timeFormat } from "../packet-time.js";
import { goToPacket } from "../packets.js";
import { scrollTo, useScrolled, windowOf } from "../parts/window.js";

const ROW = 26;

export function PacketList(props: { capture: Capture; listing: Listing; number: number | null }) {
  const { capture, listing, number } = props;
  void listing.version.value;
  const list = useRef<HTMLDivElement>(null);
  const scrolled = useScrolled(list);
  const seen = windowOf(scrolled, listing.count, ROW);
  const row = number === null ? undefined : listing.rowOf(number);
  useEffect(() => listing.want(seen.first, seen.last), [listing, seen.first, seen.last]);
  useReveal(list, row, listing.count);
  const time = timeFormat(capture);
  const rows = Array.from({ length: seen.last - seen.first }, (_, index) => seen.first + index);
  return (
    <div class="packet-table">
      <div class="packet-row packet-heads" aria-hidden="true">
        <span class="numeric">number</span>
        <span class="numeric" title="Since the capture's first packet, in seconds">
          time
        </span>
        <span class="numeric" title="Octets on the wire">
          octets
        </span>
        <span>packet</span>
      </div>
      <div
        class="packet-scroller"
        role="listbox"
        tabIndex={0}
        ref={list}
        data-testid="packet-list"
        aria-label={`Packets of ${capture.name}`}
        aria-activedescendant={row === undefined ? undefined : `packet-${number}`}
        onKeyDown={(event) => turn(event, listing, row, scrolled.view)}
      >
        <div class="packet-rows" role="presentation" style={{ height: `${seen.height}px` }}>
          {rows.map((one) => (
            <Row
              key={one}
              top={seen.topOf(one)}
              row={one}
              line={listing.lineAt(one)}
              number={listing.numberAt(one)}
              count={listing.count}
              selected={one === row}
              time={time}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Row(props: {
  top: number;
  row: number;
  line: PacketLine | undefined;
  number: number | undefined;
  count: number;
  selected: boolean;
  time: TimeFormat;
}) {
  const { line, number, selected } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys.
    <div
      role="option"
      id={`packet-${number}`}
      class={selected ? "packet-row selected" : "packet-row"}
      data-testid={`packet-row-${number}`}
      aria-selected={selected}
      aria-posinset={props.row + 1}
      aria-setsize={props.count}
      style={{ top: `${props.top}px` }}
      onClick={() => number !== undefined && choose(number)}
    >
      <span class="numeric">{number === undefined ? "" : exact(number)}</span>
      {line === undefined ? (
        <span class="packet-coming faint">…</span>
      ) : (
        <>
          <span class="numeric packet-time" title={props.time.whole(line.time)}>
            {props.time.short(line.time)}
          </span>
          <span class="numeric" title={lengthWords(line)}>
            {exact(line.wire)}
            {line.captured < line.wire && (
              <span class="warning" aria-hidden="true">
                *
              </span>
            )}
          </span>
          <span class="mono cut" title={line.line}>
            {line.line}
          </span>
        </>
      )}
    </div>
  );
}

function lengthWords({ wire, captured }: PacketLine): string {
  return captured < wire
    ? `${exact(wire)} octets on the wire, the first ${exact(captured)} were captured`
    : `${exact(wire)} octets`;
}

function choose(number: number, quietly = false): void {
  goToPacket({ number }, quietly);
}

function turn(event: KeyboardEvent, listing: Listing, row: number | undefined, view: number): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    document.querySelector<HTMLElement>(".packet-card [role=tree], .packet-card .explained-list button")?.focus();
    return;
  }
  const page = Math.max(1, Math.floor(view / ROW) - 1);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = Math.min(listing.count - 1, Math.max(0, (row ?? (step > 0 ? -1 : 0)) + step));
  const number = listing.numberAt(next);
  if (number !== undefined) choose(number, true);
}

/** A chosen packet is brought in sight when it is chosen, and when the list first has a height. */
function useReveal(list: { current: HTMLElement | null }, row: number | undefined, count: number): void {
  const shown = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    const scroller = list.current;
    if (scroller === null || row === undefined || shown.current === row || scroller.clientHeight === 0) return;
    shown.current = row;
    const top = scrollTo(row, { top: scroller.scrollTop, view: scroller.clientHeight }, count, ROW);
    if (top !== null) scroller.scrollTop = top;
  });
}
