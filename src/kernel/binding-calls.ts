/**
 * The calls of downloaded code that are about bindings. A filter's text never comes this way: a filter is named by a binding of it,
 * which the compile worker has compiled, and to bind it for oneself is a change that it judges like any other. Numbers, results and
 * errors stand at DownloadedCall in abi-downloaded.ts.
 */
import { atomsOf } from "../dpf/atom.js";
import { BindMode } from "./abi.js";
import type { AskedChanges } from "./asked-changes.js";
import type { Binder } from "./binder.js";
import type { Bindings } from "./binding.js";
import { textAt } from "./capability-calls.js";
import { answered, type CallTable, errorWord } from "./downloaded-calls.js";
import type { Environments } from "./environment.js";
import type { Handles } from "./handles.js";
import { NAME_CHARACTERS } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { VirtualMemory } from "./virtual-memory.js";

/** Fuel: of a change, and one unit for each atom of its filter, or for each binding that is looked at, besides. */
const BIND_COST = 4096;
const RELEASE_COST = 1024;
const LOOK_COST = 64;
const OUTCOME_COST = 16;

export interface BindingCallContext {
  readonly memory: VirtualMemory;
  readonly environments: Environments;
  readonly bindings: Bindings;
  readonly binder: Binder;
  readonly handles: Handles;
  readonly asked: AskedChanges;
  /** Told of a binding that code has begun, of one that it has ended, and of an environment that so gave back one of its own. */
  readonly began: (slot: number) => void;
  readonly ended: (slot: number) => void;
  readonly gave: (environment: number) => void;
}

export function addBindingCalls(table: CallTable, context: BindingCallContext): void {
  const { asked, bindings, environments, memory } = context;
  table.set("bindingOf", {
    cost: LOOK_COST,
    run: answered((caller, environment, address, octets) => {
      if (environments.get(environment) === undefined) throw new Refusal("E_NO_ENVIRONMENT");
      const name = textAt(memory, caller.environment, address, octets, NAME_CHARACTERS);
      caller.pay(bindings.top);
      for (const record of bindings.all()) {
        if (record.environment === environment && record.name === name && record.from !== undefined) return record.slot;
      }
      throw new Refusal("E_NO_BINDING");
    }),
  });
  table.set("bind", {
    cost: BIND_COST,
    run: answered((caller, handle, of, mode, priority) => {
      caller.pay(atomsOf(known(context, of).filter));
      return bind(context, caller.environment, handle, of, mode, priority);
    }),
  });
  table.set("outcome", {
    cost: OUTCOME_COST,
    run: answered(({ environment }, number) => asked.outcome(environment, number)),
  });
  table.set("release", {
    cost: RELEASE_COST,
    run: answered(({ environment }, handle, slot) => release(context, environment, handle, slot)),
  });
}

function bind(
  context: BindingCallContext,
  environment: number,
  handle: number,
  of: number,
  mode: number,
  priority: number,
): number {
  const { asked, binder, bindings, handles, began } = context;
  const capability = handles.check(environment, handle, "bind");
  if (mode !== BindMode.tap && mode !== BindMode.claim) throw new Refusal("E_ARGUMENT");
  const { name, filter } = known(context, of);
  const binding = { name, environment, mode: mode === BindMode.tap ? "tap" : "claim", priority, filter } as const;
  return asked.ask(environment, (settle) =>
    binder.exchange(
      capability,
      { bindings: [binding], release: [] },
      ({ bindings: [slot = 0] }) => {
        // What it was made under may have ended while the compile worker was at it.
        const lives = bindings.get(slot)?.from !== undefined;
        if (lives) began(slot);
        settle(lives ? slot : errorWord("E_NO_BINDING"));
      },
      (error) => settle(errorWord(error)),
    ),
  );
}

function release(context: BindingCallContext, environment: number, handle: number, slot: number): void {
  const { binder, handles, ended, gave } = context;
  const capability = handle === 0 ? undefined : handles.check(environment, handle, "bind");
  const record = known(context, slot);
  const isOwn = record.environment === environment;
  if (capability !== undefined) binder.unbind(capability, { bindings: [slot] });
  else if (isOwn) binder.release([record]);
  else throw new Refusal("E_CAPABILITY_OWNER");
  ended(slot);
  if (isOwn) gave(environment);
}

function known({ bindings }: BindingCallContext, slot: number) {
  const record = bindings.get(slot);
  if (record?.from === undefined) throw new Refusal("E_NO_BINDING");
  return record;
}
