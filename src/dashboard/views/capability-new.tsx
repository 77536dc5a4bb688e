/** The dialog that derives a capability from the caller's own, and shows its text once. */
import { useRef, useState } from "preact/hooks";
import { capabilities, type Derived, derive, RIGHT_WORDS, RIGHTS } from "../capabilities.js";
import { words } from "../http.js";
import { Dialog } from "../parts/dialog.js";
import { clockSkew, environments } from "../store.js";

const HOUR_MS = 3_600_000;
const LIVES = [
  ["as yours", null],
  ["an hour", HOUR_MS],
  ["a day", 24 * HOUR_MS],
  ["a week", 168 * HOUR_MS],
] as const;
const NAME = /^[a-z0-9._-]{1,64}$/;

export function DeriveDialog(props: { close: () => void }) {
  const [made, setMade] = useState<Derived | null>(null);
  return (
    <Dialog title={made === null ? "Derive a capability" : `${made.capability.path} is made`} close={props.close}>
      {made === null ? <DeriveForm done={setMade} /> : <Told made={made} close={props.close} />}
    </Dialog>
  );
}

function DeriveForm(props: { done: (made: Derived) => void }) {
  const own = capabilities.value[0]?.rights ?? [];
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    const wanted = wantedOf(new FormData(form));
    if (!NAME.test(wanted.name)) {
      setProblem("A name has small letters, digits, dots, dashes and underscores only, at most 64.");
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      props.done(await derive(wanted));
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
      <p class="lead">It has at most what yours has. Revoke it at any time; what was derived from it ends with it.</p>
      <div class="new-fields">
        <label for="capability-name">Name</label>
        <input
          id="capability-name"
          name="name"
          class="mono"
          required
          placeholder="reader"
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      <fieldset class="programs">
        <legend>It may</legend>
        {RIGHTS.map((right) => (
          <label key={right}>
            <input
              type="checkbox"
              name="right"
              value={right}
              disabled={!own.some((one) => one === right)}
              defaultChecked={right === "observe"}
            />
            <span>
              <b>{right}</b> {RIGHT_WORDS[right]}
            </span>
          </label>
        ))}
      </fieldset>
      <div class="new-fields">
        <label for="capability-life">Until</label>
        <select id="capability-life" name="life">
          {LIVES.map(([title, ms]) => (
            <option key={title} value={ms ?? ""}>
              {title}
            </option>
          ))}
        </select>
        <label for="capability-frames">Frames</label>
        <input
          id="capability-frames"
          name="frames"
          class="mono"
          title="What frames sent under it must match"
          placeholder="all, or a pcap-filter"
          autocomplete="off"
          spellcheck={false}
        />
        <label for="capability-for">For</label>
        <select id="capability-for" name="environment">
          <option value="">whoever has its text</option>
          {environments.value
            .filter(({ kind }) => kind !== "counting")
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {name}, by a handle
              </option>
            ))}
        </select>
      </div>
      {problem !== null && (
        <p class="trouble" role="alert" data-testid="derive-problem">
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary" data-testid="derive-submit" disabled={busy}>
          Derive
        </button>
      </div>
    </form>
  );
}

function wantedOf(data: FormData) {
  const text = (name: string) => String(data.get(name) ?? "").trim();
  const life = text("life");
  const expires = life === "" ? (capabilities.value[0]?.expires ?? 0) : Date.now() + clockSkew.value + Number(life);
  return {
    name: text("name"),
    rights: data.getAll("right").map(String),
    expires: Math.round(expires),
    ...(text("frames") === "" ? {} : { frames: { text: text("frames"), language: "pcap-filter" as const } }),
    ...(text("environment") === "" ? {} : { environment: Number(text("environment")) }),
  };
}

/** The only time that the text is seen. */
function Told(props: { made: Derived; close: () => void }) {
  const { text, handle } = props.made;
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState(false);
  if (text === undefined) {
    return (
      <>
        <p class="lead">
          The environment has it by handle <b class="mono">{handle}</b>. It ends with the environment.
        </p>
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
