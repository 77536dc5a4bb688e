/**
 * The round trip of a UDP message (SOSP'95 §6.3): answered by a handler, by a library OS that sleeps until a message comes, by a
 * worker that spins until one does, and by Node's own sockets on the loopback interface.
 */
import { readFileSync } from "node:fs";
import { type Answerer, answerer } from "./bench-answerer.js";
import { type Contestant, contest, ratioOf, type Times, timeOf } from "./bench-contest.js";
import { openDatagrams } from "./bench-datagrams.js";
import { spinning } from "./bench-spin.js";
import { MESSAGE, WiredMachine } from "./bench-wire.js";
import { atLeast, type Measured, type Row, type Table } from "./figure.js";

/** What is promised: so many times faster. */
const FASTER = 20;
/** Passes of a few ms, so that most are not interrupted. */
const TRIPS = 1000;
const SLOW_TRIPS = 50;
const ROUNDS = 41;
const WARM_PASSES = 40;

/** The shipped handler, and nothing made for the bench. */
export const ECHO = readFileSync(new URL("../../filters/udp-echo.ash.ts", import.meta.url), "utf8");

export async function roundTripTables(): Promise<{ about: string[]; tables: Table[] }> {
  const answerers: Answerer[] = [];
  const added = (answerer: Answerer): Answerer => {
    answerers.push(answerer);
    return answerer;
  };
  try {
    const handler = added(await byHandler());
    const sleeping = added(await byLibrary());
    const spins = added(await spinning());
    const apart = added(await openDatagrams("another thread"));
    const together = added(await openDatagrams("the same thread"));
    const entries = answerers.map((contestant) => ({
      contestant,
      frames: contestant === handler || contestant === spins ? TRIPS : SLOW_TRIPS,
    }));
    await contest(entries, WARM_PASSES);
    return roundTripsOf(await contest(entries, ROUNDS), {
      handler,
      woken: [sleeping, apart],
      awake: [spins, together],
    });
  } finally {
    for (const answerer of answerers) await answerer.close();
  }
}

export interface Answerers {
  readonly handler: Contestant;
  /** Somebody else who has to be woken for each message, as a handler's owner would be: there the promise holds. */
  readonly woken: readonly Contestant[];
  /** Whom nobody has to wake: they spin, or the client itself goes on as the one who answers. */
  readonly awake: readonly Contestant[];
}

/** What the times come to. */
export function roundTripsOf(times: Times, { handler, woken, awake }: Answerers): { about: string[]; tables: Table[] } {
  const row = (other: Contestant, ratio: Measured): Row => ({ name: other.name, cells: [us(times, other), ratio] });
  return {
    about: [
      `Round trip of a UDP message, a frame of ${MESSAGE} octets, over a wire of no delay: wire, NIC, demux, who answers, transmit template, wire. The client is`,
      `in the data plane. Datagrams have the same 18 octets. Medians of ${ROUNDS} rounds, ratios within a round.`,
    ],
    tables: [
      {
        title: "round trip, µs",
        columns: ["", "times the handler's"],
        rows: [
          { name: handler.name, cells: [us(times, handler)] },
          ...woken.map((other) => row(other, atLeast(ratioOf(times, other, handler), "×", FASTER))),
          ...awake.map((other) => row(other, { value: ratioOf(times, other, handler), unit: "×" })),
        ],
      },
    ],
  };
}

function us(times: Times, contestant: Contestant): Measured {
  return { value: timeOf(times, contestant) / 1000, unit: "µs" };
}

export async function byHandler(): Promise<Answerer> {
  const machine = new WiredMachine();
  machine.handle(await machine.hosting.environment("owner", ""), ECHO);
  const trip = () => machine.turn();
  return answerer("a handler", machine, trip);
}

export async function byLibrary(): Promise<Answerer> {
  const machine = new WiredMachine();
  const { kernel } = machine.hosting;
  machine.claim(await machine.hosting.environment("echo", "echo", {}, machine.transmit));
  return answerer("a library OS in a worker, asleep between messages", machine, () => {
    machine.turn();
    // Sleeps until everything has come back, and so is woken as soon as can be.
    kernel.settle(true);
    machine.boundary();
  });
}
