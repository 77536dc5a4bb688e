/**
 * Makes of the appliance what a profile says. Environments that are there as the profile wants them stay, with their
 * state; all bindings begin, and all that were there end, between the same two packets, or nothing changes. Only where
 * there is no room for old and new beside each other the old goes first, and comes back where the new cannot be.
 */
import { isDeepStrictEqual } from "node:util";
import { expectedLinks, MAX_LINK_TYPES } from "../appliance/expected-links.js";
import {
  type ApplianceInterface,
  type BindingView,
  CONTROL_ENVIRONMENT,
  type EnvironmentView,
} from "../appliance/interface.js";
import { fileSource } from "../appliance/replay-source.js";
import type { Filter } from "../dpf/atom.js";
import { MAX_BINDINGS } from "../kernel/books.js";
import type { KernelError } from "../kernel/kerrno.js";
import type { Attached } from "./handlers.js";
import { type BoundFilter, CONTROL_NAME } from "./library.js";
import { call, type Plane } from "./plane.js";
import type { Profile } from "./protocol.js";
import { ControlRefusal, KernelRefusal } from "./refusal.js";
import { undone } from "./undo.js";

/** Filters of a profile by name, as they were checked. */
export type Filters = ReadonlyMap<string, Filter>;

type Options = Readonly<Record<string, unknown>>;
type Numbers = ReadonlyMap<string, number>;
type Replay = Profile["replay"];

/** Of what was there, all that is needed to bring it back. */
interface Before {
  /** Each with the filter that it was made from, where it is one of the store's. */
  readonly bindings: readonly {
    readonly view: BindingView;
    readonly of: string | undefined;
    readonly handler: Attached | undefined;
  }[];
  readonly environments: readonly (EnvironmentView & {
    readonly options: Options;
    readonly code: string | undefined;
    readonly transmit?: true;
    readonly slices?: number;
  })[];
  readonly replay: Replay;
  /** For which the bindings were compiled. */
  readonly linkTypes: readonly number[];
}

const NO_ROOM: ReadonlySet<KernelError> = new Set(["E_TOO_MANY", "E_NO_MEMORY"]);

/** Throws what the kernel says, with all as it was: also its refusal of a binding, which then names the filter. */
export async function setUp(plane: Plane, capability: string, profile: Profile, filters: Filters): Promise<void> {
  const before = whatIsThere(plane);
  if (!hasRoomBeside(before, profile)) return setUpAlone(plane, capability, profile, filters, before);
  const kept = new Map(before.environments.flatMap((view) => (isWanted(view, profile) ? [[view.name, view.id]] : [])));
  const made = new Map<string, number>();
  try {
    await makeEnvironments(plane, capability, profile, kept, made);
  } catch (error) {
    const ended = await undone(error, () => endEnvironments(plane, capability, made.values()));
    const isForRoom =
      error instanceof KernelRefusal && NO_ROOM.has(error.code) && before.environments.length > kept.size;
    if (!isForRoom) throw ended;
    return setUpAlone(plane, capability, profile, filters, before);
  }
  await exchangeAll(plane, capability, profile, filters, new Map([...kept, ...made])).catch(async (error: unknown) => {
    throw await undone(error, () => endEnvironments(plane, capability, made.values()));
  });
  try {
    await attachAll(plane, capability, profile);
    await replayInstead(plane, capability, profile.replay);
  } catch (error) {
    throw await undone(error, async () => {
      await bringBack(plane, capability, before, (id) => id);
      await endEnvironments(plane, capability, made.values());
      await replayInstead(plane, capability, before.replay);
    });
  }
  const gone = before.environments.filter(({ name }) => !kept.has(name));
  await endEnvironments(
    plane,
    capability,
    gone.map(({ id }) => id),
  );
}

/** The old goes first. */
async function setUpAlone(
  plane: Plane,
  capability: string,
  profile: Profile,
  filters: Filters,
  before: Before,
): Promise<void> {
  const made = new Map<string, number>();
  try {
    await clear(plane, capability);
    await makeEnvironments(plane, capability, profile, new Map(), made);
    await exchangeAll(plane, capability, profile, filters, made);
    await attachAll(plane, capability, profile);
    await replayInstead(plane, capability, profile.replay);
  } catch (error) {
    throw await undone(error, async () => {
      await clear(plane, capability);
      const again = new Map<number, number>([[CONTROL_ENVIRONMENT, CONTROL_ENVIRONMENT]]);
      for (const { id, ...wanted } of before.environments) {
        again.set(id, await plane.hosted.create(capability, wanted));
      }
      await bringBack(plane, capability, before, (id) => again.get(id) ?? id);
      await replayInstead(plane, capability, before.replay);
    });
  }
}

function whatIsThere({ appliance, handlers, hosted, library }: Plane): Before {
  const { state, sources, speed, loop, lossless } = appliance.replay;
  const isOpen = state !== "none" && state !== "failed" && sources.length > 0;
  const living = [...appliance.environments.values()].filter(
    ({ id, state: its }) => id !== CONTROL_ENVIRONMENT && its !== "destroyed",
  );
  return {
    bindings: [...appliance.bindings.values()].map((view) => ({
      view,
      of: library.filterOf(view.id),
      handler: handlers.attachedTo(view.id),
    })),
    environments: living.map((view) => ({
      ...view,
      options: hosted.optionsOf(view.id),
      code: hosted.codeOf(view.id),
      ...hosted.sendingOf(view.id),
      ...hosted.slicesOf(view.id),
    })),
    replay: isOpen ? { captures: sources, speed, loop, lossless } : undefined,
    linkTypes: library.linkTypes,
  };
}

/** Nothing of one name is to be two things, and there are slots for old and new. */
function hasRoomBeside({ bindings, environments }: Before, profile: Profile): boolean {
  if (bindings.length + profile.bindings.length >= MAX_BINDINGS) return false;
  const names = new Set(profile.environments.map(({ name }) => name));
  return environments.every((view) => !names.has(view.name) || isWanted(view, profile));
}

function isWanted(view: Before["environments"][number], { environments }: Profile): boolean {
  const wanted = environments.find(({ name }) => name === view.name);
  if (wanted === undefined || view.state !== "ready" || (wanted.owner ?? view.owner) !== view.owner) return false;
  if ((wanted.transmit ?? false) !== (view.transmit ?? false)) return false;
  if ((wanted.slices ?? 1) !== (view.slices ?? 1)) return false;
  if (wanted.program !== view.program || wanted.code !== view.code) return false;
  return isDeepStrictEqual(wanted.options ?? {}, view.options);
}

/** Those that are not kept; `made` has what was made, also where one cannot be. */
async function makeEnvironments(
  plane: Plane,
  capability: string,
  { environments }: Profile,
  kept: Numbers,
  made: Map<string, number>,
): Promise<void> {
  for (const [index, { options = {}, ...wanted }] of environments.entries()) {
    if (kept.has(wanted.name)) continue;
    const making = plane.hosted.create(capability, { ...wanted, options });
    made.set(wanted.name, await making.catch((error: unknown) => Promise.reject(inCode(error, index))));
  }
}

/** What is wrong with a text stands in that text. */
function inCode(error: unknown, index: number): unknown {
  if (!(error instanceof KernelRefusal) || error.code !== "E_IMAGE") return error;
  const places = error.places.map((place) => ({ ...place, pointer: `/environments/${index}/code` }));
  return new KernelRefusal(error.code, error.message, { places });
}

async function endEnvironments(plane: Plane, capability: string, ids: Iterable<number>): Promise<void> {
  for (const id of ids) await plane.hosted.destroy(capability, id);
}

/** The profile's bindings instead of all that there are. A refusal names the filter at fault, and where its binding is. */
async function exchangeAll(
  { appliance, library }: Plane,
  capability: string,
  profile: Profile,
  filters: Filters,
  environments: Numbers,
): Promise<void> {
  const asked = profile.bindings.map(
    ({ name, filter, environment, mode, priority, capability: under }): BoundFilter => {
      const parsed = filters.get(filter);
      const owner = environment === CONTROL_NAME ? CONTROL_ENVIRONMENT : environments.get(environment);
      if (parsed === undefined || owner === undefined) throw new Error(`set-up: ${name} was not checked`);
      const binding = { name, filter: parsed, environment: owner, mode, priority: priority ?? 0 };
      return { of: filter, binding: under === undefined ? binding : { ...binding, under } };
    },
  );
  try {
    await library.exchange(capability, asked, appliance.linkTypes);
  } catch (error) {
    const { at } = error instanceof KernelRefusal ? error : { at: undefined };
    const wrong = at === undefined ? undefined : profile.bindings[at];
    if (!(error instanceof KernelRefusal) || wrong === undefined) throw error;
    const message = `filters/${wrong.filter}: ${error.message}`;
    throw new KernelRefusal(error.code, message, { at, places: [{ message, pointer: `/bindings/${at}` }] });
  }
}

/** The bindings that were there instead of all that there are; `owner`: the number that their environment has now. */
async function bringBack(
  { library, handlers, appliance }: Plane,
  capability: string,
  { bindings, linkTypes }: Before,
  owner: (id: number) => number,
): Promise<void> {
  const asked = bindings.map(({ view: { name, environment, mode, priority, filter, under }, of }): BoundFilter => {
    return { of, binding: { name, filter, environment: owner(environment), mode, priority, under } };
  });
  await library.exchange(capability, asked, linkTypes);
  const there = [...appliance.bindings.values()];
  for (const { view, handler } of bindings) {
    const now = there.find(({ name, environment }) => name === view.name && environment === owner(view.environment));
    if (handler !== undefined && now !== undefined) await handlers.bindAgain(now.id, handler);
  }
}

/** The handlers of the profile's bindings. A refusal names the handler, and where its binding is. */
async function attachAll({ appliance, handlers }: Plane, capability: string, { bindings }: Profile): Promise<void> {
  const there = [...appliance.bindings.values()];
  for (const [at, { name, environment, handler, capability: under }] of bindings.entries()) {
    if (handler === undefined) continue;
    const owner = environmentNamed(appliance, environment);
    const binding = there.find((view) => view.name === name && view.environment === owner)?.id;
    if (binding === undefined) throw new Error(`set-up: ${name} was not bound`);
    await handlers.bind(capability, binding, handler, under).catch((error: unknown) => {
      if (!(error instanceof KernelRefusal)) throw error;
      const message = `handlers/${handler.handler}: ${error.message}`;
      throw new KernelRefusal(error.code, message, { at, places: [{ message, pointer: `/bindings/${at}/handler` }] });
    });
  }
}

function environmentNamed({ environments }: ApplianceInterface, name: string): number | undefined {
  if (name === CONTROL_NAME) return CONTROL_ENVIRONMENT;
  return [...environments.values()].find((view) => view.name === name && view.state !== "destroyed")?.id;
}

async function clear(plane: Plane, capability: string): Promise<void> {
  const { environments } = whatIsThere(plane);
  await replayInstead(plane, capability, undefined);
  await plane.library.exchange(capability, [], plane.appliance.linkTypes);
  await endEnvironments(
    plane,
    capability,
    environments.map(({ id }) => id),
  );
}

async function replayInstead(plane: Plane, capability: string, replay: Replay): Promise<void> {
  const { appliance } = plane;
  if (appliance.replay.state !== "none") await call(appliance, capability, "stop", {});
  if (replay === undefined) return;
  await openReplay(plane, capability, replay.captures, replay);
  await call(appliance, capability, "play", {});
}

/**
 * Opens stored captures and stands before the first packet; filters are made ready for their link types. Throws
 * E_NO_CAPTURE, E_LINK_TYPES, and what is refused of a filter for a link type: then all is as before.
 */
export async function openReplay(
  plane: Plane,
  capability: string,
  names: readonly string[],
  options: Omit<NonNullable<Replay>, "captures">,
): Promise<void> {
  const { appliance, store, library } = plane;
  const sources = names.map((name) => fileSource(name, store.captures.path(name)));
  await library.expect(capability, linksWith(plane, names));
  const { speed = 1, loop = 1, lossless = false } = options;
  await call(appliance, capability, "openReplay", { sources, options: { speed, loop, lossless } });
}

/** Those of the captures, and of those before as many as there is room for. Throws E_NO_CAPTURE, E_LINK_TYPES. */
export function linksWith({ appliance, store }: Plane, captures: readonly string[]): readonly number[] {
  const types = captures.flatMap((name) => Object.keys(store.captures.get(name).info.linktypes).map(Number));
  const expected = expectedLinks(types, appliance.linkTypes);
  if (expected === undefined) {
    throw new ControlRefusal(
      "E_LINK_TYPES",
      `${new Set(types).size}, and with Ethernet there may be ${MAX_LINK_TYPES}`,
    );
  }
  return expected;
}
