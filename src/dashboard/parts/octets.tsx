/**
 * Octets in hex behind their offset, and as characters; some may be lit. Of many, only the lines in sight exist.
 * With a pointer, pointing at an octet or going to it with the arrow keys is told.
 */
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: it scrolls, and its keys move from octet to octet.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { characterOf, type Range, within } from "../fields.js";
import { scrollTo, useScrolled, windowOf } from "./window.js";

/** Octets of a line, where there is room for so many and for half as many. */
const WHOLE = 16;
const NARROW = 8;
/** In two halves, as people count them. */
const HALF = 8;
const LINE_HEIGHT = 20;
/** Characters of a whole line with its text, with all gaps. */
const WHOLE_CHARACTERS = 76;
/** px of a character, where it cannot be measured. */
const CHARACTER = 7.3;

export interface OctetPointer {
  /** The octet beneath the pointer; null where there is none. */
  readonly point: (octet: number | null) => void;
  /** The octet that was clicked, or gone to with the keys. */
  readonly hold: (octet: number) => void;
}

interface Props {
  readonly hex: string;
  readonly lit?: readonly Range[];
  readonly label: string;
  readonly pointer?: OctetPointer;
}

const NONE: readonly Range[] = [];

export function Octets(props: Props) {
  const { hex, pointer, lit = NONE } = props;
  const box = useRef<HTMLElement>(null);
  const scrolled = useScrolled(box);
  const width = useLineWidth(box);
  const [at, setAt] = useState({ hex, octet: 0 });
  const cursor = at.hex === hex ? at.octet : 0;
  const count = Math.floor(hex.length / 2);
  const lines = Math.ceil(count / width);
  const seen = windowOf(scrolled, lines, LINE_HEIGHT);
  useLitInSight(box, lit[0], width, lines);
  if (count === 0) return <p class="hint">The empty packet.</p>;
  const goTo = (octet: number) => {
    const next = Math.min(count - 1, Math.max(0, octet));
    setAt({ hex, octet: next });
    pointer?.hold(next);
    reveal(box.current, Math.floor(next / width), lines);
  };
  return (
    <figure
      class={pointer === undefined ? "octets mono" : "octets pointed mono"}
      aria-label={props.label}
      ref={box}
      tabIndex={0}
      data-testid={pointer === undefined ? undefined : "octets"}
      onKeyDown={(event) => pointer !== undefined && turn(event, cursor, width, goTo)}
      onPointerOver={(event) => pointer?.point(octetOf(event.target))}
      onPointerLeave={() => pointer?.point(null)}
      onClick={(event) => {
        const octet = octetOf(event.target);
        if (octet !== null && pointer !== undefined) goTo(octet);
      }}
      style={{ "--octets-height": `${lines * LINE_HEIGHT}px` }}
    >
      <div class="octets-lines" style={{ height: `${seen.height}px` }}>
        {Array.from({ length: seen.last - seen.first }, (_, index) => (
          <Line
            key={seen.first + index}
            hex={hex}
            from={(seen.first + index) * width}
            width={width}
            top={seen.topOf(seen.first + index)}
            lit={lit}
            cursor={pointer === undefined ? null : cursor}
          />
        ))}
      </div>
    </figure>
  );
}

interface LineProps {
  readonly hex: string;
  readonly from: number;
  readonly width: number;
  readonly top: number;
  readonly lit: readonly Range[];
  readonly cursor: number | null;
}

function Line(props: LineProps) {
  const { hex, from, width, top } = props;
  const octets = hex.slice(from * 2, (from + width) * 2).match(/../g) ?? [];
  const rest = Array.from({ length: width - octets.length }, (_, column) => octets.length + column);
  return (
    <span class="octets-line" style={{ top: `${top}px` }}>
      <span class="octets-offset">{from.toString(16).padStart(4, "0")}</span>
      {octets.map((octet, column) => (
        <span key={column} class={kindOf(props, column)} data-octet={from + column}>
          {octet}
        </span>
      ))}
      {rest.map((column) => (
        <span key={column} class={column === HALF ? "half" : ""}>
          {"  "}
        </span>
      ))}
      <span class="octets-text" aria-hidden="true">
        {octets.map((octet, column) => (
          <span key={column} class={litClass(props, column)} data-octet={from + column}>
            {characterOf(Number.parseInt(octet, 16))}
          </span>
        ))}
      </span>
    </span>
  );
}

function litClass({ lit, from }: LineProps, column: number): string {
  return lit.some((range) => within(range, from + column)) ? "lit" : "";
}

function kindOf(line: LineProps, column: number): string {
  const cursor = line.cursor === line.from + column ? "cursor" : "";
  return `${litClass(line, column)} ${column === HALF ? "half" : ""} ${cursor}`;
}

function octetOf(target: EventTarget | null): number | null {
  const found = target instanceof HTMLElement ? target.dataset.octet : undefined;
  return found === undefined ? null : Number(found);
}

function turn(event: KeyboardEvent, cursor: number, width: number, goTo: (octet: number) => void): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: width,
    ArrowUp: -width,
    PageDown: width * 16,
    PageUp: -width * 16,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
    Enter: 0,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  goTo(cursor + step);
}

/** What is lit from elsewhere comes in sight. */
function useLitInSight(
  box: { current: HTMLElement | null },
  lit: Range | undefined,
  width: number,
  lines: number,
): void {
  useLayoutEffect(() => {
    if (lit === undefined || box.current?.matches(":hover, :focus-within")) return;
    reveal(box.current, Math.floor(lit.from / width), lines);
  }, [lit?.from, lit?.to]);
}

function reveal(box: HTMLElement | null, line: number, lines: number): void {
  if (box === null || line >= lines) return;
  const top = scrollTo(line, { top: box.scrollTop, view: box.clientHeight }, lines, LINE_HEIGHT);
  if (top !== null) box.scrollTop = top;
}

/** How many octets a line has: as many as there is room for. */
function useLineWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(WHOLE);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => setWidth(element.clientWidth >= WHOLE_CHARACTERS * CHARACTER ? WHOLE : NARROW);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  return width;
}
