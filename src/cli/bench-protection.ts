/**
 * What a secure binding costs the packet's way. Filters that are bound by the kernel, each with a capability and for an owner,
 * are classified beside the same filters without any of that. Then all that the kernel does with a verdict: it asks whether
 * the binding is open, whose it is, and what becomes of that one's packets; beside it, code that believes every
 * verdict and keeps the counts of bindings.
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
  readonly bound: Contestant;
  readonly trusting: Contestant;
  readonly kernel: Contestant;
}

export async function protectionTables(): Promise<{ about: string[]; tables: Table[] }> {
  const pairs: Pair[] = [];
  for (const filters of SIZES) pairs.push(await pairOf(filters));
  const entries = [];
  for (const { demux, bound, trusting, kernel } of pairs) {
    for (const contestant of [demux, bound, trusting, kernel])
      entries.push(await warmUp(contestant, SEGMENTS * FRAMES));
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
          { name: "demux, nobody's filters", cells: ns(({ demux }) => demux) },
          { name: "demux, bound with capabilities", cells: ns(({ bound }) => bound) },
          {
            name: "times as long",
            cells: pairs.map(({ bound, demux }) => atMost(ratioOf(times, bound, demux), "×", PROTECTED)),
          },
          { name: "and counted for whom the verdict names", cells: ns(({ trusting }) => trusting) },
          { name: "and counted by the kernel, for binding and owner", cells: ns(({ kernel }) => kernel) },
          {
            name: "times as long, counting",
            cells: pairs.map(({ kernel, trusting }) => ({ value: ratioOf(times, kernel, trusting), unit: "×" })),
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
    demux: judgedBy("demux", demux, traffic),
    bound: judgedBy("demux, bound", hosting.demux, traffic),
    trusting: new Local("trusting", traffic, (segment, rows) => trusting.receive(segment, rows)),
    kernel: new Local("kernel", traffic, kernel),
  };
}

function judgedBy(name: string, demux: Demux, traffic: Traffic): Contestant {
  return new Local(name, traffic, ({ frames }, rows) => {
    for (let from = 0; from < rows; ) from = demux.run(frames, from, rows);
  });
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
