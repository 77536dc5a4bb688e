/** The frame: rail, replay bar, the view, and the line of the books. A file may be dropped anywhere on it. */
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { place } from "../address.js";
import { helpOpen } from "../keys.js";
import { session } from "../session.js";
import { connection, loaded } from "../store.js";
import { upload } from "../uploads.js";
import { EnvironmentsView } from "../views/environments.js";
import { FiltersView } from "../views/filters.js";
import { HandlersView } from "../views/handlers.js";
import { PacketsView } from "../views/packets.js";
import { SignIn } from "../views/sign-in.js";
import { StreamsView } from "../views/streams.js";
import { TraceView } from "../views/trace.js";
import { TrieView } from "../views/trie.js";
import { WayView } from "../views/way.js";
import { BooksLine } from "./books.js";
import { ConnectionBanner } from "./connection.js";
import { Help } from "./help.js";
import { Notices } from "./notices.js";
import { Rail } from "./rail.js";
import { ReplayBar } from "./replay-bar.js";
import { Uploads } from "./uploads.js";

const dragging = signal(false);

export function App() {
  useEffect(watchDrops, []);
  const { view } = place.value;
  // Before anybody scrolls in the new one, or is taken to a field of it.
  useLayoutEffect(() => document.getElementById("main")?.scrollTo(0, 0), [view]);
  if (session.value.state === "closed") return <SignIn error={session.value.error} />;
  const lost = connection.value.state === "lost";
  return (
    <div class={lost ? "frame lost" : "frame"} data-connection={connection.value.state}>
      <button type="button" class="skip-link" onClick={() => document.getElementById("main")?.focus()}>
        To the content
      </button>
      <Rail />
      <ReplayBar />
      <main id="main" data-scroller tabIndex={-1}>
        <ConnectionBanner />
        <Uploads />
        {loaded.value ? <View /> : <p class="opening">Connecting…</p>}
      </main>
      <BooksLine />
      <Notices />
      {helpOpen.value && <Help />}
      {dragging.value && (
        <div class="drop-hint" aria-hidden="true">
          Drop to store the capture and play it
        </div>
      )}
    </div>
  );
}

function View() {
  switch (place.value.view) {
    case "way":
      return <WayView />;
    case "filters":
      return <FiltersView />;
    case "trie":
      return <TrieView />;
    case "handlers":
      return <HandlersView />;
    case "environments":
      return <EnvironmentsView />;
    case "streams":
      return <StreamsView />;
    case "packets":
      return <PacketsView />;
    case "trace":
      return <TraceView />;
  }
}

function watchDrops(): () => void {
  let depth = 0;
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
  const set = (next: number) => {
    depth = Math.max(0, next);
    dragging.value = depth > 0;
  };
  const enter = (event: DragEvent) => carriesFiles(event) && set(depth + 1);
  const leave = (event: DragEvent) => carriesFiles(event) && set(depth - 1);
  const over = (event: DragEvent) => carriesFiles(event) && event.preventDefault();
  const drop = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    set(0);
    if (session.value.state === "open") upload(event.dataTransfer?.files ?? []);
  };
  const life = new AbortController();
  const { signal } = life;
  window.addEventListener("dragenter", enter, { signal });
  window.addEventListener("dragleave", leave, { signal });
  window.addEventListener("dragover", over, { signal });
  window.addEventListener("drop", drop, { signal });
  return () => life.abort();
}
