/** What the compiler makes of a stored filter: a tab for each stage, with its size and the time that it took. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Stage } from "../../control/protocol.js";
import { go } from "../address.js";
import { drafts, isEdited } from "../drafts.js";
import { exact, octets } from "../format.js";
import { request, words } from "../http.js";

const TITLES: Readonly<Record<string, string>> = {
  atoms: "Atoms",
  trie: "Trie",
  vcode: "VCODE",
  js: "JavaScript",
  wat: "WAT",
};
const TEXT = "";

const stages = signal<readonly Stage[]>([]);
const text = signal<string | null>(null);
const problem = signal<string | null>(null);

function pathOf(filter: string): string {
  return `filters/${encodeURIComponent(filter)}/stages`;
}

export function StageTabs(props: { filter: string; stage: string }) {
  const { filter, stage } = props;
  const stored = drafts.value.get(filter)?.stored;
  useEffect(
    () =>
      fetching(
        (stop) => request<Stage[]>("GET", pathOf(filter), undefined, stop),
        (list) => (stages.value = list),
      ),
    [filter, stored],
  );
  const tabs = [TEXT, ...stages.value.map(({ name }) => name)];
  return (
    <div
      class="tabs stage-tabs"
      role="tablist"
      aria-label="Stages"
      onKeyDown={(event) => turn(event, filter, tabs, stage)}
    >
      <Tab filter={filter} name={TEXT} title="Text" selected={stage === TEXT} />
      {stages.value.map(({ name, octets: size, instructions, milliseconds }) => (
        <Tab
          key={name}
          filter={filter}
          name={name}
          title={TITLES[name] ?? name}
          selected={stage === name}
          size={`${octets(size)} · ${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`}
          hint={`${exact(size)} octets, made of ${exact(instructions)} ${PARTS[name] ?? "instructions"}`}
        />
      ))}
    </div>
  );
}

const PARTS: Readonly<Record<string, string>> = { atoms: "atoms", trie: "nodes" };

function Tab(props: { filter: string; name: string; title: string; selected: boolean; size?: string; hint?: string }) {
  const { filter, name, selected } = props;
  return (
    <button
      type="button"
      role="tab"
      data-testid={`stage-tab-${name === TEXT ? "text" : name}`}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      title={props.hint ?? "What was written"}
      onClick={() => open(filter, name)}
    >
      {props.title}
      {props.size !== undefined && <small>{props.size}</small>}
    </button>
  );
}

function open(filter: string, name: string): void {
  go("filters", name === TEXT ? filter : `${filter}/${name}`);
}

function turn(event: KeyboardEvent, filter: string, tabs: readonly string[], stage: string): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  open(filter, tabs.at((tabs.indexOf(stage) + step) % tabs.length) ?? TEXT);
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.stage-tabs [aria-selected="true"]')?.focus());
}

export function StageText(props: { filter: string; stage: string }) {
  const { filter, stage } = props;
  const draft = drafts.value.get(filter);
  useEffect(() => {
    text.value = null;
    return fetching(
      (stop) => request<string>("GET", `${pathOf(filter)}/${encodeURIComponent(stage)}`, undefined, stop),
      (next) => (text.value = next),
    );
  }, [filter, stage, draft?.stored]);
  return (
    <div class="stage">
      {isEdited(draft) && <p class="hint">Of the text as it is stored; what you have changed is not in it.</p>}
      {problem.value !== null && (
        <p class="trouble" role="alert">
          {problem.value}
        </p>
      )}
      {text.value !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keys must reach it.
        <div class="listing" role="tabpanel" aria-label={TITLES[stage] ?? stage} tabIndex={0}>
          <pre class="mono" data-testid="stage-text">
            {text.value}
          </pre>
        </div>
      )}
    </div>
  );
}

/** An effect that asks once; what comes after it has ended is dropped. */
function fetching<T>(ask: (stop: AbortSignal) => Promise<T>, take: (answer: T) => void): () => void {
  const stop = new AbortController();
  problem.value = null;
  ask(stop.signal).then(
    (answer) => {
      if (!stop.signal.aborted) take(answer);
    },
    (error: unknown) => {
      if (!stop.signal.aborted) problem.value = words(error);
    },
  );
  return () => stop.abort();
}
