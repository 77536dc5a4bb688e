/** Stacked rates of the bindings over the last minute of wall time; drawn by uPlot, which decimates to pixels. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { spread } from "../bands.js";
import { colourProperty, dashOf } from "../colour.js";
import { save, toCsv } from "../csv.js";
import { middleCut, packetRate, si, timeOfDay } from "../format.js";
import { busiest, choiceLife, type Stack, type StackRow, stackOf } from "../stack.js";
import { gauges, markers, rates, rows } from "../store.js";
import { colourOf, theme } from "../theme.js";

const MINUTE_S = 60;
const HEIGHT = 220;
const LABEL_GAP = 15;
/** Heights of the time axis, and of the space that uPlot leaves above the plot. */
const AXIS = 30;
const TOP = 8;

/** A stack that stands still while a person looks at it; null follows the present. */
const frozen = signal<Stack | null>(null);
const asTable = signal(false);

let chosen: { at: number; all: readonly unknown[]; rows: readonly StackRow[] } = { at: 0, all: [], rows: [] };

function currentStack(): Stack {
  const all = rows.value.map(({ binding, packets }) => ({ id: binding.id, name: binding.name, packets }));
  const now = performance.now();
  if (chosen.all !== rows.value || now - chosen.at > choiceLife(gauges)) {
    chosen = { at: now, all: rows.value, rows: busiest(gauges, all) };
  }
  return stackOf(gauges, chosen.rows, all.length);
}

export function RateChart() {
  void rates.value;
  const stack = frozen.value ?? currentStack();
  const paused = frozen.value !== null;
  return (
    <section class="card" aria-label="Rates of the last minute">
      <header class="card-head">
        <h2>Rates</h2>
        <span class="hint">packets per wall second, the last minute{paused && ", standing still"}</span>
        <span class="tools">
          <button type="button" aria-pressed={paused} onClick={() => (frozen.value = paused ? null : stack)}>
            {paused ? "Follow" : "Hold"}
          </button>
          <button type="button" aria-pressed={asTable.value} onClick={() => (asTable.value = !asTable.value)}>
            Table
          </button>
          <button type="button" onClick={() => save("rates.csv", "text/csv", csvOf(stack))}>
            CSV
          </button>
        </span>
      </header>
      {asTable.value ? <StackTable stack={stack} /> : <Plot stack={stack} paused={paused} />}
    </section>
  );
}

function namesOf(stack: Stack): string[] {
  const names = stack.rows.map((row) => row.name);
  return stack.others > 0 ? [...names, `${stack.others} others`] : names;
}

function csvOf(stack: Stack): string {
  const header = ["time", ...namesOf(stack).map((name) => `${name} (packets/s)`)];
  const lines = stack.times.map((time, index) => [
    new Date(time * 1000).toISOString(),
    ...stack.values.map((line) => Math.round((line[index] ?? 0) * 1000) / 1000),
  ]);
  return toCsv(header, lines);
}

/** Every fifth second of the minute, newest first. */
function StackTable(props: { stack: Stack }) {
  const { stack } = props;
  const picked = stack.times.map((_, index) => index).filter((index) => (stack.times.length - 1 - index) % 25 === 0);
  return (
    <div class="scroll-x">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">wall time</th>
            {namesOf(stack).map((name) => (
              <th key={name} scope="col" class="numeric" title={name}>
                {middleCut(name, 18)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {picked.reverse().map((index) => (
            <tr key={stack.times[index]}>
              <th scope="row">{timeOfDay((stack.times[index] ?? 0) * 1000)}</th>
              {stack.values.map((line, row) => (
                <td key={stack.rows[row]?.id ?? "others"} class="numeric">
                  {packetRate(line[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Plot(props: { stack: Stack; paused: boolean }) {
  const { stack } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(stack);
  latest.current = stack;
  const shape = `${theme.value} ${stack.rows.map((row) => row.id).join()} ${stack.others > 0}`;
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(latest.current, element.clientWidth), dataOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => {
    const made = plot.current;
    if (made === null || props.paused) return;
    made.setData(dataOf(stack), false);
    const now = stack.times.at(-1) ?? 0;
    made.setScale("x", { min: now - MINUTE_S, max: now });
  }, [stack, props.paused, shape]);
  return (
    <div class="plot">
      <div class="plot-canvas" ref={host} role="img" aria-label={spoken(stack)} />
      <EndLabels stack={stack} />
    </div>
  );
}

function spoken(stack: Stack): string {
  const last = stack.times.length - 1;
  const names = namesOf(stack);
  return `Stacked rates. Now: ${names.map((name, row) => `${name} ${packetRate(stack.values[row]?.[last] ?? 0)}`).join(", ")}`;
}

// uPlot fills between a series and the one below it; the topmost comes first so that fills do not cover lines.
function dataOf(stack: Stack): uPlot.AlignedData {
  return [stack.times, ...[...stack.tops].reverse()];
}

function optionsOf(stack: Stack, width: number): uPlot.Options {
  const text = colourOf("--text-soft");
  const grid = { stroke: colourOf("--grid"), width: 1 };
  const names = namesOf(stack);
  const lines = stack.tops.map((_, row): uPlot.Series => {
    const id = stack.rows[row]?.id;
    const colour = colourOf(id === undefined ? "--series-rest" : colourProperty(id));
    return {
      label: names[row] ?? "",
      stroke: colour,
      fill: `${colour}55`,
      width: 1.5,
      dash: [...dashOf(id ?? 1)],
      points: { show: false },
    };
  });
  const bands = stack.tops.slice(1).map((_, index): uPlot.Band => ({ series: [index + 1, index + 2] }));
  const axis = { stroke: text, grid, ticks: grid, font: "11px system-ui, sans-serif" };
  return {
    width,
    height: HEIGHT,
    padding: [TOP, 4, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: true }, points: { show: false } },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => timeOfDay(tick * 1000)), space: 90, size: AXIS },
      {
        ...axis,
        values: (_, ticks) => ticks.map((tick) => si(tick)),
        size: 52,
        label: "packets/s",
        labelSize: 16,
        labelFont: axis.font,
      },
    ],
    series: [{}, ...lines.reverse()],
    bands,
    hooks: { drawAxes: [drawMarkers], setSelect: [hold] },
  };
}

// A zoomed chart must not run away under the hand.
function hold(plot: uPlot): void {
  if (plot.select.width > 0 && frozen.value === null) frozen.value = currentStack();
}

function drawMarkers(plot: uPlot): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colourOf("--text-soft");
  ctx.fillStyle = colourOf("--text-soft");
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
  for (const [index, marker] of markers.value.entries()) {
    const x = plot.valToPos(marker.time / 1000, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const right = x > bbox.left + bbox.width * 0.7;
    ctx.textAlign = right ? "right" : "left";
    // Neighbours write on lines of their own.
    const y = bbox.top + (10 + (index % 3) * 12) * devicePixelRatio;
    ctx.fillText(middleCut(marker.text, 32), x + (right ? -4 : 4) * devicePixelRatio, y);
  }
  ctx.restore();
}

/** Names at the lines' ends, moved apart where they would cover each other. */
function EndLabels(props: { stack: Stack }) {
  const { stack } = props;
  const last = stack.times.length - 1;
  const most = Math.max(1, ...(stack.tops.at(-1) ?? [1])) * 1.08;
  const names = namesOf(stack);
  const plotHeight = HEIGHT - AXIS - TOP;
  const middle = (row: number) => {
    const top = stack.tops[row]?.[last] ?? 0;
    const below = stack.tops[row - 1]?.[last] ?? 0;
    return TOP + plotHeight * (1 - (top + below) / 2 / most) - LABEL_GAP / 2;
  };
  // From the top of the picture down, which is from the last row to the first.
  const order = names.map((_, row) => row).reverse();
  const places = spread(order.map(middle), 0, HEIGHT - AXIS - LABEL_GAP, LABEL_GAP);
  return (
    <ul class="end-labels" aria-hidden="true">
      {order.map((row, index) => {
        const id = stack.rows[row]?.id;
        const colour = `var(${id === undefined ? "--series-rest" : colourProperty(id)})`;
        return (
          <li key={id ?? "others"} style={{ top: `${places[index] ?? 0}px` }} title={names[row]}>
            <span class="chip" style={{ background: colour }} />
            <span class="end-name">{middleCut(names[row] ?? "", 16)}</span>
            <b>{packetRate(stack.values[row]?.[last] ?? 0)}</b>
          </li>
        );
      })}
    </ul>
  );
}
