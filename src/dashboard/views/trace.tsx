/** The trace: what the kernel did, as a table and over time, by level, kind and environment. */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { TraceEvent, TraceLevel } from "../../control/protocol.js";
import { watchTrace } from "../feed.js";
import { exact, plural } from "../format.js";
import { words } from "../http.js";
import { Empty } from "../parts/empty.js";
import { type Column, saveTable, Table } from "../parts/table.js";
import {
  catalogue,
  events,
  levelOf,
  levels,
  loadCatalogue,
  look,
  sentenceOf,
  shown,
  TRACE_LEVELS,
  tellLevels,
  told,
  traceLoaded,
} from "../trace.js";
import { NOWHERE } from "../trace-place.js";
import { TraceChoices } from "./trace-choices.js";
import { briefOf, fieldsOf, TraceDetail, timeOf } from "./trace-detail.js";
import { TraceTimes } from "./trace-times.js";

const newestFirst = computed(() => shown.value.toReversed());
/** That is looked at by itself. */
const opened = signal<TraceEvent | null>(null);
const problem = signal<string | null>(null);

export function TraceView() {
  useEffect(() => {
    watchTrace(true);
    loadCatalogue().catch((error: unknown) => (problem.value = words(error)));
    return () => {
      watchTrace(false);
      opened.value = null;
    };
  }, []);
  return (
    <div class="view">
      <h1 class="hidden">Trace</h1>
      <section class="card" aria-label="Trace">
        <header class="card-head">
          <h2>Trace</h2>
          <span class="hint">{hint()}</span>
          <Levels />
        </header>
        {problem.value !== null && (
          <p class="trouble inset" role="alert">
            {problem.value}
          </p>
        )}
        {events.value.length > 0 && <TraceTimes events={shown.value} />}
        {events.value.length > 0 && (
          <TraceChoices save={shown.value.length === 0 ? null : () => saveTable("trace.csv", COLUMNS, shown.value)} />
        )}
        <Table
          label="Events"
          columns={COLUMNS}
          rows={newestFirst.value}
          keyOf={(event) => event.number}
          attributes={(event) => ({ "data-event": event.name })}
          open={(event) => (opened.value = event)}
          empty={<NoEvents />}
        />
      </section>
      {opened.value !== null && <TraceDetail event={opened.value} close={() => (opened.value = null)} />}
    </div>
  );
}

function hint(): string {
  const total = events.value.length;
  const count = shown.value.length;
  const kept = count === total ? plural(total, "event") : `${exact(count)} of ${plural(total, "event")}`;
  return told.value > total ? `${kept}, the last of each kind; ${exact(told.value)} were told` : kept;
}

const MEANING: Readonly<Record<TraceLevel, string>> = {
  error: "what failed",
  warning: "what was late or taken",
  info: "what began and ended",
  debug: "each step",
};

function Levels() {
  return (
    <fieldset class="trace-levels" disabled={!traceLoaded.value}>
      <legend class="hidden">Levels that the kernel tells</legend>
      {TRACE_LEVELS.map((level) => (
        <label key={level} title={`${MEANING[level]}; for everybody who looks`}>
          <input
            type="checkbox"
            data-testid={`trace-${level}`}
            checked={levels.value.includes(level)}
            onChange={(event) => void choose(level, event.currentTarget.checked)}
          />
          {level}
        </label>
      ))}
    </fieldset>
  );
}

async function choose(level: TraceLevel, on: boolean): Promise<void> {
  await setLevels(TRACE_LEVELS.filter((one) => (one === level ? on : levels.value.includes(one))));
}

async function setLevels(wanted: readonly TraceLevel[]): Promise<void> {
  problem.value = null;
  try {
    await tellLevels(wanted);
  } catch (error) {
    problem.value = words(error);
    // What was clicked shows what holds.
    levels.value = [...levels.value];
  }
}

function NoEvents() {
  if (!traceLoaded.value) return <Empty title="Asking the kernel…" />;
  if (events.value.length > 0) {
    return (
      <Empty title="No event is of these kinds, of this environment, and has these letters in it.">
        <button type="button" onClick={() => look(NOWHERE)}>
          Show all
        </button>
      </Empty>
    );
  }
  if (levels.value.length === 0) {
    return (
      <Empty title="The kernel tells nothing: no level is on.">
        <p>It tells {plural(Object.keys(catalogue.value).length, "kind")} of events; what is off costs nothing.</p>
        <button type="button" class="primary" onClick={() => void setLevels(["error", "warning", "info"])}>
          Tell errors, warnings and infos
        </button>
      </Empty>
    );
  }
  return (
    <Empty title="Nothing has happened yet.">
      <p>Bind a filter, create an environment or play a capture: each is an event.</p>
    </Empty>
  );
}

const COLUMNS: readonly Column<TraceEvent>[] = [
  {
    key: "number",
    title: "no.",
    numeric: true,
    width: "4rem",
    from: 480,
    cell: (event) => exact(event.number),
    value: (event) => event.number,
  },
  {
    key: "time",
    title: "time",
    hint: "Wall clock, UTC",
    width: "7rem",
    cell: (event) => <span title={`${event.time} ns since 1970`}>{timeOf(event)}</span>,
    value: (event) => event.time,
  },
  {
    key: "level",
    title: "level",
    width: "5rem",
    from: 700,
    cell: (event) => <Level level={levelOf(event)} />,
    value: (event) => levelOf(event),
  },
  {
    key: "name",
    title: "event",
    // The longest name there is, where there is room for it.
    width: "minmax(min(12rem, 30%), 1fr)",
    cell: (event) => (
      <>
        <span class={`cut trace-name ${levelOf(event)}`}>{event.name}</span>
        <span class="cut trace-brief">{briefOf(event)}</span>
      </>
    ),
    value: (event) => event.name,
  },
  {
    key: "fields",
    title: "of what",
    width: "minmax(6rem, 2.8fr)",
    from: 560,
    cell: (event) => <span class="trace-words">{fieldsOf(event)}</span>,
    value: fieldsOf,
  },
  {
    key: "place",
    title: "packet",
    hint: "Where the replay stood: epoch, and packets that had gone through",
    numeric: true,
    width: "7rem",
    from: 820,
    cell: (event) => <span class="faint">{`${event.epoch} · ${exact(event.packet)}`}</span>,
    value: (event) => `${event.epoch}.${event.packet}`,
  },
  {
    key: "says",
    title: "what happened",
    width: "minmax(12rem, 4fr)",
    from: 1000,
    cell: (event) => <span class="faint trace-words">{sentenceOf(event)}</span>,
    value: sentenceOf,
  },
];

function Level(props: { level: TraceLevel }) {
  return <span class={`trace-level ${props.level}`}>{props.level}</span>;
}
