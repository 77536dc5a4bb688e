/**
 * What it costs to hand packets to library OSes and to get them back: the kernel writes descriptors into their rings, shows
 * them after every batch, reads how far they have come, clamps that, and lets go of segments.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Verdicts } from "../dpf/batch.js";
import { Delivery } from "../kernel/deliver.js";
import { RING_ENTRIES } from "../kernel/limits.js";
import { Descriptors } from "../machine/descriptor.js";
import { Hosting } from "./bench-hosting.js";
import { atMost, median, type Row, type Table } from "./figure.js";

const BATCH = 256;
const FRAME = 64;
/** Packets of a run: the ring is full once, where nothing comes back meanwhile. */
const PACKETS = RING_ENTRIES;
const WARM_RUNS = 60;
const RUNS = 201;
/** Single packets, and ms before each in which the library OS falls asleep. */
const SINGLES = 201;
const IDLE_MS = 3;
const OBSERVERS = 3;
/** What is promised: ns a packet and µs a round trip. */
const HANDED_NS = 50;
const SINGLE_US = 100;

export async function handingTables(): Promise<{ about: string[]; tables: Table[] }> {
  const handed = (ns: number) => atMost(ns, "ns", HANDED_NS);
  const rows: Row[] = await withObservers(1, 0, (one) => [
    { name: "to one, handed on before the last has come back", cells: [handed(one.handedOn())] },
    { name: "the same, each waited for", cells: [{ value: one.waitedFor(), unit: "ns" }] },
  ]);
  rows.push(
    ...(await withObservers(OBSERVERS, 0, (three) => [
      { name: "by tap to three, each", cells: [handed(three.handedOn())] },
    ])),
    ...(await withObservers(1, FRAME, (one) => [
      { name: `to one that reads ${FRAME} octets of each`, cells: [{ value: one.handedOn(), unit: "ns" }] },
    ])),
  );
  const alone = await withObservers(1, 0, async (one) => [
    { name: "one packet to an idle one and back", cells: [atMost(await one.single(), "µs", SINGLE_US)] },
  ]);
  return {
    about: [
      `Handing over: batches of ${BATCH} packets of ${FRAME} octets, ${PACKETS.toLocaleString("en-US")} a run until all are back; medians of ${RUNS} runs.`,
      "Library OSes in workers look at each descriptor; their time counts where it is not spent beside the kernel's.",
    ],
    tables: [
      { title: `batches of ${BATCH}, ns a packet`, columns: [""], rows },
      { title: "alone", columns: [""], rows: alone },
    ],
  };
}

/** `header`: octets of each frame that an observer reads. */
async function withObservers(
  observers: number,
  header: number,
  measure: (handing: Handing) => Row[] | Promise<Row[]>,
): Promise<Row[]> {
  const handing = await Handing.start(observers, header);
  try {
    return await measure(handing);
  } finally {
    await handing.close();
  }
}

/** A kernel and so many observers: one claims everything, or all tap everything. */
class Handing {
  readonly #hosting: Hosting;
  readonly #observers: number;
  readonly #rows: Descriptors;
  readonly #verdicts: Verdicts;
  readonly #delivery: Delivery;
  #packet = 1;

  static async start(observers: number, header: number): Promise<Handing> {
    const hosting = new Hosting(PACKETS);
    try {
      const slots: number[] = [];
      for (let each = 0; each < observers; each++) {
        const environment = await hosting.environment(`observer-${each}`, "reader", { header });
        const mode = observers === 1 ? "claim" : "tap";
        const filter = { conjunctions: [[]] };
        slots.push(...hosting.bind([{ name: "every-packet", environment, mode, priority: 0, filter }]));
      }
      return new Handing(hosting, slots);
    } catch (error) {
      await hosting.close();
      throw error;
    }
  }

  private constructor(hosting: Hosting, slots: readonly number[]) {
    this.#hosting = hosting;
    this.#observers = slots.length;
    const { bindings, environments, ledger } = hosting.kernel;
    this.#delivery = new Delivery(bindings, environments, ledger);
    this.#rows = new Descriptors(PACKETS);
    const at = hosting.segments.addressOf(hosting.segments.take());
    for (let row = 0; row < PACKETS; row++) {
      this.#rows.address[row] = at + row * FRAME;
      this.#rows.captured[row] = this.#rows.wire[row] = FRAME;
    }
    const isClaim = slots.length === 1;
    this.#verdicts = {
      winner: new Int32Array(PACKETS).fill(isClaim ? (slots[0] ?? 0) : 0),
      tapStart: new Int32Array(PACKETS),
      tapCount: new Int32Array(PACKETS).fill(isClaim ? 0 : slots.length),
      taps: Int32Array.from(slots),
    };
  }

  /** ns a packet and observer: batch after batch, taking back meanwhile what has come back. */
  handedOn(): number {
    return this.#median(() => {
      for (let from = 0; from < PACKETS; from += BATCH) {
        this.#hand(from, from + BATCH);
        this.#hosting.kernel.settle(false);
      }
      this.#hosting.kernel.settle(true);
    });
  }

  /** The same, with nothing on its way when the next batch is handed over: two threads are woken for each. */
  waitedFor(): number {
    return this.#median(() => {
      for (let from = 0; from < PACKETS; from += BATCH) {
        this.#hand(from, from + BATCH);
        this.#hosting.kernel.settle(true);
      }
    });
  }

  /** µs until one packet is back from a library OS that was asleep. */
  async single(): Promise<number> {
    const times: number[] = [];
    for (let each = 0; each < SINGLES; each++) {
      await delay(IDLE_MS);
      const began = performance.now();
      this.#hand(0, 1);
      this.#hosting.kernel.settle(true);
      times.push((performance.now() - began) * 1000);
      this.#check();
    }
    return median(times);
  }

  close(): Promise<void> {
    return this.#hosting.close();
  }

  #hand(from: number, to: number): void {
    this.#delivery.batch(this.#rows, from, to, this.#verdicts, this.#packet);
    this.#packet += to - from;
    this.#hosting.kernel.publishRings();
  }

  #median(run: () => void): number {
    const times: number[] = [];
    for (let each = 0; each < WARM_RUNS + RUNS; each++) {
      const began = performance.now();
      run();
      times.push(((performance.now() - began) * 1e6) / (PACKETS * this.#observers));
      this.#check();
    }
    return median(times.slice(WARM_RUNS));
  }

  /** Throws where a figure would mean nothing. */
  #check(): void {
    const { inFlight, delivered, undelivered } = this.#hosting.kernel.ledger;
    const handed = (this.#packet - 1) * this.#observers;
    if (inFlight !== 0 || delivered !== handed || undelivered.some((count) => count > 0)) {
      throw new Error(`bench: of ${handed} packets ${delivered} came back, ${inFlight} did not`);
    }
  }
}
