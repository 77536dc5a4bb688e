/** Handlers: a list with what each did, and beneath it the one that is open: its text, its bindings, and a run of it step by step. */
import { signal } from "@preact/signals";
import { go } from "../address.js";
import { exact, middleCut } from "../format.js";
import { pollBound } from "../handler-bindings.js";
import { handlerDrafts } from "../handler-drafts.js";
import { handlerPlace } from "../handler-place.js";
import { isEdited, NEW } from "../kept-drafts.js";
import { Empty } from "../parts/empty.js";
import { handlers } from "../store.js";
import { boundOf, HandlerBindings } from "./handler-bound.js";
import { HandlerEditor } from "./handler-editor.js";
import { HandlerList } from "./handler-list.js";
import { HandlerRunCard } from "./handler-run.js";
import { useWatched } from "./poll.js";
import { StageTabs, StageText } from "./stages.js";
import { StateCard } from "./state-card.js";

const EVERY_MS = 1_000;
const wanted = signal("");

export function HandlersView() {
  const { handler: selection, stage } = handlerPlace.value;
  const { problem } = useWatched(
    (stop) => pollBound(Date.now, stop),
    () => EVERY_MS,
    "",
  );
  const bound = boundOf(selection);
  const known = handlers.value.some(({ name }) => name === selection);
  return (
    <div class="view">
      <h1 class="hidden">Handlers</h1>
      <section class="card" aria-label="List of handlers">
        <header class="card-head">
          <h2>Handlers</h2>
          <span class="hint">{exact(handlers.value.length)}</span>
          <span class="tools">
            <input
              type="search"
              data-find
              placeholder="Find (/)"
              aria-label="Find handlers"
              value={wanted.value}
              onInput={(event) => (wanted.value = event.currentTarget.value)}
            />
            <button
              type="button"
              data-testid="new-handler"
              aria-pressed={selection === NEW}
              onClick={() => go("handlers", NEW)}
            >
              New
            </button>
          </span>
        </header>
        {problem !== null && <p class="trouble inset">{problem}</p>}
        {handlers.value.length === 0 ? <NoHandlers /> : <HandlerList wanted={wanted.value} selected={selection} />}
      </section>
      <div class={known ? "handler-cards paired" : "handler-cards"}>
        <TextCard handler={selection} stage={stage} />
        {known && <HandlerBindings key={selection} handler={selection} />}
        {known && bound !== undefined && <StateCard key={bound.binding} bound={bound} />}
      </div>
      <HandlerRunCard key={`run ${selection}`} handler={selection} />
    </div>
  );
}

function NoHandlers() {
  return (
    <Empty title="No handler yet: write one here, or send a file.">
      <p>A handler is a program that the kernel runs on each message of a binding, where the message lies.</p>
      <pre class="mono command">
        curl -H "authorization: Bearer $TOKEN" -T count.ash.ts {location.origin}/api/v1/handlers/count.ash.ts
      </pre>
    </Empty>
  );
}

function TextCard(props: { handler: string; stage: string }) {
  const { handler, stage } = props;
  const isNew = handler === NEW;
  const draft = handlerDrafts.get(handler);
  const { binding } = handlerPlace.value;
  const stored = draft?.stored ?? null;
  const staged = { kind: "handlers", name: handler, stored, edited: isEdited(draft), behind: binding } as const;
  return (
    <section class="card" aria-label={isNew ? "New handler" : `Handler ${handler}`}>
      <header class="card-head">
        <h2>{isNew ? "New handler" : middleCut(handler, 40)}</h2>
        <span class="hint">a subset of TypeScript</span>
      </header>
      {!isNew && <StageTabs of={staged} stage={stage} />}
      {isNew || stage === "" ? <HandlerEditor handler={handler} /> : <StageText of={staged} stage={stage} />}
    </section>
  );
}
