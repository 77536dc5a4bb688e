/** Environments: who runs, how full each ring is, what was delivered and what was lost, by cause. */
import { signal } from "@preact/signals";
import type { Environment } from "../../control/protocol.js";
import { go, place } from "../address.js";
import { causes, exact, plural, si, sum } from "../format.js";
import { RequestError, words } from "../http.js";
import { tell } from "../notices.js";
import { Empty } from "../parts/empty.js";
import { Figure, Name } from "../parts/name.js";
import { type Column, Table } from "../parts/table.js";
import {
  bindTap,
  createTapped,
  DEMONSTRATIONS,
  destroy,
  PROGRAM_WORDS,
  PROGRAMS,
  type Program,
  unbind,
} from "../programs.js";
import { beat, environments, filters, rows } from "../store.js";

/** What the last thing asked for here did not come to. */
const problem = signal<string | null>(null);
const busy = signal(false);

async function attempt(act: () => Promise<void>): Promise<boolean> {
  problem.value = null;
  busy.value = true;
  try {
    await act();
    return true;
  } catch (error) {
    problem.value = error instanceof RequestError ? error.message : words(error);
    return false;
  } finally {
    busy.value = false;
  }
}

export function EnvironmentsView() {
  void beat.value;
  const shown = environments.value;
  const selected = shown.find((one) => one.name === place.value.selection);
  return (
    <div class="view">
      <h1 class="hidden">Environments</h1>
      <section class="card" aria-label="Environments">
        <header class="card-head">
          <h2>Environments</h2>
          <span class="hint">{exact(shown.length)}</span>
          {shown.length > 0 && (
            <span class="tools">
              {PROGRAMS.map((program) => (
                <CreateButton key={program} program={program} />
              ))}
              <Demonstrations />
            </span>
          )}
        </header>
        {problem.value !== null && (
          <p class="trouble inset" role="alert">
            {problem.value}
          </p>
        )}
        <Table
          label="Environments"
          columns={COLUMNS}
          rows={shown}
          keyOf={(one) => one.name}
          selected={selected?.name ?? null}
          open={(one) => go("environments", one.name)}
          empty={<NoEnvironments />}
        />
      </section>
      {selected !== undefined && <Detail environment={selected} />}
    </div>
  );
}

function CreateButton(props: { program: Program }) {
  const { program } = props;
  return (
    <button
      type="button"
      disabled={busy.value}
      title={`${program}: ${PROGRAM_WORDS[program]}. It taps every packet.`}
      onClick={() => void attempt(() => createTapped(program))}
    >
      New {program}
    </button>
  );
}

/** One that misbehaves, chosen from a list. */
function Demonstrations() {
  const choose = (select: HTMLSelectElement) => {
    const program = DEMONSTRATIONS.find((name) => name === select.value);
    select.value = "";
    if (program !== undefined) void attempt(() => createTapped(program));
  };
  return (
    <select
      aria-label="Demonstrations"
      title="Library OSes that misbehave: what becomes of them, and that the others go on"
      disabled={busy.value}
      onChange={(event) => choose(event.currentTarget)}
    >
      <option value="">Demonstrations</option>
      {DEMONSTRATIONS.map((program) => (
        <option key={program} value={program}>
          {program}: {PROGRAM_WORDS[program]}
        </option>
      ))}
    </select>
  );
}

function NoEnvironments() {
  return (
    <Empty title="No library OS runs yet: bindings only count.">
      <ul class="offers">
        {PROGRAMS.map((program) => (
          <li key={program}>
            <CreateButton program={program} />
            <span>
              <b>{program}</b> {PROGRAM_WORDS[program]}.
            </span>
          </li>
        ))}
      </ul>
    </Empty>
  );
}

const COLUMNS: readonly Column<Environment>[] = [
  {
    key: "name",
    title: "environment",
    width: "minmax(5rem, 1.5fr)",
    cell: (one) => <Name text={one.name} />,
    value: (one) => one.name,
  },
  {
    key: "program",
    title: "program",
    width: "minmax(5rem, 1fr)",
    from: 560,
    cell: (one) => (one.program === "" ? <span class="faint">counts only</span> : one.program),
    value: (one) => one.program,
  },
  {
    key: "state",
    title: "state",
    width: "7.5rem",
    cell: (one) => <State environment={one} />,
    value: (one) => one.state,
  },
  {
    key: "ring",
    title: "ring",
    hint: "Packets waiting in its ring, of the ring's entries",
    width: "minmax(7rem, 12rem)",
    from: 420,
    cell: (one) => <Ring environment={one} />,
    value: (one) => one.ringDepth,
  },
  {
    key: "delivered",
    title: "delivered",
    numeric: true,
    width: "5rem",
    cell: (one) => <Figure text={si(one.delivered)} exact={exact(one.delivered)} />,
    value: (one) => one.delivered,
  },
  {
    key: "drops",
    title: "undelivered",
    numeric: true,
    width: "6.5rem",
    from: 500,
    cell: (one) => {
      const total = sum(one.dropped);
      return <Figure class={total > 0 ? "trouble" : "faint"} text={si(total)} exact={causes(one.dropped)} />;
    },
    value: (one) => sum(one.dropped),
  },
  {
    key: "causes",
    title: "because",
    width: "minmax(8rem, 2fr)",
    from: 860,
    cell: (one) => <span class="faint cut">{one.error ?? causes(one.dropped)}</span>,
  },
];

function State(props: { environment: Environment }) {
  const { state, error } = props.environment;
  return (
    <span class={`state ${state}`} title={error ?? ""}>
      <span class="dot" aria-hidden="true" />
      {state === "failed" ? "dead" : state}
    </span>
  );
}

function Ring(props: { environment: Environment }) {
  const { ringDepth, ringEntries, program } = props.environment;
  if (program === "" || ringEntries === 0) return <span class="faint">–</span>;
  const part = ringDepth / ringEntries;
  return (
    <span class="ring" title={`${exact(ringDepth)} of ${exact(ringEntries)} entries`}>
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> cannot be styled alike in all browsers. */}
      <span
        class="meter"
        role="meter"
        aria-valuenow={ringDepth}
        aria-valuemin={0}
        aria-valuemax={ringEntries}
        aria-label="Ring depth"
      >
        <span
          class={part > 0.9 ? "meter-fill trouble" : "meter-fill"}
          style={{ width: `${Math.min(100, part * 100)}%` }}
        />
      </span>
      <span class="ring-depth">{si(ringDepth)}</span>
    </span>
  );
}

/** One environment: its own words, what it is bound to, and binding more. */
function Detail(props: { environment: Environment }) {
  const { environment } = props;
  const bound = rows.value.filter((row) => row.binding.environment === environment.id);
  return (
    <section class="card" aria-label={`Environment ${environment.name}`}>
      <header class="card-head">
        <h2>{environment.name}</h2>
        <span class="hint">
          {environment.program === "" ? "counts only" : environment.program}, {plural(environment.pages, "page")}
        </span>
        <span class="tools">
          {(environment.program === "monitor" || environment.program === "exos") && (
            <button type="button" onClick={() => go("streams", environment.program === "exos" ? "connections" : "")}>
              {environment.program === "exos" ? "Connections" : "Flows"}
            </button>
          )}
          {environment.id !== 0 && (
            <button type="button" class="danger" disabled={busy.value} onClick={() => void destroyIt(environment)}>
              Destroy
            </button>
          )}
        </span>
      </header>
      {environment.state === "unresponsive" && (
        <p class="trouble inset">
          It is unresponsive: <span class="mono">{environment.error}</span>. What its bindings match meanwhile is
          counted as undelivered.
        </p>
      )}
      {environment.state !== "unresponsive" && environment.error !== null && (
        <p class="trouble inset">
          It died: <span class="mono">{environment.error}</span>. Its packets are counted as undelivered; the rest goes
          on.
        </p>
      )}
      {bound.length === 0 ? (
        <Empty title="Nothing is bound to it, so it receives nothing." />
      ) : (
        <ul class="bound">
          {bound.map((row) => (
            <li key={row.binding.id}>
              <Name text={row.binding.name} binding={row.binding.id} />
              <span class="hint">{row.binding.mode}</span>
              <span class="numeric">{si(row.packets)}</span>
              <button type="button" disabled={busy.value} onClick={() => void attempt(() => unbind(row.binding.id))}>
                Unbind
              </button>
            </li>
          ))}
        </ul>
      )}
      {environment.id !== 0 && <BindForm environment={environment} />}
    </section>
  );
}

async function destroyIt(environment: Environment): Promise<void> {
  if (!(await attempt(() => destroy(environment.id)))) return;
  tell("info", `${environment.name} is destroyed.`);
  go("environments");
}

function BindForm(props: { environment: Environment }) {
  const { environment } = props;
  const names = filters.value.map((filter) => filter.name).sort();
  if (names.length === 0) return null;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const filter = new FormData(event.currentTarget).get("filter");
    if (typeof filter === "string") void attempt(() => bindTap(filter, environment.id, environment.name));
  };
  return (
    <form class="bind-form" onSubmit={submit}>
      <label>
        Tap a filter
        <select name="filter">
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={busy.value}>
        Bind
      </button>
    </form>
  );
}
