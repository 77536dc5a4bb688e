/** The appliance's books and tables as the protocol's types. One `refresh` of the books is one consistent picture. */
import type { ApplianceInterface, BindingView, EnvironmentView } from "../appliance/interface.js";
import { printFilter } from "../dpf/print.js";
import { TARGETS } from "../dpf/target.js";
import {
  BindingTerm,
  type BooksReader,
  DELIVERY_CAUSES,
  EnvironmentTerm,
  MachineTerm,
  RX_CAUSES,
  SEND_CAUSES,
} from "../kernel/books.js";
import { timeToText } from "../machine/clock.js";
import type { Binding, BindingCounters, Books, Environment, Replay, Target } from "./protocol.js";

/** Takes a copy of the books; what is asked below is of it. */
export function refresh(appliance: ApplianceInterface): void {
  let slots = 1;
  for (const id of appliance.bindings.keys()) slots = Math.max(slots, id + 1);
  appliance.books.refresh(slots);
}

export function replayOf(appliance: ApplianceInterface): Replay {
  const { replay: status, books } = appliance;
  const gap = books.machine(MachineTerm.gapMs);
  const waiting = status.state === "playing" && gap > 0;
  return {
    state: waiting ? "waiting" : status.state,
    captures: status.sources,
    speed: status.speed,
    loop: status.loop,
    lossless: status.lossless,
    epoch: status.epoch,
    packet: books.machine(MachineTerm.packet),
    time: timeOf(books.machine(MachineTerm.timeHigh), books.machine(MachineTerm.timeLow)),
    driftNs: books.machine(MachineTerm.driftNs),
    gapMs: waiting ? gap : null,
    backwards: books.machine(MachineTerm.backwards),
    deterministic: status.deterministic,
    damage: status.damage.map(({ source, offset, reason }) => ({
      offset,
      reason: status.sources.length > 1 ? `${source}: ${reason}` : reason,
    })),
    error: status.error,
  };
}

export function booksOf(books: BooksReader): Books {
  const term = (number: number) => books.machine(number);
  const terms = {
    offered: term(MachineTerm.offered),
    received: term(MachineTerm.received),
    dropped: causes(RX_CAUSES, (index) => term(MachineTerm.rxDropped + index)),
    claimed: term(MachineTerm.claimed),
    tappedOnly: term(MachineTerm.tappedOnly),
    unclaimed: term(MachineTerm.unclaimed),
    taps: term(MachineTerm.taps),
    consumed: term(MachineTerm.consumed),
    delivered: term(MachineTerm.delivered),
    undelivered: causes(DELIVERY_CAUSES, (index) => term(MachineTerm.undelivered + index)),
    inFlight: term(MachineTerm.inFlight),
    sent: term(MachineTerm.sent),
    sendRefused: causes(SEND_CAUSES, (index) => term(MachineTerm.sendRefused + index)),
  };
  return { ...terms, balanced: isBalanced(terms) };
}

/** The three equations of DESIGN.md, The books. */
function isBalanced(books: Omit<Books, "balanced">): boolean {
  const { offered, received, claimed, tappedOnly, unclaimed, taps, consumed, delivered, inFlight } = books;
  const deliveries = consumed + delivered + sum(books.undelivered) + inFlight;
  return (
    offered === received + sum(books.dropped) &&
    received === claimed + tappedOnly + unclaimed &&
    claimed + taps === deliveries
  );
}

export function targetOf({ machine, books, disagreement }: ApplianceInterface): Target {
  const { target, shadow } = machine;
  const compared = books.machine(MachineTerm.compared);
  const disagreements = books.machine(MachineTerm.disagreements);
  const first =
    disagreement === null ? null : { ...disagreement, octets: Buffer.from(disagreement.octets).toString("hex") };
  return { target, shadow, targets: TARGETS, compared, disagreements, first };
}

export function bindingOf(view: BindingView, books: BooksReader): Binding {
  const { id, name, environment, mode, priority, from, owner, under } = view;
  const counters = countersOf(id, books);
  return { id, name, environment, mode, priority, filter: printFilter(view.filter), from, owner, under, counters };
}

export function countersOf(id: number, books: BooksReader): BindingCounters {
  return {
    packets: books.binding(id, BindingTerm.packets),
    octets: books.binding(id, BindingTerm.octets),
    consumed: books.binding(id, BindingTerm.consumed),
    delivered: books.binding(id, BindingTerm.delivered),
    dropped: causes(DELIVERY_CAUSES, (index) => books.binding(id, BindingTerm.undelivered + index)),
    last: timeOf(books.binding(id, BindingTerm.timeHigh), books.binding(id, BindingTerm.timeLow)),
  };
}

/** A number that differs wherever the row's counters have moved, cheaper than the row. */
export function movement(id: number, books: BooksReader): number {
  let total = books.binding(id, BindingTerm.packets);
  total += books.binding(id, BindingTerm.consumed) + books.binding(id, BindingTerm.delivered);
  for (let cause = 0; cause < DELIVERY_CAUSES.length; cause++) {
    total += books.binding(id, BindingTerm.undelivered + cause);
  }
  return total;
}

export function environmentOf(view: EnvironmentView, appliance: ApplianceInterface): Environment {
  const { books, machine } = appliance;
  return {
    ...view,
    pages: books.environment(view.id, EnvironmentTerm.pages),
    // Others have no ring: what they get is counted and released.
    ringEntries: view.kind === "counting" ? 0 : machine.ringEntries,
    ringDepth: books.environment(view.id, EnvironmentTerm.ringDepth),
    guaranteed: books.environment(view.id, EnvironmentTerm.guaranteed),
    segments: books.environment(view.id, EnvironmentTerm.segments),
    delivered: books.environment(view.id, EnvironmentTerm.delivered),
    dropped: causes(DELIVERY_CAUSES, (index) => books.environment(view.id, EnvironmentTerm.undelivered + index)),
    accesses: books.environment(view.id, EnvironmentTerm.accesses),
    misses: books.environment(view.id, EnvironmentTerm.misses),
    slices: books.environment(view.id, EnvironmentTerm.slices),
    fuelUsed: books.environment(view.id, EnvironmentTerm.fuelUsed),
    exceptions: books.environment(view.id, EnvironmentTerm.exceptions),
    activations: books.environment(view.id, EnvironmentTerm.activations),
    fuelOwed: books.environment(view.id, EnvironmentTerm.fuelOwed),
    cutOff: books.environment(view.id, EnvironmentTerm.cutOff),
    sent: books.environment(view.id, EnvironmentTerm.sent),
    sendRefused: causes(SEND_CAUSES, (index) => books.environment(view.id, EnvironmentTerm.sendRefused + index)),
  };
}

/** Two halves of ns since 1970, as a decimal; null where there is no time. */
function timeOf(high: number, low: number): string | null {
  if (high === 0 && low === 0) return null;
  return timeToText(high, low);
}

function causes(names: readonly string[], count: (index: number) => number): Record<string, number> {
  return Object.fromEntries(names.map((name, index) => [name, count(index)]));
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
