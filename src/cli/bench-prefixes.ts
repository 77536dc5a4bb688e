/**
 * 10,000 prefixes of 8 to 32 bits on the destination address, up to eight of them one inside the other; half of the
 * traffic lies in one. As claims the longest wins; as taps all that cover the address are listed.
 */
import { contest, type Entry, type Times, timeOf, warmUp } from "./bench-contest.js";
import { Exonet, GENERATED } from "./bench-exonet.js";
import { addressesFor, maskOf, type PrefixSet, prefixSet } from "./bench-prefix-set.js";
import { compiled } from "./bench-stations.js";
import { FRAMES, Traffic } from "./bench-traffic.js";
import { atMost, type Table } from "./figure.js";

const SEGMENTS = 4;
const PREFIXES = 10_000;
const NESTING = 8;
const CLAIM_NS = 25;
const TAP_NS = 60;
const MODES = ["claim", "tap"] as const;
type Mode = (typeof MODES)[number];

export async function benchPrefixes(): Promise<Table[]> {
  const set = prefixSet(PREFIXES, NESTING);
  const addresses = addressesFor(set, SEGMENTS * FRAMES);
  const traffic = new Traffic(SEGMENTS, (frame) => ({ address: addresses[frame] ?? 0, port: 80 }));
  const texts = set.prefixes.map(({ address, bits }) => {
    return `12:16 == 0x0800 && 30:32 & 0x${maskOf(bits).toString(16)} == 0x${address.toString(16)}`;
  });
  const covering = Array.from(addresses, (address) => set.covering(address));
  const entries: Entry[] = [];
  for (const target of GENERATED) {
    for (const mode of MODES) {
      const engine = Exonet.of(target, traffic, texts, mode);
      check(engine, traffic, mode, covering);
      entries.push(await warmUp(compiled(engine, traffic), traffic.frames));
    }
  }
  return [table(set, covering, entries, await contest(entries))];
}

/** Throws where a frame does not have what covers its address. */
function check({ demux }: Exonet, traffic: Traffic, mode: Mode, covering: readonly (readonly number[])[]): void {
  let frame = 0;
  traffic.each(traffic.frames, ({ frames }, rows) => {
    for (let from = 0; from < rows; ) {
      const to = demux.run(frames, from, rows);
      for (let row = from; row < to; row++) {
        const numbers = covering[frame++] ?? [];
        const start = demux.tapStart[row] ?? 0;
        const taps = demux.taps.slice(start, start + (demux.tapCount[row] ?? 0)).sort();
        const right =
          mode === "claim"
            ? demux.winner[row] === (numbers[0] ?? 0)
            : taps.join() === numbers.toSorted((a, b) => a - b).join();
        if (!right)
          throw new Error(`bench: prefixes as ${mode}s: frame ${frame - 1} has ${demux.winner[row]}, ${taps.join()}`);
      }
      from = to;
    }
  });
}

function table(
  { prefixes }: PrefixSet,
  covering: readonly (readonly number[])[],
  entries: readonly Entry[],
  times: Times,
): Table {
  const inside = covering.filter(({ length }) => length > 0);
  const listed = inside.reduce((sum, { length }) => sum + length, 0) / inside.length;
  const deepest = Math.max(...inside.map(({ length }) => length));
  const bound = { claim: CLAIM_NS, tap: TAP_NS };
  const rows = GENERATED.map((target, index) => ({
    name: `exonet, ${target}`,
    cells: MODES.map((mode, column) => {
      const entry = entries[MODES.length * index + column];
      return atMost(entry === undefined ? Number.NaN : timeOf(times, entry.contestant), "ns", bound[mode]);
    }),
  }));
  const facts = {
    "of the packets, inside a prefix": { value: (100 * inside.length) / covering.length, unit: "%" },
    "prefixes around one that is inside": { value: listed, unit: "" },
    "at most": { value: deepest, unit: "" },
  };
  return {
    title: `ns a packet, ${prefixes.length.toLocaleString("en-US")} prefixes`,
    columns: ["as claims", "as taps"],
    rows: [...rows, ...Object.entries(facts).map(([name, fact]) => ({ name, cells: [fact] }))],
  };
}
