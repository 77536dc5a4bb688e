/** Flow records of the monitor, the largest ones. */
import { signal } from "@preact/signals";
import type { Environment, Flow, FlowTable } from "../../control/protocol.js";
import { clock, exact, fractionDigits, octets, parseTime, si } from "../format.js";
import { Empty } from "../parts/empty.js";
import { Figure, Name } from "../parts/name.js";
import { type Column, saveTable, Table } from "../parts/table.js";
import { timeline } from "../player.js";
import { usePolled } from "./poll.js";
import { Dead, NoSource, SourceChoice, sourceOf } from "./source.js";

const LIMIT = 200;
const wanted = signal("");

export function FlowsTable(props: { sources: readonly Environment[] }) {
  const source = sourceOf(props.sources);
  const table = usePolled<FlowTable>(
    source?.state === "ready" ? source.id : undefined,
    `flows?limit=${LIMIT}&sort=octets`,
  );
  if (source === undefined) {
    return (
      <section class="card">
        <NoSource program="monitor" title="No monitor runs, so no flows are recorded." />
      </section>
    );
  }
  const text = wanted.value.trim().toLowerCase();
  const flows = (table?.flows ?? []).filter((flow) => text === "" || wordsOf(flow).includes(text));
  return (
    <section class="card" aria-label="Flows">
      <header class="card-head">
        <h2>Flows</h2>
        <span class="hint">{table === null ? "" : summary(table)}</span>
        <span class="tools">
          <SourceChoice sources={props.sources} />
          <input
            type="search"
            data-find
            placeholder="Find (/)"
            aria-label="Find flows"
            value={wanted.value}
            onInput={(event) => (wanted.value = event.currentTarget.value)}
          />
          <button type="button" disabled={flows.length === 0} onClick={() => saveTable("flows.csv", COLUMNS, flows)}>
            CSV
          </button>
        </span>
      </header>
      {source.state === "failed" && <Dead environment={source} />}
      <Table
        label="Flows"
        columns={COLUMNS}
        rows={flows}
        keyOf={keyOf}
        sort={{ key: "octets", descending: true }}
        empty={<NoFlows asked={table !== null} filtered={text !== ""} />}
      />
    </section>
  );
}

function NoFlows(props: { asked: boolean; filtered: boolean }) {
  if (!props.asked) return <Empty title="Asking the monitor…" />;
  if (props.filtered) return <Empty title="No flow has these letters in it." />;
  return (
    <Empty title="No flow yet.">
      <p>Play a capture; the monitor must be bound to what you want to see.</p>
    </Empty>
  );
}

function summary(table: FlowTable): string {
  const shown =
    table.flows.length < table.total
      ? `the largest ${exact(table.flows.length)} of ${exact(table.total)}`
      : exact(table.total);
  return table.overflow > 0 ? `${shown}; ${exact(table.overflow)} did not fit the table` : shown;
}

function keyOf(flow: Flow): string {
  return `${flow.protocol} ${flow.source} ${flow.sourcePort} ${flow.destination} ${flow.destinationPort}`;
}

function wordsOf(flow: Flow): string {
  return `${flow.protocol} ${endpoint(flow.source, flow.sourcePort)} ${endpoint(flow.destination, flow.destinationPort)}`.toLowerCase();
}

/** Address and port; protocols without ports have port 0. */
export function endpoint(address: string, port: number): string {
  if (port === 0) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function when(time: string): string {
  const at = parseTime(time);
  const line = timeline.value;
  if (at === null) return "–";
  if (line === null || at < line.first || at > line.last) return clock(at % 86_400_000_000_000n, 3);
  return clock(at - line.first, Math.min(6, fractionDigits(line.last - line.first)));
}

const COLUMNS: readonly Column<Flow>[] = [
  {
    key: "protocol",
    title: "protocol",
    width: "5.5rem",
    from: 480,
    cell: (flow) => flow.protocol,
    value: (flow) => flow.protocol,
  },
  {
    key: "source",
    title: "source",
    width: "minmax(4.5rem, 1fr)",
    cell: (flow) => <Name text={endpoint(flow.source, flow.sourcePort)} mono />,
    value: (flow) => endpoint(flow.source, flow.sourcePort),
  },
  {
    key: "destination",
    title: "destination",
    width: "minmax(4.5rem, 1fr)",
    cell: (flow) => <Name text={endpoint(flow.destination, flow.destinationPort)} mono />,
    value: (flow) => endpoint(flow.destination, flow.destinationPort),
  },
  {
    key: "packets",
    title: "packets",
    numeric: true,
    width: "5.5rem",
    from: 520,
    cell: (flow) => <Figure text={si(flow.packets)} exact={exact(flow.packets)} />,
    value: (flow) => flow.packets,
  },
  {
    key: "octets",
    title: "octets",
    numeric: true,
    width: "5rem",
    cell: (flow) => <Figure text={octets(flow.octets)} exact={exact(flow.octets)} />,
    value: (flow) => flow.octets,
  },
  {
    key: "first",
    title: "first",
    hint: "Capture time",
    numeric: true,
    width: "7rem",
    from: 820,
    cell: (flow) => when(flow.first),
    value: (flow) => flow.first,
  },
  {
    key: "last",
    title: "last",
    hint: "Capture time",
    numeric: true,
    width: "7rem",
    from: 720,
    cell: (flow) => when(flow.last),
    value: (flow) => flow.last,
  },
  {
    key: "flags",
    title: "flags",
    hint: "TCP flags seen",
    width: "5.5rem",
    from: 900,
    cell: (flow) => <span class="mono">{flow.flags}</span>,
    value: (flow) => flow.flags,
  },
];
