/**
 * /metrics in Prometheus' text format. Values are read from the books when they are asked for;
 * prom-client escapes labels, so no name from outside can add a line.
 */
import { Counter, Gauge, Registry } from "prom-client";
import type { ApplianceInterface } from "../appliance/interface.js";
import { MachineTerm } from "../kernel/books.js";
import { booksOf, countersOf, environmentOf, refresh, replayOf } from "./picture.js";
import type { HandlerBinding } from "./protocol.js";

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

const STAGES = ["offered", "received", "claimed", "tappedOnly", "unclaimed", "taps", "consumed", "delivered"] as const;

const BINDING = ["binding", "name", "mode", "environment"];
const HANDLER = ["binding", "name", "handler"];
const ENVIRONMENT = ["environment", "name", "program"];

export class Metrics {
  readonly #registry = new Registry();
  readonly #stages = this.#counter("exonet_packets_total", "Packets by stage of the books", ["stage"]);
  readonly #dropped = this.#counter("exonet_dropped_total", "Packets lost before demux", ["cause"]);
  readonly #undelivered = this.#counter("exonet_undelivered_total", "Deliveries that failed", ["cause"]);
  readonly #inFlight = this.#gauge("exonet_in_flight", "Deliveries in rings");
  readonly #balanced = this.#gauge("exonet_books_balanced", "1 where the books balance");
  readonly #drift = this.#gauge("exonet_replay_drift_seconds", "How late the last packet left");
  readonly #stalls = this.#counter("exonet_nic_stalls_total", "Times that every segment was held", []);
  readonly #disagreements = this.#counter(
    "exonet_disagreements_total",
    "Packets on which target and shadow differ",
    [],
  );
  readonly #questionsWaiting = this.#gauge("exonet_questions_waiting", "Questions that wait for the compile worker");
  readonly #questions = this.#counter("exonet_questions_total", "Questions to the compile worker that are over", [
    "outcome",
  ]);
  readonly #compilers = this.#counter(
    "exonet_compile_workers_replaced_total",
    "Compile workers that were replaced",
    [],
  );
  readonly #epoch = this.#gauge("exonet_replay_epoch", "Number of the epoch");
  readonly #bindingPackets = this.#counter("exonet_binding_packets_total", "Packets of a binding", BINDING);
  readonly #bindingOctets = this.#counter("exonet_binding_octets_total", "Octets of a binding", BINDING);
  readonly #bindingConsumed = this.#counter(
    "exonet_binding_consumed_total",
    "Packets that a binding's handler consumed",
    BINDING,
  );
  readonly #bindingDropped = this.#counter("exonet_binding_undelivered_total", "Failed deliveries of a binding", [
    ...BINDING,
    "cause",
  ]);
  readonly #delivered = this.#counter("exonet_environment_delivered_total", "Packets given back", ENVIRONMENT);
  readonly #depth = this.#gauge("exonet_environment_ring_depth", "Entries in the packet ring", ENVIRONMENT);
  readonly #ready = this.#gauge("exonet_environment_ready", "1 where the environment is ready", ENVIRONMENT);

  readonly #handlerBound = this.#gauge("exonet_handler_bound", "0 where it was killed too often in a row", HANDLER);
  readonly #handlerRuns = this.#counter("exonet_handler_runs_total", "Runs that ended by themselves", [
    ...HANDLER,
    "outcome",
  ]);
  readonly #handlerKilled = this.#counter("exonet_handler_killed_total", "Runs that were killed", [
    ...HANDLER,
    "reason",
  ]);
  readonly #handlerFuel = this.#counter("exonet_handler_fuel_total", "Units of fuel of all runs", HANDLER);
  readonly #handlerSent = this.#counter("exonet_handler_sent_total", "Frames that handlers sent", HANDLER);
  readonly #handlerSendErrors = this.#counter("exonet_handler_send_errors_total", "Frames not taken", HANDLER);
  readonly #handlerThrottled = this.#counter(
    "exonet_handler_throttled_total",
    "Messages beyond a share of the time, frames beyond the sends a second",
    [...HANDLER, "limit"],
  );

  /** `handlers`: those of all bindings; `refused`: questions that were too many to be asked. */
  async text(appliance: ApplianceInterface, handlers: readonly HandlerBinding[], refused: number): Promise<string> {
    refresh(appliance);
    this.#registry.resetMetrics();
    this.#books(appliance);
    this.#bindings(appliance);
    this.#environments(appliance);
    this.#compiling(appliance, refused);
    for (const handler of handlers) this.#handler(appliance, handler);
    return this.#registry.metrics();
  }

  #books(appliance: ApplianceInterface): void {
    const books = booksOf(appliance.books);
    const replay = replayOf(appliance);
    for (const stage of STAGES) this.#stages.inc({ stage }, books[stage]);
    for (const [cause, count] of Object.entries(books.dropped)) this.#dropped.inc({ cause }, count);
    for (const [cause, count] of Object.entries(books.undelivered)) this.#undelivered.inc({ cause }, count);
    this.#inFlight.set(books.inFlight);
    this.#balanced.set(books.balanced ? 1 : 0);
    this.#drift.set(replay.driftNs / 1e9);
    this.#stalls.inc(appliance.books.machine(MachineTerm.stalls));
    this.#disagreements.inc(appliance.books.machine(MachineTerm.disagreements));
    this.#epoch.set(replay.epoch);
  }

  #bindings({ bindings, books, environments }: ApplianceInterface): void {
    for (const { id, name, mode, environment } of bindings.values()) {
      const owner = environments.get(environment)?.name ?? String(environment);
      const labels = { binding: String(id), name, mode, environment: owner };
      const counters = countersOf(id, books);
      this.#bindingPackets.inc(labels, counters.packets);
      this.#bindingOctets.inc(labels, counters.octets);
      this.#bindingConsumed.inc(labels, counters.consumed);
      for (const [cause, count] of Object.entries(counters.dropped))
        this.#bindingDropped.inc({ ...labels, cause }, count);
    }
  }

  #environments(appliance: ApplianceInterface): void {
    for (const view of appliance.environments.values()) {
      const { id, name, program, state, delivered, ringDepth } = environmentOf(view, appliance);
      const labels = { environment: String(id), name, program };
      this.#delivered.inc(labels, delivered);
      this.#depth.set(labels, ringDepth);
      this.#ready.set(labels, state === "ready" ? 1 : 0);
    }
  }

  #compiling({ compiling }: ApplianceInterface, refused: number): void {
    const { waiting, replaced, ...outcomes } = compiling;
    this.#questionsWaiting.set(waiting);
    this.#compilers.inc(replaced);
    for (const [outcome, count] of Object.entries({ ...outcomes, refused })) this.#questions.inc({ outcome }, count);
  }

  #handler({ bindings }: ApplianceInterface, { binding, handler, bound, counts }: HandlerBinding): void {
    const labels = { binding: String(binding), name: bindings.get(binding)?.name ?? "", handler };
    this.#handlerBound.set(labels, bound ? 1 : 0);
    const outcomes = { consumed: counts.consumed, passed: counts.passed, passedTo: counts.passedTo };
    for (const [outcome, count] of Object.entries(outcomes)) this.#handlerRuns.inc({ ...labels, outcome }, count);
    for (const [reason, count] of Object.entries(counts.killed)) this.#handlerKilled.inc({ ...labels, reason }, count);
    this.#handlerFuel.inc(labels, counts.fuel);
    this.#handlerSent.inc(labels, counts.sent);
    this.#handlerSendErrors.inc(labels, counts.sendErrors);
    for (const [limit, count] of Object.entries(counts.throttled))
      this.#handlerThrottled.inc({ ...labels, limit }, count);
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}
