/** Asks before something that cannot be undone; the safe answer has the focus. */
import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog.js";

interface Props {
  readonly title: string;
  /** The verb, on the button. */
  readonly act: string;
  readonly run: () => void;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

export function Confirm(props: Props) {
  const run = () => {
    props.close();
    props.run();
  };
  return (
    <Dialog title={props.title} close={props.close}>
      <div class="confirm-words">{props.children}</div>
      <div class="buttons confirm-buttons">
        {/* biome-ignore lint/a11y/noAutofocus: a dialog that asks puts the focus on its safe answer. */}
        <button type="button" autoFocus onClick={props.close}>
          Cancel
        </button>
        <button type="button" class="danger" onClick={run}>
          {props.act}
        </button>
      </div>
    </Dialog>
  );
}
