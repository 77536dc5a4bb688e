/** TCP connections as a passive ExOS reassembled them: both directions, and what went wrong in each. */
import type { Environment, ExosStatus, Stream, StreamSide } from "../../control/protocol.js";
import { causes, exact, octets, si } from "../format.js";
import { Empty } from "../parts/empty.js";
import { Figure, Name } from "../parts/name.js";
import { type Column, saveTable, Table } from "../parts/table.js";
import { endpoint } from "./flows.js";
import { usePolled } from "./poll.js";
import { Dead, NoSource, SourceChoice, sourceOf } from "./source.js";

/** Connections asked for; the newest, where there are more. */
const LIMIT = 500;

export function ConnectionsTable(props: { sources: readonly Environment[] }) {
  const source = sourceOf(props.sources);
  const status = usePolled<ExosStatus>(source?.state === "ready" ? source.id : undefined, `status?limit=${LIMIT}`);
  if (source === undefined) {
    return (
      <section class="card">
        <NoSource program="exos" title="No ExOS runs, so no connection is reassembled." />
      </section>
    );
  }
  const streams = status?.streams ?? [];
  return (
    <section class="card" aria-label="Connections">
      <header class="card-head">
        <h2>Connections</h2>
        <span class="hint">{status === null ? "" : summary(status)}</span>
        <span class="tools">
          <SourceChoice sources={props.sources} />
          <button
            type="button"
            disabled={streams.length === 0}
            onClick={() => saveTable("connections.csv", COLUMNS, streams)}
          >
            CSV
          </button>
        </span>
      </header>
      {source.state === "failed" && <Dead environment={source} />}
      {status !== null && status.frames > 0 && (
        <p class="inset hint" title="Frames by what ExOS made of them">
          {exact(status.frames)} frames: {causes(status.counts)}
        </p>
      )}
      <Table
        label="Connections"
        columns={COLUMNS}
        rows={streams}
        keyOf={(stream) => `${stream.client} ${stream.clientPort} ${stream.server} ${stream.serverPort}`}
        empty={
          status === null ? (
            <Empty title="Asking ExOS…" />
          ) : (
            <Empty title="No TCP connection yet.">
              <p>Play a capture with TCP in it.</p>
            </Empty>
          )
        }
      />
    </section>
  );
}

function summary(status: ExosStatus): string {
  return status.streams.length < status.total
    ? `${exact(status.streams.length)} of ${exact(status.total)}`
    : exact(status.total);
}

type Count = keyof StreamSide;

/** Both directions in one cell: to the server, then to the client. */
function both(stream: Stream, count: Count, text: (value: number) => string) {
  const up = stream.toServer[count];
  const down = stream.toClient[count];
  const quiet = up === 0 && down === 0;
  const bad = count === "gaps" || count === "missing";
  return (
    <Figure
      class={quiet ? "faint" : bad ? "pair trouble" : "pair"}
      text={quiet ? "0" : `↑ ${text(up)}  ↓ ${text(down)}`}
      exact={`to server ${exact(up)}, to client ${exact(down)}`}
    />
  );
}

function column(key: Count, title: string, hint: string, width: string, from: number): Column<Stream> {
  const text = key === "octets" || key === "missing" ? octets : (value: number) => si(value);
  return {
    key,
    title,
    hint,
    numeric: true,
    width,
    from,
    cell: (stream) => both(stream, key, text),
    value: (stream) => stream.toServer[key] + stream.toClient[key],
  };
}

const COLUMNS: readonly Column<Stream>[] = [
  {
    key: "client",
    title: "client",
    width: "minmax(4rem, 1fr)",
    cell: (stream) => <Name text={endpoint(stream.client, stream.clientPort)} mono />,
    value: (stream) => endpoint(stream.client, stream.clientPort),
  },
  {
    key: "server",
    title: "server",
    width: "minmax(4rem, 1fr)",
    cell: (stream) => <Name text={endpoint(stream.server, stream.serverPort)} mono />,
    value: (stream) => endpoint(stream.server, stream.serverPort),
  },
  {
    key: "state",
    title: "state",
    width: "7rem",
    from: 640,
    cell: (stream) => stream.state,
    value: (stream) => stream.state,
  },
  column("octets", "octets", "In order: ↑ to the server, ↓ to the client", "minmax(9.5rem, 0.6fr)", 330),
  column("retransmitted", "retransmitted", "Segments that were sent again", "8rem", 760),
  column("outOfOrder", "out of order", "Segments that came early", "8rem", 1000),
  column("gaps", "gaps", "Holes that were never filled", "6.5rem", 560),
  column("missing", "missing", "Octets in those holes", "8.5rem", 1120),
];
