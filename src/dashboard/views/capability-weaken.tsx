/** The dialog that takes something away from a capability where it is: it keeps its name, and its text becomes another. */
import { useState } from "preact/hooks";
import type { Capability } from "../../control/protocol.js";
import { belowOf, type Weakened, type WeakerCapability, weaken } from "../capabilities.js";
import { exact, plural } from "../format.js";
import { words } from "../http.js";
import { Dialog } from "../parts/dialog.js";
import { endOf, Life, Rights, Told } from "./capability-form.js";

export function WeakenDialog(props: { capability: Capability; close: () => void }) {
  const { capability, close } = props;
  const [made, setMade] = useState<Weakened | null>(null);
  // What an environment has by a handle follows; its text is nobody's.
  const text = capability.environment === null ? made?.text : undefined;
  return (
    <Dialog title={made === null ? `Weaken ${capability.path}` : `${capability.path} is weaker`} close={close}>
      {made === null ? (
        <WeakenForm capability={capability} done={setMade} />
      ) : (
        <>
          <p class="lead" data-testid="weakened">
            {wordsOf(made)}
          </p>
          <Told text={text} held="Its environment has what is left, by the handle that it had." close={close} />
        </>
      )}
    </Dialog>
  );
}

function WeakenForm(props: { capability: Capability; done: (weakened: Weakened) => void }) {
  const { capability, done } = props;
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    setProblem(null);
    try {
      done(await weaken(capability, wantedOf(new FormData(form))));
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  const below = belowOf(capability).length;
  return (
    <form
      class="new-environment"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <p class="lead">
        Its token is refused from then on, and there is another.
        {below > 0 && ` Of ${exact(below)} below it those end that would be stronger.`} What was taken away does not
        come back.
      </p>
      <Rights may={capability.rights} has={capability.rights} />
      <div class="new-fields">
        <Life unchanged="as now" />
        <label for="weaken-frames">Frames</label>
        <input
          id="weaken-frames"
          name="frames"
          class="mono"
          title="What frames sent under it must match"
          placeholder="as now, or a narrower pcap-filter"
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      {problem !== null && (
        <p class="trouble" role="alert" data-testid="weaken-problem">
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="danger" data-testid="weaken-submit" disabled={busy}>
          Weaken
        </button>
      </div>
    </form>
  );
}

function wantedOf(data: FormData): WeakerCapability {
  const text = (name: string) => String(data.get(name) ?? "").trim();
  const expires = endOf(text("life"));
  return {
    rights: data.getAll("right").map(String),
    ...(expires === undefined ? {} : { expires }),
    ...(text("frames") === "" ? {} : { frames: { text: text("frames"), language: "pcap-filter" as const } }),
  };
}

/** What ended by it. */
function wordsOf({ ended, bindings }: Weakened): string {
  const below = ended > 0 ? `${plural(ended, "capability", "capabilities")} below it` : "Nothing below it";
  return bindings > 0 ? `${below} ended, and ${plural(bindings, "binding")}.` : `${below} ended.`;
}
