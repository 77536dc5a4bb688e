/** The list of keys. */
import { helpOpen, KEYS } from "../keys.js";
import { Dialog } from "../parts/dialog.js";

export function Help() {
  return (
    <Dialog title="Keys" close={() => (helpOpen.value = false)}>
      <dl class="keys">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
