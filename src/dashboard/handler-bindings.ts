/** Handlers that bindings have: polled while somebody looks, attached, taken away, looked into. */
import { signal } from "@preact/signals";
import type {
  HandlerAttachment,
  HandlerBinding,
  HandlerKiller,
  HandlerRun,
  HandlerStateItem,
  HandlerStateView,
  HandlerTrial,
  Port,
} from "../control/protocol.js";
import { exact } from "./format.js";
import { RequestError, request, words } from "./http.js";
import { Outcomes } from "./outcomes.js";

export const boundHandlers = signal<readonly HandlerBinding[]>([]);
export const outcomes = new Outcomes();

/** `now`: wall ms. */
export async function pollBound(now: () => number, stop: AbortSignal): Promise<readonly HandlerBinding[]> {
  const list = await request<HandlerBinding[]>("GET", "bindings/handlers", undefined, stop);
  outcomes.take(list, now());
  boundHandlers.value = list;
  return list;
}

/** Name of the handler that a binding has, if it has one. */
export async function handlerOf(binding: number, stop: AbortSignal): Promise<string | undefined> {
  const list = await request<HandlerBinding[]>("GET", "bindings/handlers", undefined, stop);
  return list.find((one) => one.binding === binding)?.handler;
}

/** `now`: wall ms. */
export async function attach(binding: number, attachment: HandlerAttachment, now: () => number): Promise<void> {
  const bound = await request<HandlerBinding>("PUT", `bindings/${binding}/handler`, { json: attachment });
  boundHandlers.value = [...boundHandlers.value.filter((one) => one.binding !== binding), bound];
  // From here on it counts: what it does before it is polled is seen, too.
  outcomes.take(boundHandlers.value, now());
}

export async function detach(binding: number): Promise<void> {
  await request("DELETE", `bindings/${binding}/handler`);
  boundHandlers.value = boundHandlers.value.filter((one) => one.binding !== binding);
}

export function killerOf(binding: number, stop: AbortSignal): Promise<HandlerKiller> {
  return request<HandlerKiller>("GET", `bindings/${binding}/handler/killer`, undefined, stop);
}

/** A port that frames can be sent to. */
export interface Outlet {
  readonly port: number;
  /** Of the wire or file; of a wire with which of its ends. */
  readonly name: string;
}

export async function outlets(stop: AbortSignal): Promise<readonly Outlet[]> {
  const ports = await request<Port[]>("GET", "ports", undefined, stop);
  return ports.flatMap(({ name, kind, ends }) =>
    ends.map(({ port }, end) => ({ port, name: kind === "wire" ? `wire ${name}, end ${end + 1}` : `file ${name}` })),
  );
}

/** Ports of captures are below; made ones, as wires, have the rest (the kernel's). */
const FIRST_MADE_PORT = 240;

/** By which way a kept message came: only one of a capture has a packet's number, by which it can be found again. */
export function cameBy({ port, packet }: Pick<HandlerKiller, "port" | "packet">, made: readonly Outlet[]): string {
  if (port < FIRST_MADE_PORT) return `packet ${exact(packet)}`;
  const name = made.find((one) => one.port === port)?.name;
  return name === undefined ? `a message that came in by port ${port}` : `a message that came in by ${name}`;
}

export function runHandler(trial: HandlerTrial): Promise<HandlerRun> {
  return request<HandlerRun>("POST", "handlers/run", { json: trial });
}

/** The first `limit` rows of each item; of those that `from` names, the rows from there on. */
export async function stateOf(
  binding: number,
  limit: number,
  from: ReadonlyMap<string, number>,
  stop: AbortSignal,
): Promise<HandlerStateView> {
  const path = `bindings/${binding}/handler/state?limit=${limit}`;
  const state = await request<HandlerStateView>("GET", path, undefined, stop);
  const turned = await Promise.all(
    [...from].map(async ([item, first]): Promise<readonly HandlerStateItem[]> => {
      if (first === 0 || !state.items.some(({ name }) => name === item)) return [];
      return (await request<HandlerStateView>("GET", `${path}&item=${item}&from=${first}`, undefined, stop)).items;
    }),
  );
  const byName = new Map(turned.flat().map((item) => [item.name, item]));
  return { ...state, items: state.items.map((item) => byName.get(item.name) ?? item) };
}

export type AttachField = "binding" | "fuel" | "share" | "sends" | "port" | "transmit" | "environments";

export interface AttachProblem {
  /** The field that is its cause; null where it is none of them. */
  readonly field: AttachField | null;
  readonly text: string;
}

const FIELD_OF_CODE: Readonly<Record<string, AttachField>> = {
  E_NO_BINDING: "binding",
  E_CAPABILITY_OWNER: "binding",
  E_NO_ENVIRONMENT: "environments",
  E_NO_PORT: "port",
};
/** The kernel says of a budget which of its terms is too much. */
const BUDGET_WORDS: readonly (readonly [AttachField, RegExp])[] = [
  ["fuel", /fuel/],
  ["share", /share/],
  ["sends", /sends/],
];

export function attachProblem(error: unknown): AttachProblem {
  const text = words(error);
  if (!(error instanceof RequestError)) return { field: null, text };
  const [place] = error.errors;
  const pointed = /^\/(fuel|share|sends|port|transmit|environments)\b/.exec(place?.pointer ?? "")?.[1];
  const known = FIELDS.find((one) => one === pointed);
  if (known !== undefined) return { field: known, text: place?.message ?? text };
  if (error.code === "E_BUDGET") return { field: BUDGET_WORDS.find(([, word]) => word.test(text))?.[0] ?? null, text };
  if (error.code === "E_ARGUMENT" && /\bports\b/.test(text)) return { field: "port", text };
  return { field: FIELD_OF_CODE[error.code] ?? null, text };
}

const FIELDS: readonly AttachField[] = ["fuel", "share", "sends", "port", "transmit", "environments"];
