/** The layers of a packet and their fields as a tree: arrows move and fold, f makes a filter by the field in focus. */
// biome-ignore-all lint/a11y/useSemanticElements: HTML has no tree.
// biome-ignore-all lint/a11y/useFocusableInteractive: itemProps makes the items focusable, one of them with Tab.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the tree has the keys.
import { useEffect, useRef, useState } from "preact/hooks";
import type { PacketField, PacketLayer } from "../../control/protocol.js";
import { type FieldKey, rangeWords, sameKey } from "../fields.js";
import { filterBy } from "../packets.js";

interface Props {
  readonly layers: readonly PacketLayer[];
  readonly lit: readonly FieldKey[];
  readonly point: (key: FieldKey | null) => void;
  readonly hold: (key: FieldKey | null) => void;
}

interface Moves {
  readonly focused: FieldKey;
  readonly focus: (key: FieldKey) => void;
}

const FIRST: FieldKey = { layer: 0, field: null };

export function FieldTree(props: Props) {
  const { layers, lit } = props;
  const tree = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<FieldKey>(FIRST);
  const keys = shownKeys(layers, folded);
  const current = keys.some((key) => sameKey(key, focused)) ? focused : FIRST;
  useLitInSight(tree, lit);
  const fold = (layer: number, shut: boolean) => {
    const next = new Set(folded);
    const { name } = layers[layer] ?? { name: "" };
    if (shut) next.add(name);
    else next.delete(name);
    setFolded(next);
    setFocused({ layer, field: null });
  };
  const focus = (key: FieldKey) => {
    setFocused(key);
    requestAnimationFrame(() => itemOf(tree.current, key)?.focus());
  };
  if (layers.length === 0) return <p class="opening">Nothing is known of this packet's fields.</p>;
  return (
    <div
      class="field-tree"
      role="tree"
      aria-label="Fields"
      data-testid="field-tree"
      tabIndex={-1}
      ref={tree}
      onFocus={(event) => event.target === event.currentTarget && focus(current)}
      onKeyDown={(event) => turn(event, { keys, current, layers, folded, fold, focus })}
      onPointerLeave={() => props.point(null)}
    >
      {layers.map((layer, index) => (
        <Layer
          key={`${index} ${layer.name}`}
          layer={layer}
          index={index}
          open={!folded.has(layer.name)}
          fold={fold}
          tree={props}
          moves={{ focused: current, focus: setFocused }}
        />
      ))}
    </div>
  );
}

function Layer(props: {
  layer: PacketLayer;
  index: number;
  open: boolean;
  fold: (layer: number, shut: boolean) => void;
  tree: Props;
  moves: Moves;
}) {
  const { layer, index, open, tree } = props;
  const key = { layer: index, field: null };
  return (
    <div
      role="treeitem"
      class="layer"
      aria-expanded={open}
      aria-label={`${layer.label}, ${rangeWords(layer)}`}
      {...itemProps(key, tree, props.moves)}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a click folds; with keys the arrows do. */}
      <div
        class={isLit(tree, key) ? "layer-head lit" : "layer-head"}
        onClick={() => props.fold(index, open)}
        onPointerEnter={() => tree.point(key)}
      >
        <span class="caret" aria-hidden="true">
          {open ? "▾" : "▸"}
        </span>
        <b>{layer.label}</b>
        <span class="hint">{layer.to > layer.from ? rangeWords(layer) : "no octets"}</span>
        {layer.cut && <span class="warning cut-sign">cut</span>}
      </div>
      {open && (
        <div role="group">
          {layer.fields.map((field, at) => (
            <Field key={at} field={field} at={{ layer: index, field: at }} tree={tree} moves={props.moves} />
          ))}
        </div>
      )}
    </div>
  );
}

function Field(props: { field: PacketField; at: FieldKey; tree: Props; moves: Moves }) {
  const { field, at, tree, moves } = props;
  const { filter } = field;
  const mask = field.mask === null ? "" : `, bits 0x${field.mask.toString(16)}`;
  return (
    <div
      role="treeitem"
      class={isLit(tree, at) ? "field-row lit" : "field-row"}
      data-testid={`field-${field.name}`}
      data-lit={isLit(tree, at)}
      title={`${field.name}, ${rangeWords(field)}${mask}`}
      onPointerEnter={() => tree.point(at)}
      onClick={(event) => event.currentTarget.focus()}
      {...itemProps(at, tree, moves)}
    >
      <span class="field-label">{field.label}</span>
      <span class="field-value mono">{field.value}</span>
      {filter !== null && (
        <button
          type="button"
          class="field-filter"
          data-testid={`filter-by-${field.name}`}
          tabIndex={sameKey(moves.focused, at) ? 0 : -1}
          title={`A new filter: ${filter}`}
          aria-label={`Filter by this: ${filter}`}
          onClick={() => filterBy(filter)}
        >
          filter by this
        </button>
      )}
    </div>
  );
}

function isLit(tree: Props, key: FieldKey): boolean {
  return tree.lit.some((one) => sameKey(one, key));
}

function itemProps(key: FieldKey, tree: Props, moves: Moves) {
  return {
    "data-key": dataKey(key),
    tabIndex: sameKey(moves.focused, key) ? 0 : -1,
    onFocus: (event: FocusEvent) => {
      if (event.target !== event.currentTarget) return;
      moves.focus(key);
      tree.hold(key);
    },
  };
}

function dataKey({ layer, field }: FieldKey): string {
  return field === null ? String(layer) : `${layer}.${field}`;
}

function itemOf(tree: HTMLElement | null, key: FieldKey): HTMLElement | null {
  return tree?.querySelector<HTMLElement>(`[data-key="${dataKey(key)}"]`) ?? null;
}

function shownKeys(layers: readonly PacketLayer[], folded: ReadonlySet<string>): readonly FieldKey[] {
  return layers.flatMap(({ name, fields }, layer): FieldKey[] => [
    { layer, field: null },
    ...(folded.has(name) ? [] : fields.map((_, field) => ({ layer, field }))),
  ]);
}

interface Turn {
  readonly keys: readonly FieldKey[];
  readonly current: FieldKey;
  readonly layers: readonly PacketLayer[];
  readonly folded: ReadonlySet<string>;
  readonly fold: (layer: number, shut: boolean) => void;
  readonly focus: (key: FieldKey) => void;
}

function turn(event: KeyboardEvent, tree: Turn): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const inButton = event.target instanceof HTMLButtonElement;
  if (inButton && (event.key === "Enter" || event.key === " ")) return;
  if (act(event.key, tree)) event.preventDefault();
}

function act(key: string, { keys, current, layers, folded, fold, focus }: Turn): boolean {
  const at = keys.findIndex((one) => sameKey(one, current));
  const go = (to: number) => {
    const next = keys[Math.min(keys.length - 1, Math.max(0, to))];
    if (next !== undefined) focus(next);
    return true;
  };
  const layer = layers[current.layer];
  const shut = layer !== undefined && folded.has(layer.name);
  const onLayer = current.field === null;
  switch (key) {
    case "ArrowDown":
      return go(at + 1);
    case "ArrowUp":
      return go(at - 1);
    case "Home":
      return go(0);
    case "End":
      return go(keys.length - 1);
    case "ArrowRight":
      if (!onLayer) return true;
      if (!shut) return go(at + 1);
      fold(current.layer, false);
      return true;
    case "ArrowLeft":
      if (onLayer) fold(current.layer, true);
      else focus({ layer: current.layer, field: null });
      return true;
    case "Enter":
    case " ":
      if (onLayer) fold(current.layer, !shut);
      return true;
    case "f": {
      const filter = current.field === null ? null : layer?.fields[current.field]?.filter;
      if (typeof filter === "string") filterBy(filter);
      return true;
    }
    default:
      return false;
  }
}

/** A field that is lit from outside the tree comes in sight. */
function useLitInSight(tree: { current: HTMLElement | null }, lit: readonly FieldKey[]): void {
  const [first] = lit;
  const key = first === undefined ? "" : dataKey(first);
  useEffect(() => {
    const element = tree.current;
    if (element === null || first === undefined || element.matches(":hover, :focus-within")) return;
    const item = itemOf(element, first);
    const row = item?.querySelector<HTMLElement>(":scope > .layer-head") ?? item;
    row?.scrollIntoView({ block: "nearest" });
  }, [key]);
}
