/**
 * Several matches a packet: every flow is claimed by one filter and tapped by up to three others, which are either
 * the same test once more, or shorter ones (address alone, port alone) that this traffic cannot tell from it.
 */
import { type Contestant, contest, type Entry, ratioOf, type Times, timeOf, warmUp } from "./bench-contest.js";
import { Exonet, GENERATED } from "./bench-exonet.js";
import { addressText, filterOf, flow, flowNumbers, flowText, portText } from "./bench-filters.js";
import { compiled, flatBound } from "./bench-stations.js";
import { FRAMES, Traffic } from "./bench-traffic.js";
import { atMost, type Row, type Table } from "./figure.js";

const SEGMENTS = 4;
const FEW = 10;
/** With four filters a flow there are 10,000. */
const MANY = 2500;
const MOST = 4;

/** Texts of the taps of flow k, in the order in which they are added. */
const FORMS = {
  "the same test": (k: number) => [flowText(k), flowText(k), flowText(k)],
  "shorter tests": (k: number) => [addressText(k), portText(k), flowText(k)],
} as const;

export async function benchMatches(): Promise<Table[]> {
  const entries: Entry[] = [];
  const contestants = new Map<string, Contestant>();
  for (const flows of [FEW, MANY]) {
    const numbers = flowNumbers(SEGMENTS * FRAMES, 0, flows);
    const traffic = new Traffic(SEGMENTS, (frame) => flow(numbers[frame] ?? 0));
    for (const { key, engine, matches } of enginesFor(flows, traffic)) {
      const contestant = compiled(engine, traffic);
      check(engine, traffic, numbers, matches);
      contestants.set(key, contestant);
      entries.push(await warmUp(contestant, traffic.frames));
    }
  }
  const times = await contest(entries);
  return [table(contestants, times)];
}

function keyOf(engine: string, form: string, flows: number, matches: number): string {
  return `${engine} ${form} ${flows} ${matches}`;
}

interface Entrant {
  readonly key: string;
  readonly engine: Exonet;
  /** Filters that match each frame. */
  readonly matches: number;
}

function* enginesFor(flows: number, traffic: Traffic): Generator<Entrant> {
  for (const target of GENERATED) {
    for (const [form, texts] of Object.entries(FORMS)) {
      for (let matches = 1; matches <= MOST; matches++) {
        const engine = new Exonet(target, traffic);
        for (let k = 1; k <= flows; k++) {
          engine.bind(k, filterOf(flowText(k)), "claim");
          for (const [index, text] of texts(k)
            .slice(0, matches - 1)
            .entries()) {
            engine.bind(k + flows * (index + 1), filterOf(text), "tap");
          }
        }
        engine.install();
        yield { key: keyOf(target, form, flows, matches), engine, matches };
      }
    }
  }
}

/** Throws where a frame does not have its winner and so many matches. */
function check({ demux }: Exonet, traffic: Traffic, numbers: Int32Array, matches: number): void {
  let frame = 0;
  traffic.each(traffic.frames, ({ frames }, rows) => {
    for (let from = 0; from < rows; ) {
      const to = demux.run(frames, from, rows);
      for (let row = from; row < to; row++) {
        const number = numbers[frame++] ?? 0;
        const expected = number === 0 ? 0 : matches;
        const got = (demux.winner[row] === 0 ? 0 : 1) + (demux.tapCount[row] ?? 0);
        if (demux.winner[row] === number && got === expected) continue;
        throw new Error(`bench: frame ${frame - 1} has ${got} matches, and not ${expected}`);
      }
      from = to;
    }
  });
}

function table(contestants: ReadonlyMap<string, Contestant>, times: Times): Table {
  const of = (target: string, form: string, flows: number, matches: number) => {
    const contestant = contestants.get(keyOf(target, form, flows, matches));
    if (contestant === undefined) throw new Error(`bench: nothing was measured for ${matches} matches`);
    return contestant;
  };
  const counts = Array.from({ length: MOST }, (_, index) => index + 1);
  const rows = GENERATED.flatMap((target) =>
    Object.keys(FORMS).flatMap((form): Row[] => {
      const costs = [FEW, MANY].map((flows): Row => {
        const values = counts.map((matches) => timeOf(times, of(target, form, flows, matches)));
        const further = ((values.at(-1) ?? Number.NaN) - (values[0] ?? Number.NaN)) / (MOST - 1);
        const cells = [...values, further].map((value) => ({ value, unit: "ns" }));
        return { name: `${target}, ${form}, ${flows.toLocaleString("en-US")} flows`, cells };
      });
      const cells = counts.map((matches) => {
        const ratio = ratioOf(times, of(target, form, MANY, matches), of(target, form, FEW, matches));
        return atMost(ratio, "", flatBound(target));
      });
      return [...costs, { name: `${target}, ${form}, many flows ÷ few`, cells }];
    }),
  );
  return {
    title: "ns a packet by matches",
    columns: ["1 match", ...counts.slice(1).map((matches) => `${matches} matches`), "each further"],
    rows,
  };
}
