/** Which environment is asked, where several run the same program; and what to do where none does. */
import { signal } from "@preact/signals";
import type { Environment } from "../../control/protocol.js";
import { words } from "../http.js";
import { Empty } from "../parts/empty.js";
import { createTapped, PROGRAM_WORDS, type Program } from "../programs.js";

const problem = signal<string | null>(null);
const chosen = signal<ReadonlyMap<string, number>>(new Map());

/** The chosen one of a program, or the first that lives. */
export function sourceOf(sources: readonly Environment[]): Environment | undefined {
  const wanted = chosen.value.get(sources[0]?.program ?? "");
  return sources.find((one) => one.id === wanted) ?? sources.find((one) => one.state === "ready") ?? sources[0];
}

export function SourceChoice(props: { sources: readonly Environment[] }) {
  const { sources } = props;
  if (sources.length < 2) return null;
  const program = sources[0]?.program ?? "";
  return (
    <select
      aria-label={`Which ${program}`}
      value={sourceOf(sources)?.id}
      onChange={(event) => (chosen.value = new Map(chosen.value).set(program, Number(event.currentTarget.value)))}
    >
      {sources.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </select>
  );
}

export function NoSource(props: { program: Program; title: string }) {
  const create = async () => {
    problem.value = null;
    try {
      await createTapped(props.program);
    } catch (error) {
      problem.value = words(error);
    }
  };
  return (
    <Empty title={props.title}>
      <p>
        <b>{props.program}</b> {PROGRAM_WORDS[props.program]}.
      </p>
      <button type="button" class="primary" onClick={() => void create()}>
        Create one that taps every packet
      </button>
      {problem.value !== null && (
        <p class="trouble" role="alert">
          {problem.value}
        </p>
      )}
    </Empty>
  );
}

export function Dead(props: { environment: Environment }) {
  return (
    <p class="trouble inset" role="alert">
      {props.environment.name} is dead: <span class="mono">{props.environment.error ?? "no reason given"}</span>
    </p>
  );
}
