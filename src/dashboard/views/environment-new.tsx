/** Making an environment of a program of the installation: what each is for, those that misbehave apart. */
import { signal } from "@preact/signals";
import { goOn, place } from "../address.js";
import { startWriting } from "../downloaded.js";
import { RequestError, words } from "../http.js";
import { Dialog } from "../parts/dialog.js";
import {
  createTapped,
  DEMONSTRATIONS,
  freeEnvironmentName,
  PROGRAM_WORDS,
  PROGRAMS,
  type Program,
} from "../programs.js";

const chosen = signal<Program>("monitor");
const name = signal("");
const options = signal("");
const tap = signal(true);
const busy = signal(false);
/** What was wrong, by the field at fault; "" where it is none of them. */
const problems = signal<Readonly<Record<string, string>>>({});

export function NewEnvironment(props: { close: () => void }) {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const from = place.peek();
    const made = await create();
    if (made === null) return;
    props.close();
    goOn(from, "environments", made);
  };
  const write = () => {
    props.close();
    startWriting();
  };
  return (
    <Dialog title="New environment" close={props.close}>
      <form class="new-environment" onSubmit={(event) => void submit(event)}>
        <Programs title="Library OSes" programs={PROGRAMS} />
        <Programs
          title="Demonstrations: of revocation, and of what becomes of those that misbehave"
          programs={DEMONSTRATIONS}
        />
        <Fields />
        {problems.value[""] !== undefined && (
          <p class="trouble" role="alert">
            {problems.value[""]}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy.value}>
            Create {chosen.value}
          </button>
          <button type="button" onClick={write}>
            Write code instead
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Programs(props: { title: string; programs: readonly Program[] }) {
  return (
    <fieldset class="programs">
      <legend>{props.title}</legend>
      {props.programs.map((program) => (
        <label key={program}>
          <input
            type="radio"
            name="program"
            value={program}
            checked={chosen.value === program}
            onChange={() => (chosen.value = program)}
          />
          <span>
            <b>{program}</b> {PROGRAM_WORDS[program]}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Fields() {
  return (
    <div class="new-fields">
      <label for="environment-name">Name</label>
      <Field problem="name">
        <input
          id="environment-name"
          class="mono"
          value={name.value}
          placeholder={freeEnvironmentName(chosen.value)}
          autocomplete="off"
          spellcheck={false}
          aria-invalid={problems.value.name !== undefined}
          onInput={(event) => (name.value = event.currentTarget.value.trim())}
        />
      </Field>
      <label for="environment-options">Options</label>
      <Field problem="options">
        <input
          id="environment-options"
          class="mono"
          value={options.value}
          placeholder={chosen.value === "citizen" ? '{"pages": 40, "answer": "late"}' : "{}, as JSON"}
          autocomplete="off"
          spellcheck={false}
          aria-invalid={problems.value.options !== undefined}
          onInput={(event) => (options.value = event.currentTarget.value)}
        />
      </Field>
      <span />
      <label class="check">
        <input type="checkbox" checked={tap.value} onChange={(event) => (tap.value = event.currentTarget.checked)} />
        It taps every packet
      </label>
    </div>
  );
}

function Field(props: { problem: "name" | "options"; children: preact.ComponentChildren }) {
  const problem = problems.value[props.problem];
  return (
    <div class="new-field">
      {props.children}
      {problem !== undefined && (
        <p class="trouble" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** Its name; null where it was refused, which `problems` says. */
async function create(): Promise<string | null> {
  problems.value = {};
  const read = optionsOf(options.value);
  if (typeof read === "string") {
    problems.value = { options: read };
    return null;
  }
  busy.value = true;
  try {
    const made = await createTapped(chosen.value, { name: name.value, options: read, tap: tap.value });
    name.value = "";
    options.value = "";
    return made;
  } catch (error) {
    problems.value = placed(error);
    return null;
  } finally {
    busy.value = false;
  }
}

function optionsOf(text: string): Readonly<Record<string, unknown>> | string {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    return 'Options are an object, such as {"pages": 40}.';
  } catch (error) {
    return `This is no JSON. ${words(error)}`;
  }
}

function placed(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof RequestError) {
    if (error.code === "E_NAME_TAKEN" || error.code === "E_NAME") return { name: words(error) };
    const [place] = error.errors;
    const field = place?.pointer?.split("/")[1];
    if (field === "name")
      return { name: "A name has small letters, digits, dots, dashes and underscores, at most 64." };
    if (field === "options") return { options: place?.message ?? words(error) };
  }
  return { "": words(error) };
}
