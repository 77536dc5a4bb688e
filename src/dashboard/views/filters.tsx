/** Filters: a list with what each counted, and beside it the one that is open. */
import { signal } from "@preact/signals";
import { go, place } from "../address.js";
import { colourVariable } from "../colour.js";
import { drafts, languageOf } from "../drafts.js";
import { exact, middleCut, packetRate, share, si } from "../format.js";
import { isEdited, NEW } from "../kept-drafts.js";
import { Empty } from "../parts/empty.js";
import { CutText, Figure } from "../parts/name.js";
import { type Column, Table } from "../parts/table.js";
import { beat, books, type FilterEntry, filters, gauges, type Row, rates, rows } from "../store.js";
import { FilterEditor } from "./filter-editor.js";
import { StageTabs, StageText } from "./stages.js";

const wanted = signal("");

interface Line {
  readonly filter: FilterEntry;
  /** The binding that the filter is shown by: the one of its own name, else its first. */
  readonly row: Row | undefined;
}

export function FiltersView() {
  // A stage of the filter may stand behind its name.
  const [selection = NEW, stage = ""] = place.value.selection.split("/");
  const draft = drafts.get(selection);
  const staged = { kind: "filters", name: selection, stored: draft?.stored ?? null, edited: isEdited(draft) } as const;
  return (
    <div class="view filters-view">
      <h1 class="hidden">Filters</h1>
      <FilterList selected={selection} />
      <section
        class={selection !== NEW || filters.value.length === 0 ? "card editor-card first" : "card editor-card"}
        aria-label={selection === NEW ? "New filter" : `Filter ${selection}`}
      >
        <header class="card-head">
          <h2>{selection === NEW ? "New filter" : middleCut(selection, 40)}</h2>
          <span class="hint">{languageOf(selection) === "dpf" ? "DPF text" : "pcap-filter text"}</span>
        </header>
        {selection !== NEW && <StageTabs of={staged} stage={stage} />}
        {selection === NEW || stage === "" ? (
          <FilterEditor filter={selection} />
        ) : (
          <StageText of={staged} stage={stage} />
        )}
      </section>
    </div>
  );
}

function FilterList(props: { selected: string }) {
  void beat.value;
  void rates.value;
  const byId = new Map(rows.value.map((row) => [row.binding.id, row]));
  const text = wanted.value.trim().toLowerCase();
  const lines = filters.value
    .filter((filter) => text === "" || filter.name.includes(text))
    .map((filter): Line => {
      const bound = filter.bindings.flatMap((id) => byId.get(id) ?? []);
      return { filter, row: bound.find((row) => row.binding.name === filter.name) ?? bound[0] };
    });
  return (
    <section class="card" aria-label="List of filters">
      <header class="card-head">
        <h2>Filters</h2>
        <span class="hint">{exact(filters.value.length)}</span>
        <span class="tools">
          <input
            type="search"
            data-find
            placeholder="Find (/)"
            aria-label="Find filters"
            value={wanted.value}
            onInput={(event) => (wanted.value = event.currentTarget.value)}
          />
          <button type="button" aria-pressed={props.selected === NEW} onClick={startNew}>
            New
          </button>
        </span>
      </header>
      <Table
        label="Filters"
        columns={COLUMNS}
        rows={lines}
        keyOf={(line) => line.filter.name}
        selected={props.selected}
        attributes={(line) => ({
          "data-testid": `filter-row-${line.filter.name}`,
          "data-packets": line.row?.packets ?? 0,
        })}
        open={(line) => go("filters", line.filter.name)}
        empty={
          filters.value.length === 0 ? (
            <Empty title="No filter is stored yet.">
              <p>Write one in the editor, or send a file:</p>
              <pre class="mono command">
                curl -H "authorization: Bearer $TOKEN" -T web.dpf {location.origin}/api/v1/filters/web.dpf
              </pre>
            </Empty>
          ) : (
            <Empty title="No filter has these letters in its name." />
          )
        }
      />
    </section>
  );
}

function startNew(): void {
  go("filters", NEW);
  // The field is there when the view was drawn anew; on a narrow page it may be far below.
  requestAnimationFrame(() => document.getElementById("filter-name")?.focus());
}

const COLUMNS: readonly Column<Line>[] = [
  {
    key: "name",
    title: "filter",
    width: "minmax(8rem, 1fr)",
    cell: (line) => <FilterName line={line} />,
    value: (line) => line.filter.name,
  },
  {
    key: "packets",
    title: "packets",
    numeric: true,
    width: "5.5rem",
    cell: (line) =>
      line.row === undefined ? (
        <span class="faint">not bound</span>
      ) : (
        <Figure text={si(line.row.packets)} exact={exact(line.row.packets)} />
      ),
    value: (line) => line.row?.packets ?? -1,
  },
  {
    key: "share",
    title: "share",
    hint: "Of all packets received since the start",
    numeric: true,
    width: "4.5rem",
    from: 300,
    cell: (line) => <Share packets={line.row?.packets ?? 0} />,
    value: (line) => line.row?.packets ?? -1,
  },
  {
    key: "rate",
    title: "rate",
    numeric: true,
    width: "6rem",
    from: 420,
    cell: (line) => packetRate(rateOf(line)),
    value: rateOf,
  },
];

function rateOf(line: Line): number {
  return line.row === undefined ? 0 : (gauges.gauge(line.row.binding.id)?.packetRate ?? 0);
}

function FilterName(props: { line: Line }) {
  const { filter, row } = props.line;
  const edited = isEdited(drafts.get(filter.name));
  const colour = row === undefined ? "transparent" : colourVariable(row.binding.id);
  return (
    <span class="name" title={filter.name}>
      <span class={row === undefined ? "chip unbound" : "chip"} style={{ background: colour }} aria-hidden="true" />
      <CutText text={filter.name} />
      {edited && <em class="edited">edited</em>}
    </span>
  );
}

function Share(props: { packets: number }) {
  return <>{share(props.packets, books.value?.received ?? 0)}</>;
}
