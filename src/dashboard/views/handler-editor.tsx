/** One handler's text: what is wrong with it and where, and storing it. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { HandlerComplaint, ProblemPlace } from "../../control/protocol.js";
import { goOn, place } from "../address.js";
import type { Editor } from "../editor/editor.js";
import { exact, octets } from "../format.js";
import {
  checkHandlerSoon,
  giveUpHandlerCheck,
  handlerCheck,
  handlerChecking,
  handlerDrafts,
  handlerProblem,
  loadHandler,
  openHandler,
  remove,
  type StateKeeping,
  save,
  saved,
  TEMPLATE,
} from "../handler-drafts.js";
import { stepLine } from "../handler-trial.js";
import { words } from "../http.js";
import { type Draft, isEdited, NEW } from "../kept-drafts.js";
import { nameProblem } from "../names.js";
import { tell } from "../notices.js";
import { handlers } from "../store.js";
import { sentence } from "./attempt.js";

const EMPTY: Draft = { stored: null, text: "", name: "" };
const busy = signal(false);
const keeping = signal<StateKeeping>("fit");
const editor: { current: Editor | null } = { current: null };

export function HandlerEditor(props: { handler: string }) {
  const { handler } = props;
  useEffect(() => {
    keeping.value = "fit";
    openHandler();
  }, [handler]);
  // The list is told anew whenever a text was put, by whomever.
  useEffect(() => {
    const stop = new AbortController();
    void loadHandler(handler, stop.signal);
    return () => stop.abort();
  }, [handler, handlers.value]);
  const draft = handlerDrafts.get(handler) ?? (handler === NEW ? EMPTY : null);
  if (draft === null) return <p class="opening">{handlerProblem.value ?? "Fetching the text…"}</p>;
  const isBound = (handlers.value.find(({ name }) => name === handler)?.bindings.length ?? 0) > 0;
  return (
    <div class="filter-editor">
      {handler === NEW && <NameField draft={draft} />}
      <TextField key={handler} handler={handler} draft={draft} />
      <Verdict text={draft.text} edited={isEdited(draft)} />
      {isBound && isEdited(draft) && <StateChoice />}
      <Buttons handler={handler} draft={draft} isBound={isBound} />
    </div>
  );
}

function NameField(props: { draft: Draft }) {
  const { draft } = props;
  const taken = handlers.value.some(({ name }) => name === draft.name);
  const problem = draft.name === "" ? null : nameProblem(draft.name, "A handler");
  return (
    <div class="field">
      <label for="handler-name">Name</label>
      <input
        id="handler-name"
        data-testid="handler-name"
        class="mono"
        value={draft.name}
        placeholder="count"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem !== null}
        aria-describedby="handler-name-problem"
        onInput={(event) => handlerDrafts.set(NEW, { ...draft, name: event.currentTarget.value.trim() })}
      />
      <p id="handler-name-problem" class={problem === null ? "hint" : "trouble"}>
        {problem ?? (taken ? "A handler of this name exists: saving replaces it wherever it is bound." : "")}
      </p>
    </div>
  );
}

function TextField(props: { handler: string; draft: Draft }) {
  const { handler, draft } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    void mount(host.current, handler, () => gone);
    checkHandlerSoon(draft.text);
    return () => {
      gone = true;
      giveUpHandlerCheck();
      editor.current?.destroy();
      editor.current = null;
    };
  }, [handler]);
  useEffect(() => {
    const text = handlerDrafts.peek(handler)?.text ?? "";
    editor.current?.setText(text);
    checkHandlerSoon(text);
  }, [handlerDrafts.replaced.value]);
  const errors = handlerCheck.value?.errors;
  useEffect(() => editor.current?.setErrors(placesOf(errors)), [errors]);
  const lit = stepLine.value !== null && stepLine.value.text === draft.text ? stepLine.value.line : null;
  useEffect(() => editor.current?.light(lit), [lit]);
  return <div class="editor-host" data-testid="handler-editor" ref={host} />;
}

function placesOf(errors: readonly HandlerComplaint[] = []): ProblemPlace[] {
  return errors.map(({ hint, ...place }) => (hint === null ? place : { ...place, hint }));
}

async function mount(host: HTMLElement | null, handler: string, gone: () => boolean): Promise<void> {
  try {
    const { createAshEditor } = await import("../editor/ash-editor.js");
    if (host === null || gone()) return;
    const { text } = handlerDrafts.peek(handler) ?? EMPTY;
    const changed = (next: string) => {
      const draft = handlerDrafts.get(handler) ?? EMPTY;
      if (draft.text === next) return;
      handlerDrafts.set(handler, { ...draft, text: next });
      checkHandlerSoon(next);
    };
    editor.current = createAshEditor(host, { text, hint: TEMPLATE, changed, submit: () => void submit(handler) });
    editor.current.setErrors(placesOf(handlerCheck.value?.errors));
  } catch (error) {
    handlerProblem.value = `The editor could not be loaded. ${words(error)}`;
  }
}

/** What the appliance says of the text: complaints with their places, or what it amounts to. */
function Verdict(props: { text: string; edited: boolean }) {
  const result = handlerCheck.value;
  if (handlerProblem.value !== null) {
    return (
      <p class="verdict trouble" role="alert" data-testid="handler-problem">
        {sentence(handlerProblem.value)}
      </p>
    );
  }
  if (result === null) {
    const said = props.text.trim() === "" ? "The text is checked as you type." : "Checking…";
    return <p class="verdict hint">{said}</p>;
  }
  if (!result.ok) return <Complaints complaints={result.errors} />;
  const { instructions = 0, stateOctets = 0, sends, wakes, transfers, passesTo } = result;
  const asks = [
    ...(sends ? ["sends frames"] : []),
    ...(wakes ? ["wakes its owner"] : []),
    ...(transfers ? ["transfers control"] : []),
    ...(passesTo ? ["passes messages to other environments"] : []),
  ];
  return (
    <div class={handlerChecking.value ? "verdict stale" : "verdict"} data-testid="handler-right">
      <b class="good">✓</b> {exact(instructions)} instructions of VCODE, {octets(stateOctets)} of state
      {asks.length > 0 && <span class="hint"> · it {asks.join(", ")}</span>}
      {saved.value !== null && !props.edited && <SavedWords />}
    </div>
  );
}

/** What the last save came to, where it was swapped in. */
function SavedWords() {
  const stateKept = saved.value?.stateKept ?? null;
  if (stateKept === null) return null;
  return (
    <p class={stateKept ? "good" : "warning"} role="status" data-testid="state-kept" data-kept={stateKept}>
      {stateKept ? "Replaced; its state was kept." : "Replaced; its state begins anew, as zeros."}
    </p>
  );
}

function Complaints(props: { complaints: readonly HandlerComplaint[] }) {
  const [first] = props.complaints;
  return (
    <ul class="verdict errors complaints" role="alert" data-testid="handler-errors" data-line={first?.line}>
      {props.complaints.map(({ line, column, code, message, hint }) => (
        <li key={`${line}:${column}:${code}`}>
          <button type="button" class="place" onClick={() => editor.current?.goTo(line, column)}>
            {line}:{column}
          </button>
          <span>
            {sentence(message)} <span class="faint mono">{code}</span>
            {hint !== null && <span class="complaint-hint">{hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

const KEEPINGS: readonly (readonly [StateKeeping, string, string])[] = [
  ["fit", "Keep if it fits", "Kept where its layout is the same, else zeros"],
  ["keep", "Keep or refuse", "A text with another layout of state is refused"],
  ["new", "Begin anew", "Zeros, also where the layout is the same"],
];

function StateChoice() {
  return (
    <div class="field">
      <span id="handler-state">State</span>
      <fieldset class="segmented" aria-labelledby="handler-state">
        {KEEPINGS.map(([name, title, hint]) => (
          <button
            key={name}
            type="button"
            data-testid={`state-${name}`}
            aria-pressed={keeping.value === name}
            title={hint}
            onClick={() => {
              keeping.value = name;
              handlerProblem.value = null;
            }}
          >
            {title}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function Buttons(props: { handler: string; draft: Draft; isBound: boolean }) {
  const { handler, draft, isBound } = props;
  const edited = isEdited(draft);
  const isNew = handler === NEW;
  const blank = draft.text.trim() === "";
  const right = nameProblem(draft.name) === null && !blank && handlerCheck.value?.ok !== false;
  return (
    <div class="buttons">
      <button
        type="button"
        class="primary"
        data-testid="handler-save"
        disabled={!right || busy.value || (!isNew && !edited)}
        title="Ctrl+Enter. Where it is bound it is swapped in between two batches."
        onClick={() => void submit(handler)}
      >
        {isBound ? "Save and replace" : "Save"}
      </button>
      {isNew && blank && (
        <button type="button" data-testid="handler-template" onClick={() => editor.current?.setText(TEMPLATE)}>
          Begin with an example
        </button>
      )}
      {edited && (
        <button type="button" onClick={() => discard(handler, draft)}>
          Discard changes
        </button>
      )}
      {!isNew && (
        <button type="button" class="danger" onClick={() => void removeWhole(handler)}>
          Delete
        </button>
      )}
    </div>
  );
}

// The editor leads and the draft follows, so a text that comes from elsewhere is handed to it, once.
function discard(handler: string, draft: Draft): void {
  const text = draft.stored ?? "";
  handlerDrafts.set(handler, { ...draft, text, name: handler === NEW ? "" : draft.name });
  editor.current?.setText(text);
  checkHandlerSoon(text);
}

async function removeWhole(handler: string): Promise<void> {
  const from = place.peek();
  if (await remove(handler)) goOn(from, "handlers", NEW);
}

async function submit(handler: string): Promise<void> {
  const from = place.peek();
  const draft = handlerDrafts.get(handler);
  if (draft === undefined || busy.value || nameProblem(draft.name) !== null) return;
  busy.value = true;
  const done = await save(draft.name, draft.text, keeping.value);
  busy.value = false;
  if (done === null || handler !== NEW) return;
  tell("info", `${done.name} is ${done.created ? "stored" : "changed"}.`);
  // What was written meanwhile stays.
  if (handlerDrafts.peek(NEW) !== draft) return;
  handlerDrafts.set(NEW, EMPTY);
  goOn(from, "handlers", done.name);
}
