/** Whose things are whose, in a profile: who has authority over what it names, and what bindings end with. */
import { CONTROL_ENVIRONMENT } from "../appliance/interface.js";
import { budgetExcess, budgetOf } from "../kernel/budget.js";
import type { CapabilityView } from "../kernel/calls.js";
import { ROOT_SERIAL, rules } from "../kernel/capability.js";
import { type Admitted, requireRights } from "./admission.js";
import { call, type Plane } from "./plane.js";
import type { Profile } from "./protocol.js";
import { KernelRefusal } from "./refusal.js";

/** The path and the serial of the root, which profiles leave out. */
const ROOT_PATH = "root";

/** With what is the caller's said to be so. */
export function owned(profile: Profile, { path, serial }: Pick<Admitted, "path" | "serial">): Profile {
  const environments = profile.environments.map((environment) => ({ owner: path, ...environment }));
  const bindings = profile.bindings.map((binding) => ({ capability: serial, ...binding }));
  const ports = profile.ports?.map(({ owner = path, ...wire }) => ({ ...wire, ...ownerKey(owner) }));
  return { ...profile, environments, bindings, ...(ports === undefined ? {} : { ports }) };
}

/** As a key of a profile; absent where it is the root's. */
export function ownerKey(owner: string): { owner?: string } {
  return owner === ROOT_PATH ? {} : { owner };
}

export function capabilityKey(under: string): { capability?: string } {
  return under === ROOT_SERIAL ? {} : { capability: under };
}

/**
 * A profile is put in the place of all that there is: whoever puts it needs authority over all of that, before anything is
 * kept; and, for more slices than each environment has anyway, the right to allocate them: the next start sets up with the root
 * capability. Throws E_CAPABILITY_OWNER, E_CAPABILITY_RIGHT.
 */
export function requireAuthority({ appliance, ports }: Plane, admitted: Admitted, profile: Profile): void {
  const { path } = admitted;
  if (profile.environments.some(({ slices = 1 }) => slices > 1)) requireRights(admitted, ["allocate"]);
  const there = [
    ...[...appliance.environments.values()].filter(({ id }) => id !== CONTROL_ENVIRONMENT),
    ...appliance.bindings.values(),
  ];
  const wires = [...ports.wires(), ...(profile.ports ?? [])].map(({ name, owner = ROOT_PATH }) => ({ name, owner }));
  for (const { name, owner } of [...there, ...profile.environments, ...wires]) {
    if (owner === undefined || isRuledBy(path, owner)) continue;
    throw new KernelRefusal("E_CAPABILITY_OWNER", name);
  }
}

/**
 * Without the bindings and handlers that were made under a capability that is no more, or has not enough any more: what ended while nobody
 * was here has ended.
 */
export async function standing(plane: Plane, capability: string, profile: Profile): Promise<Profile> {
  const { capabilities } = await call(plane.appliance, capability, "capabilities", {});
  const held = new Map(capabilities.map((one) => [one.serial, one]));
  const bindings = profile.bindings.filter(({ capability: under = ROOT_SERIAL, priority = 0 }) => {
    const has = held.get(under)?.rights;
    return has?.includes("bind") === true && (priority === 0 || has.includes("priority"));
  });
  return { ...profile, bindings: bindings.map((binding) => withStandingHandler(binding, held)) };
}

/** Without its handler, where that could not be bound any more under what it was bound. */
function withStandingHandler(
  { handler, ...binding }: Profile["bindings"][number],
  held: ReadonlyMap<string, CapabilityView>,
): Profile["bindings"][number] {
  if (handler === undefined) return binding;
  const has = held.get(handler.capability ?? binding.capability ?? ROOT_SERIAL);
  if (has?.rights.includes("handler") !== true) return binding;
  const allowed = has.budget ?? undefined;
  return budgetExcess(budgetOf(handler, allowed), allowed) === undefined ? { ...binding, handler } : binding;
}

function isRuledBy(path: string, owner: string): boolean {
  return rules(path.split("/"), owner.split("/"));
}
