/** The vector of slices as a strip: a cell a position, coloured by owner, and the hand where the processor is. */
import { useEffect } from "preact/hooks";
import type { Slices } from "../../control/protocol.js";
import { go } from "../address.js";
import { colourVariable } from "../colour.js";
import { exact, plural } from "../format.js";
import { setSlice, sliceVector, watchSlices } from "../slices.js";
import { environmentNames } from "../store.js";
import { createAttempts, Problem } from "./attempt.js";
import { EnvironmentChip } from "./environment-columns.js";

const attempts = createAttempts();
const HEIGHT = 16;
/** Units of a cell's width, which is stretched. */
const CELL = 10;

export function SliceStrip() {
  useEffect(watchSlices, []);
  const vector = sliceVector.value;
  if (vector === null || vector.slices.length === 0) return null;
  const owners = ownersOf(vector);
  return (
    <figure class="slices" aria-label="Slices of the processor" data-testid="slices" data-hand={vector.hand}>
      <span
        class="slices-hand"
        aria-hidden="true"
        style={{ left: `${((vector.hand + 0.5) / vector.slices.length) * 100}%` }}
      />
      <svg
        viewBox={`0 0 ${vector.slices.length * CELL} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${exact(vector.slices.length)} slices; the hand is at ${exact(vector.hand)}`}
      >
        {vector.slices.map((owner, at) => (
          <Cell key={at} at={at} owner={owner} />
        ))}
      </svg>
      <figcaption>
        <span>
          {plural(vector.slices.length, "slice")} of {exact(vector.length)} fuel, the hand at{" "}
          <b class="slices-at">{vector.hand}</b>
        </span>
        {owners.map(([owner, count]) => (
          <button
            key={owner}
            type="button"
            class="quiet slices-owner"
            onClick={() => go("environments", nameOf(owner))}
          >
            <EnvironmentChip id={owner} />
            {nameOf(owner)} {exact(count)}
          </button>
        ))}
        <span class="hint">{freeWords(vector, owners.length)}</span>
      </figcaption>
    </figure>
  );
}

/** The slices of one downloaded environment: those that it has, and giving it more. */
export function OwnSlices(props: { environment: number }) {
  const vector = sliceVector.value;
  if (vector === null) return null;
  const { slices } = vector;
  const own = slices.flatMap((owner, at) => (owner === props.environment ? [at] : []));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const position = Number(new FormData(event.currentTarget).get("position"));
    void attempts.attempt(() => setSlice(props.environment, position, true));
  };
  return (
    <>
      <h3 class="part-head">
        Slices <span class="hint">each a turn of {exact(vector.length)} fuel; it runs by itself only in its own</span>
      </h3>
      {own.length === 0 ? (
        <p class="inset hint">It has none.</p>
      ) : (
        <ul class="own-slices" data-testid="own-slices">
          {own.map((at) => (
            <li key={at}>
              <button
                type="button"
                title={`Take slice ${at} from it`}
                aria-label={`Take slice ${at}`}
                disabled={attempts.busy.value}
                onClick={() => void attempts.attempt(() => setSlice(props.environment, at, false))}
              >
                {at} <span aria-hidden="true">✕</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form class="drill-form" onSubmit={submit}>
        <label>
          Give it slice
          {/* The first free one is offered anew when it is taken. */}
          <input
            key={slices.indexOf(null)}
            name="position"
            type="number"
            min={0}
            max={slices.length - 1}
            step={1}
            defaultValue={String(Math.max(0, slices.indexOf(null)))}
            required
          />
        </label>
        <button type="submit" disabled={attempts.busy.value}>
          Give
        </button>
        <Problem of={attempts} />
      </form>
    </>
  );
}

function Cell(props: { at: number; owner: number | null }) {
  const { at, owner } = props;
  const words = owner === null ? "nobody's" : nameOf(owner);
  return (
    <rect
      class={owner === null ? "free" : ""}
      x={at * CELL + 0.6}
      y={0}
      width={CELL - 1.2}
      height={HEIGHT}
      style={owner === null ? {} : { fill: colourVariable(owner) }}
    >
      <title>{`slice ${at}: ${words}`}</title>
    </rect>
  );
}

/** The first owner in the vector first. */
function ownersOf({ slices }: Slices): readonly (readonly [number, number])[] {
  const counts = new Map<number, number>();
  for (const owner of slices) if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts];
}

function freeWords({ slices }: Slices, owners: number): string {
  const free = slices.filter((owner) => owner === null).length;
  return owners === 0 ? "nobody owns one: downloaded code takes them" : `${exact(free)} free`;
}

function nameOf(owner: number): string {
  return environmentNames.value.get(owner) ?? String(owner);
}
