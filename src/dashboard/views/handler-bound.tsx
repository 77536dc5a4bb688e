/** The bindings that have a handler: one of them whole, with what it did there, what it costs, and its state. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type HandlerBinding, refusedWords } from "../../control/protocol.js";
import { exact, octets, plural, si } from "../format.js";
import { boundHandlers, detach } from "../handler-bindings.js";
import { handlerCheck } from "../handler-drafts.js";
import { handlerPlace, lookAtBinding } from "../handler-place.js";
import { Chip, CutText, Figure } from "../parts/name.js";
import { bindingName } from "../store.js";
import { createAttempts, Problem } from "./attempt.js";
import { FuelChart } from "./fuel-chart.js";
import { BindForm } from "./handler-bind-form.js";
import { Killed, Unbound } from "./handler-killed.js";
import { OutcomeChart } from "./outcome-chart.js";

/** What the form is open for: a new binding, or the terms of one; null where it is shut. */
const editing = signal<"new" | number | null>(null);
const attempts = createAttempts();

/** The binding of a handler that the address names, or its first. */
export function boundOf(handler: string): HandlerBinding | undefined {
  const all = boundHandlers.value.filter((one) => one.handler === handler);
  const wanted = handlerPlace.value.binding;
  return all.find(({ binding }) => bindingName(binding) === wanted) ?? all[0];
}

export function HandlerBindings(props: { handler: string }) {
  const { handler } = props;
  const all = boundHandlers.value.filter((one) => one.handler === handler);
  const shown = boundOf(handler);
  const form = editing.value;
  const wanted = handlerPlace.value.binding;
  // A form that was open for another handler is not this one's.
  useEffect(() => () => (editing.value = null), []);
  const edited = all.find(({ binding }) => binding === form);
  return (
    <section class="card bindings-card" aria-label={`Bindings of ${handler}`}>
      <header class="card-head">
        <h2>Bindings</h2>
        <span class="hint">{exact(all.length)}</span>
        <span class="tools">
          <button
            type="button"
            data-testid="handler-bind"
            aria-pressed={form === "new"}
            onClick={() => (editing.value = form === "new" ? null : "new")}
          >
            Bind…
          </button>
        </span>
      </header>
      <Problem of={attempts} />
      {form === "new" && <BindForm handler={handler} close={() => (editing.value = null)} />}
      {all.length === 0 && form === null && (
        <p class="inset hint">It is bound to nothing, so nothing runs it. Bind it, or try it on a packet below.</p>
      )}
      {shown !== undefined && wanted !== "" && bindingName(shown.binding) !== wanted && (
        <p class="inset hint">The binding {wanted} does not have it now.</p>
      )}
      {shown !== undefined && edited === undefined && <BoundDetail key={shown.binding} bound={shown} all={all} />}
      {edited !== undefined && (
        <BindForm key={edited.binding} handler={handler} bound={edited} close={() => (editing.value = null)} />
      )}
    </section>
  );
}

/** The binding's name; of several, which one is shown. */
function Choice(props: { all: readonly HandlerBinding[]; shown: HandlerBinding }) {
  const { all, shown } = props;
  if (all.length < 2) {
    const name = bindingName(shown.binding);
    return (
      <b class="name" title={name}>
        <CutText text={name} />
      </b>
    );
  }
  return (
    <select
      data-testid="handler-binding"
      aria-label="Which binding is shown"
      value={shown.binding}
      onChange={(event) => lookAtBinding(bindingName(Number(event.currentTarget.value)))}
    >
      {all.map(({ binding, bound }) => (
        <option key={binding} value={binding}>
          {bindingName(binding)}
          {bound ? "" : " (taken from it)"}
        </option>
      ))}
    </select>
  );
}

function BoundDetail(props: { bound: HandlerBinding; all: readonly HandlerBinding[] }) {
  const { bound, all } = props;
  const { binding, counts } = bound;
  return (
    <div data-testid="bound" data-run={counts.run}>
      <div class="inset bound-head">
        <span class="bound-name">
          <Chip binding={binding} />
          <Choice all={all} shown={bound} />
        </span>
        <span class="tools">
          <button type="button" onClick={() => (editing.value = binding)}>
            Change…
          </button>
          <button
            type="button"
            class="danger"
            disabled={attempts.busy.value}
            onClick={() => void attempts.attempt(() => detach(binding))}
          >
            Detach
          </button>
        </span>
      </div>
      {!bound.bound && <Unbound bound={bound} />}
      <Terms bound={bound} />
      {handlerCheck.value?.sends === true && !bound.transmit && (
        <p class="inset warning">It sends frames, and may not here: Change… says that it may.</p>
      )}
      <Counts bound={bound} />
      <OutcomeChart bound={bound} />
      <FuelChart bound={bound} />
      <Killed bound={bound} />
    </div>
  );
}

function Terms(props: { bound: HandlerBinding }) {
  const { fuel, share, sends, transmit, port, environments, clearAtEpoch, stateOctets, pages, firstPage, replaced } =
    props.bound;
  const ended = environments.map((name, index) => `${index} ${name ?? "(ended)"}`);
  const words = [
    `${exact(fuel)} fuel a message`,
    `${exact(Math.round(share * 1000) / 10)} % of the time`,
    transmit
      ? `may send ${si(sends)} frames/s${port === null ? "" : ` by port ${port} where the message's own takes none`}`
      : "may not send",
    ...(ended.length > 0 ? [`passes to ${ended.join(", ")}`] : []),
    `${octets(stateOctets)} of state in ${plural(pages, "page")}${pages > 0 ? ` from ${firstPage}` : ""}`,
    ...(clearAtEpoch ? ["begins anew with each epoch"] : []),
    ...(replaced > 0 ? [`replaced ${exact(replaced)} ×`] : []),
  ];
  return <p class="inset hint">{words.join(" · ")}</p>;
}

function Counts(props: { bound: HandlerBinding }) {
  const { counts } = props.bound;
  const { run, sent, sentOctets, sendErrors, sendRefused, hopsCut, throttled, woken, transfers } = counts;
  const figures: readonly (readonly [string, number, boolean, string])[] = [
    ["run", run, true, "Messages that it was run on"],
    ["sent", sent, true, `Frames that left, ${octets(sentOctets)}`],
    ["not sent", sendErrors, sendErrors > 0, `Frames that were not taken: ${refusedWords(sendRefused, exact)}`],
    ["hops cut", hopsCut, hopsCut > 0, "Answers to answers, beyond eight"],
    [
      "beyond its share",
      throttled.share,
      true,
      "Messages that went the normal way since its share of the time was used up",
    ],
    ["sends throttled", throttled.sends, throttled.sends > 0, "Frames beyond its sends a second"],
    ["woken", woken, woken > 0, "How often it woke its owner"],
    ["transfers", transfers, transfers > 0, "Protected control transfers"],
  ];
  return (
    <dl class="handler-figures">
      {figures
        .filter(([, , shown]) => shown)
        .map(([title, value, , hint]) => (
          <div key={title} title={hint}>
            <dt>{title}</dt>
            <dd>
              <Figure text={si(value)} exact={exact(value)} />
            </dd>
          </div>
        ))}
    </dl>
  );
}
