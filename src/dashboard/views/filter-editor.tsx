/** One filter: its name, its text, what is wrong with it and where, and binding it. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ProblemPlace } from "../../control/protocol.js";
import { goOn, place } from "../address.js";
import {
  bind,
  bindAs,
  bindStored,
  check,
  checking,
  checkSoon,
  drafts,
  filterError,
  giveUpCheck,
  type Language,
  languageOf,
  load,
  remove,
  TAP,
} from "../drafts.js";
import type { Editor } from "../editor/editor.js";
import { exact, plural } from "../format.js";
import { words } from "../http.js";
import { type Draft, isEdited, NEW } from "../kept-drafts.js";
import { nameProblem } from "../names.js";
import { tell } from "../notices.js";
import { filters } from "../store.js";
import { BindAsField } from "./bind-as.js";
import { MatchesPanel } from "./matches.js";
import { Overlaps } from "./overlaps.js";

const DPF_EXAMPLE = `# TCP to port 80 over IPv4, whatever the header's length:
12:16 == 0x0800 && 23:8 == 6 && 20:16 & 0x1fff == 0
  && shift 14 && shift 0:8 & 0x0f << 2 && 2:16 == 80`;
const PCAP_FILTER_EXAMPLE = "tcp dst port 80 and not src net 10.0.0.0/8";
const EMPTY: Draft = { stored: null, text: "", name: "" };
const busy = signal(false);
const editor: { current: Editor | null } = { current: null };

export function FilterEditor(props: { filter: string }) {
  const { filter } = props;
  useEffect(() => {
    filterError.value = null;
    check.value = null;
    bindAs.value = TAP;
    const stop = new AbortController();
    void load(filter, stop.signal);
    return () => stop.abort();
  }, [filter]);
  const draft = drafts.get(filter) ?? (filter === NEW ? EMPTY : null);
  if (draft === null) return <p class="opening">{filterError.value ?? "Fetching the text…"}</p>;
  return (
    <div class="filter-editor">
      <NameField filter={filter} draft={draft} />
      {filter === NEW && <LanguageField draft={draft} />}
      <TextField key={`${filter} ${languageOf(filter)} ${drafts.replaced.value}`} filter={filter} draft={draft} />
      <Verdict text={draft.text} />
      <MatchesPanel key={`matches ${filter}`} filter={filter} draft={draft} />
      {isUnbound(filter) && <BindAsField changed={() => checkSoon(draft.text, languageOf(filter))} />}
      {isUnbound(filter) && <Overlaps />}
      <Buttons filter={filter} draft={draft} />
    </div>
  );
}

/** Only what is not bound yet can be bound as something else: a bound filter's text is swapped. */
function isUnbound(filter: string): boolean {
  return filter === NEW || filters.value.find((one) => one.name === filter)?.bindings.length === 0;
}

function NameField(props: { filter: string; draft: Draft }) {
  const { filter, draft } = props;
  if (filter !== NEW) return <FixedName name={draft.name} />;
  const taken = filters.value.some((one) => one.name === draft.name);
  const problem = draft.name === "" ? null : nameProblem(draft.name);
  return (
    <div class="field">
      <label for="filter-name">Name</label>
      <input
        id="filter-name"
        data-testid="filter-name"
        class="mono"
        value={draft.name}
        placeholder="web-requests"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem !== null}
        aria-describedby="filter-name-problem"
        onInput={(event) => drafts.set(filter, { ...draft, name: event.currentTarget.value.trim() })}
      />
      <p id="filter-name-problem" class={problem === null ? "hint" : "trouble"}>
        {problem ?? (taken ? "A filter of this name exists: binding replaces its text and keeps its counters." : "")}
      </p>
    </div>
  );
}

/** The name of a stored filter does not change; a long one is wrapped. */
function FixedName(props: { name: string }) {
  return (
    <div class="field">
      <span>Name</span>
      <b class="mono fixed-name" data-testid="filter-name">
        {props.name}
      </b>
    </div>
  );
}

const LANGUAGES: readonly (readonly [Language, string, string])[] = [
  ["pcap-filter", "pcap-filter", "What tcpdump and libpcap read: tcp port 80 and net 10.0.0.0/8"],
  ["dpf", "DPF", "The kernel's own: fields by their places, compared with values"],
];

/** A new filter's language; what was written stays as it is, and is checked as the other. */
function LanguageField(props: { draft: Draft }) {
  const { draft } = props;
  return (
    <div class="field">
      <span id="filter-language">Language</span>
      <fieldset class="segmented" aria-labelledby="filter-language">
        {LANGUAGES.map(([language, title, hint]) => (
          <button
            key={language}
            type="button"
            data-testid={`language-${language}`}
            aria-pressed={languageOf(NEW) === language}
            title={hint}
            onClick={() => drafts.set(NEW, { ...draft, language })}
          >
            {title}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function TextField(props: { filter: string; draft: Draft }) {
  const { filter, draft } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    void mount(host.current, filter, draft.text, () => gone);
    checkSoon(draft.text, languageOf(filter));
    return () => {
      gone = true;
      giveUpCheck();
      editor.current?.destroy();
      editor.current = null;
    };
  }, [filter]);
  const errors = check.value?.errors;
  useEffect(() => editor.current?.setErrors(errors ?? []), [errors]);
  return <div class="editor-host" data-testid="filter-editor" ref={host} />;
}

async function mount(host: HTMLElement | null, filter: string, text: string, gone: () => boolean): Promise<void> {
  try {
    const { createEditor } = await import("../editor/editor.js");
    if (host === null || gone()) return;
    const changed = (next: string) => {
      const draft = drafts.get(filter) ?? EMPTY;
      if (draft.text === next) return;
      drafts.set(filter, { ...draft, text: next });
      checkSoon(next, languageOf(filter));
    };
    const language = languageOf(filter);
    const hint = language === "dpf" ? DPF_EXAMPLE : PCAP_FILTER_EXAMPLE;
    editor.current = createEditor(host, { text, language, hint, changed, submit: () => void submit(filter) });
    editor.current.setErrors(check.value?.errors ?? []);
  } catch (error) {
    filterError.value = `The editor could not be loaded. ${words(error)}`;
  }
}

/** What the appliance says of the text: errors with their places, or what the filter amounts to. */
function Verdict(props: { text: string }) {
  const result = check.value;
  if (filterError.value !== null) {
    return (
      <div class="verdict trouble" role="alert" data-testid="filter-error">
        {filterError.value}
      </div>
    );
  }
  if (result === null) {
    return (
      <div class="verdict hint">{props.text.trim() === "" ? "The text is checked as you type." : "Checking…"}</div>
    );
  }
  if (!result.ok) return <Errors errors={result.errors} />;
  return (
    <div class={checking.value ? "verdict stale" : "verdict"}>
      <b class="good">✓</b> {plural(result.conjunctions, "conjunction")} of {plural(result.atoms, "atom")} in all
      <details>
        <summary>What the kernel gets</summary>
        <pre class="mono">{result.canonical}</pre>
      </details>
    </div>
  );
}

function Errors(props: { errors: readonly ProblemPlace[] }) {
  const [first] = props.errors;
  return (
    <ul
      class="verdict errors"
      role="alert"
      data-testid="filter-error"
      data-line={first?.line}
      data-column={first?.column}
    >
      {props.errors.map((error) => (
        <li key={`${error.line}:${error.column}:${error.message}`}>
          <button type="button" class="place" onClick={() => editor.current?.goTo(error.line ?? 1, error.column ?? 1)}>
            {error.line ?? 1}:{error.column ?? 1}
          </button>
          {error.message}
        </li>
      ))}
    </ul>
  );
}

function Buttons(props: { filter: string; draft: Draft }) {
  const { filter, draft } = props;
  const stored = filters.value.find((one) => one.name === filter);
  const edited = isEdited(draft);
  const right = nameProblem(draft.name) === null && draft.text.trim() !== "" && check.value?.ok !== false;
  const unbound = stored !== undefined && stored.bindings.length === 0;
  return (
    <div class="buttons">
      {unbound && !edited ? (
        <button
          type="button"
          class="primary"
          data-testid="filter-bind"
          disabled={busy.value}
          title="As it is chosen above"
          onClick={() => void bindWhole(filter)}
        >
          Bind
        </button>
      ) : (
        <button
          type="button"
          class="primary"
          data-testid="filter-bind"
          disabled={!right || busy.value || (stored !== undefined && !edited)}
          title="Ctrl+Enter. A new filter is bound as a tap that counts; a changed one is swapped in all its bindings, counters go on."
          onClick={() => void submit(filter)}
        >
          {stored === undefined ? "Bind" : unbound ? "Save" : "Save and swap"}
        </button>
      )}
      {edited && (
        <button type="button" onClick={() => revert(filter, draft)}>
          Discard changes
        </button>
      )}
      {filter !== NEW && (
        <button type="button" class="danger" onClick={() => void removeWhole(filter)}>
          Delete
        </button>
      )}
    </div>
  );
}

// The editor leads and the draft follows, so a text that comes from elsewhere is handed to it, once.
function revert(filter: string, draft: Draft): void {
  const text = draft.stored ?? "";
  // A new filter keeps the language that was chosen for it.
  if (filter === NEW) drafts.set(NEW, { ...draft, text, name: "" });
  else drafts.set(filter, { ...draft, text });
  editor.current?.setText(text);
  checkSoon(text, languageOf(filter));
}

async function bindWhole(filter: string): Promise<boolean> {
  busy.value = true;
  const done = await bindStored(filter);
  busy.value = false;
  return done;
}

async function removeWhole(filter: string): Promise<void> {
  const from = place.peek();
  if (await remove(filter)) goOn(from, "filters");
}

async function submit(filter: string): Promise<void> {
  const begun = place.peek();
  const draft = drafts.get(filter);
  if (draft === undefined || busy.value || nameProblem(draft.name) !== null) return;
  const claims = bindAs.value.mode === "claim" && isUnbound(filter);
  busy.value = true;
  const bound = await bind(draft.name, draft.text, languageOf(filter), !claims);
  busy.value = false;
  if (bound === null) return;
  const made = claims && bound.bindings.length === 0 && (await bindWhole(bound.name));
  if (claims && !made) return;
  const verb = made ? "is bound as a claim" : bound.created ? "is bound" : "is changed";
  const from = bound.from === null ? "" : `; it sees packets from number ${exact(bound.from.packet)} on`;
  tell("info", `${bound.name} ${verb}${from}.`);
  // What was written meanwhile stays.
  if (filter !== NEW || drafts.peek(NEW) !== draft) return;
  drafts.replace(NEW, { ...EMPTY, language: languageOf(NEW) });
  goOn(begun, "filters", bound.name);
}
