/** The dialog that takes something away from a capability where it is: it keeps its name, and its text becomes another. */
import { useState } from "preact/hooks";
import type { Capability } from "../../control/protocol.js";
import { belowOf, type Weakened, type WeakerCapability, weaken } from "../capabilities.js";
import { exact, plural } from "../format.js";
import { Dialog } from "../parts/dialog.js";
import { CapabilityForm, chosen, endOf, Frames, Life, Rights, said, Told } from "./capability-form.js";

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
  const below = belowOf(capability).length;
  const ask = async (data: FormData) => done(await weaken(capability, wantedOf(data)));
  return (
    <CapabilityForm id="weaken" verb="Weaken" look="danger" ask={ask}>
      <p class="lead">
        Its token is refused from then on, and there is another.
        {below > 0 && ` Of ${exact(below)} below it those end that would be stronger.`} What was taken away does not
        come back.
      </p>
      <Rights may={capability.rights} has={capability.rights} />
      <div class="new-fields">
        <Life unchanged="as now" />
        <Frames unchanged="as now, or a narrower pcap-filter" />
      </div>
    </CapabilityForm>
  );
}

function wantedOf(data: FormData): WeakerCapability {
  const expires = endOf(said(data, "life"));
  return { ...chosen(data), ...(expires === undefined ? {} : { expires }) };
}

/** What ended by it. */
function wordsOf({ ended, bindings }: Weakened): string {
  const below = ended > 0 ? `${plural(ended, "capability", "capabilities")} below it` : "Nothing below it";
  return bindings > 0 ? `${below} ended, and ${plural(bindings, "binding")}.` : `${below} ended.`;
}
