/** What runs the merged program: target and shadow, to be switched while packets flow, and whether the two agree. */
import { signal } from "@preact/signals";
import type { Disagreement, Target } from "../../control/protocol.js";
import { exact, plural } from "../format.js";
import { request, words } from "../http.js";
import { Octets } from "../parts/octets.js";
import { rows, target } from "../store.js";

const problem = signal<string | null>(null);
const switching = signal(false);
const NO_SHADOW = "";

const TITLES: Readonly<Record<string, string>> = { js: "JavaScript", wasm: "WebAssembly", interpreter: "interpreter" };

function titleOf(name: string): string {
  return TITLES[name] ?? name;
}

export function TargetSwitch() {
  const now = target.value;
  if (now === null) return null;
  const others = now.targets.filter((name) => name !== now.target);
  return (
    <div class="target-switch" data-testid="target" data-target={now.target} data-shadow={now.shadow ?? ""}>
      <label>
        Target
        <select
          data-testid="target-choice"
          value={now.target}
          disabled={switching.value}
          onChange={(event) => void choose(event.currentTarget.value, now.shadow)}
        >
          {now.targets.map((name) => (
            <option key={name} value={name}>
              {titleOf(name)}
            </option>
          ))}
        </select>
      </label>
      <label title="Judges every packet, too, and is compared with the target; costs its own time">
        Shadow
        <select
          data-testid="shadow-choice"
          value={now.shadow ?? NO_SHADOW}
          disabled={switching.value}
          onChange={(event) => void choose(now.target, event.currentTarget.value)}
        >
          <option value={NO_SHADOW}>none</option>
          {others.map((name) => (
            <option key={name} value={name}>
              {titleOf(name)}
            </option>
          ))}
        </select>
      </label>
      <Agreement target={now} />
      {problem.value !== null && (
        <p class="trouble" role="alert">
          {problem.value}
        </p>
      )}
    </div>
  );
}

function Agreement(props: { target: Target }) {
  const { disagreements, shadow } = props.target;
  if (disagreements > 0) {
    return (
      <strong class="trouble" data-testid="disagreements">
        {plural(disagreements, "packet")} judged differently
      </strong>
    );
  }
  return shadow === null ? null : <span class="good">✓ they agree</span>;
}

/** A shadow of the target itself says nothing. */
async function choose(next: string, shadow: string | null): Promise<void> {
  problem.value = null;
  switching.value = true;
  const other = shadow === NO_SHADOW || shadow === next ? null : shadow;
  try {
    target.value = await request<Target>("PUT", "target", { json: { target: next, shadow: other } });
  } catch (error) {
    problem.value = words(error);
  } finally {
    switching.value = false;
  }
}

/** The first packet on which the two disagreed. */
export function FirstDisagreement() {
  const now = target.value;
  const first = now?.first;
  if (now === null || first === null || first === undefined) return null;
  return (
    <section class="card disagreement" aria-label="First disagreement" data-testid="first-disagreement">
      <header class="card-head">
        <h2 class="trouble">Target and shadow disagree</h2>
        <span class="hint">
          first on packet {exact(first.packet)} of epoch {first.epoch}, of {plural(first.wire, "octet")} on the wire and
          link type {first.link}
        </span>
      </header>
      <div class="inset">
        <dl class="verdicts">
          <dt>{titleOf(now.target)}</dt>
          <dd>{verdictWords(first.target)}</dd>
          <dt>{now.shadow === null ? "the shadow" : titleOf(now.shadow)}</dt>
          <dd>{verdictWords(first.shadow)}</dd>
        </dl>
        <Octets hex={first.octets} label="The packet's first octets" />
      </div>
    </section>
  );
}

function verdictWords({ winner, taps }: Disagreement["target"]): string {
  const claim = winner === 0 ? "nobody claims it" : `${nameOf(winner)} claims it`;
  return taps.length === 0 ? claim : `${claim}, tapped by ${taps.map(nameOf).join(", ")}`;
}

function nameOf(binding: number): string {
  return rows.value.find((row) => row.binding.id === binding)?.binding.name ?? `binding ${binding}`;
}
