/**
 * What a secure binding costs the packet's way. The kernel asks of each verdict whether its binding is open, whose it is, and
 * what becomes of that one's packets. Beside it: the same program, run without a kernel, by code that believes every
 * verdict, and keeps the same counts.
 */
import { Demux } from "../dpf/demux.js";
import { Classifier } from "../dpf/dpf.js";
import { DEFAULT_TARGET } from "../dpf/target.js";
import { type Contestant, contest, Local, ROUNDS, ratioOf, timeOf, warmUp } from "./bench-contest.js";
import { filterOf, flow, flowNumbers, flowText } from "./bench-filters.js";
import { Hosting } from "./bench-hosting.js";
import { FRAMES, type Segment, Traffic } from "./bench-traffic.js";
import { atMost, type Table } from "./figure.js";

const SIZES = [10, 200] as const;
const SEGMENTS = 8;
/** Environments that the filters are of, in turn. */
const OWNERS = 8;
/** What is promised: so many times as long as without. */
const PROTECTED = 1.1;
const KEPT_EVERY = 16_384;

interface Pair {
  readonly filters: number;
  readonly demux: Contestant;
  readonly trusting: Contestant;
  readonly kernel: Contestant;
}

export async function protectionTables(): Promise<{ about: string[]; tables: Table[] }> {
  const pairs: Pair[] = [];
  for (const filters of SIZES) pairs.push(await pairOf(filters));
  const entries = [];
  for (const { demux, trusting, kernel } of pairs) {
    for (const contestant of [demux, trusting, kernel]) entries.push(await warmUp(contestant, SEGMENTS * FRAMES));
  }
  const times = await contest(entries);
  const columns = pairs.map(({ filters }) => `${filters} filters`);
  const ns = (of: (pair: Pair) => Contestant) => pairs.map((pair) => ({ value: timeOf(times, of(pair)), unit: "ns" }));
  return {
    about: [
      `Protection: frames of 64 octets to filters of ${OWNERS} environments; medians of ${ROUNDS} rounds, ratios within a round.`,
    ],
    tables: [
      {
        title: "classified and counted, ns a packet",
        columns,
        rows: [
          { name: "classified only", cells: ns(({ demux }) => demux) },
          { name: "and counted for whom the verdict names", cells: ns(({ trusting }) => trusting) },
          { name: "by the kernel: capability, binding, owner", cells: ns(({ kernel }) => kernel) },
          {
            name: "the kernel, of the one before",
            cells: pairs.map(({ kernel, trusting }) => atMost(ratioOf(times, kernel, trusting), "×", PROTECTED)),
          },
        ],
      },
    ],
  };
}

async function pairOf(filters: number): Promise<Pair> {
  const numbers = flowNumbers(SEGMENTS * FRAMES, 0, filters);
  const traffic = new Traffic(SEGMENTS, (frame) => flow(numbers[frame] ?? 0));
  const list = Array.from({ length: filters }, (_, index) => filterOf(flowText(index + 1)));
  const classifier = new Classifier(DEFAULT_TARGET);
  const demux = new Demux(traffic.frameMemory(), traffic.rows);
  for (const [index, filter] of list.entries()) classifier.insert(index + 1, filter, "claim", 0, index);
  demux.install(classifier.update());
  const trusting = new Trusting(demux, filters);
  const hosting = new Hosting(traffic.rows, traffic.frameMemory());
  const owners: number[] = [];
  for (let owner = 0; owner < OWNERS; owner++) owners.push(await hosting.environment(`owner-${owner}`, ""));
  hosting.bind(
    list.map((filter, index) => ({
      name: `flow-${index}`,
      environment: owners[index % OWNERS] ?? 0,
      mode: "claim",
      priority: 0,
      filter,
    })),
  );
  const kernel = ({ frames }: Segment, rows: number) => hosting.kernel.receive(frames, 0, rows, false, nothing);
  return {
    filters,
    demux: new Local("classified", traffic, ({ frames }, rows) => {
      for (let from = 0; from < rows; ) from = demux.run(frames, from, rows);
    }),
    trusting: new Local("trusting", traffic, (segment, rows) => trusting.receive(segment, rows)),
    kernel: new Local("kernel", traffic, kernel),
  };
}

function nothing(): void {}

/** Demultiplexes and counts as a kernel would that nobody has to be protected by. */
class Trusting {
  readonly #demux: Demux;
  readonly #packets: Float64Array;
  readonly #octets: Float64Array;
  readonly #delivered: Float64Array;
  readonly #timeHigh: Uint32Array;
  readonly #timeLow: Uint32Array;
  unclaimed = 0;

  constructor(demux: Demux, filters: number) {
    this.#demux = demux;
    this.#packets = new Float64Array(filters + 1);
    this.#octets = new Float64Array(filters + 1);
    this.#delivered = new Float64Array(filters + 1);
    this.#timeHigh = new Uint32Array(filters + 1);
    this.#timeLow = new Uint32Array(filters + 1);
  }

  receive({ frames }: Segment, rows: number): void {
    const { winner, tapCount } = this.#demux;
    for (let from = 0; from < rows; ) {
      const to = this.#demux.run(frames, from, Math.min(rows, from + KEPT_EVERY));
      for (let row = from; row < to; row++) {
        const slot = winner[row] ?? 0;
        if (slot !== 0) this.#count(slot, frames, row);
        else if (tapCount[row] === 0) this.unclaimed++;
      }
      from = to;
    }
  }

  #count(slot: number, { wire, timeHigh, timeLow }: Segment["frames"], row: number): void {
    this.#packets[slot]!++;
    this.#octets[slot]! += wire[row]!;
    this.#timeHigh[slot] = timeHigh[row]!;
    this.#timeLow[slot] = timeLow[row]!;
    this.#delivered[slot]!++;
  }
}
