/** The stored handlers, each with what it did in all its bindings. */
import { useRef } from "preact/hooks";
import { go } from "../address.js";
import { exact, NO_VALUE, plural, si } from "../format.js";
import { boundHandlers } from "../handler-bindings.js";
import { handlerDrafts } from "../handler-drafts.js";
import { type HandlerLine, linesOf } from "../handler-lines.js";
import { isEdited } from "../kept-drafts.js";
import { Empty } from "../parts/empty.js";
import { Chip, CutText, Figure } from "../parts/name.js";
import { type Column, compareNames, Table } from "../parts/table.js";
import { handlers } from "../store.js";

export function HandlerList(props: { wanted: string; selected: string }) {
  const text = props.wanted.trim().toLowerCase();
  const found = handlers.value.filter(({ name }) => text === "" || name.includes(text));
  const lines = linesOf(
    found.toSorted((one, other) => compareNames(one.name, other.name)),
    boundHandlers.value,
  );
  const scroller = useRef<HTMLDivElement>(null);
  return (
    <div class="handler-list" ref={scroller}>
      <Table
        label="Handlers"
        columns={COLUMNS}
        rows={lines}
        keyOf={({ handler }) => handler.name}
        selected={props.selected}
        scroller={scroller}
        attributes={({ handler, run }) => ({ "data-testid": `handler-row-${handler.name}`, "data-run": run })}
        open={({ handler }) => go("handlers", handler.name)}
        empty={<Empty title="No handler has these letters in its name." />}
      />
    </div>
  );
}

/** A figure of what was bound at all. */
function figure(
  key: string,
  title: string,
  from: number,
  value: (line: HandlerLine) => number,
  hint = "",
): Column<HandlerLine> {
  return {
    key,
    title,
    hint,
    numeric: true,
    width: from < 600 ? "4.5rem" : "5.5rem",
    from,
    cell: (line) =>
      line.bound.length === 0 || (OF_A_RUN.has(key) && line.run === 0) ? (
        <span class="faint">{NO_VALUE}</span>
      ) : (
        <Figure
          text={si(value(line))}
          exact={exact(value(line))}
          class={TROUBLES.has(key) && value(line) > 0 ? "trouble" : ""}
        />
      ),
    value,
  };
}

/** Figures that there are only once it was run. */
const OF_A_RUN: ReadonlySet<string> = new Set(["fuel-median", "fuel-most"]);
const TROUBLES: ReadonlySet<string> = new Set(["killed"]);

const COLUMNS: readonly Column<HandlerLine>[] = [
  {
    key: "name",
    title: "handler",
    width: "minmax(8rem, 1fr)",
    cell: (line) => <HandlerName line={line} />,
    value: ({ handler }) => handler.name,
  },
  {
    key: "bindings",
    title: "bindings",
    numeric: true,
    width: "6rem",
    from: 420,
    cell: (line) => <Bindings line={line} />,
    value: ({ handler }) => handler.bindings.length,
  },
  figure("run", "run", 0, ({ run }) => run, "Messages that it was run on"),
  figure("consumed", "consumed", 620, ({ consumed }) => consumed, "Messages that it was done with"),
  figure("passed", "passed", 700, ({ passed }) => passed, "On to the owner, or to another environment"),
  figure(
    "killed",
    "killed",
    300,
    ({ killed }) => killed,
    "Runs that a fault or the budget ended; their messages went the normal way",
  ),
  figure(
    "fuel-median",
    "fuel median",
    820,
    ({ fuelMedian }) => fuelMedian,
    "Units for a message: exact below 32, within a sixteenth above",
  ),
  figure("fuel-most", "fuel most", 900, ({ fuelMost }) => fuelMost, "Units for a message"),
  figure(
    "throttled",
    "throttled",
    1000,
    ({ throttled }) => throttled,
    "Messages beyond its share of the time, and frames beyond its sends a second",
  ),
];

function HandlerName(props: { line: HandlerLine }) {
  const { handler } = props.line;
  const [first] = handler.bindings;
  return (
    <span class="name" title={handler.name}>
      {first === undefined ? <span class="chip unbound" aria-hidden="true" /> : <Chip binding={first} />}
      <CutText text={handler.name} />
      {isEdited(handlerDrafts.get(handler.name)) && <em class="edited">edited</em>}
    </span>
  );
}

function Bindings(props: { line: HandlerLine }) {
  const { handler, dropped } = props.line;
  if (handler.bindings.length === 0) return <span class="faint">none</span>;
  if (dropped === 0) return <>{exact(handler.bindings.length)}</>;
  return (
    <span class="trouble" title={`${plural(dropped, "binding")} lost it since it was killed too often`}>
      {exact(handler.bindings.length - dropped)} of {exact(handler.bindings.length)}
    </span>
  );
}
