/** Home: where packets go, how fast, and what each binding got. */
import { signal } from "@preact/signals";
import { go } from "../address.js";
import {
  bitRate,
  causes,
  clock,
  exact,
  fractionDigits,
  octets,
  packetRate,
  parseTime,
  share,
  si,
  sum,
  utc,
} from "../format.js";
import { FileButton } from "../frame/file-button.js";
import { Empty } from "../parts/empty.js";
import { Figure, Name } from "../parts/name.js";
import { Sparkline } from "../parts/sparkline.js";
import { type Column, saveTable, Table } from "../parts/table.js";
import { opened, timeline } from "../player.js";
import { beat, books, captures, environmentNames, filterOf, gauges, type Row, rates, rows } from "../store.js";
import { RateChart } from "./rate-chart.js";
import { WayDiagram } from "./way-diagram.js";

const wanted = signal("");

export function WayView() {
  return (
    <div class="view way-view">
      <h1 class="hidden">Way</h1>
      {captures.value.length === 0 && !opened.value ? <NoCapture /> : <WayDiagram />}
      {rows.value.length > 0 && <RateChart />}
      <BindingsTable />
    </div>
  );
}

function NoCapture() {
  return (
    <section class="card">
      <Empty title="Drop a capture anywhere on this page.">
        <p>A pcap or pcapng file, gzipped or not. It is stored, read through, and played.</p>
        <FileButton class="primary">Choose a file</FileButton>
        <p>Or send it:</p>
        <pre class="mono command">
          curl -H "authorization: Bearer $TOKEN" -T web.pcap {location.origin}/api/v1/captures/web.pcap
        </pre>
      </Empty>
    </section>
  );
}

function BindingsTable() {
  void beat.value;
  void rates.value;
  const all = rows.value;
  const words = wanted.value.trim().toLowerCase();
  const shown = words === "" ? all : all.filter((row) => matches(row, words));
  return (
    <section class="card" aria-label="Bindings">
      <header class="card-head">
        <h2>Bindings</h2>
        <span class="hint">{words === "" ? exact(all.length) : `${exact(shown.length)} of ${exact(all.length)}`}</span>
        <span class="tools">
          <input
            type="search"
            data-find
            placeholder="Find (/)"
            aria-label="Find bindings"
            value={wanted.value}
            onInput={(event) => (wanted.value = event.currentTarget.value)}
          />
          <button type="button" disabled={all.length === 0} onClick={() => saveTable("bindings.csv", COLUMNS, all)}>
            CSV
          </button>
        </span>
      </header>
      <Table
        label="Bindings"
        columns={COLUMNS}
        rows={shown}
        keyOf={(row) => row.binding.id}
        attributes={(row) => ({ "data-testid": `binding-row-${row.binding.name}`, "data-packets": row.packets })}
        open={(row) => go("filters", filterOf(row.binding.id) ?? row.binding.name)}
        empty={all.length === 0 ? <NoBindings /> : <Empty title="No binding has these letters in its name." />}
      />
    </section>
  );
}

function matches(row: Row, text: string): boolean {
  const environment = environmentNames.value.get(row.binding.environment) ?? "";
  return row.binding.name.includes(text) || environment.includes(text) || row.binding.mode === text;
}

function NoBindings() {
  return (
    <Empty title="Nothing is bound yet: every packet is unclaimed.">
      <p>A filter says which packets are wanted. Bound as a tap, it counts them while everything else goes on.</p>
      <button type="button" class="primary" onClick={() => go("filters", "")}>
        Write a filter
      </button>
    </Empty>
  );
}

function lastMatch(row: Row): string {
  const time = parseTime(row.last);
  if (time === null) return "–";
  const line = timeline.value;
  if (line === null || time < line.first || time > line.last) return utc(time, 3);
  return clock(time - line.first, Math.min(3, fractionDigits(line.last - line.first)));
}

const COLUMNS: readonly Column<Row>[] = [
  {
    key: "name",
    title: "binding",
    width: "minmax(9rem, 2fr)",
    cell: (row) => <Name text={row.binding.name} binding={row.binding.id} />,
    value: (row) => row.binding.name,
  },
  {
    key: "mode",
    title: "mode",
    width: "4.5rem",
    from: 620,
    cell: (row) => row.binding.mode,
    value: (row) => row.binding.mode,
  },
  {
    key: "environment",
    title: "environment",
    width: "minmax(6rem, 1fr)",
    from: 900,
    cell: (row) => <Name text={environmentOf(row)} />,
    value: environmentOf,
  },
  {
    key: "packets",
    title: "packets",
    numeric: true,
    width: "minmax(5.5rem, 7rem)",
    cell: (row) => <Figure text={si(row.packets)} exact={exact(row.packets)} />,
    value: (row) => row.packets,
  },
  {
    key: "octets",
    title: "octets",
    numeric: true,
    width: "6.5rem",
    from: 520,
    cell: (row) => <Figure text={octets(row.octets)} exact={exact(row.octets)} />,
    value: (row) => row.octets,
  },
  {
    key: "share",
    title: "share",
    hint: "Of all packets received since the start",
    numeric: true,
    width: "5rem",
    from: 340,
    cell: (row) => share(row.packets, books.value?.received ?? 0),
    value: (row) => row.packets / Math.max(1, books.value?.received ?? 0),
  },
  {
    key: "rate",
    title: "rate",
    hint: "Packets per wall second, over the last second",
    numeric: true,
    width: "6.5rem",
    from: 440,
    cell: (row) => packetRate(gauges.gauge(row.binding.id)?.packetRate ?? 0),
    value: (row) => gauges.gauge(row.binding.id)?.packetRate ?? 0,
  },
  {
    key: "bits",
    title: "bit rate",
    numeric: true,
    width: "6.5rem",
    from: 1000,
    cell: (row) => bitRate(gauges.gauge(row.binding.id)?.octetRate ?? 0),
    value: (row) => (gauges.gauge(row.binding.id)?.octetRate ?? 0) * 8,
  },
  {
    key: "minute",
    title: "last minute",
    width: "5.5rem",
    from: 760,
    cell: (row) => <Sparkline binding={row.binding.id} />,
  },
  {
    key: "drops",
    title: "drops",
    hint: "Matched, but not delivered",
    numeric: true,
    width: "5.5rem",
    from: 620,
    cell: (row) => <Drops dropped={row.dropped} />,
    value: (row) => sum(row.dropped),
  },
  {
    key: "last",
    title: "last match",
    hint: "Capture time since the first packet of the capture",
    numeric: true,
    width: "7.5rem",
    from: 840,
    cell: lastMatch,
    value: (row) => row.last ?? "",
  },
];

function environmentOf(row: Row): string {
  return environmentNames.value.get(row.binding.environment) ?? (row.binding.environment === 0 ? "count only" : "–");
}

function Drops(props: { dropped: Readonly<Record<string, number>> }) {
  const total = sum(props.dropped);
  return <Figure class={total > 0 ? "trouble" : "faint"} text={si(total)} exact={causes(props.dropped)} />;
}
