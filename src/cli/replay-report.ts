/** What a headless replay came to, as `--json` prints it. */
import { createHash } from "node:crypto";
import type { ApplianceInterface, EnvironmentView, EpochResult, ReplayStatus } from "../appliance/interface.js";
import type { StateItem } from "../appliance/state-items.js";
import { booksOf, countersOf, environmentOf, refresh, targetOf } from "../control/picture.js";
import { type Books, medianFuel, type Target } from "../control/protocol.js";
import type { HandlerCounts, HandlerView } from "../kernel/calls-on-handlers.js";

export interface ReplayReport {
  /** SHA-256 of the epoch; of several, over their digests in hex. Null where the run was paced. */
  readonly digest: string | null;
  readonly deterministic: boolean;
  readonly received: number;
  readonly bindings: readonly BindingReport[];
  readonly environments: readonly EnvironmentReport[];
  readonly epochs: readonly EpochReport[];
  readonly books: Books;
  /** What ran the filters, and whether its shadow saw the same. */
  readonly target: Omit<Target, "targets">;
  readonly damage: ReplayStatus["damage"];
  /** Sources that are no captures. */
  readonly unreadable: readonly string[];
  readonly error: string | null;
}

export interface BindingReport {
  readonly name: string;
  readonly environment: string;
  readonly mode: string;
  readonly packets: number;
  /** Octets on the wire. */
  readonly octets: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** What its handler did, where it has one. */
  readonly handler?: HandlerReport;
}

export interface HandlerReport extends HandlerCounts {
  readonly name: string;
  /** False since it was killed too often in a row. */
  readonly bound: boolean;
  /** What it may use. */
  readonly budget: HandlerView["budget"];
  /** Exact below 32 units, within a sixteenth above. */
  readonly fuelMedian: number;
  /** As it is at the end, whole. */
  readonly state: readonly StateItem[];
}

export interface EnvironmentReport {
  readonly name: string;
  readonly program: string;
  readonly state: string;
  readonly error: string | null;
  readonly delivered: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** What its program says of itself, epoch by epoch; null where there is nobody to ask. */
  readonly summary: unknown;
}

export interface EpochReport {
  readonly epoch: number;
  readonly packets: number;
  readonly digest: string | null;
  readonly bindings: readonly { readonly name: string; readonly packets: number; readonly octets: number }[];
  /** The flow table that the first monitor made of it: flows, packets, octets, digest. Null without a monitor. */
  readonly flows: EpochFlows | null;
}

/** What a monitor says of an epoch (libos/programs/monitor.ts). */
export interface EpochFlows {
  readonly flows: number;
  readonly packets: number;
  readonly octets: number;
  readonly digest: string;
}

interface MonitorSummary {
  readonly current: EpochFlows & { readonly epoch: number };
  readonly finished: readonly (EpochFlows & { readonly epoch: number })[];
}

const WHOLE = { from: 0, limit: Number.MAX_SAFE_INTEGER };

/** Of handlers, by name. */
export type HandlerTexts = ReadonlyMap<string, string>;

export async function reportReplay(
  appliance: ApplianceInterface,
  status: ReplayStatus,
  epochs: readonly EpochResult[],
  texts: HandlerTexts,
): Promise<ReplayReport> {
  refresh(appliance);
  const environments = await Promise.all([...appliance.environments.values()].map((view) => report(appliance, view)));
  const monitor = environments.find(({ program, summary }) => program === "monitor" && summary !== null);
  const flows = flowsByEpoch(monitor?.summary as MonitorSummary | undefined);
  const books = booksOf(appliance.books);
  const { targets: _, ...target } = targetOf(appliance);
  return {
    digest: digestOf(epochs),
    deterministic: epochs.every((epoch) => epoch.deterministic) && status.deterministic,
    received: books.received,
    bindings: bindingReports(appliance, await handlerReports(appliance, texts)),
    environments,
    epochs: epochs.map(({ epoch, packets, digest, bindings }) => ({
      epoch,
      packets,
      digest,
      bindings: bindings.map((counts) => ({
        name: appliance.bindings.get(counts.binding)?.name ?? "",
        packets: counts.packets,
        octets: counts.octets,
      })),
      flows: flows.get(epoch) ?? null,
    })),
    books,
    target,
    damage: status.damage,
    unreadable: status.unreadable,
    error: status.error,
  };
}

function flowsByEpoch(summary: MonitorSummary | undefined): Map<number, EpochFlows> {
  const epochs = summary === undefined ? [] : [...summary.finished, summary.current];
  return new Map(epochs.map(({ epoch, ...flows }) => [epoch, flows]));
}

/** By binding. */
async function handlerReports(
  appliance: ApplianceInterface,
  texts: HandlerTexts,
): Promise<ReadonlyMap<number, HandlerReport>> {
  const answer = await appliance.call(appliance.rootCapability, "handlers", {});
  const reports = new Map<number, HandlerReport>();
  for (const view of answer.ok ? answer.result.handlers : []) {
    const { binding, name, bound, budget, counts } = view;
    const state = await stateOf(appliance, view, texts.get(name) ?? "");
    reports.set(binding, { name, bound, budget, ...counts, fuelMedian: medianFuel(counts.fuelSpread), state });
  }
  return reports;
}

/** Read in this thread, where it may take as long as it takes: the text is that of whoever replays. */
async function stateOf(
  appliance: ApplianceInterface,
  { binding, octets, identity }: HandlerView,
  text: string,
): Promise<readonly StateItem[]> {
  const copied = await appliance.call(appliance.rootCapability, "handlerState", { binding, from: 0, octets });
  if (!copied.ok) throw new Error(`the state of binding ${binding}: ${copied.detail}`);
  const { readHandlerState } = await import("../appliance/handler-told.js");
  const state = { octets: copied.result.octets, identity };
  const read = readHandlerState({ text, state, item: undefined, range: WHOLE });
  if (!read.ok) throw new Error(`the state of binding ${binding}: ${read.errors[0]?.message}`);
  return read.items;
}

function bindingReports(appliance: ApplianceInterface, handlers: ReadonlyMap<number, HandlerReport>): BindingReport[] {
  return [...appliance.bindings.values()].map(({ id, name, environment, mode }) => {
    const { packets, octets, dropped } = countersOf(id, appliance.books);
    const owner = appliance.environments.get(environment)?.name ?? "";
    const handler = handlers.get(id);
    const attached = handler === undefined ? {} : { handler };
    return { name, environment: owner, mode, packets, octets, dropped, ...attached };
  });
}

async function report(appliance: ApplianceInterface, view: EnvironmentView): Promise<EnvironmentReport> {
  const askable = view.program !== "" && view.state === "ready";
  const summary = askable ? await appliance.query(view.id, "summary", {}).catch(() => null) : null;
  const { name, program, state, error, delivered, dropped } = environmentOf(view, appliance);
  return { name, program, state, error, delivered, dropped, summary };
}

function digestOf(epochs: readonly EpochResult[]): string | null {
  const digests = epochs.map((epoch) => epoch.digest);
  const [first] = digests;
  if (first === undefined || digests.includes(null)) return null;
  return digests.length === 1 ? first : createHash("sha256").update(digests.join("\n")).digest("hex");
}
