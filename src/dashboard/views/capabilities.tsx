/** Who may what: capabilities as a tree, with what each may, until when, weakening and revoking; and the dialog that derives one. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Capability } from "../../control/protocol.js";
import { belowOf, capabilities, depthOf, loadCapabilities, nameOf, revoke, rightsText } from "../capabilities.js";
import { exact, plural, roughly } from "../format.js";
import { tell } from "../notices.js";
import { Confirm } from "../parts/confirm.js";
import { clockSkew, environmentNames } from "../store.js";
import { createAttempts, Problem } from "./attempt.js";
import { DeriveDialog } from "./capability-new.js";
import { WeakenDialog } from "./capability-weaken.js";

const LOOK_MS = 5_000;
const attempts = createAttempts();
const deriving = signal(false);
const weakening = signal<Capability | null>(null);
const revoking = signal<Capability | null>(null);

export function CapabilitiesCard() {
  useEffect(() => {
    const look = () => void attempts.attempt(loadCapabilities);
    look();
    const timer = window.setInterval(() => {
      if (document.visibilityState === "visible") loadCapabilities().catch(() => undefined);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const all = capabilities.value;
  return (
    <section class="card" aria-label="Capabilities" data-testid="capabilities">
      <header class="card-head">
        <h2>Capabilities</h2>
        <span class="hint">{all.length === 0 ? "" : `${exact(all.length)}; yours, and what was derived from it`}</span>
        <span class="tools">
          <button
            type="button"
            data-testid="derive"
            disabled={all.length === 0}
            onClick={() => (deriving.value = true)}
          >
            Derive…
          </button>
        </span>
      </header>
      <Problem of={attempts} />
      <ul class="capabilities">
        {all.map((capability) => (
          <Line key={capability.serial} capability={capability} />
        ))}
      </ul>
      {deriving.value && <DeriveDialog close={() => (deriving.value = false)} />}
      {weakening.value !== null && <WeakenDialog capability={weakening.value} close={() => (weakening.value = null)} />}
      {revoking.value !== null && <Revoking capability={revoking.value} />}
    </section>
  );
}

function Line(props: { capability: Capability }) {
  const { capability } = props;
  const depth = depthOf(capability);
  return (
    <li data-testid={`capability-${capability.path}`} style={{ "--depth": depth }}>
      <span class="capability-name" title={capability.path}>
        {depth > 0 && <span class="capability-branch" aria-hidden="true" />}
        <b class="cut">{nameOf(capability)}</b>
        {depth === 0 && <span class="hint">yours</span>}
      </span>
      <div class="capability-rights">
        {rightsText(capability)}
        {capability.frames !== null && (
          <details class="capability-frames">
            <summary>of frames that match its filter only</summary>
            <pre>{capability.frames.replaceAll(" || ", "\n|| ")}</pre>
          </details>
        )}
      </div>
      <span class="capability-facts hint">{factsOf(capability)}</span>
      {depth > 0 && (
        <span class="capability-acts">
          <button type="button" onClick={() => (weakening.value = capability)}>
            Weaken…
          </button>
          <button type="button" class="danger" onClick={() => (revoking.value = capability)}>
            Revoke
          </button>
        </span>
      )}
    </li>
  );
}

function factsOf({ expires, environment, version }: Capability): string {
  const parts = [untilOf(expires)];
  if (environment !== null) parts.push(`held by ${environmentNames.value.get(environment) ?? environment}`);
  if (version > 0) parts.push(`weakened ${version === 1 ? "once" : `${version} times`}`);
  return parts.join(", ");
}

function untilOf(expires: number): string {
  if (expires === 0) return "does not end";
  const left = expires - (Date.now() + clockSkew.value);
  return left <= 0 ? "is over" : `ends in ${roughly(left)}`;
}

function Revoking(props: { capability: Capability }) {
  const { capability } = props;
  const below = belowOf(capability).length;
  const run = () =>
    void attempts.attempt(async () => {
      const { ended, bindings } = await revoke(capability);
      const also = bindings > 0 ? `, and with them ${plural(bindings, "binding")}` : "";
      tell("info", `${plural(ended, "capability", "capabilities")} ended${also}.`);
    });
  return (
    <Confirm title={`Revoke ${capability.path}?`} act="Revoke" run={run} close={() => (revoking.value = null)}>
      <p>
        {below > 0 ? `It and ${exact(below)} below it end` : "It ends"} at once, with the sessions that stand on it and
        the bindings that were made under it. That cannot be undone.
      </p>
    </Confirm>
  );
}
