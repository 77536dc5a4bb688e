/**
 * What a handler costs a packet: one that counts, on every packet, beside the same packets demultiplexed and delivered without it. Its code is a
 * module of its own; it pays fuel, looks whether the message has the octets that it loads, translates the address of its state, and has an outcome.
 */
import { Descriptors } from "../machine/descriptor.js";
import { SEGMENT_SIZE } from "../nic/segments.js";
import type { TargetName } from "../vcode/target.js";
import { type Contestant, contest, type Times, timeOf } from "./bench-contest.js";
import { filterOf } from "./bench-filters.js";
import { Hosting } from "./bench-hosting.js";
import { atMost, type Measured, median, type Table } from "./figure.js";

const FRAME = 64;
const FRAMES = SEGMENT_SIZE / FRAME;
/** A pass takes about a ms, so that most are not interrupted even where others want the processor. */
const ROUNDS = 101;
const WARM_PASSES = 40;
const INTERPRETED_FRAMES = 512;
/** What is promised: ns above demux and delivery, as WebAssembly. */
const COUNTED_NS = 15;
const NS = 1e6;

const COUNTS = `import { type Message, type Outcome, pass, record, u32 } from "exonet/ash";
const seen = record({ packets: u32 });
export default function count(_message: Message): Outcome {
  seen.packets += 1;
  return pass;
}
`;
const COUNTS_IPV4 = `import { type Message, type Outcome, pass, record, u32 } from "exonet/ash";
const seen = record({ packets: u32, ipv4: u32 });
export default function count(message: Message): Outcome {
  seen.packets += 1;
  if (message.length >= 14 && message.u16(12) === 0x0800) seen.ipv4 += 1;
  return pass;
}
`;

export async function countingTables(rounds = ROUNDS): Promise<{ about: string[]; tables: Table[] }> {
  const without = Counting.of("without");
  // WebAssembly first, and alone: a machine has one target, and calls of others make those of the first slower.
  const columns = ["wasm", "js", "interpreter"] as const satisfies readonly TargetName[];
  const above = new Map<string, Measured>();
  let alone = Number.NaN;
  for (const target of columns) {
    const counts = Counting.of("counts", COUNTS, target);
    const looks = Counting.of("looks", COUNTS_IPV4, target);
    const frames = target === "interpreter" ? INTERPRETED_FRAMES : FRAMES;
    const entries = [without, counts, looks].map((contestant) => ({ contestant, frames }));
    await contest(entries, Math.min(rounds, WARM_PASSES));
    const times = await contest(entries, rounds);
    if (target === "wasm") alone = timeOf(times, without);
    for (const each of [counts, looks]) {
      each.check();
      const ns = differenceOf(times, each, without);
      above.set(`${each.name} ${target}`, target === "wasm" ? atMost(ns, "ns", COUNTED_NS) : { value: ns, unit: "ns" });
    }
  }
  const cells = (name: string) => columns.map((target) => above.get(`${name} ${target}`) ?? "");
  return {
    about: [
      `A counting handler: ${FRAMES.toLocaleString("en-US")} frames of ${FRAME} octets, claimed by one environment that counts; ns above the same without it, in one round; medians of ${rounds}.`,
    ],
    tables: [
      {
        title: "above demux and delivery, ns a packet",
        columns,
        rows: [
          { name: "counts packets", cells: cells("counts") },
          { name: "counts packets, and those of IPv4", cells: cells("looks") },
          { name: "demux and delivery without it", cells: [{ value: alone, unit: "ns" }] },
        ],
      },
    ],
  };
}

/** By how many ns one took longer than another, round by round; the median. */
export function differenceOf(times: Times, one: Contestant, other: Contestant): number {
  const others = times.get(other) ?? [];
  return median((times.get(one) ?? []).map((time, round) => time - (others[round] ?? Number.NaN)));
}

/** Frames, all of them claimed, of a binding that has a handler, or none. */
class Counting implements Contestant {
  readonly name: string;
  readonly #hosting = new Hosting(FRAMES);
  readonly #rows = new Descriptors(FRAMES);
  readonly #binding: number;
  #packets = 0;

  static of(name: string, text?: string, target: TargetName = "wasm"): Counting {
    const counting = new Counting(name);
    if (text !== undefined) counting.#hosting.handle(counting.#binding, text, { budget: { share: 1 } }, target);
    return counting;
  }

  private constructor(name: string) {
    this.name = name;
    const { segments, memory } = this.#hosting;
    const at = segments.addressOf(segments.take());
    for (let row = 0; row < FRAMES; row++) {
      this.#rows.address[row] = at + row * FRAME;
      this.#rows.captured[row] = this.#rows.wire[row] = FRAME;
      memory.view.setUint16(at + row * FRAME + 12, 0x0800);
    }
    const filter = filterOf("12:16 == 0x0800");
    const [binding] = this.#hosting.bind([{ name: "counted", environment: 0, mode: "claim", priority: 0, filter }]);
    if (binding === undefined) throw new Error("bench: no binding");
    this.#binding = binding;
  }

  time(frames: number): number {
    const began = performance.now();
    this.#hosting.kernel.receive(this.#rows, 0, frames, false, nothing);
    this.#packets += frames;
    return (performance.now() - began) * NS;
  }

  /** Throws where the handler did not see each packet. */
  check(): void {
    const { passed } = this.#hosting.handlerCounts(this.#binding);
    if (passed !== this.#packets) throw new Error(`bench: of ${this.#packets} packets ${passed} were passed on`);
  }
}

function nothing(): void {}
