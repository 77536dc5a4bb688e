/** Binding a handler, or changing its terms: to which binding, within which budget, and what it may do. */
import { useEffect, useState } from "preact/hooks";
import type { HandlerAttachment, HandlerBinding } from "../../control/protocol.js";
import { exact } from "../format.js";
import {
  type AttachField,
  type AttachProblem,
  attach,
  attachProblem,
  boundHandlers,
  type Outlet,
  outlets,
} from "../handler-bindings.js";
import { handlerCheck } from "../handler-drafts.js";
import { words } from "../http.js";
import { bindingName, environments, rows } from "../store.js";
import { sentence } from "./attempt.js";

/** The kernel's, as the form says them. */
const DEFAULTS = { fuel: 2_000, share: 0.1, sends: 10_000 };
const MOST_PASS_TO = 16;

interface Props {
  readonly handler: string;
  /** Whose terms are changed. */
  readonly bound?: HandlerBinding;
  readonly close: () => void;
}

export function BindForm(props: Props) {
  const { handler, bound, close } = props;
  const [problem, setProblem] = useState<AttachProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const [passTo, setPassTo] = useState<readonly string[]>(bound?.environments.flatMap((name) => name ?? []) ?? []);
  const submit = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    const binding = bound?.binding ?? Number(data.get("binding"));
    setBusy(true);
    setProblem(null);
    try {
      await attach(binding, attachmentOf(handler, data, passTo), Date.now);
      close();
    } catch (error) {
      setProblem(attachProblem(error));
      setBusy(false);
    }
  };
  return (
    <form
      class="handler-bind-form"
      aria-label={bound === undefined ? "Bind" : "Change its terms"}
      noValidate
      onInput={() => setProblem(null)}
      onSubmit={(event) => {
        event.preventDefault();
        if (event.currentTarget instanceof HTMLFormElement) void submit(event.currentTarget);
      }}
    >
      {bound !== undefined && <b class="cut">{bindingName(bound.binding)}</b>}
      {bound === undefined && <BindingField problem={problem} handler={handler} />}
      <BudgetFields problem={problem} bound={bound} />
      <Rights problem={problem} bound={bound} />
      <PortField problem={problem} bound={bound} />
      <PassToField problem={problem} passTo={passTo} change={setPassTo} />
      {problem?.field === null && (
        <p class="trouble" role="alert" data-testid="attach-problem">
          {sentence(problem.text)}
        </p>
      )}
      {bound !== undefined && <p class="hint">Its state and counters begin anew.</p>}
      <div class="buttons">
        <button type="submit" class="primary" data-testid="attach" disabled={busy}>
          {bound === undefined ? "Bind" : "Bind anew"}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function attachmentOf(handler: string, data: FormData, passTo: readonly string[]): HandlerAttachment {
  const port = data.get("port") ?? "";
  return {
    handler,
    fuel: Number(data.get("fuel")),
    share: Number(data.get("share")) / 100,
    sends: Number(data.get("sends")),
    transmit: data.get("transmit") !== null,
    clearAtEpoch: data.get("clear") !== null,
    ...(port === "" ? {} : { port: Number(port) }),
    ...(passTo.length > 0 ? { environments: passTo } : {}),
  };
}

function FieldProblem(props: { problem: AttachProblem | null; field: AttachField }) {
  const { problem, field } = props;
  return problem?.field === field ? (
    <p class="trouble field-problem" role="alert" data-testid="attach-problem" data-field={field}>
      {sentence(problem.text)}
    </p>
  ) : null;
}

function BindingField(props: { problem: AttachProblem | null; handler: string }) {
  const taken = new Map(boundHandlers.value.map((one) => [one.binding, one.handler]));
  const free = rows.value.filter(({ binding }) => taken.get(binding.id) !== props.handler);
  // One that nobody's handler has to give way on, where there is one.
  const first = free.find(({ binding }) => !taken.has(binding.id)) ?? free[0];
  const [chosen, choose] = useState<number | null>(null);
  if (free.length === 0) return <p class="hint">No binding is there that could have it: bind a filter first.</p>;
  // The chosen one may go, and others come, while the form is open.
  const binding = (free.find((row) => row.binding.id === chosen) ?? first)?.binding.id ?? 0;
  const other = taken.get(binding);
  return (
    <div class="form-field">
      <label>
        To the binding
        <select
          name="binding"
          data-testid="attach-binding"
          value={binding}
          aria-invalid={props.problem?.field === "binding"}
          onChange={(event) => choose(Number(event.currentTarget.value))}
        >
          {free.map(({ binding: { id, name, mode } }) => (
            <option key={id} value={id}>
              {name} ({mode === "claim" ? "claims" : "taps"})
            </option>
          ))}
        </select>
      </label>
      {other !== undefined && <p class="warning field-problem">It has the handler {other}, which gives way.</p>}
      <FieldProblem problem={props.problem} field="binding" />
    </div>
  );
}

function BudgetFields(props: { problem: AttachProblem | null; bound: HandlerBinding | undefined }) {
  const { fuel, share, sends } = props.bound ?? DEFAULTS;
  const fields = [
    { field: "fuel", title: "Fuel a message", value: fuel, unit: "units" },
    { field: "share", title: "Share of the time", value: Math.round(share * 1000) / 10, unit: "%" },
    { field: "sends", title: "Sends", value: sends, unit: "frames/s" },
  ] as const;
  return (
    <div class="budget-fields">
      {fields.map(({ field, title, value, unit }) => (
        <div key={field} class="form-field">
          <label>
            {title}
            <span class="with-unit">
              <input
                name={field}
                type="number"
                step="any"
                defaultValue={String(value)}
                aria-invalid={props.problem?.field === field}
              />
              {unit}
            </span>
          </label>
          <FieldProblem problem={props.problem} field={field} />
        </div>
      ))}
    </div>
  );
}

function Rights(props: { problem: AttachProblem | null; bound: HandlerBinding | undefined }) {
  const { bound } = props;
  const asks = handlerCheck.value?.sends === true;
  return (
    <div class="form-field">
      <label class="check">
        <input name="transmit" type="checkbox" defaultChecked={bound?.transmit ?? asks} />
        <span>It may send{asks && <span class="hint">, and it wants to</span>}</span>
      </label>
      <label class="check">
        <input name="clear" type="checkbox" defaultChecked={bound?.clearAtEpoch ?? false} />
        Its state begins anew with each epoch
      </label>
      <FieldProblem problem={props.problem} field="transmit" />
    </div>
  );
}

/** By which answers leave where the message came in by a capture, which takes none. */
function PortField(props: { problem: AttachProblem | null; bound: HandlerBinding | undefined }) {
  const [known, setKnown] = useState<readonly Outlet[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [port, setPort] = useState(String(props.bound?.port ?? ""));
  useEffect(() => {
    const stop = new AbortController();
    outlets(stop.signal).then(setKnown, (error: unknown) => {
      if (!stop.signal.aborted) setTrouble(words(error));
    });
    return () => stop.abort();
  }, []);
  const all = known ?? [];
  const gone = port !== "" && !all.some((one) => String(one.port) === port);
  return (
    <div class="form-field">
      <label>
        Answers leave by
        <select
          name="port"
          data-testid="attach-port"
          value={port}
          aria-invalid={props.problem?.field === "port"}
          onChange={(event) => setPort(event.currentTarget.value)}
        >
          <option value="">the port that the message came in by</option>
          {all.map((one) => (
            <option key={one.port} value={String(one.port)}>
              else by port {one.port}: {one.name}
            </option>
          ))}
          {gone && (
            <option value={port}>
              else by port {port}
              {known === null ? "" : ": there is none now"}
            </option>
          )}
        </select>
      </label>
      {known?.length === 0 && <p class="hint field-problem">Captures take no frames; no wire or file is there yet.</p>}
      {trouble !== null && <p class="trouble field-problem">{sentence(trouble)}</p>}
      <FieldProblem problem={props.problem} field="port" />
    </div>
  );
}

interface PassToProps {
  readonly problem: AttachProblem | null;
  readonly passTo: readonly string[];
  readonly change: (next: readonly string[]) => void;
}

/** In the order in which passTo(k) counts them. */
function PassToField(props: PassToProps) {
  const { passTo, change } = props;
  const rest = environments.value.filter(({ name }) => !passTo.includes(name));
  const asks = handlerCheck.value?.passesTo === true || handlerCheck.value?.transfers === true;
  return (
    <div class="form-field">
      <label>
        Environments for passTo and transfer
        <select
          data-testid="attach-environment"
          value=""
          disabled={rest.length === 0 || passTo.length >= MOST_PASS_TO}
          onChange={(event) => {
            const name = event.currentTarget.value;
            if (name !== "") change([...passTo, name]);
            event.currentTarget.value = "";
          }}
        >
          <option value="">{asks && passTo.length === 0 ? "Add one: it wants to" : "Add one…"}</option>
          {rest.map(({ id, name }) => (
            <option key={id} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {passTo.length > 0 && (
        <ol class="pass-to" start={0}>
          {passTo.map((name, index) => (
            <li key={name}>
              <span class="mono">passTo({exact(index)})</span> {name}
              <button
                type="button"
                class="quiet"
                aria-label={`Not to ${name}`}
                onClick={() => change(passTo.filter((one) => one !== name))}
              >
                ✕
              </button>
            </li>
          ))}
        </ol>
      )}
      <FieldProblem problem={props.problem} field="environments" />
    </div>
  );
}
