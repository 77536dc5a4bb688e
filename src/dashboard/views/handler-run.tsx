/** Trying a handler: on a packet of a capture, on octets, or on what killed it; and what came of it. */
import { useEffect } from "preact/hooks";
import type { HandlerBinding, HandlerChange, HandlerRun } from "../../control/protocol.js";
import { exact, plural, sum } from "../format.js";
import { boundHandlers } from "../handler-bindings.js";
import { handlerCheck, handlerDrafts } from "../handler-drafts.js";
import {
  DEFAULT_FUEL,
  forgetTrial,
  type Trial,
  type TrialField,
  type TrialForm,
  trial,
  trialForm,
  trialProblem,
  trying,
} from "../handler-trial.js";
import { Octets } from "../parts/octets.js";
import { elementsOf } from "../state-words.js";
import { bindingName, captures, environmentNames, replay } from "../store.js";
import { sentence } from "./attempt.js";
import { boundOf } from "./handler-bound.js";
import { reasonWords } from "./handler-killed.js";
import { Steps, tryAndStep } from "./handler-step.js";
import { HexButton, StateItems, valueWords } from "./state-card.js";

export function HandlerRunCard(props: { handler: string }) {
  const { handler } = props;
  const bound = boundOf(handler);
  useEffect(() => {
    if (trial.peek()?.handler !== handler) forgetTrial();
    const { binding } = trialForm.peek();
    const isOurs = boundHandlers.peek().some((one) => one.handler === handler && one.binding === binding);
    if (!isOurs) change({ binding: null, on: trialForm.peek().on === "killer" ? "capture" : trialForm.peek().on });
  }, [handler]);
  const text = handlerDrafts.get(handler)?.text ?? "";
  const wrong = handlerCheck.value?.ok === false;
  const shown = trial.value?.handler === handler ? trial.value : null;
  return (
    <section class="card" id="handler-run" aria-label="Run on a packet">
      <header class="card-head">
        <h2>Run on a packet</h2>
        <span class="hint">one run, step by step; nothing that it does reaches anybody</span>
      </header>
      <form
        class="run-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void tryAndStep(handler, text, bound?.fuel ?? DEFAULT_FUEL);
        }}
      >
        <On handler={handler} bound={bound} />
        <Message />
        <Conditions handler={handler} bound={bound} />
        <button
          type="submit"
          class="primary"
          data-testid="run"
          disabled={trying.value || wrong || text.trim() === ""}
          title={wrong ? "The text has errors; they stand beneath it" : ""}
        >
          Run
        </button>
        <RunProblem />
      </form>
      {shown !== null && <Came shown={shown} stale={shown.text !== text} />}
    </section>
  );
}

function change(next: Partial<TrialForm>): void {
  trialForm.value = { ...trialForm.value, ...next };
}

const PROBLEM = "run-problem";

/** Beneath all fields, so that they stay where they are; the one that it is about says so. */
function RunProblem() {
  const problem = trialProblem.value;
  return problem === null ? null : (
    <p id={PROBLEM} class="trouble field-problem" role="alert" data-testid="run-problem">
      {sentence(problem.text)}
    </p>
  );
}

function wrongIf(field: TrialField) {
  return trialProblem.value?.field === field
    ? { "aria-invalid": true, "aria-describedby": PROBLEM }
    : { "aria-invalid": false };
}

function On(props: { handler: string; bound: HandlerBinding | undefined }) {
  const { handler, bound } = props;
  const killed = boundHandlers.value.filter((one) => one.handler === handler && sum(one.counts.killed) > 0);
  // The one in view, if it was killed, or else the first that was.
  const victim = killed.find((one) => one.binding === bound?.binding) ?? killed[0];
  const choices: readonly (readonly [TrialForm["on"], string])[] = [
    ["capture", "Packet of a capture"],
    ["octets", "Octets"],
    ...(victim !== undefined || trialForm.value.on === "killer" ? ([["killer", "What killed it"]] as const) : []),
  ];
  return (
    <fieldset class="segmented" aria-label="Run on">
      {choices.map(([on, title]) => (
        <button
          key={on}
          type="button"
          data-testid={`run-on-${on}`}
          aria-pressed={trialForm.value.on === on}
          onClick={() => change(on === "killer" ? { on, binding: victim?.binding ?? null } : { on })}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}

function Message() {
  const form = trialForm.value;
  if (form.on === "killer") return null;
  if (form.on === "octets") return <OctetsField />;
  return <CaptureFields />;
}

function OctetsField() {
  return (
    <div class="form-field octets-field">
      <label>
        Octets, in hex
        <textarea
          class="mono token-text"
          data-testid="run-octets"
          rows={3}
          spellcheck={false}
          value={trialForm.value.octets}
          {...wrongIf("octets")}
          onInput={(event) => change({ octets: event.currentTarget.value })}
        />
      </label>
    </div>
  );
}

/** The capture that is replayed, unless another one is chosen. */
function CaptureFields() {
  const names = captures.value.map(({ name }) => name);
  const [playing = names[0] ?? ""] = replay.value?.captures ?? [];
  const { capture, packet } = trialForm.value;
  const shown = names.includes(capture) ? capture : playing;
  useEffect(() => {
    if (shown !== capture) change({ capture: shown });
  }, [shown]);
  return (
    <div class="form-field">
      <span class="capture-fields">
        <label>
          Packet
          <input
            class="numeric"
            inputmode="numeric"
            data-testid="run-packet"
            value={packet}
            {...wrongIf("packet")}
            onInput={(event) => change({ packet: event.currentTarget.value })}
          />
        </label>
        <label>
          of
          <select
            data-testid="run-capture"
            value={shown}
            disabled={names.length === 0}
            {...wrongIf("capture")}
            onChange={(event) => change({ capture: event.currentTarget.value })}
          >
            {names.length === 0 && <option value="">no capture</option>}
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </span>
    </div>
  );
}

/** With which state and how much fuel. */
function Conditions(props: { handler: string; bound: HandlerBinding | undefined }) {
  const all = boundHandlers.value.filter((one) => one.handler === props.handler);
  const { binding, fuel, on } = trialForm.value;
  return (
    <div class="form-field">
      <span class="capture-fields">
        {all.length > 0 && (
          <label>
            State
            <select
              data-testid="run-state"
              value={binding ?? ""}
              onChange={(event) =>
                change({ binding: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })
              }
            >
              {on !== "killer" && <option value="">zeros</option>}
              {all.map((one) => (
                <option key={one.binding} value={one.binding}>
                  as {bindingName(one.binding)} has it
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Fuel
          <input
            class="numeric"
            inputmode="numeric"
            data-testid="run-fuel"
            placeholder={String(props.bound?.fuel ?? DEFAULT_FUEL)}
            value={fuel}
            {...wrongIf("fuel")}
            onInput={(event) => change({ fuel: event.currentTarget.value })}
          />
        </label>
      </span>
    </div>
  );
}

/** What came of it: in a sentence, what left, and what changed. */
function Came(props: { shown: Trial; stale: boolean }) {
  const { shown, stale } = props;
  const { run } = shown;
  return (
    <div data-testid="trial" data-outcome={run.outcome} data-fuel={run.fuel}>
      <p class="inset came" role="status">
        <OutcomeWords shown={shown} />{" "}
        <span class="hint">
          {exact(run.fuel)} of {exact(shown.budget)} units of fuel · {plural(run.total, "step")} · {exact(run.cycles)}{" "}
          cycles
        </span>
        {stale && <span class="warning"> Of the text as it was then.</span>}
      </p>
      {shown.walk.steps.length > 0 && <Steps shown={shown} />}
      <Sent run={run} />
      <Changes run={run} />
    </div>
  );
}

/** Value by value; the whole state is folded. */
function Changes(props: { run: HandlerRun }) {
  const { state } = props.run;
  const changes = props.run.changes.flatMap(elementsOf);
  const count = plural(changes.length, "value");
  return (
    <section aria-label="State after it">
      <div class="part-head chart-head">
        <h3>State</h3>
        <span class="hint">{changes.length === 0 ? "nothing changed" : `${count} changed`}</span>
        <span class="tools">
          <HexButton />
        </span>
      </div>
      {changes.length > 0 && (
        <div class="scroll-x holdings changes">
          <table class="plain mono" data-testid="changes">
            <tbody>
              {changes.map((change) => (
                <tr key={`${change.item} ${change.at} ${change.column}`}>
                  <th scope="row">{placeWords(change)}</th>
                  <td class="numeric faint">
                    {change.before === null ? "not there" : valueWords(change.before, change.type)}
                  </td>
                  <td class="numeric">{change.after === null ? "gone" : valueWords(change.after, change.type)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {state.items.length > 0 && (
        <details class="whole-state">
          <summary>The whole state after it</summary>
          <StateItems items={state.items} />
        </details>
      )}
    </section>
  );
}

/** seen.packets, lengths[7], sources[1,2].packets */
function placeWords({ item, at, column }: HandlerChange): string {
  const place = at === null ? item : `${item}[${at}]`;
  return column === "value" ? place : `${place}.${column}`;
}

function OutcomeWords(props: { shown: Trial }) {
  const { outcome, reason, line, environment } = props.shown.run;
  switch (outcome) {
    case "consume":
      return <b class="good">It consumed the message.</b>;
    case "pass":
      return <b>It passed the message on.</b>;
    case "pass-to":
      return <b>It passed the message to environment {environment} of its binding.</b>;
    case "killed":
      return (
        <b class="trouble">
          It was killed{line > 0 && ` in line ${line}`}: {reasonWords(reason ?? "")}.
        </b>
      );
    case "cut":
      return (
        <b class="trouble">
          The trial was cut{line > 0 && ` in line ${line}`}: no trial has as much fuel as this one would need.
        </b>
      );
  }
}

function Sent(props: { run: HandlerRun }) {
  const { sent, woken, transfers } = props.run;
  return (
    <>
      {sent.map(({ octets, port }, index) => (
        <div key={index} class="inset" data-testid="sent">
          <h3 class="part-head flush">
            Sent {sent.length > 1 && exact(index + 1)}{" "}
            <span class="hint">
              {plural(octets.length / 2, "octet")} by{" "}
              {port < 0 ? "the port that the message came in by" : `port ${port}`}
            </span>
          </h3>
          <Octets hex={octets} label={`Frame ${index + 1} that it sent`} />
        </div>
      ))}
      {woken.length > 0 && <p class="inset">It woke its owner, and told {woken.join(", ")}.</p>}
      {transfers.map(([k = 0, ...words], index) => (
        <p key={index} class="inset">
          It transferred control to environment {k}
          {environmentOf(k)}, with {words.join(", ")}.
        </p>
      ))}
    </>
  );
}

/** By the chosen binding's list; "" where that is not known. */
function environmentOf(k: number): string {
  const { binding } = trialForm.value;
  const name = boundHandlers.value.find((one) => one.binding === binding)?.environments[k];
  return name === undefined || name === null || ![...environmentNames.value.values()].includes(name)
    ? ""
    : ` (${name})`;
}
