/** Environments: who runs, what each holds, whose slices are whose, who may what; and the one that is chosen, whole. */
import { signal } from "@preact/signals";
import { go, place } from "../address.js";
import { startWriting, writing } from "../downloaded.js";
import { exact } from "../format.js";
import { Empty } from "../parts/empty.js";
import { Table } from "../parts/table.js";
import { createTapped, PROGRAM_WORDS, PROGRAMS, type Program } from "../programs.js";
import { beat, environments } from "../store.js";
import { createAttempts, Problem } from "./attempt.js";
import { CapabilitiesCard } from "./capabilities.js";
import { WritingCard } from "./environment-code.js";
import { columnsFor } from "./environment-columns.js";
import { EnvironmentDetail } from "./environment-detail.js";
import { NewEnvironment } from "./environment-new.js";
import { SliceStrip } from "./environment-slices.js";

const making = signal(false);
const attempts = createAttempts();

export function EnvironmentsView() {
  void beat.value;
  const shown = environments.value;
  const selected = shown.find((one) => one.name === place.value.selection);
  const gone = selected === undefined && place.value.selection !== "";
  return (
    <div class="view">
      <h1 class="hidden">Environments</h1>
      <section class="card" aria-label="Environments">
        <header class="card-head">
          <h2>Environments</h2>
          <span class="hint">{exact(shown.length)}</span>
          <span class="tools">
            <button type="button" title="Verified code that the kernel runs" onClick={() => startWriting()}>
              Write code
            </button>
            <button type="button" class="primary" data-testid="new-environment" onClick={() => (making.value = true)}>
              New…
            </button>
          </span>
        </header>
        <Problem of={attempts} />
        {gone && <p class="inset hint">No environment is called {place.value.selection} now.</p>}
        <SliceStrip />
        <Table
          label="Environments"
          columns={columnsFor(shown)}
          rows={shown}
          keyOf={(one) => one.name}
          selected={selected?.name ?? null}
          attributes={(one) => ({ "data-testid": `environment-${one.name}` })}
          open={(one) => go("environments", one.name)}
        />
        {shown.every(({ id }) => id === 0) && <NoEnvironments />}
      </section>
      {writing.value && <WritingCard />}
      {selected !== undefined && <EnvironmentDetail key={selected.id} environment={selected} />}
      <CapabilitiesCard />
      {making.value && <NewEnvironment close={() => (making.value = false)} />}
    </div>
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

function CreateButton(props: { program: Program }) {
  const { program } = props;
  return (
    <button
      type="button"
      disabled={attempts.busy.value}
      title={`${program}: ${PROGRAM_WORDS[program]}. It taps every packet.`}
      onClick={() => void attempts.attempt(() => createTapped(program))}
    >
      New {program}
    </button>
  );
}
