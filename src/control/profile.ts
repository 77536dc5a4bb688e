/**
 * The whole configuration as one document, out and in. In: it is checked in full before anything is
 * touched; then the replay is stopped, what is there is cleared, and what the document names is made.
 */
import { type ApplianceInterface, CONTROL_ENVIRONMENT, type EnvironmentView } from "../appliance/interface.js";
import { fileSource } from "../appliance/replay-source.js";
import { StoreError } from "../store/errors.js";
import { isName } from "../store/name.js";
import { checkOptions } from "./hosted.js";
import { CONTROL_NAME } from "./library.js";
import { call, type Plane } from "./plane.js";
import type { ProblemPlace, Profile } from "./protocol.js";
import { ControlRefusal } from "./refusal.js";
import { undone } from "./undo.js";

export function exportProfile(plane: Plane): Profile {
  return { filters: plane.store.filters.list(), ...exportState(plane), bindings: exportBindings(plane) };
}

/** Without filters and bindings, which the store keeps one by one. */
function exportState({ appliance, hosted }: Plane): Omit<Profile, "filters" | "bindings"> {
  const { state, sources, speed, loop, lossless } = appliance.replay;
  const open = state !== "none" && state !== "failed" && sources.length > 0;
  return {
    environments: living(appliance).map(({ id, name, program }) => ({ name, program, options: hosted.optionsOf(id) })),
    ...(open ? { replay: { captures: sources, speed, loop, lossless } } : {}),
  };
}

function exportBindings({ appliance, library }: Plane): Profile["bindings"] {
  const names = new Map(living(appliance).map(({ id, name }) => [id, name]));
  names.set(CONTROL_ENVIRONMENT, CONTROL_NAME);
  return [...appliance.bindings.values()].flatMap(({ id, name, environment, mode, priority }) => {
    const filter = library.filterOf(id);
    const owner = names.get(environment);
    return filter === undefined || owner === undefined ? [] : [{ name, filter, environment: owner, mode, priority }];
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

/** Keeps all of it at once. */
function rememberAll(plane: Plane, filters: Profile["filters"]): void {
  const { store } = plane;
  store.transact(() => {
    store.filters.replaceAll(filters);
    store.bindings.replaceAll(exportBindings(plane).map((binding) => ({ priority: 0, ...binding })));
    remember(plane);
  });
}

/**
 * Throws with nothing changed where the document is wrong, E_TEXT or E_PROFILE with pointers; with what
 * the kernel or the store said, and what was there before, where one of them refuses it. What the store
 * kept it keeps then, also where it is more than what was there: at the start nothing is there yet.
 */
export async function applyProfile(plane: Plane, capability: string, profile: Profile): Promise<void> {
  await checkProfile(plane, profile);
  const before = exportProfile(plane);
  const keep = keptBy(plane);
  try {
    await replaceBy(plane, capability, profile);
    rememberAll(plane, profile.filters);
  } catch (error) {
    // The kernel may refuse what only it can judge; what was there comes back.
    throw await undone(error, () => replaceBy(plane, capability, before).finally(keep));
  }
}

/** What the store keeps now, to be kept again by a call. */
function keptBy({ store }: Plane): () => void {
  const filters = store.filters.list();
  const bindings = store.bindings.list();
  const document = store.profile();
  return () => {
    store.transact(() => {
      store.filters.replaceAll(filters);
      store.bindings.replaceAll(bindings);
      // Its bindings have rows of their own.
      if (document !== undefined) store.putProfile(JSON.stringify({ ...JSON.parse(document), bindings: [] }));
    });
  };
}

async function checkProfile(plane: Plane, profile: Profile): Promise<void> {
  const wrong = [...doubles(profile), ...dangling(plane, profile)];
  if (wrong.length > 0) throw new ControlRefusal("E_PROFILE", wrong[0]?.message, wrong);
  for (const [index, { options }] of profile.environments.entries()) {
    checkOptions(options, plane.limits.optionsOctets, `/environments/${index}/options`);
  }
  for (const [index, filter] of profile.filters.entries()) {
    plane.store.filters.checkPut(filter);
    await plane.library.parse(filter.text, filter.language).catch((error: unknown) => {
      throw error instanceof ControlRefusal ? within(error, `/filters/${index}/text`) : error;
    });
  }
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
    ...twice("bindings", ofBindings, []),
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
  const environments = new Set([CONTROL_NAME, ...profile.environments.map(({ name }) => name)]);
  const places: ProblemPlace[] = [];
  for (const [index, { filter, environment }] of profile.bindings.entries()) {
    const at = `/bindings/${index}`;
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

async function replaceBy(plane: Plane, capability: string, profile: Profile): Promise<void> {
  await clear(plane, capability);
  await build(plane, capability, profile);
}

async function clear({ appliance, library, hosted }: Plane, capability: string): Promise<void> {
  if (appliance.replay.state !== "none") await call(appliance, capability, "stop", {});
  // Copies: the tables change with every call.
  const bindings = [...appliance.bindings.keys()];
  const environments = [...appliance.environments.values()];
  for (const id of bindings) await library.release(capability, id);
  for (const { id, state } of environments) {
    if (id === CONTROL_ENVIRONMENT || state === "destroyed") continue;
    await hosted.destroy(capability, id);
  }
}

async function build(plane: Plane, capability: string, profile: Profile): Promise<void> {
  const environments = new Map([[CONTROL_NAME, CONTROL_ENVIRONMENT]]);
  for (const { name, program, options } of profile.environments) {
    environments.set(name, await plane.hosted.create(capability, name, program, options ?? {}));
  }
  const filters = new Map(profile.filters.map((filter) => [filter.name, filter]));
  for (const { name, filter, environment, mode, priority } of profile.bindings) {
    const owner = environments.get(environment) ?? CONTROL_ENVIRONMENT;
    const stored = filters.get(filter);
    if (stored === undefined) throw new StoreError("E_NO_FILTER", filter);
    const request = { name, filter, environment: owner, mode, priority: priority ?? 0 };
    await plane.library.make(capability, request, await plane.library.parse(stored.text, stored.language));
  }
  const { replay } = profile;
  if (replay !== undefined) await openReplay(plane, capability, replay.captures, replay);
  if (replay !== undefined) await call(plane.appliance, capability, "play", {});
}

/** Opens stored captures and stands before the first packet. Throws E_NO_CAPTURE. */
export async function openReplay(
  { appliance, store }: Plane,
  capability: string,
  names: readonly string[],
  options: Omit<NonNullable<Profile["replay"]>, "captures">,
): Promise<void> {
  const sources = names.map((name) => fileSource(name, store.captures.path(name)));
  const { speed = 1, loop = 1, lossless = false } = options;
  await call(appliance, capability, "openReplay", { sources, options: { speed, loop, lossless } });
}

/**
 * `file` laid over `stored`: what the file names is as the file says, the rest stays. Bindings whose
 * filter or environment is nowhere are left out.
 */
export function mergeProfiles(stored: Profile, file: Profile): Profile {
  const replay = file.replay ?? stored.replay;
  const filters = overlay(stored.filters, file.filters, nameOf);
  const environments = overlay(stored.environments, file.environments, nameOf);
  const named = (list: readonly { readonly name: string }[], name: string) => list.some((one) => one.name === name);
  const bindings = overlay(stored.bindings, file.bindings, bindingKey).filter(
    ({ filter, environment }) =>
      named(filters, filter) && (environment === CONTROL_NAME || named(environments, environment)),
  );
  return { filters, environments, bindings, ...(replay === undefined ? {} : { replay }) };
}

function overlay<T>(under: readonly T[], over: readonly T[], keyOf: (one: T) => string): T[] {
  const keys = new Set(over.map(keyOf));
  return [...under.filter((one) => !keys.has(keyOf(one))), ...over];
}
