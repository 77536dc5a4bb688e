/**
 * A table of any length: rows of one height, of which only those in sight exist. It scrolls with whatever is around
 * it, the page if nothing else, so it has no scroll bar of its own. Sorted rows keep their places
 * for two seconds, and while the pointer or the focus is among them, so nothing jumps under the hand.
 */
// biome-ignore-all lint/a11y/useSemanticElements: rows out of sight do not exist and the others are placed by their number, which <table> does not allow; roles and indices tell what it is.
// biome-ignore-all lint/a11y/useFocusableInteractive: headings hold a button, and rows that open something have the focus.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { save, toCsv } from "../csv.js";
import { fitting, leastWidth, type Room } from "./columns.js";
import { useFollowed } from "./follow.js";

export interface Column<R> {
  readonly key: string;
  readonly title: string;
  /** Longer words for the heading's hover. */
  readonly hint?: string;
  readonly numeric?: boolean;
  /** Track of the grid, in rem: 5rem, or minmax(5rem, 1fr). */
  readonly width: string;
  /** Shown where the table is at least this wide, px, and has room; the highest is left out first. */
  readonly from?: number;
  readonly cell: (row: R) => ComponentChildren;
  /** What to sort and to save by; a column without it cannot be sorted and is not saved. */
  readonly value?: (row: R) => string | number;
}

export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

interface Props<R> {
  readonly label: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string | number;
  readonly attributes?: (row: R) => Record<string, string | number | boolean>;
  readonly open?: (row: R) => void;
  readonly selected?: string | number | null;
  /** What scrolls the table, where it is to be scrolled to a selected row that nobody opened by hand. */
  readonly scroller?: { readonly current: HTMLElement | null };
  readonly sort?: Sort | null;
  readonly empty?: ComponentChildren;
}

const ROW_HEIGHT = 32;
const OVERSCAN = 8;
const HOLD_MS = 2_000;

export function Table<R>(props: Props<R>) {
  const root = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ first: 0, last: 30 });
  const [sort, setSort] = useState<Sort | null>(props.sort ?? null);
  const sorted = useHeldOrder(props, sort, body);
  useInSight(root, body, sorted.length, setRange);
  const { keyOf, selected = null, scroller } = props;
  const place = scroller === undefined ? -1 : sorted.findIndex((row) => keyOf(row) === selected);
  const taken = useFollowed(scroller, { body, rowHeight: ROW_HEIGHT, key: selected, place });
  const room = useRoom(root);

  const columns = room === null ? props.columns : fitting(props.columns, room);
  const wide = room !== null && leastWidth(columns, room) > room.width;
  const tracks = columns.map((column) => column.width).join(" ");
  const last = Math.min(sorted.length, range.last);
  const first = Math.min(range.first, last);
  return (
    <div
      class={wide ? "table wide" : "table"}
      role="table"
      aria-label={props.label}
      aria-rowcount={sorted.length + 1}
      ref={root}
      style={{ "--tracks": tracks }}
    >
      <div class="table-width" role="presentation">
        <div class="table-head" role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <Heading key={column.key} column={column} sort={sort} choose={setSort} />
          ))}
        </div>
        <div class="table-body" role="rowgroup" ref={body} style={{ height: `${sorted.length * ROW_HEIGHT}px` }}>
          {sorted.slice(first, last).map((row, index) => (
            <TableRow key={keyOf(row)} row={row} at={first + index} columns={columns} table={props} taken={taken} />
          ))}
        </div>
      </div>
      {sorted.length === 0 && props.empty}
    </div>
  );
}

function Heading<R>(props: { column: Column<R>; sort: Sort | null; choose: (sort: Sort) => void }) {
  const { column, sort } = props;
  const active = sort?.key === column.key;
  const order = active ? (sort.descending ? "descending" : "ascending") : "none";
  const next = { key: column.key, descending: active ? !sort.descending : column.numeric === true };
  return (
    <div role="columnheader" aria-sort={order} class={column.numeric ? "numeric" : ""} title={column.hint ?? ""}>
      {column.value === undefined ? (
        column.title
      ) : (
        <button type="button" class="heading" onClick={() => props.choose(next)}>
          {column.title}
          <span class="order" aria-hidden="true">
            {active ? (sort.descending ? "▾" : "▴") : ""}
          </span>
        </button>
      )}
    </div>
  );
}

function TableRow<R>(props: {
  row: R;
  at: number;
  columns: readonly Column<R>[];
  table: Props<R>;
  taken: (key: string | number) => void;
}) {
  const { row, at, columns, table } = props;
  const key = table.keyOf(row);
  const { open } = table;
  const openIt = () => {
    props.taken(key);
    open?.(row);
  };
  const onKeyDown = (event: KeyboardEvent) => rowKey(event, openIt);
  return (
    <div
      {...table.attributes?.(row)}
      role="row"
      aria-rowindex={at + 2}
      aria-selected={table.selected === key}
      class={open === undefined ? "row" : "row openable"}
      tabIndex={open === undefined ? -1 : 0}
      style={{ top: `${at * ROW_HEIGHT}px` }}
      onClick={open === undefined ? undefined : openIt}
      onKeyDown={open === undefined ? undefined : onKeyDown}
    >
      {columns.map((column) => (
        <div key={column.key} role="cell" class={column.numeric ? "numeric" : ""}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

function rowKey(event: KeyboardEvent, open: () => void): void {
  if (!(event.currentTarget instanceof HTMLElement) || event.target !== event.currentTarget) return;
  if (event.key === "Enter" || event.key === " ") open();
  else if (event.key === "ArrowDown") focus(event.currentTarget.nextElementSibling);
  else if (event.key === "ArrowUp") focus(event.currentTarget.previousElementSibling);
  else return;
  event.preventDefault();
}

function focus(element: Element | null): void {
  if (element instanceof HTMLElement) element.focus();
}

/** The rows in order; the order is held for a while as figures move. */
function useHeldOrder<R>(props: Props<R>, sort: Sort | null, body: { current: HTMLElement | null }): readonly R[] {
  const held = useRef<{ sort: Sort | null; at: number; places: Map<string | number, number> }>({
    sort: null,
    at: 0,
    places: new Map(),
  });
  const column = props.columns.find((one) => one.key === sort?.key);
  const value = column?.value;
  if (sort === null || value === undefined) return props.rows;
  const now = performance.now();
  const busy = body.current?.matches(":hover, :focus-within") === true;
  if (held.current.sort !== sort || (now - held.current.at > HOLD_MS && !busy)) {
    const ordered = [...props.rows].sort((a, b) => compare(value(a), value(b)) * (sort.descending ? -1 : 1));
    held.current = { sort, at: now, places: new Map(ordered.map((row, index) => [props.keyOf(row), index])) };
    return ordered;
  }
  const { places } = held.current;
  const placeOf = (row: R) => places.get(props.keyOf(row)) ?? Number.MAX_SAFE_INTEGER;
  return [...props.rows].sort((a, b) => placeOf(a) - placeOf(b));
}

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number" ? a - b : compareNames(String(a), String(b));
}

const byName = new Intl.Collator("en", { numeric: true });

/** The second before the tenth. */
export function compareNames(one: string, other: string): number {
  return byName.compare(one, other);
}

/** Follows the table's place. */
function useRoom(root: { current: HTMLElement | null }): Room | null {
  const [room, setRoom] = useState<Room | null>(null);
  useLayoutEffect(() => {
    const table = root.current;
    if (table === null) return;
    const look = () => setRoom(roomOf(table));
    const observer = new ResizeObserver(look);
    observer.observe(table);
    look();
    return () => observer.disconnect();
  }, []);
  return room;
}

function roomOf(table: HTMLElement): Room {
  const head = table.querySelector(".table-head");
  const style = head === null ? null : getComputedStyle(head);
  return {
    width: table.clientWidth,
    gap: Number.parseFloat(style?.columnGap ?? "0"),
    edges: Number.parseFloat(style?.paddingLeft ?? "0") * 2,
    rem: Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
  };
}

/** Follows scroll and size: which rows are in sight. */
function useInSight(
  root: { current: HTMLElement | null },
  body: { current: HTMLElement | null },
  count: number,
  setRange: (range: { first: number; last: number }) => void,
): void {
  const before = useRef({ first: -1, last: -1 });
  useLayoutEffect(() => {
    const look = () => {
      if (body.current === null || root.current === null) return;
      const above = body.current.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(-above / ROW_HEIGHT) - OVERSCAN);
      const last = Math.ceil((window.innerHeight - above) / ROW_HEIGHT) + OVERSCAN;
      if (first === before.current.first && last === before.current.last) return;
      before.current = { first, last };
      setRange({ first, last });
    };
    const observer = new ResizeObserver(look);
    if (root.current !== null) observer.observe(root.current);
    // Whatever scrolls around it; such events do not bubble.
    const around = { passive: true, capture: true };
    document.addEventListener("scroll", look, around);
    window.addEventListener("resize", look);
    look();
    return () => {
      observer.disconnect();
      document.removeEventListener("scroll", look, around);
      window.removeEventListener("resize", look);
    };
  }, [count]);
}

/** The whole table, not only what is in sight, as a CSV file. */
export function saveTable<R>(name: string, columns: readonly Column<R>[], rows: readonly R[]): void {
  const kept = columns.filter((column) => column.value !== undefined);
  const lines = rows.map((row) => kept.map((column) => column.value?.(row) ?? ""));
  save(
    name,
    "text/csv",
    toCsv(
      kept.map((column) => column.title),
      lines,
    ),
  );
}
