/** Of a bound handler: what killed it, by reason; the packet that did last; and what to do where the binding has lost it. */
import { useEffect, useState } from "preact/hooks";
import type { HandlerBinding, HandlerKiller } from "../../control/protocol.js";
import { exact, octets, parseTime, plural, si, sum, utc } from "../format.js";
import { cameBy, killerOf, outlets } from "../handler-bindings.js";
import { handlerDrafts } from "../handler-drafts.js";
import { trialForm } from "../handler-trial.js";
import { words } from "../http.js";
import { Octets } from "../parts/octets.js";
import { sentence } from "./attempt.js";
import { tryAndStep } from "./handler-step.js";

/** Killed so often in a row, it is unbound (the kernel's limit). */
const KILLED_IN_A_ROW = 16;

/** What each reason means, as vcode/handler.ts has them. */
const REASONS: Readonly<Record<string, string>> = {
  message: "an offset beyond the message",
  index: "an index beyond an array, or an offset beyond a frame",
  length: "a length that a pipe or a frame cannot have",
  address: "an address that is not the state's",
  unaligned: "an access that is not aligned",
  call: "a call with arguments that it cannot have",
  outcome: "an outcome that is none",
  fuel: "more fuel than its budget",
  overflow: "a result that does not fit",
};

export function reasonWords(reason: string): string {
  return REASONS[reason] ?? reason;
}

export function Unbound(props: { bound: HandlerBinding }) {
  return (
    <div class="handler-unbound inset" role="alert" data-testid="unbound">
      <b>Unbound since it was killed {KILLED_IN_A_ROW} times in a row.</b> Messages go the normal way without it. See
      below what killed it and run it on that packet; mend the text and save it, which binds it again
      {(props.bound.counts.killed.fuel ?? 0) === 0 ? "." : ", or give it more fuel by Change…"}
    </div>
  );
}

export function Killed(props: { bound: HandlerBinding }) {
  const { killed } = props.bound.counts;
  const total = sum(killed);
  if (total === 0) return null;
  const reasons = Object.entries(killed)
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1]);
  return (
    <>
      <h3 class="part-head">
        Killed <span class="hint">{plural(total, "time")}; each message went the normal way</span>
      </h3>
      <table class="plain killed" data-testid="killed">
        <tbody>
          {reasons.map(([reason, count]) => (
            <tr key={reason}>
              <th scope="row">{reason}</th>
              <td class="faint">{reasonWords(reason)}</td>
              <td class="numeric" title={exact(count)}>
                {si(count)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Killer bound={props.bound} total={total} />
    </>
  );
}

/** Asked anew when it was killed again. */
function Killer(props: { bound: HandlerBinding; total: number }) {
  const { bound, total } = props;
  const [found, setFound] = useState<{ readonly killer: HandlerKiller; readonly by: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const look = async () => {
      const killer = await killerOf(bound.binding, stop.signal);
      return { killer, by: cameBy(killer, await outlets(stop.signal)) };
    };
    look().then(
      (next) => {
        if (stop.signal.aborted) return;
        setFound(next);
        setProblem(null);
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setProblem(words(error));
      },
    );
    return () => stop.abort();
  }, [bound.binding, total]);
  if (problem !== null) return <p class="inset hint">{sentence(problem)}</p>;
  if (found === null) return null;
  const { killer, by } = found;
  const time = parseTime(killer.time);
  return (
    <div class="killer inset" data-testid="killer">
      <p>
        Last by {by}
        {time !== null && <span class="hint"> at {utc(time, 6)}</span>}: {reasonWords(killer.reason)}, after{" "}
        {exact(killer.fuel)} units of fuel.{" "}
        <span class="hint">
          {killer.captured < killer.wire
            ? `the first ${octets(killer.captured)} of ${octets(killer.wire)}`
            : octets(killer.captured)}
          {killer.hops > 0 && `, answer ${killer.hops} in a row`}
        </span>
      </p>
      <Octets hex={killer.octets} label="The packet that killed it last" />
      <button type="button" data-testid="killer-run" onClick={() => runOn(bound)}>
        Run on it
      </button>
    </div>
  );
}

function runOn(bound: HandlerBinding): void {
  const draft = handlerDrafts.get(bound.handler);
  if (draft === undefined) return;
  trialForm.value = { ...trialForm.value, on: "killer", binding: bound.binding, fuel: "" };
  void tryAndStep(bound.handler, draft.text, bound.fuel);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("handler-run")?.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}
