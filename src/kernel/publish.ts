/** Writes the kernel's counters into the published books (books.ts). */
import type { Activations } from "./activation.js";
import type { Bindings } from "./binding.js";
import {
  BindingTerm,
  type BooksWriter,
  DELIVERY_CAUSES,
  EnvironmentTerm,
  MAX_BINDINGS,
  MachineTerm,
  RX_CAUSES,
} from "./books.js";
import type { Cpu } from "./cpu.js";
import type { Environment, Environments } from "./environment.js";
import type { Ledger } from "./ledger.js";
import type { Pages } from "./pages.js";

/** What the books say of the replay. */
export interface ReplayTerms {
  epoch: number;
  packet: number;
  timeHigh: number;
  timeLow: number;
  driftNs: number;
  gapMs: number;
  octets: number;
  /** Frames of this epoch whose time lies before an earlier one's. */
  backwards: number;
}

export function publishBooks(
  books: BooksWriter,
  ledger: Ledger,
  replay: ReplayTerms,
  environments: Environments,
  bindings: Bindings,
  activations: Activations,
  { processor: { accounts, slices } }: Cpu,
): void {
  books.begin();
  publishMachine(books, ledger, replay);
  for (const environment of environments.table) {
    if (environment === undefined) continue;
    books.environment(environment.id, EnvironmentTerm.delivered, environment.delivered);
    books.environment(environment.id, EnvironmentTerm.ringDepth, environment.ring?.depth ?? 0);
    const downloaded = activations.get(environment.id);
    const counters = downloaded?.counters();
    books.environment(environment.id, EnvironmentTerm.accesses, counters?.accesses ?? 0);
    books.environment(environment.id, EnvironmentTerm.misses, counters?.misses ?? 0);
    books.environment(environment.id, EnvironmentTerm.slices, slices.held(environment.id));
    books.environment(environment.id, EnvironmentTerm.fuelUsed, accounts.ran[environment.id]!);
    books.environment(environment.id, EnvironmentTerm.fuelOwed, accounts.owes[environment.id]!);
    books.environment(environment.id, EnvironmentTerm.cutOff, accounts.cutOff[environment.id]!);
    books.environment(environment.id, EnvironmentTerm.exceptions, downloaded?.exceptions ?? 0);
    books.environment(environment.id, EnvironmentTerm.activations, downloaded?.activations ?? 0);
    publishHoldings(books, environment, environments.pages);
    books.environment(environment.id, EnvironmentTerm.sent, environment.sent);
    books.environment(environment.id, EnvironmentTerm.sentOctets, environment.sentOctets);
    environment.sendRefused.forEach((count, cause) => {
      books.environment(environment.id, EnvironmentTerm.sendRefused + cause, count);
    });
    environment.undelivered.forEach((count, cause) => {
      books.environment(environment.id, EnvironmentTerm.undelivered + cause, count);
    });
  }
  for (let slot = 1; slot < bindings.top; slot++) publishBinding(books, bindings, slot);
  books.end();
}

function publishHoldings(books: BooksWriter, { id, ring }: Environment, pages: Pages): void {
  books.environment(id, EnvironmentTerm.pages, pages.owned(id));
  books.environment(id, EnvironmentTerm.guaranteed, pages.owned(id) - pages.revocable(id));
  books.environment(id, EnvironmentTerm.segments, ring?.segments ?? 0);
}

function publishMachine(books: BooksWriter, ledger: Ledger, replay: ReplayTerms): void {
  books.machine(MachineTerm.offered, ledger.offered);
  books.machine(MachineTerm.received, ledger.received);
  books.machine(MachineTerm.claimed, ledger.claimed);
  books.machine(MachineTerm.tappedOnly, ledger.tappedOnly);
  books.machine(MachineTerm.unclaimed, ledger.unclaimed);
  books.machine(MachineTerm.taps, ledger.taps);
  books.machine(MachineTerm.consumed, ledger.consumed);
  books.machine(MachineTerm.delivered, ledger.delivered);
  books.machine(MachineTerm.inFlight, ledger.inFlight);
  books.machine(MachineTerm.backwards, replay.backwards);
  books.machine(MachineTerm.stalls, ledger.stalls);
  books.machine(MachineTerm.disagreements, ledger.disagreements);
  books.machine(MachineTerm.compared, ledger.compared);
  books.machine(MachineTerm.epoch, replay.epoch);
  books.machine(MachineTerm.packet, replay.packet);
  books.machine(MachineTerm.timeHigh, replay.timeHigh);
  books.machine(MachineTerm.timeLow, replay.timeLow);
  books.machine(MachineTerm.driftNs, replay.driftNs);
  books.machine(MachineTerm.gapMs, replay.gapMs);
  books.machine(MachineTerm.octets, replay.octets);
  books.machine(MachineTerm.sent, ledger.sent);
  books.machine(MachineTerm.sentOctets, ledger.sentOctets);
  ledger.sendRefused.forEach((count, cause) => {
    books.machine(MachineTerm.sendRefused + cause, count);
  });
  for (let cause = 0; cause < RX_CAUSES.length; cause++) {
    books.machine(MachineTerm.rxDropped + cause, ledger.rxDropped[cause]!);
  }
  for (let cause = 0; cause < DELIVERY_CAUSES.length; cause++) {
    books.machine(MachineTerm.undelivered + cause, ledger.undelivered[cause]!);
  }
}

function publishBinding(books: BooksWriter, bindings: Bindings, slot: number): void {
  books.binding(slot, BindingTerm.packets, bindings.packets[slot]!);
  books.binding(slot, BindingTerm.octets, bindings.octets[slot]!);
  books.binding(slot, BindingTerm.delivered, bindings.delivered[slot]!);
  books.binding(slot, BindingTerm.consumed, bindings.consumed[slot]!);
  books.binding(slot, BindingTerm.timeHigh, bindings.timeHigh[slot]!);
  books.binding(slot, BindingTerm.timeLow, bindings.timeLow[slot]!);
  for (let cause = 0; cause < DELIVERY_CAUSES.length; cause++) {
    books.binding(slot, BindingTerm.undelivered + cause, bindings.undelivered[cause * MAX_BINDINGS + slot]!);
  }
}
