/** Trie: the merged program in figures, what runs it, and its trie as a picture. */
import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import type { TriePicture } from "../../control/protocol.js";
import { go, place } from "../address.js";
import { exact, octets, plural, si } from "../format.js";
import { words } from "../http.js";
import { Empty } from "../parts/empty.js";
import { rows } from "../store.js";
import { setHeat, trie, trieError, useTrie } from "../trie.js";
import { FirstDisagreement, TargetSwitch } from "./target.js";
import { TrieDrawing } from "./trie-drawing.js";

const heatProblem = signal<string | null>(null);

export function TrieView() {
  const { selection } = place.value;
  useTrie(selection);
  useLayoutEffect(() => document.getElementById("main")?.scrollTo(0, 0), [selection]);
  const picture = trie.value;
  const empty = rows.value.length === 0;
  return (
    <div class="view">
      <h1 class="hidden">Trie</h1>
      <section class="card" aria-label="The merged program">
        <header class="card-head program-head">
          <h2>Merged program</h2>
          {picture !== null && <Totals totals={picture.totals} />}
          <TargetSwitch />
        </header>
      </section>
      <FirstDisagreement />
      <section class="card" aria-label="The merged trie">
        <header class="card-head">
          <h2>Trie</h2>
          <span class="hint trie-hint">fields are columns, read from left to right; what is many is folded</span>
          <span class="tools">
            <HeatSwitch on={picture?.heat === true} />
          </span>
        </header>
        {picture !== null && picture.path.length > 1 && <Path picture={picture} />}
        {trieError.value !== null && <Lost text={trieError.value} inside={selection !== ""} />}
        {empty && <NoFilters />}
        {!empty && picture === null && trieError.value === null && <p class="opening">Drawing…</p>}
        {!empty && picture !== null && <TrieDrawing picture={picture} />}
      </section>
    </div>
  );
}

function Totals(props: { totals: TriePicture["totals"] }) {
  const { nodes, filters, tables, build } = props.totals;
  return (
    <dl class="totals" data-testid="trie-totals" data-nodes={nodes} data-filters={filters}>
      <Total name="filters" text={si(filters)} title={exact(filters)} />
      <Total name="nodes" text={si(nodes)} title={exact(nodes)} />
      <Total name="tables" text={octets(tables)} title={`${exact(tables)} octets`} />
      {build !== null && (
        <>
          <Total
            name="VCODE"
            text={si(build.instructions)}
            title={`${plural(build.instructions, "instruction")} in ${plural(build.functions, "function")}`}
          />
          <Total name="code" text={octets(build.octets)} title={`${exact(build.octets)} octets of source`} />
          <Total
            name="last built in"
            text={`${build.milliseconds.toFixed(1)} ms`}
            title="A key that is added to a dispatch changes its table and builds nothing"
          />
        </>
      )}
    </dl>
  );
}

function Total(props: { name: string; text: string; title: string }) {
  return (
    <div title={props.title}>
      <dt>{props.name}</dt>
      <dd>{props.text}</dd>
    </div>
  );
}

function HeatSwitch(props: { on: boolean }) {
  const toggle = async () => {
    heatProblem.value = null;
    try {
      await setHeat(!props.on);
    } catch (error) {
      heatProblem.value = words(error);
    }
  };
  return (
    <>
      {heatProblem.value !== null && (
        <span class="trouble" role="alert">
          {heatProblem.value}
        </span>
      )}
      <button
        type="button"
        data-testid="heat"
        aria-pressed={props.on}
        title="Count how often each node is entered; costs a little while it is on, nothing while it is off"
        onClick={() => void toggle()}
      >
        Heat
      </button>
    </>
  );
}

/** From the root to the place that is drawn; each step leads back. */
function Path(props: { picture: TriePicture }) {
  const { path } = props.picture;
  return (
    <nav class="trie-path" aria-label="Place in the trie">
      <ol>
        {path.map(({ id, text }, index) => (
          <li key={id}>
            {index === path.length - 1 ? (
              <b class="mono" aria-current="location">
                {text}
              </b>
            ) : (
              <button type="button" class="quiet mono" onClick={() => go("trie", index === 0 ? "" : id)}>
                {text}
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Lost(props: { text: string; inside: boolean }) {
  return (
    <p class="trouble inset" role="alert">
      {props.text}{" "}
      {props.inside && (
        <button type="button" onClick={() => go("trie", "")}>
          To the root
        </button>
      )}
    </p>
  );
}

function NoFilters() {
  return (
    <Empty title="No filter is bound, so every packet passes unseen.">
      <p>As soon as one is bound it is merged with the others, and its way is drawn here.</p>
      <button type="button" class="primary" onClick={() => go("filters", "")}>
        Write a filter
      </button>
    </Empty>
  );
}
