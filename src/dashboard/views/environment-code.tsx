/** Downloaded code: writing a text with errors at their line, and of one that runs its text and an activation by hand. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Activated, Environment } from "../../control/protocol.js";
import { goOn, place } from "../address.js";
import {
  activate,
  CAUSES,
  codeErrors,
  codeOf,
  codeProblem,
  discard,
  download,
  draft,
  MOST_FUEL,
  startWriting,
  wordsOf,
  write,
} from "../downloaded.js";
import type { Editor } from "../editor/editor.js";
import { exact, plural } from "../format.js";
import { words } from "../http.js";
import { nameProblem } from "../names.js";
import { tell } from "../notices.js";
import { freeEnvironmentName } from "../programs.js";
import { environments } from "../store.js";
import { createAttempts, Problem } from "./attempt.js";

const EXAMPLE = `# Adds the first two words of a message. r2 is the cause, r3 to r9 are the words.
v_lambda f0(r0:p, r1:i, r2:i, r3:i, r4:i, r5:i, r6:i, r7:i, r8:i, r9:i) : i in packet
  v_addi r3, r3, r4
  v_reti r3
v_end
`;

const busy = signal(false);
const editor: { current: Editor | null } = { current: null };
const activations = createAttempts();

export function WritingCard() {
  const { name, text } = draft.value;
  const taken = environments.value.some((one) => one.name === name);
  const problem =
    name === "" ? null : taken ? "Another environment has this name." : nameProblem(name, "An environment");
  return (
    <section class="card" aria-label="Code to download" data-testid="writing">
      <header class="card-head">
        <h2>New downloaded environment</h2>
        <span class="hint">VCODE's text. The kernel verifies it, then runs it itself.</span>
      </header>
      <div class="filter-editor">
        <div class="field">
          <label for="code-name">Name</label>
          <input
            id="code-name"
            class="mono"
            data-testid="code-name"
            value={name}
            placeholder={freeEnvironmentName("code")}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={problem !== null}
            onInput={(event) => write({ name: event.currentTarget.value.trim() })}
          />
          <p class="trouble">{problem ?? ""}</p>
        </div>
        <TextField />
        <CodeErrors />
        <div class="buttons">
          <button
            type="button"
            class="primary"
            data-testid="code-download"
            title="Ctrl+Enter"
            disabled={busy.value || problem !== null || text.trim() === ""}
            onClick={() => void submit()}
          >
            Verify and download
          </button>
          {text.trim() === "" && (
            <button type="button" onClick={() => editor.current?.setText(EXAMPLE)}>
              Begin with an example
            </button>
          )}
          <button type="button" onClick={discard}>
            {text.trim() === "" ? "Close" : "Discard"}
          </button>
        </div>
      </div>
    </section>
  );
}

function TextField() {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    void mount(host.current, () => gone);
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, []);
  const errors = codeErrors.value;
  useEffect(() => editor.current?.setErrors(errors), [errors]);
  return <div class="editor-host" data-testid="code-editor" ref={host} />;
}

async function mount(host: HTMLElement | null, gone: () => boolean): Promise<void> {
  try {
    const { createEditor } = await import("../editor/editor.js");
    if (host === null || gone()) return;
    const changed = (text: string) => {
      if (text !== draft.value.text) write({ text });
    };
    const { text } = draft.value;
    editor.current = createEditor(host, {
      text,
      language: "vcode",
      hint: EXAMPLE,
      changed,
      submit: () => void submit(),
    });
    editor.current.setErrors(codeErrors.value);
  } catch (error) {
    codeProblem.value = `The editor could not be loaded. ${words(error)}`;
  }
}

async function submit(): Promise<void> {
  if (busy.value || draft.value.text.trim() === "") return;
  const from = place.peek();
  busy.value = true;
  if (draft.value.name === "") write({ name: freeEnvironmentName("code") });
  const { name } = draft.value;
  const made = await download();
  busy.value = false;
  if (made === null) return;
  tell("info", `${name} is verified and runs in the kernel.`);
  goOn(from, "environments", name);
}

function CodeErrors() {
  if (codeProblem.value !== null) {
    return (
      <p class="verdict trouble" role="alert" data-testid="code-error">
        {codeProblem.value}
      </p>
    );
  }
  if (codeErrors.value.length === 0) return null;
  return (
    <ul class="verdict errors" role="alert" data-testid="code-error" data-line={codeErrors.value[0]?.line}>
      {codeErrors.value.map((error) => (
        <li key={`${error.line}:${error.column}:${error.message}`}>
          <button type="button" class="place" onClick={() => editor.current?.goTo(error.line ?? 1, error.column ?? 1)}>
            {error.line}:{error.column ?? 1}
          </button>
          {error.message}
        </li>
      ))}
    </ul>
  );
}

/** The code of one that runs, and running it by hand. */
export function CodeCard(props: { environment: Environment }) {
  const { environment } = props;
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    codeOf(environment.id).then(
      (code) => !gone && setText(code),
      (error: unknown) => !gone && setProblem(words(error)),
    );
    return () => {
      gone = true;
    };
  }, [environment.id]);
  return (
    <section class="card" aria-label={`Code of ${environment.name}`}>
      <header class="card-head">
        <h2>Code</h2>
        <span class="hint">{text === null ? "" : plural(linesOf(text).length, "line")}</span>
        <span class="tools">
          {text !== null && (
            <button type="button" onClick={() => startWriting({ text, name: freeEnvironmentName(environment.name) })}>
              Edit a copy
            </button>
          )}
        </span>
      </header>
      {problem !== null && <p class="trouble inset">{problem}</p>}
      {text !== null && <Listing text={text} />}
      <ActivateForm environment={environment} />
    </section>
  );
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}

function Listing(props: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and its keys scroll it.
    <pre class="mono code-listing" tabIndex={0} data-testid="code">
      {linesOf(props.text).map((line, index) => (
        <span key={index} class="listing-line">
          <span class="listing-number" aria-hidden="true">
            {index + 1}
          </span>
          {`${line}\n`}
        </span>
      ))}
    </pre>
  );
}

function ActivateForm(props: { environment: Environment }) {
  const [done, setDone] = useState<Activated | null>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const data = new FormData(event.currentTarget);
    const message = wordsOf(String(data.get("message") ?? ""));
    setDone(null);
    if (typeof message === "string") {
      activations.problem.value = message;
      return;
    }
    const wanted = { cause: Number(data.get("cause")), message, fuel: Number(data.get("fuel")) };
    void activations.attempt(async () => setDone(await activate(props.environment.id, wanted)));
  };
  return (
    <form class="drill-form" onSubmit={submit} aria-label="Activate">
      <label>
        Activate for
        <select name="cause">
          {CAUSES.map(({ cause, name }) => (
            <option key={cause} value={cause}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        words
        <input name="message" class="mono" placeholder="20, 22" autocomplete="off" spellcheck={false} />
      </label>
      <label>
        fuel
        <input name="fuel" type="number" min={0} max={MOST_FUEL} step={1} defaultValue="65536" required />
      </label>
      <button type="submit" class="primary" disabled={activations.busy.value} data-testid="activate">
        Activate
      </button>
      <Problem of={activations} />
      {done !== null && (
        <p class="activated" role="status" data-testid="activated">
          <Ended done={done} />
        </p>
      )}
    </form>
  );
}

function Ended(props: { done: Activated }) {
  const { ended, value, used } = props.done;
  const fuel = <span class="hint">{exact(used)} fuel used</span>;
  if (ended === "done") {
    return (
      <>
        It gave back <b class="mono">{value}</b> <span class="hint mono">0x{(value >>> 0).toString(16)}</span> {fuel}
      </>
    );
  }
  const what = ended === "killed" ? "It was cut off: its fuel was over, or a machine check ended it." : "It gave up.";
  return (
    <>
      <span class="trouble">{what}</span> {fuel}
    </>
  );
}
