/** Which events of the trace are shown: kinds, one environment, letters. */

import type { TraceEvent } from "../../control/protocol.js";
import { exact } from "../format.js";
import { Popover } from "../parts/popover.js";
import { environmentNames } from "../store.js";
import { environmentsOf, events, kinds, levelOf, look, wanted } from "../trace.js";

/** `save`: what is shown, as a file; null where nothing is. */
export function TraceChoices(props: { save: (() => void) | null }) {
  return (
    <div class="trace-choices">
      <Popover label={kindsLabel()} title="Kinds of events" class="trace-kinds">
        {() => <Kinds />}
      </Popover>
      <select
        aria-label="Environment"
        value={String(wanted.value.environment ?? "")}
        onChange={({ currentTarget: { value } }) => look({ environment: value === "" ? null : Number(value) })}
      >
        <option value="">every environment</option>
        {environmentChoices(events.value).map((id) => (
          <option key={id} value={String(id)}>
            {environmentNames.value.get(id) ?? `${id} (ended)`}
          </option>
        ))}
      </select>
      <input
        type="search"
        data-find
        placeholder="Find (/)"
        aria-label="Find events"
        value={wanted.value.text}
        onInput={(event) => look({ text: event.currentTarget.value.trimStart() })}
      />
      <button type="button" disabled={props.save === null} onClick={() => props.save?.()}>
        CSV
      </button>
    </div>
  );
}

/** Those that there are, those that events tell of, and the chosen one. */
function environmentChoices(all: readonly TraceEvent[]): readonly number[] {
  const told = new Set(all.flatMap(environmentsOf).filter((id) => id >= 0));
  for (const id of environmentNames.value.keys()) told.add(id);
  if (wanted.value.environment !== null) told.add(wanted.value.environment);
  return [...told].sort((one, other) => one - other);
}

function kindsLabel(): string {
  const all = kinds.value;
  const seen = all.filter(({ name }) => !wanted.value.hidden.has(name)).length;
  return seen === all.length ? "every kind" : `${seen} of ${all.length} kinds`;
}

function Kinds() {
  const { hidden } = wanted.value;
  const all = kinds.value;
  return (
    <>
      <div class="buttons">
        <button type="button" disabled={hidden.size === 0} onClick={() => look({ hidden: new Set() })}>
          All
        </button>
        <button type="button" onClick={() => look({ hidden: new Set(all.map(({ name }) => name)) })}>
          None
        </button>
      </div>
      {all.map(({ name, count }) => (
        <label key={name} class="trace-kind">
          <input
            type="checkbox"
            data-testid={`kind-${name}`}
            checked={!hidden.has(name)}
            onChange={(event) => show(name, event.currentTarget.checked)}
          />
          <span class={`trace-name ${levelOf({ name })}`}>{name}</span>
          <span class="faint">{exact(count)}</span>
        </label>
      ))}
    </>
  );
}

function show(name: string, on: boolean): void {
  const hidden = new Set(wanted.value.hidden);
  if (on) hidden.delete(name);
  else hidden.add(name);
  look({ hidden });
}
