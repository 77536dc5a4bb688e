/** The dialog that derives a capability from the caller's own, and shows its text once. */
import { useState } from "preact/hooks";
import { capabilities, type Derived, derive } from "../capabilities.js";
import { Dialog } from "../parts/dialog.js";
import { environments } from "../store.js";
import { CapabilityForm, chosen, endOf, Frames, Life, Rights, said, Told } from "./capability-form.js";

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
  const ask = async (data: FormData) => {
    const wanted = wantedOf(data);
    if (!NAME.test(wanted.name))
      throw new Error("A name has small letters, digits, dots, dashes and underscores only, at most 64.");
    props.done(await derive(wanted));
  };
  return (
    <CapabilityForm id="derive" verb="Derive" look="primary" ask={ask}>
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
        <Frames unchanged="all, or a pcap-filter" />
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
    </CapabilityForm>
  );
}

function wantedOf(data: FormData) {
  const environment = said(data, "environment");
  return {
    ...chosen(data),
    name: said(data, "name"),
    expires: endOf(said(data, "life")) ?? capabilities.value[0]?.expires ?? 0,
    ...(environment === "" ? {} : { environment: Number(environment) }),
  };
}
