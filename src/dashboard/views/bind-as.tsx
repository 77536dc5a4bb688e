/** How a filter is to be bound: as a tap that counts, or as a claim of an environment with a priority. */
import { bindAs, TAP } from "../drafts.js";
import { environments } from "../store.js";

const MOST_PRIORITY = 255;

/** `changed`: the text is to be checked anew, as what it is to be bound as. */
export function BindAsField(props: { changed: () => void }) {
  const { mode } = bindAs.value;
  const set = (change: Partial<typeof TAP>) => {
    bindAs.value = { ...bindAs.value, ...change };
    props.changed();
  };
  return (
    <div class="bind-as">
      <fieldset class="segmented" aria-label="Bind as">
        <button
          type="button"
          aria-pressed={mode === "tap"}
          title="Sees every packet that matches"
          onClick={() => set(TAP)}
        >
          Tap that counts
        </button>
        <button
          type="button"
          data-testid="bind-as-claim"
          aria-pressed={mode === "claim"}
          title="Gets every packet that matches, and no other claim gets it"
          onClick={() => set({ mode: "claim" })}
        >
          Claim
        </button>
      </fieldset>
      {mode === "claim" && <ClaimFields set={set} />}
    </div>
  );
}

function ClaimFields(props: { set: (change: Partial<typeof TAP>) => void }) {
  const { environment, priority } = bindAs.value;
  return (
    <>
      <label>
        for
        <select
          data-testid="claim-environment"
          value={environment}
          onChange={(event) => props.set({ environment: Number(event.currentTarget.value) })}
        >
          {environments.value.map(({ id, name, program }) => (
            <option key={id} value={id}>
              {program === "" ? `${name} (counts only)` : name}
            </option>
          ))}
        </select>
      </label>
      <label title="Of two claims that match, the greater priority wins">
        priority
        <input
          type="number"
          data-testid="claim-priority"
          min={0}
          max={MOST_PRIORITY}
          value={priority}
          onInput={(event) => {
            const next = Number(event.currentTarget.value);
            if (Number.isInteger(next) && next >= 0 && next <= MOST_PRIORITY) props.set({ priority: next });
          }}
        />
      </label>
    </>
  );
}
