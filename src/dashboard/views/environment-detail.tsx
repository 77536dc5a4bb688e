/** One environment: what it says of itself, what it holds and shares, what is bound to it, the drill, and its code. */
import { signal } from "@preact/signals";
import type { Environment } from "../../control/protocol.js";
import { go, goOn, place } from "../address.js";
import { exact, plural, si } from "../format.js";
import { type Held, heldBy, type PageRun, rowOfNames } from "../holdings.js";
import { tell } from "../notices.js";
import { Confirm } from "../parts/confirm.js";
import { Name } from "../parts/name.js";
import { bindTap, destroy, unbind } from "../programs.js";
import { environmentNames, filters, type Row, rows } from "../store.js";
import { createAttempts, Problem } from "./attempt.js";
import { CodeCard } from "./environment-code.js";
import { DrillCard } from "./environment-drill.js";
import { OwnSlices } from "./environment-slices.js";
import { useWatched } from "./poll.js";

const HELD_EVERY_MS = 2_000;
const attempts = createAttempts();
const destroying = signal(false);

export function EnvironmentDetail(props: { environment: Environment }) {
  const { environment } = props;
  const bound = rows.value.filter((row) => row.binding.environment === environment.id);
  return (
    <div class={environment.kind === "counting" ? "environment-cards" : "environment-cards paired"}>
      <section class="card" aria-label={`Environment ${environment.name}`}>
        <header class="card-head">
          <h2 class="detail-name">{environment.name}</h2>
          <span class="hint">{wordsOf(environment)}</span>
          <span class="tools">
            <StreamsButton environment={environment} />
            {environment.id !== 0 && (
              <button type="button" class="danger" onClick={() => (destroying.value = true)}>
                Destroy
              </button>
            )}
          </span>
        </header>
        <Trouble environment={environment} />
        <Problem of={attempts} />
        {environment.id !== 0 && <Holdings environment={environment} />}
        {environment.kind === "downloaded" && <OwnSlices environment={environment.id} />}
        <h3 class="part-head">Bindings</h3>
        <Bound environment={environment} bound={bound} />
        {environment.id !== 0 && <BindForm environment={environment} />}
        {destroying.value && <Destroying environment={environment} bound={bound.length} />}
      </section>
      {environment.kind === "hosted" && <DrillCard environment={environment} />}
      {environment.kind === "downloaded" && (
        <div class="environment-cards">
          <CodeCard environment={environment} />
          <DrillCard environment={environment} />
        </div>
      )}
    </div>
  );
}

function wordsOf(environment: Environment): string {
  const { kind, program, pages, owner } = environment;
  const what = kind === "hosted" ? `runs ${program}` : kind === "counting" ? "counts only" : "downloaded code";
  return [what, ...(pages > 0 ? [plural(pages, "page")] : []), ...ranOf(environment), `of ${owner}`].join(" · ");
}

/** Of downloaded code: what its running came to. */
function ranOf({ kind, activations, fuelUsed, fuelOwed, cutOff }: Environment): string[] {
  if (kind !== "downloaded") return [];
  return [
    plural(activations, "activation"),
    `${si(fuelUsed)} fuel used`,
    ...(fuelOwed > 0 ? [`${si(fuelOwed)} owed`] : []),
    ...(cutOff > 0 ? [`${exact(cutOff)} cut off`] : []),
  ];
}

function StreamsButton(props: { environment: Environment }) {
  const { program } = props.environment;
  if (program !== "monitor" && program !== "exos") return null;
  return (
    <button type="button" onClick={() => go("streams", program === "exos" ? "connections" : "")}>
      {program === "exos" ? "Connections" : "Flows"}
    </button>
  );
}

function Trouble(props: { environment: Environment }) {
  const { state, error } = props.environment;
  if (error === null) return null;
  return state === "unresponsive" ? (
    <p class="trouble inset">
      It is unresponsive: <span class="mono">{error}</span>. What its bindings match meanwhile is counted as
      undelivered.
    </p>
  ) : (
    <p class="trouble inset">
      It died: <span class="mono">{error}</span>. Its packets are counted as undelivered; the rest goes on.
    </p>
  );
}

function Destroying(props: { environment: Environment; bound: number }) {
  const { environment, bound } = props;
  const run = async () => {
    const from = place.peek();
    if (!(await attempts.attempt(() => destroy(environment.id)))) return;
    tell("info", `${environment.name} is destroyed.`);
    goOn(from, "environments");
  };
  return (
    <Confirm
      title={`Destroy ${environment.name}?`}
      act="Destroy"
      run={() => void run()}
      close={() => (destroying.value = false)}
    >
      <p>
        It gives back {plural(environment.pages, "page")} and ends with {plural(bound, "binding")} and with what it
        counted. That cannot be undone.
      </p>
    </Confirm>
  );
}

function Holdings(props: { environment: Environment }) {
  const { id, guaranteed } = props.environment;
  const { answer, problem } = useWatched(
    (stop) => heldBy(id, stop),
    () => HELD_EVERY_MS,
    id,
  );
  return (
    <>
      <h3 class="part-head">
        Pages <span class="hint">by physical name; guaranteed, so never taken by force: {exact(guaranteed)}</span>
      </h3>
      {problem !== null && <p class="trouble inset">{problem}</p>}
      {answer !== null && <PageTable held={answer} />}
      {answer !== null && answer.segments.length > 0 && <Segments held={answer} id={id} />}
    </>
  );
}

function PageTable(props: { held: Held }) {
  const { runs, cut } = props.held;
  if (runs.length === 0) return <p class="inset hint">The book of pages has none of it.</p>;
  return (
    <div class="scroll-x holdings">
      <table class="plain" data-testid="pages">
        <thead>
          <tr>
            <th scope="col">pages</th>
            <th scope="col" class="numeric">
              count
            </th>
            <th scope="col">guaranteed</th>
            <th scope="col" title="Who else may read them">
              readers
            </th>
            <th scope="col" title="Who else may write them">
              writers
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Run key={run.first} run={run} />
          ))}
        </tbody>
      </table>
      {cut && <p class="inset hint">These are the first of them.</p>}
    </div>
  );
}

function Run(props: { run: PageRun }) {
  const { first, count, guaranteed, readers, writers } = props.run;
  return (
    <tr>
      <td>{rowOfNames(first, count)}</td>
      <td class="numeric">{exact(count)}</td>
      <td class={guaranteed ? "" : "faint"}>{guaranteed ? "yes" : "no"}</td>
      <td>
        <Holders ids={readers} />
      </td>
      <td>
        <Holders ids={writers} />
      </td>
    </tr>
  );
}

function Holders(props: { ids: readonly number[] }) {
  if (props.ids.length === 0) return <span class="faint">nobody</span>;
  return <>{props.ids.map((id) => environmentNames.value.get(id) ?? String(id)).join(", ")}</>;
}

function Segments(props: { held: Held; id: number }) {
  const { segments } = props.held;
  const names = segments.map(({ segment }) => segment).join(", ");
  const others = [...new Set(segments.flatMap(({ environments }) => environments))].filter((id) => id !== props.id);
  return (
    <p class="inset">
      <b>{plural(segments.length, "packet buffer")}</b>, by name: {names}
      {others.length > 0 && <span class="hint">, some of them with {<Holders ids={others} />}</span>}
    </p>
  );
}

function Bound(props: { environment: Environment; bound: readonly Row[] }) {
  const { bound } = props;
  if (bound.length === 0) return <p class="inset hint">Nothing is bound to it, so it receives nothing.</p>;
  return (
    <ul class="bound">
      {bound.map((row) => (
        <li key={row.binding.id}>
          <Name text={row.binding.name} binding={row.binding.id} />
          <span class="hint">{row.binding.mode}</span>
          <span class="numeric">{si(row.packets)}</span>
          <button
            type="button"
            disabled={attempts.busy.value}
            onClick={() => void attempts.attempt(() => unbind(row.binding.id))}
          >
            Unbind
          </button>
        </li>
      ))}
    </ul>
  );
}

function BindForm(props: { environment: Environment }) {
  const { environment } = props;
  const names = filters.value.map((filter) => filter.name).sort();
  if (names.length === 0) return <p class="inset hint">No filter is stored that could be.</p>;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const filter = new FormData(event.currentTarget).get("filter");
    if (typeof filter !== "string") return;
    void attempts.attempt(() => bindTap(filter, environment.id, environment.name));
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
      <button type="submit" disabled={attempts.busy.value}>
        Bind
      </button>
    </form>
  );
}
