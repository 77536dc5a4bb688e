/** Fuel of a handler's messages as a distribution, with its budget as a line; or the same as a table. */
import { signal } from "@preact/signals";
import type { HandlerBinding } from "../../control/protocol.js";
import { save, toCsv } from "../csv.js";
import { exact, NO_VALUE, plural, share, si } from "../format.js";
import { type FuelBar, type FuelPicture, fuelPicture } from "../fuel.js";

const asTable = signal(false);

export function FuelChart(props: { bound: HandlerBinding }) {
  const { fuel, counts } = props.bound;
  const picture = fuelPicture(counts.fuelSpread, fuel);
  return (
    <section aria-label="Fuel of its messages">
      <div class="part-head chart-head">
        <h3>Fuel</h3>
        <span class="hint">
          {spentWords(counts)}, of {si(fuel)} a message
        </span>
        <span class="tools">
          <button type="button" aria-pressed={asTable.value} onClick={() => (asTable.value = !asTable.value)}>
            Table
          </button>
          <button type="button" onClick={() => save("fuel.csv", "text/csv", csvOf(picture))}>
            CSV
          </button>
        </span>
      </div>
      {asTable.value ? <FuelTable picture={picture} /> : <Bars picture={picture} budget={fuel} />}
    </section>
  );
}

/** A handler that was never run has spent nothing, which is not 0. */
function spentWords({ run, fuelMedian, fuelMost }: HandlerBinding["counts"]): string {
  return run === 0 ? `median ${NO_VALUE}, most ${NO_VALUE}` : `median ≈ ${si(fuelMedian)}, most ${si(fuelMost)}`;
}

function csvOf({ bars }: FuelPicture): string {
  return toCsv(
    ["fuel from", "fuel to", "messages"],
    bars.map(({ from, to, count }) => [from, to, count]),
  );
}

function rangeWords({ from, to }: FuelBar): string {
  return from === to ? exact(from) : `${exact(from)} to ${exact(to)}`;
}

function Bars(props: { picture: FuelPicture; budget: number }) {
  const { bars, total, budgetAt } = props.picture;
  const every = Math.ceil(bars.length / 8);
  return (
    <div
      class="fuel-chart"
      role="img"
      aria-label={`${plural(total, "message")} by fuel, budget ${exact(props.budget)}; the table has the figures`}
      data-testid="fuel-chart"
    >
      <div class="fuel-bars">
        {bars.map((bar) => (
          <div
            key={bar.from}
            class="fuel-slot"
            title={`${rangeWords(bar)} units: ${plural(bar.count, "message")}, ${share(bar.count, total)}`}
          >
            <span class="fuel-count">{bar.count > 0 ? si(bar.count) : ""}</span>
            <span class="fuel-bar" style={{ height: `${bar.count > 0 ? Math.max(2, bar.height * 72) : 0}px` }} />
          </div>
        ))}
        <span
          class={budgetAt > 0.6 ? "fuel-budget left" : "fuel-budget"}
          style={{ left: `${(budgetAt * 100).toFixed(2)}%` }}
          title={`Budget: ${exact(props.budget)} units; beyond it a run is killed`}
        >
          <b>budget {si(props.budget)}</b>
        </span>
      </div>
      <div class="fuel-axis" aria-hidden="true">
        {bars.map(({ from }, index) => (
          <span key={from}>{index % every === 0 ? si(from) : ""}</span>
        ))}
      </div>
      <p class="fuel-unit hint">units of fuel a message, each bar twice the one before</p>
    </div>
  );
}

function FuelTable(props: { picture: FuelPicture }) {
  const { bars, total } = props.picture;
  return (
    <div class="scroll-x">
      <table class="plain" data-testid="fuel-table">
        <thead>
          <tr>
            <th scope="col" class="numeric">
              units
            </th>
            <th scope="col" class="numeric">
              messages
            </th>
            <th scope="col" class="numeric">
              share
            </th>
          </tr>
        </thead>
        <tbody>
          {bars
            .filter(({ count }) => count > 0)
            .map((bar) => (
              <tr key={bar.from}>
                <th scope="row" class="numeric">
                  {rangeWords(bar)}
                </th>
                <td class="numeric">{exact(bar.count)}</td>
                <td class="numeric">{share(bar.count, total)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
