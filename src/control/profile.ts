/**
 * The whole configuration as one document, out and in. In: it is checked in full before anything is
 * touched; then it is stored, and the appliance made what it says (set-up.ts); where that cannot be, the store has again
 * what it had.
 */

import { expectedLinks } from "../appliance/expected-links.js";
import { type ApplianceInterface, CONTROL_ENVIRONMENT, type EnvironmentView } from "../appliance/interface.js";
import type { Filter } from "../dpf/atom.js";
import { ROOT_SERIAL } from "../kernel/capability.js";
import { isName } from "../store/name.js";
import { keptAttachment } from "./handlers.js";
import { checkCode, checkOptions } from "./hosted.js";
import { CONTROL_NAME } from "./library.js";
import { capabilityKey, owned, ownerKey, requireAuthority } from "./owners.js";
import type { Plane } from "./plane.js";
import type { HandlerAttachment, ProblemPlace, Profile } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import { type Filters, linksWith, setUp } from "./set-up.js";
import { undone } from "./undo.js";

export function exportProfile(plane: Plane): Profile {
  const handlers = plane.store.handlers.list();
  return {
    filters: plane.store.filters.list(),
    ...(handlers.length > 0 ? { handlers } : {}),
    ...exportState(plane),
    bindings: exportBindings(plane),
  };
}

/** Without filters and bindings, which the store keeps one by one. */
function exportState({ appliance, hosted, ports }: Plane): Omit<Profile, "filters" | "handlers" | "bindings"> {
  const { state, sources, speed, loop, lossless } = appliance.replay;
  const open = state !== "none" && state !== "failed" && sources.length > 0;
  return {
    environments: living(appliance).map(({ id, name, program, owner }) => ({
      ...environmentAs(name, program, hosted.optionsOf(id), hosted.codeOf(id)),
      ...hosted.sendingOf(id),
      ...hosted.slicesOf(id),
      ...ownerKey(owner),
    })),
    ...(ports.wires().length > 0 ? { ports: ports.wires() } : {}),
    ...(open ? { replay: { captures: sources, speed, loop, lossless } } : {}),
  };
}

function environmentAs(
  name: string,
  program: string,
  options: Readonly<Record<string, unknown>>,
  code: string | undefined,
): Profile["environments"][number] {
  return { name, program, options, ...(code === undefined ? {} : { code }) };
}

function exportBindings({ appliance, library, handlers }: Plane): Profile["bindings"] {
  const names = new Map(living(appliance).map(({ id, name }) => [id, name]));
  names.set(CONTROL_ENVIRONMENT, CONTROL_NAME);
  return [...appliance.bindings.values()].flatMap(({ id, name, environment, mode, priority, under }) => {
    const filter = library.filterOf(id);
    const owner = names.get(environment);
    if (filter === undefined || owner === undefined) return [];
    const handler = handlers.keptOf(id);
    const attached = handler === undefined ? {} : { handler };
    return [{ name, filter, environment: owner, mode, priority, ...capabilityKey(under), ...attached }];
  });
}

function living({ environments }: ApplianceInterface): EnvironmentView[] {
  return [...environments.values()].filter(({ id, state }) => id !== CONTROL_ENVIRONMENT && state !== "destroyed");
}

/**
 * Keeps environments and replay, so that the next start sets them up again; before a change is answered.
 * Filters and their bindings are kept where they are changed (library.ts).
 */
export function remember(plane: Plane): void {
  plane.store.putProfile(JSON.stringify({ filters: [], ...exportState(plane) }));
}

/** Keeps all of it at once, as it will be. */
function rememberAll(
  { store }: Plane,
  { filters, handlers = [], environments, bindings, ports, replay }: Profile,
  isRoot: boolean,
): void {
  const { speed = 1, loop = 1, lossless = false } = replay ?? {};
  const state = {
    environments: environments.map(({ name, program, options = {}, code, transmit, slices, owner = "root" }) => ({
      ...environmentAs(name, program, options, code),
      // The next start sets up with the root capability: nobody may send more by it than now.
      ...(transmit === true && isRoot ? { transmit } : {}),
      ...(slices === undefined ? {} : { slices }),
      ...ownerKey(owner),
    })),
    ...(ports === undefined ? {} : { ports }),
    ...(replay === undefined ? {} : { replay: { captures: replay.captures, speed, loop, lossless } }),
  };
  store.transact(() => {
    store.filters.replaceAll(filters);
    store.handlers.replaceAll(handlers);
    store.bindings.replaceAll(
      bindings.map(({ handler, ...binding }) => ({
        priority: 0,
        ...binding,
        ...(handler === undefined ? {} : { handler: keptHandler(handler, isRoot, binding.capability) }),
      })),
    );
    store.putProfile(JSON.stringify({ filters: [], ...state }));
  });
}

function keptHandler(handler: HandlerAttachment, isRoot: boolean, bindingUnder = ROOT_SERIAL): HandlerAttachment {
  return keptAttachment(handler, isRoot, handler.capability ?? bindingUnder, bindingUnder);
}

/**
 * Throws with nothing changed where the document is wrong, E_TEXT or E_PROFILE with pointers; with what
 * the kernel or the store said, and what was there before, where one of them refuses it. What the store
 * kept it keeps then, also where it is more than what was there: at the start nothing is there yet.
 */
export async function applyProfile(plane: Plane, capability: string, document: Profile): Promise<void> {
  const admitted = await plane.admission.admit(capability);
  const profile = owned(document, admitted);
  requireAuthority(plane, admitted, profile);
  const filters = await checkProfile(plane, profile);
  const keep = keptBy(plane);
  rememberAll(plane, profile, capability === plane.appliance.rootCapability);
  const wires = plane.ports.wires();
  try {
    await plane.ports.become(capability, profile.ports ?? []);
    await setUp(plane, capability, profile, filters);
  } catch (error) {
    // The kernel may refuse what only it can judge.
    throw await undone(error, async () => {
      keep();
      await plane.ports.become(capability, wires);
    });
  }
}

/** What the store keeps now, to be kept again by a call. */
function keptBy({ store }: Plane): () => void {
  const filters = store.filters.list();
  const handlers = store.handlers.list();
  const bindings = store.bindings.list();
  const document = store.profile();
  return () => {
    store.transact(() => {
      store.filters.replaceAll(filters);
      store.handlers.replaceAll(handlers);
      store.bindings.replaceAll(bindings);
      // Its bindings have rows of their own.
      if (document !== undefined) store.putProfile(JSON.stringify({ ...JSON.parse(document), bindings: [] }));
    });
  };
}

async function checkProfile(plane: Plane, profile: Profile): Promise<Filters> {
  const wrong = [...doubles(profile), ...dangling(plane, profile)];
  if (wrong.length > 0) throw new ControlRefusal("E_PROFILE", wrong[0]?.message, wrong);
  for (const [index, { options, code }] of profile.environments.entries()) {
    checkOptions(options, plane.limits.optionsOctets, `/environments/${index}/options`);
    checkCode(code, plane.store.limits.textOctets);
  }
  for (const filter of profile.filters) plane.store.filters.checkPut(filter);
  await checkHandlers(plane, profile);
  plane.appliance.expect(linksWith(plane, profile.replay?.captures ?? []));
  const parsed = await parseAll(plane, profile);
  return new Map(
    parsed.map((result, index) => {
      if (result.status === "fulfilled") return [profile.filters[index]?.name ?? "", result.value];
      const { reason } = result;
      throw reason instanceof ControlRefusal ? within(reason, `/filters/${index}/text`) : reason;
    }),
  );
}

async function checkHandlers({ handlers, store }: Plane, profile: Profile): Promise<void> {
  for (const [index, handler] of (profile.handlers ?? []).entries()) {
    store.handlers.checkPut(handler);
    await handlers.check(handler.text).catch((error: unknown) => {
      throw error instanceof ControlRefusal ? within(error, `/handlers/${index}/text`) : error;
    });
  }
}

/**
 * A text that is wrong for the frames that are expected may be right for those of another capture that is stored: where one
 * played when it was bound, a start without a replay must not lose it.
 */
async function parseAll(plane: Plane, { filters }: Profile): Promise<readonly PromiseSettledResult<Filter>[]> {
  const { appliance, library, store } = plane;
  const parse = () => Promise.allSettled(filters.map(({ text, language }) => library.parse(text, language)));
  const parsed = await parse();
  const before = appliance.linkTypes;
  const stored = store.captures.list().flatMap(({ info }) => Object.keys(info.linktypes).map(Number));
  const more = expectedLinks(before, stored) ?? before;
  if (more.length === before.length || parsed.every(({ status }) => status === "fulfilled")) return parsed;
  appliance.expect(more);
  const again = await parse();
  if (again.some(({ status }) => status === "rejected")) appliance.expect(before);
  return again;
}

function within(refusal: ControlRefusal, pointer: string): ControlRefusal {
  const places = refusal.places.map((place) => ({ ...place, pointer }));
  return new ControlRefusal(refusal.code, `${pointer}: ${refusal.message}`, places);
}

function doubles(profile: Profile): ProblemPlace[] {
  const ofBindings = profile.bindings.map(bindingKey);
  return [
    ...twice("filters", profile.filters.map(nameOf), []),
    ...twice("environments", profile.environments.map(nameOf), [CONTROL_NAME]),
    ...twice("handlers", (profile.handlers ?? []).map(nameOf), []),
    ...twice("bindings", ofBindings, []),
    ...twice("ports", (profile.ports ?? []).map(nameOf), []),
  ];
}

function twice(table: string, names: readonly string[], taken: readonly string[]): ProblemPlace[] {
  const seen = new Set(taken);
  return names.flatMap((name, index) => {
    const known = seen.has(name);
    seen.add(name);
    return known ? [{ message: `${name} is there already`, pointer: `/${table}/${index}/name` }] : [];
  });
}

/** Bindings of different environments may have one name. */
function bindingKey({ environment, name }: Profile["bindings"][number]): string {
  return `${environment}/${name}`;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function dangling(plane: Plane, profile: Profile): ProblemPlace[] {
  const filters = new Set(profile.filters.map(({ name }) => name));
  const handlers = new Set((profile.handlers ?? []).map(({ name }) => name));
  const environments = new Set([CONTROL_NAME, ...profile.environments.map(({ name }) => name)]);
  const places: ProblemPlace[] = [];
  for (const [index, { filter, environment, handler }] of profile.bindings.entries()) {
    const at = `/bindings/${index}`;
    if (handler !== undefined && !handlers.has(handler.handler))
      places.push({ message: `no handler ${handler.handler}`, pointer: `${at}/handler/handler` });
    for (const name of handler?.environments ?? []) {
      if (!environments.has(name))
        places.push({ message: `no environment ${name}`, pointer: `${at}/handler/environments` });
    }
    if (!filters.has(filter)) places.push({ message: `no filter ${filter}`, pointer: `${at}/filter` });
    if (!environments.has(environment)) {
      places.push({ message: `no environment ${environment}`, pointer: `${at}/environment` });
    }
  }
  for (const [index, name] of (profile.replay?.captures ?? []).entries()) {
    const known = isName(name) && plane.store.captures.find(name) !== undefined;
    if (!known) places.push({ message: `no capture ${name}`, pointer: `/replay/captures/${index}` });
  }
  return places;
}

/**
 * `file` laid over `stored`: what the file names is as the file says, the rest stays. Bindings whose
 * filter or environment is nowhere are left out, and so are the handlers of stored ones that name what is nowhere.
 */
export function mergeProfiles(stored: Profile, file: Profile): Profile {
  const replay = file.replay ?? stored.replay;
  const filters = overlay(stored.filters, file.filters, nameOf);
  const environments = overlay(stored.environments, file.environments, nameOf);
  const handlers = overlay(stored.handlers ?? [], file.handlers ?? [], nameOf);
  const [filterNames, handlerNames] = [namesOf(filters), namesOf(handlers)];
  const owners = namesOf(environments).add(CONTROL_NAME);
  const known = stored.bindings.map(({ handler, ...binding }) => {
    const isWhole =
      handlerNames.has(handler?.handler ?? "") && (handler?.environments ?? []).every((name) => owners.has(name));
    return handler !== undefined && isWhole ? { ...binding, handler } : binding;
  });
  const bindings = overlay<Profile["bindings"][number]>(known, file.bindings, bindingKey).filter(
    ({ filter, environment }) => filterNames.has(filter) && owners.has(environment),
  );
  const ports = overlay(stored.ports ?? [], file.ports ?? [], nameOf);
  return {
    filters,
    ...(handlers.length === 0 ? {} : { handlers }),
    environments,
    bindings,
    ...(ports.length === 0 ? {} : { ports }),
    ...(replay === undefined ? {} : { replay }),
  };
}

/** A handler that a stored binding had, of which `file` says otherwise. */
export interface ReplacedHandler {
  readonly binding: string;
  readonly environment: string;
  readonly handler: string;
  /** That the file binds there; null where it binds none. */
  readonly by: string | null;
}

/** What `mergeProfiles` takes away, since bindings that the file names are as the file says. */
export function replacedHandlers(stored: Profile, file: Profile): ReplacedHandler[] {
  const named = new Map(file.bindings.map((binding) => [bindingKey(binding), binding]));
  return stored.bindings.flatMap((before) => {
    const after = named.get(bindingKey(before));
    const { name: binding, environment, handler: { handler } = {} } = before;
    const by = after?.handler?.handler ?? null;
    return after === undefined || handler === undefined || handler === by
      ? []
      : [{ binding, environment, handler, by }];
  });
}

function namesOf(list: readonly { readonly name: string }[]): Set<string> {
  return new Set(list.map(nameOf));
}

function overlay<T>(under: readonly T[], over: readonly T[], keyOf: (one: T) => string): T[] {
  const keys = new Set(over.map(keyOf));
  return [...under.filter((one) => !keys.has(keyOf(one))), ...over];
}
