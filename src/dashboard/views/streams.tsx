/** Streams: the monitor's flows, and the connections that a passive ExOS reassembled. */
import { go, place } from "../address.js";
import { environments } from "../store.js";
import { ConnectionsTable } from "./connections.js";
import { FlowsTable } from "./flows.js";

const TABS = [
  { key: "", title: "Flows", program: "monitor" },
  { key: "connections", title: "Connections", program: "exos" },
] as const;

export function StreamsView() {
  const tab = place.value.selection === "connections" ? "connections" : "";
  return (
    <div class="view">
      <h1 class="hidden">Streams</h1>
      <div class="tabs" role="tablist" aria-label="Streams" onKeyDown={otherTab}>
        {TABS.map((one) => (
          <button
            key={one.key}
            type="button"
            role="tab"
            id={`tab-${one.program}`}
            aria-controls="streams-panel"
            aria-selected={tab === one.key}
            tabIndex={tab === one.key ? 0 : -1}
            onClick={() => go("streams", one.key)}
          >
            {one.title}
          </button>
        ))}
      </div>
      <div id="streams-panel" role="tabpanel" aria-labelledby={tab === "" ? "tab-monitor" : "tab-exos"}>
        {tab === "" ? <FlowsTable sources={ready("monitor")} /> : <ConnectionsTable sources={ready("exos")} />}
      </div>
    </div>
  );
}

function otherTab(event: KeyboardEvent): void {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  go("streams", place.value.selection === "connections" ? "" : "connections");
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[role=tab][aria-selected="true"]')?.focus());
}

function ready(program: string) {
  return environments.value.filter((one) => one.program === program);
}
