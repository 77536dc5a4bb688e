/**
 * Layout of the packet's way as bands: columns of nodes from left to right, bands between them. All
 * bars and bands share one scale (pixels per unit), so widths can be compared anywhere in the picture;
 * a node whose bar is thin still gets a slot high enough for its name.
 */

export interface WayBinding {
  readonly id: number;
  readonly name: string;
  readonly environment: number;
  readonly value: number;
  /** Packets in its life: ranks those whose values are equal. */
  readonly packets: number;
}

export interface WayInput {
  readonly received: number;
  readonly lost: number;
  readonly unclaimed: number;
  readonly bindings: readonly WayBinding[];
  readonly environments: readonly { readonly id: number; readonly name: string }[];
}

export interface BandSize {
  readonly width: number;
  readonly height: number;
  /** Left edges of the four columns, and the width of a bar. */
  readonly columns: readonly [number, number, number, number];
  readonly bar: number;
  readonly slot: number;
  readonly gap: number;
  /** Bindings shown by name; the rest is one node. */
  readonly named: number;
}

export interface WayNode {
  readonly key: string;
  readonly kind: "ports" | "demux" | "binding" | "others" | "unclaimed" | "lost" | "environment";
  readonly column: 0 | 1 | 2 | 3;
  readonly id: number;
  readonly name: string;
  readonly value: number;
  readonly x: number;
  /** The slot, and the bar centred in it. */
  readonly y: number;
  readonly height: number;
  readonly barY: number;
  readonly barHeight: number;
}

export interface WayBand {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly binding: number;
  readonly value: number;
  readonly path: string;
}

export interface WayPicture {
  readonly nodes: readonly WayNode[];
  readonly bands: readonly WayBand[];
  readonly scale: number;
}

type Draft = Pick<WayNode, "key" | "kind" | "column" | "id" | "name" | "value">;
interface Link {
  readonly from: string;
  readonly to: string;
  readonly value: number;
  readonly binding: number;
}

const THINNEST = 1;

/** Which nodes and links there are, before anything has a place. */
function graph(input: WayInput, named: number): { nodes: Draft[]; links: Link[] } {
  // By environment, so that bands to the same one run side by side and cross no others.
  const grouped = [...input.bindings].sort((a, b) => a.environment - b.environment || a.id - b.id);
  const shown = topBindings(grouped, named);
  const rest = grouped.filter((binding) => !shown.includes(binding));
  const nodes: Draft[] = [
    { key: "ports", kind: "ports", column: 0, id: 0, name: "ports", value: input.received + input.lost },
    { key: "demux", kind: "demux", column: 1, id: 0, name: "demux", value: input.received },
  ];
  const links: Link[] = [{ from: "ports", to: "demux", value: input.received, binding: 0 }];
  if (input.lost > 0) {
    nodes.push({ key: "lost", kind: "lost", column: 1, id: 0, name: "dropped before demux", value: input.lost });
    links.push({ from: "ports", to: "lost", value: input.lost, binding: 0 });
  }
  for (const binding of shown) {
    const key = `binding-${binding.id}`;
    nodes.push({ key, kind: "binding", column: 2, id: binding.id, name: binding.name, value: binding.value });
    links.push({ from: "demux", to: key, value: binding.value, binding: binding.id });
    links.push({ from: key, to: `environment-${binding.environment}`, value: binding.value, binding: binding.id });
  }
  if (rest.length > 0) addOthers(nodes, links, rest);
  nodes.push({ key: "unclaimed", kind: "unclaimed", column: 2, id: 0, name: "unclaimed", value: input.unclaimed });
  links.push({ from: "demux", to: "unclaimed", value: input.unclaimed, binding: 0 });
  addEnvironments(nodes, links, input);
  return { nodes, links };
}

function addOthers(nodes: Draft[], links: Link[], rest: readonly WayBinding[]): void {
  const value = total(rest);
  nodes.push({ key: "others", kind: "others", column: 2, id: 0, name: `${rest.length} others`, value });
  links.push({ from: "demux", to: "others", value, binding: 0 });
  for (const environment of new Set(rest.map((binding) => binding.environment))) {
    const part = total(rest.filter((binding) => binding.environment === environment));
    links.push({ from: "others", to: `environment-${environment}`, value: part, binding: 0 });
  }
}

function addEnvironments(nodes: Draft[], links: readonly Link[], input: WayInput): void {
  const used = new Set(input.bindings.map((binding) => binding.environment));
  const known = new Map(input.environments.map((environment) => [environment.id, environment.name]));
  const ids = [...new Set([...known.keys(), ...used])].sort((a, b) => a - b);
  for (const id of ids) {
    if (id === 0 && !used.has(0)) continue;
    const key = `environment-${id}`;
    const value = total(links.filter((link) => link.to === key));
    const name = known.get(id) ?? (id === 0 ? "count only" : `environment ${id}`);
    nodes.push({ key, kind: "environment", column: 3, id, name, value });
  }
}

function total(rows: readonly { readonly value: number }[]): number {
  return rows.reduce((all, row) => all + row.value, 0);
}

/** The largest ones that ever had traffic, in the order in which they were given, so that a row does not jump. */
function topBindings(bindings: readonly WayBinding[], named: number): readonly WayBinding[] {
  if (bindings.length <= named) return bindings;
  const largest = new Set(
    bindings
      .filter((binding) => binding.packets > 0)
      .sort((a, b) => b.value - a.value || b.packets - a.packets || a.id - b.id)
      .slice(0, Math.max(0, named - 1))
      .map((binding) => binding.id),
  );
  return bindings.filter((binding) => largest.has(binding.id));
}

/** Pixels per unit at which the fullest column just fits. */
function fittingScale(columns: readonly (readonly Draft[])[], size: BandSize): number {
  const needed = (nodes: readonly Draft[], scale: number) =>
    nodes.reduce((y, node) => y + Math.max(size.slot, node.value * scale), 0) +
    size.gap * Math.max(0, nodes.length - 1);
  const largest = Math.max(0, ...columns.map((nodes) => total(nodes)));
  if (largest === 0) return 0;
  let low = 0;
  let high = size.height / largest;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (columns.every((nodes) => needed(nodes, middle) <= size.height)) low = middle;
    else high = middle;
  }
  return low;
}

function place(nodes: readonly Draft[], column: number, scale: number, size: BandSize): WayNode[] {
  const slots = nodes.map((node) => Math.max(size.slot, node.value * scale));
  const used = slots.reduce((a, b) => a + b, 0) + size.gap * Math.max(0, nodes.length - 1);
  let y = Math.max(0, (size.height - used) / 2);
  return nodes.map((node, index) => {
    const height = slots[index] ?? size.slot;
    const barHeight = Math.max(THINNEST, node.value * scale);
    const placed = { ...node, x: size.columns[column] ?? 0, y, height, barY: y + (height - barHeight) / 2, barHeight };
    y += height + size.gap;
    return placed;
  });
}

/** Taps copy packets, so what leaves demux may exceed what reached it: bands narrow to fit the bar they leave. */
function draw(links: readonly Link[], nodes: readonly WayNode[], scale: number, bar: number): WayBand[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const leaving = new Map<string, number>();
  const arriving = new Map<string, number>();
  const outflow = new Map<string, number>();
  for (const link of links) outflow.set(link.from, (outflow.get(link.from) ?? 0) + link.value);
  return links.flatMap((link) => {
    const from = byKey.get(link.from);
    const to = byKey.get(link.to);
    if (from === undefined || to === undefined) return [];
    const all = outflow.get(link.from) ?? 0;
    const fit = all > from.value && all > 0 ? from.value / all : 1;
    const leave = Math.max(THINNEST, link.value * scale * fit);
    const arrive = Math.max(THINNEST, link.value * scale);
    const y0 = from.barY + (leaving.get(link.from) ?? 0);
    const y1 = to.barY + (arriving.get(link.to) ?? 0);
    leaving.set(link.from, (leaving.get(link.from) ?? 0) + link.value * scale * fit);
    arriving.set(link.to, (arriving.get(link.to) ?? 0) + link.value * scale);
    const path = ribbon(from.x + bar, y0, leave, to.x, y1, arrive);
    return [
      { key: `${link.from}>${link.to}`, from: link.from, to: link.to, binding: link.binding, value: link.value, path },
    ];
  });
}

function ribbon(x0: number, y0: number, h0: number, x1: number, y1: number, h1: number): string {
  const middle = round((x0 + x1) / 2);
  const [a, b, c, d] = [round(y0), round(y1), round(y1 + h1), round(y0 + h0)];
  return `M${round(x0)} ${a}C${middle} ${a} ${middle} ${b} ${round(x1)} ${b}V${c}C${middle} ${c} ${middle} ${d} ${round(x0)} ${d}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function layoutWay(input: WayInput, size: BandSize): WayPicture {
  const { nodes: drafts, links } = graph(input, size.named);
  const columns = [0, 1, 2, 3].map((column) => drafts.filter((node) => node.column === column));
  const scale = fittingScale(columns, size);
  const nodes = columns.flatMap((column, index) => place(column, index, scale, size));
  return { nodes, bands: draw(links, nodes, scale, size.bar), scale };
}

/**
 * Moves labels apart that would cover each other: the order is kept, each stays within [low, high],
 * neighbours are at least `gap` apart where there is room for all.
 */
export function spread(wanted: readonly number[], low: number, high: number, gap: number): number[] {
  const step = wanted.length > 1 ? Math.min(gap, (high - low) / (wanted.length - 1)) : gap;
  const placed: number[] = [];
  for (const [index, want] of wanted.entries()) {
    const previous = placed[index - 1];
    placed.push(Math.max(low, previous === undefined ? want : Math.max(want, previous + step)));
  }
  let limit = high;
  for (let index = placed.length - 1; index >= 0; index--) {
    placed[index] = Math.min(placed[index] ?? limit, limit);
    limit = (placed[index] ?? limit) - step;
  }
  return placed;
}
