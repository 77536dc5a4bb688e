/** One event of the trace by itself, whole: a table's cells have room for the beginning only. */
import { useEffect, useState } from "preact/hooks";
import { ENVIRONMENT_FIELDS, type TraceEvent } from "../../control/protocol.js";
import { hashOf } from "../address.js";
import { exact, parseTime, utc } from "../format.js";
import { handlerOf } from "../handler-bindings.js";
import { handlerSelection } from "../handler-place.js";
import { Dialog } from "../parts/dialog.js";
import { environmentNames, rows } from "../store.js";
import { catalogue, levelOf, sentenceOf } from "../trace.js";

export function TraceDetail(props: { event: TraceEvent; close: () => void }) {
  const { event } = props;
  const time = parseTime(event.time);
  const lines: readonly (readonly [string, string])[] = [
    ["level", levelOf(event)],
    ["time", time === null ? "–" : `${utc(time, 9)} UTC`],
    ...Object.entries(event.fields).map(([name, value]) => [name, fieldWords(event, name, value)] as const),
    ["packet", `${exact(event.packet)} of epoch ${exact(event.epoch)}`],
    ["number", exact(event.number)],
  ];
  return (
    <Dialog title={event.name} close={props.close}>
      <p class={`lead trace-name ${levelOf(event)}`}>{sentenceOf(event)}</p>
      <dl class="trace-detail" data-testid="trace-detail">
        {lines.map(([name, words]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
        {event.name.startsWith("handler") && <HandlerOfEvent binding={event.fields.binding ?? 0} />}
      </dl>
    </Dialog>
  );
}

/** The handler that the binding has now, with the way to it; nothing where it has none any more. */
function HandlerOfEvent(props: { binding: number }) {
  const { binding } = props;
  const [handler, setHandler] = useState<string | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    setHandler(undefined);
    handlerOf(binding, stop.signal).then(setHandler, () => {});
    return () => stop.abort();
  }, [binding]);
  if (handler === undefined) return null;
  const selection = handlerSelection({ handler, stage: "", binding: nameOf("binding", binding) ?? "" });
  return (
    <div>
      <dt>handler</dt>
      <dd>
        <a href={hashOf("handlers", selection)}>{handler}</a>
      </dd>
    </div>
  );
}

/** Of the wall clock, to the ms. */
export function timeOf(event: TraceEvent): string {
  const time = parseTime(event.time);
  return time === null ? "–" : (utc(time, 3).split(" ")[1] ?? "–");
}

export function fieldsOf(event: TraceEvent): string {
  return Object.entries(event.fields)
    .map(([name, value]) => `${name} ${fieldWords(event, name, value)}`)
    .join(" · ");
}

/** The same where there is little room: who it was by the name alone. */
export function briefOf(event: TraceEvent): string {
  return Object.entries(event.fields)
    .map(([name, value]) => nameOf(name, value) ?? wordOf(event, name, value) ?? `${name} ${exact(value)}`)
    .join(" · ");
}

function fieldWords(event: TraceEvent, field: string, value: number): string {
  return nameOf(field, value) ?? wordOf(event, field, value) ?? exact(value);
}

/** Numbers of environments and bindings by their names, where they still have one. */
function nameOf(field: string, value: number): string | undefined {
  if (ENVIRONMENT_FIELDS.includes(field)) return environmentNames.value.get(value);
  if (field === "binding") return rows.value.find(({ binding }) => binding.id === value)?.binding.name;
  return undefined;
}

/** What the catalogue calls a number. */
function wordOf(event: TraceEvent, field: string, value: number): string | undefined {
  const word = catalogue.value[event.name]?.words?.[field]?.[value];
  return word === "" ? undefined : word;
}
