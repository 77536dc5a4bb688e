/** View and selection in the address: #way, #filters/dns, #streams/connections, #trie/17.0, #packets/demo.pcap/17. */
import { signal } from "@preact/signals";

export const VIEWS = ["way", "filters", "trie", "handlers", "environments", "streams", "packets", "trace"] as const;
export type View = (typeof VIEWS)[number];

export interface Place {
  readonly view: View;
  /** What is selected in the view; "" is nothing. */
  readonly selection: string;
}

export function parsePlace(hash: string): Place {
  const [name = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  const view = VIEWS.find((one) => one === name);
  if (view === undefined) return { view: "way", selection: "" };
  return { view, selection: decode(rest.join("/")) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

export function hashOf(view: View, selection = ""): string {
  return selection === "" ? `#${view}` : `#${view}/${selection.split("/").map(encodeURIComponent).join("/")}`;
}

export const place = signal<Place>({ view: "way", selection: "" });

/** `quietly` adds no step to the browser's history: for a selection that follows typing. */
export function go(view: View, selection = "", quietly = false): void {
  const hash = hashOf(view, selection);
  if (quietly) history.replaceState(null, "", hash);
  else if (location.hash !== hash) history.pushState(null, "", hash);
  place.value = parsePlace(hash);
}

/** For what was begun at `from` and has ended: whoever has gone elsewhere meanwhile stays there. */
export function goOn(from: Place, view: View, selection = ""): void {
  const now = place.peek();
  if (now.view === from.view && now.selection === from.selection) go(view, selection);
}

export function watchAddress(): void {
  const read = () => {
    if (!location.hash.startsWith("#token=")) place.value = parsePlace(location.hash);
  };
  window.addEventListener("popstate", read);
  window.addEventListener("hashchange", read);
  read();
}
