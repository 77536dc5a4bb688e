/**
 * The calls of downloaded code that are about capabilities: a text in its memory is presented, checked in full, and is a handle from
 * then on; what was granted to it, or was derived from that, it may derive from, weaken and revoke at once, since none of it is kept
 * for another start. Numbers, results and errors stand at DownloadedCall in abi-downloaded.ts.
 */
import { RightBits } from "./abi.js";
import type { Capabilities, CapabilityChange } from "./capabilities.js";
import { type Capability, RIGHTS } from "./capability.js";
import { answered, type CallTable } from "./downloaded-calls.js";
import type { Handles } from "./handles.js";
import { CAPABILITY_CHARACTERS, NAME_CHARACTERS } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { VirtualMemory } from "./virtual-memory.js";

/** Fuel: a keyed hash and a text to read or to write, and one unit for each octet or each capability that is looked at besides. */
const SEAL_COST = 8192;
const CHANGE_COST = 2048;
const CLOSE_COST = 16;
const MS = 1000;
const ALL_RIGHTS = Object.values(RightBits).reduce((all, bit) => all | bit, 0);

export interface CapabilityCallContext {
  readonly memory: VirtualMemory;
  readonly capabilities: Capabilities;
  readonly handles: Handles;
  /** Makes it so, with all that ends by it. */
  readonly change: (change: CapabilityChange) => void;
}

export function addCapabilityCalls(table: CallTable, context: CapabilityCallContext): void {
  const { memory, capabilities, handles } = context;
  table.set("present", {
    cost: SEAL_COST,
    run: answered((caller, address, octets) => {
      const text = textAt(memory, caller.environment, address, octets, CAPABILITY_CHARACTERS);
      caller.pay(octets);
      return handles.open(caller.environment, text);
    }),
  });
  table.set("close", {
    cost: CLOSE_COST,
    run: answered(({ environment }, handle) => handles.close(environment, handle)),
  });
  table.set("derive", { cost: SEAL_COST, run: answered((caller, ...words) => derive(context, caller, words)) });
  table.set("weaken", {
    cost: CHANGE_COST,
    run: answered((caller, handle, of, rights, expires) => {
      caller.pay(capabilities.size);
      const [by, weakened] = [behind(context, caller.environment, handle), own(context, caller.environment, of)];
      context.change(capabilities.weaken(by, weakened.serial, { rights: rightsOf(rights), expires: msOf(expires) }));
    }),
  });
  table.set("revoke", {
    cost: CHANGE_COST,
    run: answered((caller, handle, of) => {
      caller.pay(capabilities.size);
      const [by, revoked] = [behind(context, caller.environment, handle), own(context, caller.environment, of)];
      const change = capabilities.revoke(by, revoked.serial);
      context.change(change);
      return change.ended.length;
    }),
  });
}

/** Handle, address and octets of the name, rights, when it ends, address of the text. */
function derive(
  context: CapabilityCallContext,
  caller: { readonly environment: number },
  [handle = 0, at = 0, octets = 0, rights = 0, expires = 0, to = 0]: readonly number[],
): number {
  const { environment } = caller;
  const { memory, capabilities } = context;
  const by = own(context, environment, handle);
  const name = textAt(memory, environment, at, octets, NAME_CHARACTERS);
  const change = capabilities.derive(by, name, { rights: rightsOf(rights), expires: msOf(expires) });
  if (change.put === undefined) throw new Error("capability calls: nothing was derived");
  const text = capabilities.textOf(change.put.capability);
  // Who cannot read it has not made it.
  if (!memory.writeText(environment, to, text)) throw new Refusal("E_ADDRESS");
  context.change(change);
  return text.length;
}

/** Octets in the environment's memory, read once. E_ARGUMENT, E_ADDRESS. */
export function textAt(
  memory: VirtualMemory,
  environment: number,
  address: number,
  octets: number,
  most: number,
): string {
  if (octets < 1 || octets > most) throw new Refusal("E_ARGUMENT");
  const text = memory.text(environment, address, octets);
  if (text === undefined) throw new Refusal("E_ADDRESS");
  return text;
}

function behind({ handles }: CapabilityCallContext, environment: number, handle: number): Capability {
  return handles.check(environment, handle, null);
}

/** One that nobody keeps. E_NOT_KEPT. */
function own(context: CapabilityCallContext, environment: number, handle: number): Capability {
  const capability = behind(context, environment, handle);
  if (context.capabilities.held(capability.serial)?.passing !== true) throw new Refusal("E_NOT_KEPT");
  return capability;
}

function rightsOf(bits: number) {
  if ((bits & ~ALL_RIGHTS) !== 0) throw new Refusal("E_ARGUMENT");
  return RIGHTS.filter((right) => (bits & RightBits[right]) !== 0);
}

function msOf(seconds: number): number {
  return (seconds >>> 0) * MS;
}
