/** The packet's way from left to right: ports, demux, bindings, environments. Widths are rates, or totals. */
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { go } from "../address.js";
import { type BandSize, layoutWay, type WayBand, type WayInput, type WayNode, type WayPicture } from "../bands.js";
import { colourVariable } from "../colour.js";
import { exact, middleCut, packetRate, si, sum } from "../format.js";
import { opened, playing } from "../player.js";
import {
  beat,
  books,
  environments,
  filterOf,
  gauges,
  machine,
  RECEIVED,
  rates,
  replay,
  rows,
  UNCLAIMED,
} from "../store.js";

type Measure = "rates" | "totals";

/** The person's choice; null shows rates while something moves, totals while nothing does. */
const choice = signal<Measure | null>(null);
const pointed = signal<string | null>(null);

export function WayDiagram() {
  void rates.value;
  void beat.value;
  const measure = choice.value ?? (playing.value ? "rates" : "totals");
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const input = measure === "rates" ? inputOfRates() : inputOfTotals();
  const size = sizeFor(width, input);
  const picture = layoutWay(input, size);
  return (
    <section class="card" aria-label="The packet's way">
      <header class="card-head">
        <h2>Way</h2>
        <span class="hint">
          {measure === "rates"
            ? "widths are packets per wall second"
            : "widths are packets since the appliance started"}
        </span>
        <fieldset class="tools segmented" aria-label="Widths show">
          {(["rates", "totals"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={measure === one} onClick={() => (choice.value = one)}>
              {one}
            </button>
          ))}
        </fieldset>
      </header>
      <div class="way-host" ref={host} onPointerLeave={() => (pointed.value = null)}>
        {width > 0 && <Picture picture={picture} size={size} measure={measure} />}
      </div>
    </section>
  );
}

function inputOfRates(): WayInput {
  const rateOf = (id: number) => machine.gauge(id)?.packetRate ?? 0;
  return {
    received: rateOf(RECEIVED),
    lost: machine.gauge(RECEIVED)?.dropRate ?? 0,
    unclaimed: rateOf(UNCLAIMED),
    bindings: rows.value.map(({ binding, packets }) => ({
      ...binding,
      packets,
      value: gauges.gauge(binding.id)?.packetRate ?? 0,
    })),
    environments: environments.value,
  };
}

function inputOfTotals(): WayInput {
  const terms = books.value;
  return {
    received: terms?.received ?? 0,
    lost: sum(terms?.dropped ?? {}),
    unclaimed: terms?.unclaimed ?? 0,
    bindings: rows.value.map((row) => ({ ...row.binding, packets: row.packets, value: row.packets })),
    environments: environments.value,
  };
}

const SLOT = 22;
const GAP = 5;
const NAMED = 10;
/** Characters of a name, where the picture is narrow and where it is wide. */
const NARROW_NAME = 10;
const NARROW_PORT = 9;
const WIDE_NAME = 22;

function sizeFor(width: number, input: WayInput): BandSize {
  const named = width < 560 ? 8 : NAMED;
  const right = Math.max(input.environments.length, Math.min(input.bindings.length, named) + 2);
  const height = Math.max(200, Math.min(390, right * (SLOT + GAP) + 30));
  const last = width < 560 ? width - 86 : width - 190;
  const columns: BandSize["columns"] =
    width < 560 ? [0, width * 0.24, width * 0.42, last] : [0, width * 0.2, width * 0.44, last];
  return { width, height, columns, bar: 8, slot: SLOT, gap: GAP, named };
}

function useWidth(host: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (host.current === null) return;
    const element = host.current;
    const look = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(element);
      setWidth(element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  return width;
}

/** Keys of everything that a packet of the pointed thing passes; null lights all. */
function wayOf(picture: WayPicture, key: string | null): ReadonlySet<string> | null {
  if (key === null || !picture.nodes.some((node) => node.key === key)) return null;
  return new Set([...walk(picture, key, "from", "to"), ...walk(picture, key, "to", "from")]);
}

function walk(picture: WayPicture, start: string, here: "from" | "to", there: "from" | "to"): ReadonlySet<string> {
  const passed = new Set([start]);
  // A set visits what is added to it while it is walked.
  for (const key of passed) {
    for (const band of picture.bands) {
      if (band[here] === key) passed.add(band.key).add(band[there]);
    }
  }
  return passed;
}

function Picture(props: { picture: WayPicture; size: BandSize; measure: Measure }) {
  const { picture, size, measure } = props;
  const lit = wayOf(picture, pointed.value);
  const dim = (key: string) => (lit !== null && !lit.has(key) ? "dim" : "");
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture with links in it is a group.
    <svg
      class="way"
      width={size.width}
      height={size.height}
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="group"
      aria-label="Ports, demux, bindings and environments"
    >
      {picture.bands.map((band) => (
        <Band key={band.key} band={band} class={dim(band.key)} measure={measure} />
      ))}
      {picture.nodes.map((node) => (
        <Node key={node.key} node={node} size={size} class={dim(node.key)} measure={measure} />
      ))}
    </svg>
  );
}

function worded(value: number, measure: Measure): string {
  return measure === "rates" ? packetRate(value) : si(value);
}

function Band(props: { band: WayBand; class: string; measure: Measure }) {
  const { band, measure } = props;
  const fill =
    band.binding > 0 ? colourVariable(band.binding) : band.to === "lost" ? "var(--trouble)" : "var(--series-rest)";
  const moves = measure === "rates" && band.value > 0;
  return (
    <path
      class={`band ${moves ? "moves" : ""} ${props.class}`}
      d={band.path}
      style={{ fill }}
      onPointerEnter={() => (pointed.value = band.from === "demux" ? band.to : band.from)}
    />
  );
}

const FILL: Record<WayNode["kind"], string> = {
  ports: "var(--text-soft)",
  demux: "var(--accent)",
  binding: "",
  others: "var(--series-rest)",
  unclaimed: "var(--series-rest)",
  lost: "var(--trouble)",
  environment: "var(--text-soft)",
};

function Node(props: { node: WayNode; size: BandSize; class: string; measure: Measure }) {
  const { node, size, measure } = props;
  const open = openerOf(node);
  const narrow = size.width < 560;
  const limit = narrow ? (node.kind === "ports" ? NARROW_PORT : NARROW_NAME) : WIDE_NAME;
  const name = node.kind === "ports" ? portsName(measure) : node.name;
  const label = narrow && node.kind === "ports" && measure === "totals" ? "captures" : name;
  const x = node.x + size.bar + 6;
  const middle = node.y + node.height / 2;
  const value = worded(node.value, measure);
  const button = open === null ? {} : { role: "link" as const, tabIndex: 0, onClick: open, onKeyDown: onEnter(open) };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nodes that open something are links, by the attributes spread below.
    <g
      class={`node ${node.kind} ${open === null ? "" : "openable"} ${props.class}`}
      aria-label={`${name}: ${value}`}
      onPointerEnter={() => (pointed.value = node.key)}
      onFocus={() => (pointed.value = node.key)}
      onBlur={() => (pointed.value = null)}
      {...button}
    >
      <title>{`${name}: ${measure === "rates" ? packetRate(node.value) : exact(node.value)}`}</title>
      <rect class="hit" x={node.x} y={node.y} width={narrow ? 86 : 180} height={node.height} />
      <rect
        x={node.x}
        y={node.barY}
        width={size.bar}
        height={node.barHeight}
        rx={Math.min(2, node.barHeight / 2)}
        style={{ fill: node.kind === "binding" ? colourVariable(node.id) : FILL[node.kind] }}
      />
      <text x={x} y={middle - (node.height > 34 ? 7 : 0)} class="node-name">
        {narrow && node.kind === "demux" ? "" : middleCut(label, limit)}
        {node.height <= 34 && !narrow && <tspan class="node-value">{` ${value}`}</tspan>}
      </text>
      {node.height > 34 && !(narrow && node.kind === "demux") && (
        <text x={x} y={middle + 9} class="node-value">
          {value}
        </text>
      )}
    </g>
  );
}

/** Rates are those of the present replay; totals count everything that was replayed since the appliance started. */
function portsName(measure: Measure): string {
  if (measure === "totals") return "all captures";
  const names = opened.value ? (replay.value?.captures ?? []) : [];
  if (names.length === 0) return "no capture";
  return names.length === 1 ? (names[0] ?? "") : `${names.length} ports`;
}

function openerOf(node: WayNode): (() => void) | null {
  if (node.kind === "binding") return () => go("filters", filterOf(node.id) ?? node.name);
  if (node.kind === "environment") return () => go("environments", node.name);
  return null;
}

function onEnter(open: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open();
    }
  };
}
