/** A bound handler's state as it is: asked anew once a second while it is in sight, unless it is held. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { HandlerBinding, HandlerScalar, HandlerStateItem, HandlerStateView } from "../../control/protocol.js";
import { exact, octets, plural } from "../format.js";
import { stateOf } from "../handler-bindings.js";
import { saveState } from "../state-csv.js";
import { type Base, linesOfArray, PAGE_ROWS, pageOf, scalarWords } from "../state-words.js";
import { sentence } from "./attempt.js";
import { useWatched } from "./poll.js";

const EVERY_MS = 1_000;
/** Letters of a row that half of the page has room for where it is first cut in two, and of what lies between two columns. */
const MOST_IN_HALF = 64;
const GAP_LETTERS = 4;
const base = signal<Base>("decimal");

export function StateCard(props: { bound: HandlerBinding }) {
  const { binding, replaced } = props.bound;
  const [from, setFrom] = useState<ReadonlyMap<string, number>>(new Map());
  const [held, setHeld] = useState<HandlerStateView | null>(null);
  const turned = JSON.stringify([...from]);
  const { answer, problem } = useWatched(
    (stop) => stateOf(binding, PAGE_ROWS, from, stop),
    () => EVERY_MS,
    `${binding} ${replaced} ${turned}`,
  );
  // The page before stays in sight until the next one has come.
  const [last, setLast] = useState<HandlerStateView | null>(null);
  if (answer !== null && answer !== last) setLast(answer);
  const state = held ?? answer ?? last;
  const isHeld = held !== null;
  return (
    <section class={state?.items.some(isWide) ? "card state-card wide" : "card state-card"} aria-label="State">
      <header class="card-head">
        <h2>State</h2>
        {state !== null && (
          <span class="hint">
            {octets(state.octets)}
            {isHeld && ", held"}
          </span>
        )}
        <span class="tools">
          <HexButton />
          <button
            type="button"
            aria-pressed={isHeld}
            disabled={state === null}
            title="Stands still while it is looked at"
            onClick={() => setHeld(isHeld ? null : state)}
          >
            {isHeld ? "Follow" : "Hold"}
          </button>
        </span>
      </header>
      {problem !== null && <p class="trouble inset">{sentence(problem)}</p>}
      {state !== null && (
        <StateItems
          items={state.items}
          turn={(item, first) => {
            setHeld(null);
            setFrom(new Map(from).set(item, first));
          }}
        />
      )}
    </section>
  );
}

/** Whether half of a wide page may be too narrow for it, whatever its values are. */
function isWide({ kind, columns, types }: HandlerStateItem): boolean {
  if (kind !== "table" && kind !== "places") return false;
  const letters = columns.map((name, at) => Math.max(name.length, digitsOf(types[at] ?? "")) + GAP_LETTERS);
  return letters.reduce((all, one) => all + one, 0) > MOST_IN_HALF;
}

function digitsOf(type: string): number {
  if (type.endsWith("64")) return 20;
  return type.endsWith("32") ? 11 : 6;
}

export function valueWords(value: HandlerScalar, type: string): string {
  return scalarWords(value, type, base.value);
}

export function HexButton() {
  const isHex = base.value === "hex";
  return (
    <button type="button" aria-pressed={isHex} onClick={() => (base.value = isHex ? "decimal" : "hex")}>
      Hex
    </button>
  );
}

interface ItemsProps {
  readonly items: readonly HandlerStateItem[];
  /** Left out: the first rows are all that there are to see. */
  readonly turn?: (item: string, from: number) => void;
}

export function StateItems(props: ItemsProps) {
  const { items, turn } = props;
  if (items.length === 0) return <p class="inset hint">It keeps no state.</p>;
  return (
    <div class="state-items">
      {items.map((item) => (
        <section key={item.name} aria-label={item.name} data-testid={`state-${item.name}`}>
          <div class="part-head chart-head">
            <h3 class="mono">{item.name}</h3>
            <span class="hint">{kindWords(item)}</span>
            <Pages item={item} {...(turn === undefined ? {} : { turn })} />
          </div>
          <Item item={item} />
        </section>
      ))}
    </div>
  );
}

function kindWords({ kind, size, capacity }: HandlerStateItem): string {
  switch (kind) {
    case "table":
      return `table, ${plural(size, "entry", "entries")} of ${exact(capacity)}; used last, first`;
    case "array":
    case "places":
      return `array of ${exact(capacity)}`;
    case "accumulator":
      return "what a pipe gathered";
    case "record":
    case "frame":
      return kind;
  }
}

function Pages(props: { item: HandlerStateItem; turn?: (item: string, from: number) => void }) {
  const { item, turn } = props;
  const { text, previous, next } = pageOf(item);
  if (item.kind === "record" || item.kind === "accumulator") return null;
  const shown = turn !== undefined && (previous !== null || next !== null);
  return (
    <span class="tools pages">
      {shown && <span class="hint">{text}</span>}
      {shown && (
        <button
          type="button"
          aria-label={`${item.name}: rows before`}
          disabled={previous === null}
          onClick={() => turn(item.name, previous ?? 0)}
        >
          ‹
        </button>
      )}
      {shown && (
        <button
          type="button"
          aria-label={`${item.name}: rows after`}
          disabled={next === null}
          onClick={() => turn(item.name, next ?? 0)}
        >
          ›
        </button>
      )}
      <button type="button" class="quiet" title="The rows in sight as CSV" onClick={() => saveState(item)}>
        CSV
      </button>
    </span>
  );
}

function Item(props: { item: HandlerStateItem }) {
  const { item } = props;
  if (item.rows.length === 0) return <p class="inset hint">Empty.</p>;
  if (item.kind === "record" || item.kind === "accumulator") return <NameValues item={item} />;
  if (item.kind === "array") return <Values item={item} />;
  return <Rows item={item} />;
}

function NameValues(props: { item: HandlerStateItem }) {
  const { columns, types, rows } = props.item;
  const [row = []] = rows;
  return (
    <dl class="name-values">
      {columns.map((name, index) => (
        <div key={name}>
          <dt class="mono" title={types[index]}>
            {name}
          </dt>
          <dd class="mono">{scalarWords(row[index] ?? "", types[index] ?? "", base.value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Values(props: { item: HandlerStateItem }) {
  const [type = ""] = props.item.types;
  return (
    <div class="scroll-x">
      <table class="plain state-array mono">
        <tbody>
          {linesOfArray(props.item).map(({ from, values }) => (
            <tr key={from}>
              <th scope="row">{from}</th>
              {values.map((value, index) => (
                <td key={index} class={value === 0 || value === "0" ? "numeric faint" : "numeric"}>
                  {scalarWords(value, type, base.value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function titleOf({ types, keys }: HandlerStateItem, column: number): string {
  return column < keys ? `${types[column] ?? ""}, part of the key` : (types[column] ?? "");
}

function Rows(props: { item: HandlerStateItem }) {
  const { item } = props;
  const { columns, types, keys, rows, from } = item;
  const isTable = item.kind === "table";
  return (
    <div class="scroll-x holdings">
      <table class="plain mono">
        <thead>
          <tr>
            {!isTable && <th scope="col">index</th>}
            {columns.map((name, index) => (
              <th key={name} scope="col" class={index < keys ? "numeric key" : "numeric"} title={titleOf(item, index)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={isTable ? row.slice(0, keys).join() : from + index}>
              {!isTable && <th scope="row">{from + index}</th>}
              {row.map((value, column) => (
                <Cell
                  key={columns[column]}
                  value={value}
                  type={types[column] ?? ""}
                  kind={column < keys ? "numeric key" : "numeric"}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Of a list its beginning, since a table has columns beside it; all of it is behind the pointer, and in the CSV. */
function Cell(props: { value: HandlerScalar; type: string; kind: string }) {
  const { value, type, kind } = props;
  const text = scalarWords(value, type, base.value);
  if (!type.endsWith("]")) return <td class={kind}>{text}</td>;
  return (
    <td class={`${kind} list-cell`} title={text}>
      <span class="list-value">{text}</span>
    </td>
  );
}
