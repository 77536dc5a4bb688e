/** What the compiler makes of a stored filter or handler: a tab for each stage, with its size and the time that it took. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Stage } from "../../control/protocol.js";
import { go } from "../address.js";
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

/** Whose stages they are. */
export interface Staged {
  readonly kind: "filters" | "handlers";
  readonly name: string;
  /** The text that they are of; it is asked anew when that changes. */
  readonly stored: string | null;
  /** What is written has not been stored. */
  readonly edited: boolean;
  /** What stands in the address behind the stage. */
  readonly behind?: string;
}

function pathOf({ kind, name }: Staged): string {
  return `${kind}/${encodeURIComponent(name)}/stages`;
}

export function StageTabs(props: { of: Staged; stage: string }) {
  const { of, stage } = props;
  // Another's are not shown; those of the text before stay until there are newer.
  useEffect(() => {
    stages.value = [];
  }, [of.kind, of.name]);
  useEffect(
    () =>
      fetching(
        (stop) => request<Stage[]>("GET", pathOf(of), undefined, stop),
        (list) => (stages.value = list),
        () => (stages.value = []),
      ),
    [of.kind, of.name, of.stored],
  );
  const tabs = [TEXT, ...stages.value.map(({ name }) => name)];
  return (
    <div class="tabs stage-tabs" role="tablist" aria-label="Stages" onKeyDown={(event) => turn(event, of, tabs, stage)}>
      <Tab of={of} name={TEXT} title="Text" selected={stage === TEXT} />
      {stages.value.map(({ name, octets: size, instructions, milliseconds }) => (
        <Tab
          key={name}
          of={of}
          name={name}
          title={TITLES[name] ?? name}
          selected={stage === name}
          figures={[octets(size), `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`]}
          hint={`${exact(size)} octets, made of ${exact(instructions)} ${PARTS[name] ?? "instructions"}`}
        />
      ))}
    </div>
  );
}

const PARTS: Readonly<Record<string, string>> = { atoms: "atoms", trie: "nodes" };

interface TabProps {
  readonly of: Staged;
  readonly name: string;
  readonly title: string;
  readonly selected: boolean;
  /** Its size, and the time that it took. */
  readonly figures?: readonly [string, string];
  readonly hint?: string;
}

function Tab(props: TabProps) {
  const { of, name, selected, figures } = props;
  return (
    <button
      type="button"
      role="tab"
      data-testid={`stage-tab-${name === TEXT ? "text" : name}`}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      title={props.hint ?? "What was written"}
      onClick={() => open(of, name)}
    >
      {props.title}
      {figures !== undefined && (
        <small>
          {figures[0]} · <span>{figures[1]}</span>
        </small>
      )}
    </button>
  );
}

function open({ kind, name, behind = "" }: Staged, stage: string): void {
  go(kind, [name, stage, behind].join("/").replace(/\/+$/, ""));
}

function turn(event: KeyboardEvent, of: Staged, tabs: readonly string[], stage: string): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  open(of, tabs.at((tabs.indexOf(stage) + step) % tabs.length) ?? TEXT);
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.stage-tabs [aria-selected="true"]')?.focus());
}

export function StageText(props: { of: Staged; stage: string }) {
  const { of, stage } = props;
  useEffect(() => {
    text.value = null;
    return fetching(
      (stop) => request<string>("GET", `${pathOf(of)}/${encodeURIComponent(stage)}`, undefined, stop),
      (next) => (text.value = next),
    );
  }, [of.kind, of.name, stage, of.stored]);
  return (
    <div class="stage">
      {of.edited && <p class="hint">Of the text as it is stored; what you have changed is not in it.</p>}
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

/** An effect that asks once; what comes after it has ended is dropped. `lost`: there is no answer. */
function fetching<T>(
  ask: (stop: AbortSignal) => Promise<T>,
  take: (answer: T) => void,
  lost: () => void = () => {},
): () => void {
  const stop = new AbortController();
  problem.value = null;
  ask(stop.signal).then(
    (answer) => {
      if (!stop.signal.aborted) take(answer);
    },
    (error: unknown) => {
      if (stop.signal.aborted) return;
      problem.value = words(error);
      lost();
    },
  );
  return () => stop.abort();
}
