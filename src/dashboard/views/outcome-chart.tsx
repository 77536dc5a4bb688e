/** What a bound handler decided over the last two minutes, stacked; or the same as a table. */
import { signal } from "@preact/signals";
import type { HandlerBinding } from "../../control/protocol.js";
import { save, toCsv } from "../csv.js";
import { exact, packetRate, si, sum, timeOfDay } from "../format.js";
import { outcomes } from "../handler-bindings.js";
import { KEPT, OUTCOMES, type Outcome, type OutcomeRates } from "../outcomes.js";

const asTable = signal(false);
const WIDTH = KEPT - 1;
const HEIGHT = 64;
/** Rows of the table: the newest first. */
const ROWS = 12;

const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  consumed: "consumed",
  passed: "passed",
  passedTo: "to others",
  killed: "killed",
};

export function OutcomeChart(props: { bound: HandlerBinding }) {
  const { binding, counts } = props.bound;
  const rates = outcomes.ratesOf(binding);
  const totals = { ...counts, killed: sum(counts.killed) };
  return (
    <section aria-label="Outcomes">
      <div class="part-head chart-head">
        <h3>Outcomes</h3>
        <span class="hint">a wall second, the last two minutes</span>
        <span class="tools">
          <button type="button" aria-pressed={asTable.value} onClick={() => (asTable.value = !asTable.value)}>
            Table
          </button>
          <button type="button" onClick={() => save("outcomes.csv", "text/csv", csvOf(rates))}>
            CSV
          </button>
        </span>
      </div>
      <ul class="outcome-legend">
        {OUTCOMES.map((outcome) => (
          <li key={outcome} data-testid={`outcome-${outcome}`}>
            <span class={`chip outcome ${outcome}`} aria-hidden="true" />
            {OUTCOME_WORDS[outcome]}
            <b title={exact(totals[outcome])}>{si(totals[outcome])}</b>
            <span class="hint">{packetRate(rates.rates[outcome].at(-1) ?? 0)}</span>
          </li>
        ))}
      </ul>
      {asTable.value ? <RateTable rates={rates} /> : <Areas rates={rates} />}
    </section>
  );
}

function csvOf({ times, rates }: OutcomeRates): string {
  const lines = times.map((time, index) => [
    new Date(time).toISOString(),
    ...OUTCOMES.map((outcome) => Math.round((rates[outcome][index] ?? 0) * 1000) / 1000),
  ]);
  return toCsv(["time", ...OUTCOMES.map((outcome) => `${OUTCOME_WORDS[outcome]} (messages/s)`)], lines);
}

/** The right edge is now; the height is the highest second's. */
function Areas(props: { rates: OutcomeRates }) {
  const { times, rates } = props.rates;
  const tops = stacked(times.length, rates);
  const most = Math.max(1e-9, ...(tops.at(-1) ?? []));
  return (
    <div class="outcome-chart">
      <span class="outcome-most hint">{times.length > 0 ? packetRate(most < 1e-6 ? 0 : most) : ""}</span>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label="Outcomes over time">
        {OUTCOMES.map((outcome, index) => (
          <path key={outcome} class={`outcome ${outcome}`} d={areaOf(tops[index] ?? [], tops[index - 1] ?? [], most)} />
        ))}
      </svg>
      <div class="outcome-axis hint" aria-hidden="true">
        <span>−2 min</span>
        <span>−1 min</span>
        <span>now</span>
      </div>
    </div>
  );
}

function stacked(length: number, rates: OutcomeRates["rates"]): number[][] {
  const tops: number[][] = [];
  for (const outcome of OUTCOMES) {
    const below = tops.at(-1);
    tops.push(Array.from({ length }, (_, at) => (below?.[at] ?? 0) + (rates[outcome][at] ?? 0)));
  }
  return tops;
}

function areaOf(tops: readonly number[], bottoms: readonly number[], most: number): string {
  if (tops.length < 2) return "";
  const x = (index: number) => (WIDTH * (KEPT - tops.length + index)) / (KEPT - 1);
  const y = (value: number) => (HEIGHT - (value / most) * (HEIGHT - 2)).toFixed(2);
  const over = tops.map((value, index) => `${x(index).toFixed(2)} ${y(value)}`);
  const back = tops.map((_, index) => `${x(index).toFixed(2)} ${y(bottoms[index] ?? 0)}`).reverse();
  return `M${[...over, ...back].join("L")}Z`;
}

function RateTable(props: { rates: OutcomeRates }) {
  const { times, rates } = props.rates;
  const picked = times.map((_, index) => index).slice(-ROWS);
  return (
    <div class="scroll-x">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">wall time</th>
            {OUTCOMES.map((outcome) => (
              <th key={outcome} scope="col" class="numeric">
                {OUTCOME_WORDS[outcome]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {picked.reverse().map((index) => (
            <tr key={times[index]}>
              <th scope="row">{timeOfDay(times[index] ?? 0)}</th>
              {OUTCOMES.map((outcome) => (
                <td key={outcome} class="numeric">
                  {packetRate(rates[outcome][index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
