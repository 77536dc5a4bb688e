/**
 * The round trip of a UDP message (SOSP'95 §6.3): answered by a handler, by a library OS that sleeps until a message comes, by a
 * worker that spins until one does, and by Node's own sockets on the loopback interface.
 */
import { readFileSync } from "node:fs";
import { type Answerer, answerer } from "./bench-answerer.js";
import { type Contestant, contest, ROUNDS, ratioOf, type Times, timeOf, warmUp } from "./bench-contest.js";
import { openDatagrams } from "./bench-datagrams.js";
import { spinning } from "./bench-spin.js";
import { MESSAGE, WiredMachine } from "./bench-wire.js";
import { atLeast, type Row, type Table } from "./figure.js";

/** What is promised: so many times faster. */
const FASTER = 20;
const MOST_TRIPS = 20_000;

/** The shipped handler, and nothing made for the bench. */
export const ECHO = readFileSync(new URL("../../filters/udp-echo.ash.ts", import.meta.url), "utf8");

export async function roundTripTables(): Promise<{ about: string[]; tables: Table[] }> {
  const answerers: Answerer[] = [];
  try {
    const handler = await byHandler();
    answerers.push(handler);
    const sleeping = await byLibrary();
    answerers.push(sleeping);
    const spins = await spinning();
    answerers.push(spins);
    const apart = await openDatagrams("another thread");
    answerers.push(apart);
    const together = await openDatagrams("the same thread");
    answerers.push(together);
    const entries = [];
    for (const answerer of answerers) entries.push(await warmUp(answerer, MOST_TRIPS));
    const times = await contest(entries);
    return tablesOf(times, { handler, sleeping, spins, datagrams: [apart, together] });
  } finally {
    for (const answerer of answerers) await answerer.close();
  }
}

export interface Answerers {
  readonly handler: Contestant;
  readonly sleeping: Contestant;
  readonly spins: Contestant;
  readonly datagrams: readonly Contestant[];
}

/** What the times come to. */
export function tablesOf(
  times: Times,
  { handler, sleeping, spins, datagrams }: Answerers,
): { about: string[]; tables: Table[] } {
  const slower = [sleeping, ...datagrams].map(
    (other): Row => ({
      name: other.name,
      cells: [us(times, other), atLeast(ratioOf(times, other, handler), "×", FASTER)],
    }),
  );
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
          ...slower,
          { name: spins.name, cells: [us(times, spins), { value: ratioOf(times, spins, handler), unit: "×" }] },
        ],
      },
    ],
  };
}

function us(times: Times, contestant: Contestant) {
  return { value: timeOf(times, contestant) / 1000, unit: "µs" };
}

async function byHandler(): Promise<Answerer> {
  const machine = new WiredMachine();
  machine.handle(await machine.hosting.environment("owner", ""), ECHO);
  const trip = () => machine.turn();
  return answerer("a handler", machine, trip);
}

async function byLibrary(): Promise<Answerer> {
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
