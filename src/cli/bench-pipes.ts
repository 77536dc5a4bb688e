/**
 * Integrated layer processing (SIGCOMM'96): 1,500 octets are copied into the environment's memory, summed and swapped in one loop, that was composed of
 * three pipes, or in three loops that the same compiler made of one pipe each, or by one move of memory and two loops.
 */
import { Descriptors } from "../machine/descriptor.js";
import { type Contestant, contest, ratioOf, type Times, timeOf } from "./bench-contest.js";
import { filterOf } from "./bench-filters.js";
import { Hosting } from "./bench-hosting.js";
import { atLeast, type Table } from "./figure.js";

const OCTETS = 1500;
const FRAME = 14 + OCTETS + 2;
/** Of `data`, and of `seen` behind it, at a multiple of 8. */
const STATE = 1504 + 4;
const FUEL = 100_000;
const FRAMES = 512;
const ROUNDS = 61;
const WARM_PASSES = 30;
const NS = 1e6;
/** What is promised: the three loops take so many times as long. */
const FUSED = 1.5;

const HEAD = `import { array, byteswap32, checksum, consume, copy, type Message, type Outcome, pipeline, record, u8, u32 } from "exonet/ash";
const data = array(u8, ${OCTETS});
const seen = record({ sum: u32 });
const sum = checksum();
`;
const TAIL = `  seen.sum = sum.value;
  return consume;
}
`;
const handlerOf = (pipelines: string, body: string) => `${HEAD}${pipelines}
export default function layers(message: Message): Outcome {
  sum.value = 0;
${body}
${TAIL}`;

/** Each leaves the same octets and the same sum. */
const LAYERS = {
  fused: handlerOf("const all = pipeline(copy(), sum, byteswap32());", `  all.run(message, 14, ${OCTETS}, data, 0);`),
  apart: handlerOf(
    "const copies = pipeline(copy());\nconst sums = pipeline(sum);\nconst swaps = pipeline(byteswap32());",
    `  copies.run(message, 14, ${OCTETS}, data, 0);
  sums.read(message, 14, ${OCTETS});
  swaps.run(message, 14, ${OCTETS}, data, 0);`,
  ),
  moved: handlerOf(
    "const sums = pipeline(sum);\nconst swaps = pipeline(byteswap32());",
    `  message.vector(14, ${OCTETS}, data, 0);
  sums.read(message, 14, ${OCTETS});
  swaps.run(message, 14, ${OCTETS}, data, 0);`,
  ),
} as const;

export async function pipeTables(rounds = ROUNDS): Promise<{ about: string[]; tables: Table[] }> {
  const fused = new Layers("one loop: copy, checksum, byte swap", LAYERS.fused);
  const apart = new Layers("three loops of the same compiler", LAYERS.apart);
  const moved = new Layers("one move of memory, and two loops", LAYERS.moved);
  const all = [fused, apart, moved];
  const entries = all.map((contestant) => ({ contestant, frames: FRAMES }));
  await contest(entries, Math.min(rounds, WARM_PASSES));
  const times = await contest(entries, rounds);
  const states = new Set(all.map((layers) => layers.state()));
  if (states.size !== 1) throw new Error("bench: the loops do not leave the same");
  return {
    about: [
      `Pipes: ${OCTETS.toLocaleString("en-US")} octets of each frame, by handlers as WebAssembly, delivery included; medians of ${rounds} rounds, ratios within a round.`,
    ],
    tables: [pipeTable(times, fused, apart, moved)],
  };
}

export function pipeTable(times: Times, fused: Contestant, apart: Contestant, moved: Contestant): Table {
  const ns = (contestant: Contestant) => ({ value: timeOf(times, contestant), unit: "ns" });
  return {
    title: "1,500 octets, ns",
    columns: ["", "times one loop's"],
    rows: [
      { name: fused.name, cells: [ns(fused)] },
      { name: apart.name, cells: [ns(apart), atLeast(ratioOf(times, apart, fused), "×", FUSED)] },
      { name: moved.name, cells: [ns(moved), { value: ratioOf(times, moved, fused), unit: "×" }] },
    ],
  };
}

/** Frames that a handler consumes. */
class Layers implements Contestant {
  readonly name: string;
  readonly #hosting = new Hosting(FRAMES);
  readonly #rows = new Descriptors(FRAMES);
  readonly #binding: number;

  constructor(name: string, text: string) {
    this.name = name;
    const { segments, memory } = this.#hosting;
    const at = segments.addressOf(segments.take());
    for (let octet = 0; octet < FRAMES * FRAME; octet++) memory.octets[at + octet] = octet * 7;
    for (let row = 0; row < FRAMES; row++) {
      this.#rows.address[row] = at + row * FRAME;
      this.#rows.captured[row] = this.#rows.wire[row] = FRAME;
    }
    const filter = filterOf("true");
    const [binding] = this.#hosting.bind([{ name: "layers", environment: 0, mode: "claim", priority: 0, filter }]);
    if (binding === undefined) throw new Error("bench: no binding");
    this.#binding = binding;
    this.#hosting.handle(binding, text, { budget: { share: 1, fuel: FUEL } });
  }

  time(frames: number): number {
    const began = performance.now();
    this.#hosting.kernel.receive(this.#rows, 0, frames, false, nothing);
    return (performance.now() - began) * NS;
  }

  /** What the last frame left, octets and their sum, in hex. Throws where not all were consumed. */
  state(): string {
    const { run, consumed } = this.#hosting.handlerCounts(this.#binding);
    if (run === 0 || consumed !== run) throw new Error(`bench: of ${run} frames ${consumed} were consumed`);
    return Buffer.from(this.#hosting.handlerState(this.#binding, STATE)).toString("hex");
  }
}

function nothing(): void {}
