/** The kernel's books of who exists, as the control thread sees them. */
import type { BindingRecord } from "../kernel/binding.js";
import type { Environment } from "../kernel/environment.js";
import { type Carried, carry } from "./carried.js";
import type { BindingView, EnvironmentView } from "./interface.js";

/** `pages`: those that it owns now. */
export function environmentView(environment: Environment, pages: number, error: string | null): EnvironmentView {
  const { id, name, program, kind } = environment;
  const owner = environment.owner.join("/");
  return {
    id,
    name,
    program,
    kind,
    pages,
    error,
    owner,
    state: environment.state === "alive" ? "ready" : environment.state,
  };
}

/** Undefined where it has ended meanwhile, or has not begun. */
export function bindingView(record: BindingRecord | undefined): Carried<BindingView> | undefined {
  if (record?.from === undefined) return undefined;
  const { slot, name, environment, mode, priority, filter, from, under } = record;
  return carry({ id: slot, name, environment, mode, priority, filter, from, owner: record.owner.join("/"), under });
}
