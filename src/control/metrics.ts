/**
 * /metrics in Prometheus' text format. Values are read from the books when they are asked for;
 * prom-client escapes labels, so no name from outside can add a line.
 */
import { Counter, Gauge, Registry } from "prom-client";
import type { ApplianceInterface } from "../appliance/interface.js";
import { MachineTerm } from "../kernel/books.js";
import { booksOf, countersOf, environmentOf, refresh, replayOf } from "./picture.js";

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

const STAGES = ["offered", "received", "claimed", "tappedOnly", "unclaimed", "taps", "consumed", "delivered"] as const;

const BINDING = ["binding", "name", "mode", "environment"];
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
  readonly #epoch = this.#gauge("exonet_replay_epoch", "Number of the epoch");
  readonly #bindingPackets = this.#counter("exonet_binding_packets_total", "Packets of a binding", BINDING);
  readonly #bindingOctets = this.#counter("exonet_binding_octets_total", "Octets of a binding", BINDING);
  readonly #bindingConsumed = this.#counter(
    "exonet_binding_consumed_total",
    "Packets that its handler consumed",
    BINDING,
  );
  readonly #bindingDropped = this.#counter("exonet_binding_undelivered_total", "Failed deliveries of a binding", [
    ...BINDING,
    "cause",
  ]);
  readonly #delivered = this.#counter("exonet_environment_delivered_total", "Packets given back", ENVIRONMENT);
  readonly #depth = this.#gauge("exonet_environment_ring_depth", "Entries in the packet ring", ENVIRONMENT);
  readonly #ready = this.#gauge("exonet_environment_ready", "1 where the environment is ready", ENVIRONMENT);

  async text(appliance: ApplianceInterface): Promise<string> {
    refresh(appliance);
    this.#registry.resetMetrics();
    this.#books(appliance);
    this.#bindings(appliance);
    this.#environments(appliance);
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

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}
