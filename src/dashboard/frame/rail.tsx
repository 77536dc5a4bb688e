/** The rail of views: at the left, or at the bottom edge of a narrow page. */
import { go, hashOf, place, VIEWS, type View } from "../address.js";
import { helpOpen } from "../keys.js";
import { chooseTheme, theme, themeChoice } from "../theme.js";

const TITLES: Record<View, string> = {
  way: "Way",
  filters: "Filters",
  trie: "Trie",
  handlers: "Handlers",
  environments: "Environments",
  streams: "Streams",
  packets: "Packets",
  trace: "Trace",
};

/** Icons as strokes on a 20 × 20 grid. */
const ICONS: Record<View, string> = {
  way: "M2 6h4c4 0 4 -3 8 -3h4M2 10h16M2 14h4c4 0 4 3 8 3h4",
  filters: "M3 4h14l-5.5 6.5v5l-3 1.5v-6.5z",
  trie: "M4 10h3M7 10c3 0 2 -5 5 -5h5M7 10h10M7 10c3 0 2 5 5 5h5M3 8.5h1.5v3h-1.5z",
  handlers: "M7 4l-5 6 5 6M13 4l5 6-5 6M11.5 3l-3 14",
  environments: "M3 3h6v6h-6zM11 3h6v6h-6zM3 11h6v6h-6zM11 11h6v6h-6z",
  streams: "M2 7c3 -4 5 -4 8 0s5 4 8 0M2 13c3 -4 5 -4 8 0s5 4 8 0",
  packets: "M3 3.5h14v13h-14zM3 8h14M6 11h3M11 11h3M6 13.8h3M11 13.8h3",
  trace: "M5 3v14M5 6h4M5 10.5h9M5 15h6M3 3h4",
};

export function Rail() {
  return (
    <nav class="rail" aria-label="Views">
      <a class="brand" href={hashOf("way")} title="exonet" onClick={(event) => follow(event, "way")}>
        <svg viewBox="0 0 20 20" width="22" height="22" aria-hidden="true">
          <path d="M2 10h5l4 -6h7M7 10h11M7 10l4 6h7" fill="none" stroke="currentColor" stroke-width="2" />
        </svg>
        <span class="hidden">exonet, home</span>
      </a>
      {VIEWS.map((view) => (
        <a
          key={view}
          href={hashOf(view)}
          class="rail-link"
          aria-current={place.value.view === view ? "page" : undefined}
          onClick={(event) => follow(event, view)}
        >
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path d={ICONS[view]} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
          </svg>
          <span>{TITLES[view]}</span>
        </a>
      ))}
      <span class="rail-space" />
      <ThemeButton />
      <button type="button" class="rail-link rail-help" title="Keys (?)" onClick={() => (helpOpen.value = true)}>
        <span class="rail-glyph" aria-hidden="true">
          ?
        </span>
        <span>Keys</span>
      </button>
      <a class="rail-link rail-help" href="docs" target="_blank" rel="noopener" title="The HTTP API, in a new tab">
        <span class="rail-glyph mono" aria-hidden="true">
          {"{}"}
        </span>
        <span>API</span>
      </a>
    </nav>
  );
}

function follow(event: MouseEvent, view: View): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(view);
}

function ThemeButton() {
  const choice = themeChoice.value;
  const next =
    choice === "system" ? (theme.value === "dark" ? "light" : "dark") : choice === "dark" ? "light" : "system";
  return (
    <button
      type="button"
      class="rail-link rail-theme"
      title={`Colours: ${choice === "system" ? `as the system (${theme.value})` : choice}. Click for ${next}.`}
      onClick={() => chooseTheme(next)}
    >
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" stroke-width="1.6" />
        <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
      <span>{choice === "system" ? "Auto" : choice === "dark" ? "Dark" : "Light"}</span>
    </button>
  );
}
