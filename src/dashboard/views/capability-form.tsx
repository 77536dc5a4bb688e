/** What the dialogs about capabilities have in common: rights to choose from, when it ends, and the text that is shown once. */
import { useRef, useState } from "preact/hooks";
import { RIGHT_WORDS } from "../capabilities.js";
import { clockSkew } from "../store.js";

const HOUR_MS = 3_600_000;
const LIVES = [
  ["an hour", HOUR_MS],
  ["a day", 24 * HOUR_MS],
  ["a week", 168 * HOUR_MS],
] as const;

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
