/** What is shown while the appliance cannot be heard: how old the figures are, and when it is tried again. */
import { useEffect, useState } from "preact/hooks";
import { retryNow } from "../feed.js";
import { roughly } from "../format.js";
import { connection, loaded } from "../store.js";

function useSeconds(active: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [active]);
  return active ? Math.max(now, Date.now()) : now;
}

export function ConnectionBanner() {
  const state = connection.value;
  const now = useSeconds(state.state === "lost");
  if (state.state === "outdated") {
    return (
      <div class="banner" role="alert">
        The appliance is of another version than this page.
        <button type="button" onClick={() => location.reload()}>
          Load the new page
        </button>
      </div>
    );
  }
  if (state.state !== "lost") return null;
  const wait = state.retryAt - now;
  return (
    <div class="banner" role="alert" data-testid="lost">
      <span>
        The appliance cannot be reached.
        {loaded.value && state.since > 0 && ` The figures are ${roughly(now - state.since)} old.`}{" "}
        {wait > 0 ? `Next try in ${roughly(wait)}.` : "Trying…"}
      </span>
      <button type="button" onClick={retryNow}>
        Try now
      </button>
    </div>
  );
}

const WORDS = { live: "live", connecting: "connecting", lost: "no connection", outdated: "outdated page" } as const;

export function ConnectionState() {
  const { state } = connection.value;
  return (
    <span class={`connection ${state}`} title={`WebSocket: ${WORDS[state]}`}>
      <span class="dot" aria-hidden="true" />
      {WORDS[state]}
    </span>
  );
}
