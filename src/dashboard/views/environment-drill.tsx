/**
 * The drill: asks an environment to give something back, as pressure does, and draws what comes of it: asked, answered, the
 * deadline running down, told; and its repossession vector.
 */
import { useEffect, useState } from "preact/hooks";
import type { Environment, Loss, ResourceName, RevocationView } from "../../control/protocol.js";
import { exact } from "../format.js";
import {
  askBack,
  RESOURCES,
  type Revocations,
  revocationsOf,
  rowOfNames,
  type Step,
  sinceAsked,
  stepsOf,
} from "../holdings.js";
import { createAttempts } from "./attempt.js";
import { useWatched } from "./poll.js";

const attempts = createAttempts();
const UNDER_WAY_MS = 120;
const QUIET_MS = 1_000;
/** How often the running deadline is drawn. */
const DRAW_MS = 50;
const DEADLINE_MS = 500;
const MOST_DEADLINE_MS = 60_000;

export function DrillCard(props: { environment: Environment }) {
  const { environment } = props;
  const [asks, setAsks] = useState(0);
  // Another ask is looked at at once, not after the pause.
  const { answer, problem } = useWatched(
    (stop) => revocationsOf(environment.id, stop),
    (last) => (last?.requests.some(({ state }) => state === "asked") ? UNDER_WAY_MS : QUIET_MS),
    `${environment.id} ${asks}`,
  );
  const [shown, setShown] = useState<Revocations | null>(null);
  useEffect(() => {
    if (answer !== null) setShown(answer);
  }, [answer]);
  return (
    <section class="card" aria-label={`Drill of ${environment.name}`} data-testid="drill">
      <header class="card-head">
        <h2>Drill</h2>
        <span class="hint">Ask for something back, as pressure does; what is not given in time is taken by force.</span>
      </header>
      <DrillForm environment={environment} asked={() => setAsks(asks + 1)} />
      {problem !== null && <p class="trouble inset">{problem}</p>}
      {shown !== null && <Requests requests={shown.requests} />}
      {shown !== null && (shown.requests.length > 0 || shown.vector.length > 0) && <Vector vector={shown.vector} />}
    </section>
  );
}

function DrillForm(props: { environment: Environment; asked: () => void }) {
  const { environment } = props;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const data = new FormData(event.currentTarget);
    const resource = resourceOf(String(data.get("resource")));
    const count = Number(data.get("count"));
    const deadlineMs = Number(data.get("deadline"));
    void attempts.attempt(() => askBack(environment.id, { resource, count, deadlineMs })).then(props.asked);
  };
  return (
    <form class="drill-form" onSubmit={submit}>
      <label>
        Ask for
        <input name="count" type="number" min={1} max={1_000_000} step={1} defaultValue="3" required />
      </label>
      <select name="resource" aria-label="Of what">
        {RESOURCES.map(({ name, many }) => (
          <option key={name} value={name}>
            {many}
          </option>
        ))}
      </select>
      <label>
        within
        <input
          name="deadline"
          type="number"
          min={0}
          max={MOST_DEADLINE_MS}
          step={1}
          defaultValue={String(DEADLINE_MS)}
          required
        />
        ms
      </label>
      <button type="submit" class="primary" data-testid="drill-ask" disabled={attempts.busy.value}>
        Ask
      </button>
      {attempts.problem.value !== null && (
        <p class="trouble" role="alert" data-testid="drill-problem">
          {attempts.problem.value}
        </p>
      )}
    </form>
  );
}

function resourceOf(name: string): ResourceName {
  return RESOURCES.find((one) => one.name === name)?.name ?? "pages";
}

function Requests(props: { requests: readonly RevocationView[] }) {
  const newest = props.requests.toSorted((a, b) => b.sequence - a.sequence);
  if (newest.length === 0) return <p class="inset hint">Nothing has been asked back of it yet.</p>;
  return (
    <ul class="requests">
      {newest.map((request) => (
        <li key={request.sequence} data-testid={`request-${request.resource}`} data-state={request.state}>
          <ol class="steps">
            {stepsOf(request).map((step) => (
              <StepLine key={step.name} step={step} request={request} />
            ))}
          </ol>
        </li>
      ))}
    </ul>
  );
}

function StepLine(props: { step: Step; request: RevocationView }) {
  const { step, request } = props;
  return (
    <li class={`step ${step.mood}`}>
      <span class="step-mark" aria-hidden="true" />
      <b>{step.name}</b>
      <span class="step-words">{step.words}</span>
      {step.name === "answered" && <Part part={request.given / request.count} label="Given" />}
      {step.name === "deadline" && request.state === "asked" && <Running request={request} />}
    </li>
  );
}

function Part(props: { part: number; label: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, props.part)) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot be styled alike in all browsers.
    <span
      class="meter step-meter"
      role="meter"
      aria-label={props.label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span class="meter-fill" style={{ width: `${percent}%` }} />
    </span>
  );
}

/** What is left of the deadline; of a request that somebody else made it is not known. */
function Running(props: { request: RevocationView }) {
  const { sequence, deadlineMs } = props.request;
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => draw((count) => count + 1), DRAW_MS);
    return () => clearInterval(timer);
  }, [sequence]);
  const since = sinceAsked(sequence);
  if (since === undefined) return null;
  const left = Math.max(0, deadlineMs - since);
  return (
    <span class="running">
      <Part part={deadlineMs === 0 ? 0 : left / deadlineMs} label="Left of the deadline" />
      <span class="running-left">{(left / 1000).toFixed(1)} s left</span>
    </span>
  );
}

/** The newest first. */
function Vector(props: { vector: readonly Loss[] }) {
  const losses = props.vector.toReversed();
  return (
    <>
      <h3 class="part-head">
        Repossession vector <span class="hint">what was taken by force, as it reads it</span>
      </h3>
      {losses.length === 0 ? (
        <p class="inset hint">Nothing has ever been taken from it.</p>
      ) : (
        <div class="scroll-x holdings">
          <table class="plain" data-testid="vector">
            <thead>
              <tr>
                <th scope="col">what</th>
                <th scope="col">names</th>
                <th scope="col" class="numeric">
                  count
                </th>
                <th scope="col">saved in</th>
              </tr>
            </thead>
            <tbody>
              {losses.map((loss, index) => (
                <LossRow key={losses.length - index} loss={loss} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function LossRow(props: { loss: Loss }) {
  const { resource, name, count, saved } = props.loss;
  const things = RESOURCES.find((one) => one.name === resource);
  return (
    <tr>
      <td>{count === 1 ? things?.one : things?.many}</td>
      <td>{rowOfNames(name, count)}</td>
      <td class="numeric">{exact(count)}</td>
      <td class={saved === null ? "faint" : ""}>{saved === null ? "nothing" : rowOfNames(saved, count)}</td>
    </tr>
  );
}
