/** The trie's picture: pills in columns, edges as thick as they are hot, the way under the pointer lit. */
import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { TrieNodePoint, TriePicture } from "../../control/protocol.js";
import { go } from "../address.js";
import { colourVariable } from "../colour.js";
import { exact, packetRate, plural, si } from "../format.js";
import { filterOf, rows } from "../store.js";
import { heatRates } from "../trie.js";
import {
  edgePath,
  HEAD_HEIGHT,
  layoutTrie,
  PILL_HEIGHT,
  type Pill,
  type TrieLayout,
  testsTo,
  wayThrough,
} from "../trie-layout.js";

const pointed = signal<string | null>(null);
/** Names that are written where filters end; more are counted. */
const NAMED = 2;
const NAME_LENGTH = 26;
const THIN = 1.25;
const THICK = 10;

export function TrieDrawing(props: { picture: TriePicture }) {
  const { picture } = props;
  const names = new Map(rows.value.map(({ binding }) => [binding.id, binding.name]));
  const layout = useMemo(() => layoutTrie(picture, (node) => endsText(node, names)), [picture, rows.value]);
  const pill = layout.pills.find(({ key }) => key === pointed.value);
  return (
    <>
      <Detail pill={pill} names={names} />
      <div
        class="trie-host scroll-x"
        role="tree"
        aria-label="The merged trie"
        onPointerLeave={leave}
        onFocusOut={leave}
      >
        <Drawing layout={layout} pill={pill} names={names} />
      </div>
    </>
  );
}

function leave(): void {
  pointed.value = null;
}

type Names = ReadonlyMap<number, string>;

function endsText({ filters, filterCount }: TrieNodePoint, names: Names): string {
  const named = filters.slice(0, NAMED).map((id) => shortName(names.get(id) ?? `binding ${id}`));
  const more = filterCount - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function shortName(name: string): string {
  return name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH - 9)}…${name.slice(-8)}`;
}

/** One line that says what is under the pointer; of one height, so that nothing jumps. */
function Detail(props: { pill: Pill | undefined; names: Names }) {
  const { pill, names } = props;
  if (pill === undefined) {
    return <p class="trie-detail hint">Point at something, or move with the arrow keys, to see its way in words.</p>;
  }
  const tests = testsTo(pill);
  return (
    <p class="trie-detail" data-testid="trie-detail">
      <span class="mono">{tests.length === 0 ? "every packet" : tests.join(" && ")}</span>
      <span class="hint">{` · ${about(pill, names)}`}</span>
    </p>
  );
}

function about(pill: Pill, names: Names): string {
  const { node, kind, ends } = pill;
  const facts = [];
  if (kind === "ends" && node !== null) {
    facts.push(`here: ${node.filters.map((id) => names.get(id) ?? `binding ${id}`).join(", ")}`);
    if (node.filterCount > node.filters.length) facts.push(`${plural(node.filterCount, "filter")} in all`);
  } else if (kind === "more") facts.push("not drawn");
  else facts.push(`${plural(ends, "filter")} here and below`);
  if (node !== null && node.reached !== null && kind !== "more") {
    facts.push(`entered ${exact(node.reached)} times, ${packetRate(heatRates.value.get(node.node) ?? 0)}`);
  }
  return facts.join(", ");
}

function Drawing(props: { layout: TrieLayout; pill: Pill | undefined; names: Names }) {
  const { layout, pill } = props;
  const lit = pill === undefined ? null : wayThrough(layout.pills, pill);
  const dim = (key: string) => (lit !== null && !lit.has(key) ? "dim" : "");
  const widths = edgeWidths(layout.pills);
  const focusable = pill?.key ?? layout.pills[0]?.key;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture with items in it is a group.
    <svg
      class="trie"
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="group"
      aria-label="Fields as columns"
    >
      <Heads layout={layout} />
      {layout.pills.map((one) => (
        <path
          key={`edge ${one.key}`}
          class={`trie-edge ${one.kind} ${dim(one.key)} ${lit?.has(one.key) ? "lit" : ""}`}
          d={edgePath(one)}
          style={{ strokeWidth: widths.get(one.key) ?? THIN }}
        />
      ))}
      {layout.captions.map(({ key, text, x, y }) => (
        <text key={key} class={`trie-caption ${dim(key)}`} x={x} y={y}>
          {text}
        </text>
      ))}
      {layout.pills.map((one) => (
        <PillMark key={one.key} pill={one} class={dim(one.key)} tab={one.key === focusable} names={props.names} />
      ))}
    </svg>
  );
}

function Heads(props: { layout: TrieLayout }) {
  const { columns, height } = props.layout;
  return (
    <g>
      {columns.map(({ lines, x, begins }) => (
        <g key={`${x}`}>
          {begins && <path class="trie-region" d={`M${x - 17} ${8}V${height}`} />}
          {lines.map((line, index) => (
            <text key={line} class="trie-head" x={x} y={HEAD_HEIGHT - 28 + 14 * index}>
              {line}
            </text>
          ))}
        </g>
      ))}
    </g>
  );
}

/** By the share of what the root got, where nodes are counted: of the last second, or of all where nothing moves. */
function edgeWidths(pills: readonly Pill[]): ReadonlyMap<string, number> {
  const rates = heatRates.value;
  const moving = [...rates.values()].some((rate) => rate > 0);
  const heat = ({ node }: Pill) => (node === null ? 0 : moving ? (rates.get(node.node) ?? 0) : (node.reached ?? 0));
  const most = pills.reduce((all, pill) => Math.max(all, heat(pill)), 0);
  if (most === 0) return new Map();
  return new Map(pills.map((pill) => [pill.key, THIN + (THICK - THIN) * (heat(pill) / most)]));
}

function PillMark(props: { pill: Pill; class: string; tab: boolean; names: Names }) {
  const { pill, names } = props;
  const { key, kind, x, y, width, text, place } = pill;
  const open = openerOf(pill);
  const words = `${testsTo(pill).at(-1) ?? text}: ${about(pill, names)}`;
  const binding = kind === "ends" ? pill.node?.filters[0] : undefined;
  return (
    <g
      class={`pill ${kind} ${open === null ? "" : "openable"} ${props.class}`}
      data-pill={key}
      data-place={place ?? undefined}
      role="treeitem"
      tabIndex={props.tab ? 0 : -1}
      aria-level={pill.level}
      aria-selected={props.tab}
      aria-label={kind === "folded" ? `${words}, folded` : words}
      aria-expanded={kind === "folded" ? false : undefined}
      onPointerEnter={() => (pointed.value = key)}
      onFocus={() => (pointed.value = key)}
      onClick={() => open?.()}
      onKeyDown={(event) => move(event, pill, open)}
    >
      <rect x={x} y={y - PILL_HEIGHT / 2} width={width} height={PILL_HEIGHT} rx={kind === "ends" ? 4 : 10} />
      {binding !== undefined && (
        <rect
          class="pill-chip"
          x={x + 6}
          y={y - 4}
          width={8}
          height={8}
          rx={2}
          style={{ fill: colourVariable(binding) }}
        />
      )}
      <text x={kind === "ends" ? x + 18 : x + width / 2} y={y} class={kind === "ends" ? "start" : ""}>
        {text}
      </text>
      {kind === "folded" && <title>{`${si(pill.ends)} filters below: open`}</title>}
    </g>
  );
}

/** What is folded opens; where filters end, the first of them. */
function openerOf({ kind, place, node }: Pill): (() => void) | null {
  if (place !== null) return () => go("trie", place);
  const [binding] = kind === "ends" ? (node?.filters ?? []) : [];
  const filter = binding === undefined ? undefined : filterOf(binding);
  return filter === undefined ? null : () => go("filters", filter);
}

/** As in every tree: up and down go line by line, left to the parent, right to the first child. */
function move(event: KeyboardEvent, pill: Pill, open: (() => void) | null): void {
  if (!(event.currentTarget instanceof Element)) return;
  const items = [...(event.currentTarget.closest("svg")?.querySelectorAll<SVGGElement>(".pill") ?? [])];
  const at = items.indexOf(event.currentTarget as SVGGElement);
  const targets: Record<string, SVGGElement | undefined> = {
    ArrowDown: items[at + 1],
    ArrowUp: items[at - 1],
    ArrowLeft: items.find((item) => item.dataset.pill === pill.parent?.key),
    ArrowRight: items[at + 1]?.ariaLevel === String(pill.level + 1) ? items[at + 1] : undefined,
    Home: items[0],
    End: items.at(-1),
  };
  if (event.key === "Enter" || event.key === " ") open?.();
  else if (event.key in targets) focusOn(targets[event.key]);
  else return;
  event.preventDefault();
}

function focusOn(item: SVGGElement | undefined): void {
  item?.focus();
  item?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
