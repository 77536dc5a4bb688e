/** The dialog that derives a capability from the caller's own, and shows its text once. */
import { useState } from "preact/hooks";
import { capabilities, type Derived, derive } from "../capabilities.js";
import { words } from "../http.js";
import { Dialog } from "../parts/dialog.js";
import { environments } from "../store.js";
import { endOf, Life, Rights, Told } from "./capability-form.js";

const NAME = /^[a-z0-9._-]{1,64}$/;

export function DeriveDialog(props: { close: () => void }) {
  const [made, setMade] = useState<Derived | null>(null);
  return (
    <Dialog title={made === null ? "Derive a capability" : `${made.capability.path} is made`} close={props.close}>
      {made === null ? <DeriveForm done={setMade} /> : <Made made={made} close={props.close} />}
    </Dialog>
  );
}

function Made({ made, close }: { made: Derived; close: () => void }) {
  const held = `The environment has it by handle ${made.handle}. It ends with the environment.`;
  return <Told text={made.text} held={held} close={close} />;
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
      <Rights may={own} has={["observe"]} />
      <div class="new-fields">
        <Life unchanged="as yours" />
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
  return {
    name: text("name"),
    rights: data.getAll("right").map(String),
    expires: endOf(text("life")) ?? capabilities.value[0]?.expires ?? 0,
    ...(text("frames") === "" ? {} : { frames: { text: text("frames"), language: "pcap-filter" as const } }),
    ...(text("environment") === "" ? {} : { environment: Number(text("environment")) }),
  };
}
