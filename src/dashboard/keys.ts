/** Keys of the whole page. They keep out of fields, editors and widgets that use the same keys themselves. */
import { signal } from "@preact/signals";
import { go, place, VIEWS } from "./address.js";
import { seekBy, step, toggle } from "./player.js";

export const helpOpen = signal(false);

export const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ["Space", "play or pause"],
  ["→", "one packet further"],
  ["← · Shift →", "2 % back · forward"],
  ["Home", "to the first packet"],
  ["1 – 8", "Way, Filters, Trie, Handlers, Environments, Streams, Packets, Trace"],
  ["/", "find in this view; of packets, by number"],
  ["← → · ↑ ↓", "in a handler's run: by instruction · by line"],
  ["f", "of a packet's field in focus: a filter by it"],
  ["n", "a new filter; among handlers, a new handler"],
  ["Esc", "close what is open"],
  ["?", "this list"],
];

export function watchKeys(): void {
  window.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      helpOpen.value = false;
      return;
    }
    if (usesKeys(event.target, event.key)) return;
    if (act(event)) event.preventDefault();
  });
}

/** Whether the element that has the focus does something of its own with this key. */
function usesKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("input, select, textarea, dialog") !== null) return true;
  if (key === " ") return target.closest("button, a, summary, [role=row]") !== null;
  return key.startsWith("Arrow") && target.closest("[role=slider], [role=row], [role=tab], [role=menu]") !== null;
}

function act(event: KeyboardEvent): boolean {
  switch (event.key) {
    case " ":
      void toggle();
      return true;
    case "ArrowRight":
      void (event.shiftKey ? seekBy(0.02) : step(1));
      return true;
    case "ArrowLeft":
      void seekBy(-0.02);
      return true;
    case "Home":
      void seekBy(-1);
      return true;
    case "/":
      return find();
    case "?":
      helpOpen.value = true;
      return true;
    case "n":
      go(place.value.view === "handlers" ? "handlers" : "filters", "");
      return true;
    default: {
      const view = VIEWS[Number(event.key) - 1];
      if (view === undefined) return false;
      go(view);
      return true;
    }
  }
}

function find(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-find]");
  field?.focus();
  field?.select();
  return field !== null;
}
