/** What the dialogs about capabilities have in common: the form, rights and frames to choose, when it ends, and the text that is shown once. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { RIGHT_WORDS } from "../capabilities.js";
import { words } from "../http.js";
import { clockSkew } from "../store.js";

const HOUR_MS = 3_600_000;
const LIVES = [
  ["an hour", HOUR_MS],
  ["a day", 24 * HOUR_MS],
  ["a week", 168 * HOUR_MS],
] as const;

/** A form with one button, which asks for what was chosen; why that is refused stands above the button. `id`: for tests. */
export function CapabilityForm(props: {
  id: string;
  verb: string;
  look: "primary" | "danger";
  /** Throws where it is refused; where it is not, the form goes. */
  ask: (data: FormData) => Promise<void>;
  children: ComponentChildren;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    setProblem(null);
    try {
      await props.ask(new FormData(form));
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <form
      class="new-environment"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      {props.children}
      {problem !== null && (
        <p class="trouble" role="alert" data-testid={`${props.id}-problem`}>
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class={props.look} data-testid={`${props.id}-submit`} disabled={busy}>
          {props.verb}
        </button>
      </div>
    </form>
  );
}

/** A field named `frames`; `unchanged`: what holds where it is empty. */
export function Frames(props: { unchanged: string }) {
  return (
    <>
      <label for="capability-frames">Frames</label>
      <input
        id="capability-frames"
        name="frames"
        class="mono"
        title="What frames sent under it must match"
        placeholder={props.unchanged}
        autocomplete="off"
        spellcheck={false}
      />
    </>
  );
}

/** What was said in a field, without the spaces around it. */
export function said(data: FormData, name: string): string {
  return String(data.get(name) ?? "").trim();
}

/** What was chosen in `Rights` and in `Frames`. */
export function chosen(data: FormData) {
  const text = said(data, "frames");
  return {
    rights: data.getAll("right").map(String),
    ...(text === "" ? {} : { frames: { text, language: "pcap-filter" as const } }),
  };
}

/** Boxes named `right`: those that it may have can be chosen, those that it has are. */
export function Rights(props: { may: readonly string[]; has: readonly string[] }) {
  return (
    <fieldset class="programs">
      <legend>It may</legend>
      {Object.entries(RIGHT_WORDS).map(([right, meaning]) => (
        <label key={right}>
          <input
            type="checkbox"
            name="right"
            value={right}
            disabled={!props.may.includes(right)}
            defaultChecked={props.has.includes(right)}
          />
          <span>
            <b>{right}</b> {meaning}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** A choice named `life`: of `unchanged`, or of times from now on. */
export function Life(props: { unchanged: string }) {
  return (
    <>
      <label for="capability-life">Until</label>
      <select id="capability-life" name="life">
        <option value="">{props.unchanged}</option>
        {LIVES.map(([title, ms]) => (
          <option key={title} value={ms}>
            {title}
          </option>
        ))}
      </select>
    </>
  );
}

/** ms since 1970 by the server's clock, of what was chosen in `Life`; undefined where that is unchanged. */
export function endOf(life: string): number | undefined {
  return life === "" ? undefined : Math.round(Date.now() + clockSkew.value + Number(life));
}

/** The only time that the text is seen; one without has a handle, of which `held` says what becomes. */
export function Told(props: { text: string | undefined; held: string; close: () => void }) {
  const { text } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState(false);
  if (text === undefined) {
    return (
      <>
        <p class="lead">{props.held}</p>
        <div class="buttons">
          <button type="button" class="primary" onClick={props.close}>
            Close
          </button>
        </div>
      </>
    );
  }
  const copy = () => {
    field.current?.select();
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <>
      <p class="lead">
        <b>This is its token. It is shown now and never again</b>: whoever has it may do what it allows.
      </p>
      <textarea
        ref={field}
        class="mono token-text"
        readOnly
        rows={5}
        aria-label="Token"
        data-testid="derived-token"
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="buttons">
        <button type="button" class="primary" onClick={copy}>
          {copied ? "Copied" : "Copy"}
        </button>
        <button type="button" onClick={props.close}>
          Close, and forget it
        </button>
      </div>
    </>
  );
}
