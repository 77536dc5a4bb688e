/** A handler as a binding has it, with what it did; the rest as by default. */
import { type FuelRange, type HandlerBinding, medianFuel } from "../../src/control/protocol.js";

interface Did {
  readonly consumed?: number;
  readonly passed?: number;
  readonly passedTo?: number;
  readonly killed?: Readonly<Record<string, number>>;
  readonly spread?: readonly FuelRange[];
  readonly bound?: boolean;
}

export function handlerBinding(binding: number, handler: string, did: Did = {}): HandlerBinding {
  const { consumed = 0, passed = 0, passedTo = 0, killed = {}, spread = [] } = did;
  const killings = Object.values(killed).reduce((all, count) => all + count, 0);
  return {
    binding,
    handler,
    fuel: 2000,
    share: 0.1,
    sends: 10_000,
    port: null,
    transmit: false,
    environments: [],
    clearAtEpoch: false,
    stateOctets: 0,
    firstPage: 0,
    pages: 0,
    bound: did.bound ?? true,
    under: "root",
    replaced: 0,
    counts: {
      run: consumed + passed + passedTo + killings,
      consumed,
      passed,
      passedTo,
      killed,
      fuel: 0,
      fuelMost: spread.at(-1)?.to ?? 0,
      fuelMedian: medianFuel(spread),
      fuelSpread: spread,
      sent: 0,
      sentOctets: 0,
      sendErrors: 0,
      sendRefused: {},
      hopsCut: 0,
      throttled: { share: 3, sends: 4 },
      woken: 0,
      transfers: 0,
    },
  };
}
