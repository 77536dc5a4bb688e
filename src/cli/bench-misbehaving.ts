/**
 * What handlers that misbehave cost others: packets of two bindings, one after the other; the second has a handler that loops, faults, floods or fills
 * its table. Told is the rate at which packets go through, those of the first binding, beside that of the same packets without the handler.
 */
import { Descriptors } from "../machine/descriptor.js";
import { filterOf } from "./bench-filters.js";
import { Hosting } from "./bench-hosting.js";
import { atLeast, median, type Row, type Table } from "./figure.js";

const FRAME = 64;
const FRAMES = 4096;
/** Between two frames, on their clock. */
const BETWEEN_NS = 100;
const ROUNDS = 5;
/** Long beside the time in which a handler uses up its share, and others have all of it. */
const WINDOW_MS = 200;
/** Time enough for a handler to use up what it has saved. */
const SETTLING_MS = 400;
/** What is promised: the part of their rate that others keep. */
const KEPT = 0.85;
const MICROSECONDS = 1e6;
const HIGH = 0x1700_0000;
const TO_GOOD = "23:8 == 6";
const TO_BAD = "23:8 == 17";
const NO_LOSS = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 } as const;

const head = (names: string) => `import { ${names}, type Message, type Outcome, pass, record, u32 } from "exonet/ash";
const seen = record({ turns: u32 });
`;
/** Sixteen messages in a row that kill a handler end it: one of these lets it go on. */
const SPARES = "  if (((message.number >>> 1) & 15) === 0) return pass;\n";
const loops = (first: string) => `${head("array")}const unused = array(u32, 1);
export default function loops(message: Message): Outcome {
${first}  for (let turn = message.length; turn !== 0; turn = turn | 1) seen.turns += 1;
  unused[0] = 1;
  return pass;
}
`;
const faults = (first: string) => `${head("array")}const unused = array(u32, 1);
export default function faults(message: Message): Outcome {
${first}  unused[0] = message.u8(message.length);
  return pass;
}
`;

/** By name: text of the handler. */
export const BAD_HANDLERS: ReadonlyMap<string, string> = new Map([
  ["loops for ever", loops("")],
  ["loops for ever on 15 messages of 16", loops(SPARES)],
  ["faults on each packet", faults("")],
  ["faults on 15 packets of 16", faults(SPARES)],
  [
    "floods replies",
    `${head("consume, reply")}export default function floods(message: Message): Outcome {
  const answer = reply(message);
  for (let left = 7; left !== 0; left -= 1) if (answer.send()) seen.turns += 1;
  return seen.turns === 0 ? pass : consume;
}
`,
  ],
  [
    "fills its table",
    `${head("shape, table")}const entries = table(u32, shape({ count: u32 }), 16384);
export default function fills(_message: Message): Outcome {
  for (let left = 8; left !== 0; left -= 1) {
    seen.turns += 1;
    const entry = entries.enter(seen.turns);
    entry.count += 1;
  }
  return pass;
}
`,
  ],
]);

export function misbehavingTables(
  rounds = ROUNDS,
  windowMs = WINDOW_MS,
  settlingMs = SETTLING_MS,
): { about: string[]; tables: Table[] } {
  const alone = new Mixed();
  alone.run(windowMs);
  const rows = [...BAD_HANDLERS].map(([name, text]): Row => {
    const beside = new Mixed(text);
    beside.run(settlingMs);
    const kept: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const without = alone.run(windowMs);
      // What it has saved meanwhile is used up first.
      beside.run(windowMs / 2);
      kept.push(beside.run(windowMs) / without);
    }
    beside.check();
    return { name, cells: [atLeast(median(kept), "", KEPT), beside.fate] };
  });
  return {
    about: [
      `Bad handlers, within the budget that is given by default: every second of ${FRAMES.toLocaleString("en-US")} packets is theirs; rate of the others, in the processor's`,
      `time, ÷ that without the handler, in windows of ${windowMs} ms, when it has used up what it may save; medians of ${rounds} rounds.`,
    ],
    tables: [{ title: "what others keep of their rate", columns: ["", "at the end"], rows }],
  };
}

/** A machine whose packets are two bindings' in turn. */
class Mixed {
  readonly #hosting = new Hosting(FRAMES);
  readonly #rows = new Descriptors(FRAMES);
  readonly #good: number;
  readonly #bad: number;
  readonly #wire = this.#hosting.kernel.ports.addWire("wire", NO_LOSS, false, 1);
  #received = 0;
  #low = 0;

  /** `text`: of the handler of the second. */
  constructor(text?: string) {
    const [port = 0] = this.#wire?.ports ?? [];
    const { segments, memory, kernel } = this.#hosting;
    const at = segments.addressOf(segments.take());
    for (let row = 0; row < FRAMES; row++) {
      this.#rows.address[row] = at + row * FRAME;
      this.#rows.captured[row] = this.#rows.wire[row] = FRAME;
      this.#rows.timeHigh[row] = HIGH;
      this.#rows.port[row] = port;
      this.#rows.linkType[row] = 1;
      memory.octets[at + row * FRAME + 23] = row % 2 === 0 ? 6 : 17;
    }
    const bound = [TO_GOOD, TO_BAD].map((filter, at) => ({
      name: `binding-${at}`,
      environment: kernel.createEnvironment({ name: `owner-${at}`, program: "", options: {} }).environment,
      mode: "claim" as const,
      priority: 0,
      filter: filterOf(filter),
    }));
    const [good = 0, bad = 0] = this.#hosting.bind(bound);
    this.#good = good;
    this.#bad = bad;
    const transmit = this.#hosting.transmitCapability(filterOf(TO_BAD));
    if (text !== undefined) this.#hosting.handle(bad, text, { transmit });
  }

  /** Packets of the first binding in a second of the processor's time, for about so long: what else the machine does counts for nothing. */
  run(milliseconds: number): number {
    const { kernel } = this.#hosting;
    const before = kernel.bindings.packets[this.#good]!;
    const [began, used] = [performance.now(), process.cpuUsage()];
    while (performance.now() - began < milliseconds) {
      for (let row = 0; row < FRAMES; row++) this.#rows.timeLow[row] = this.#low + row * BETWEEN_NS;
      this.#low = (this.#low + FRAMES * BETWEEN_NS) % 0xf000_0000;
      kernel.receive(this.#rows, 0, FRAMES, false, nothing);
      this.#received += FRAMES;
      // Whoever is at the other end takes what comes.
      for (const lane of this.#wire?.lanes ?? []) lane.begin();
    }
    const { user, system } = process.cpuUsage(used);
    return (kernel.bindings.packets[this.#good]! - before) / ((user + system) / MICROSECONDS);
  }

  /** Throws where anything was lost, or the books do not balance. */
  check(): void {
    const { ledger, bindings } = this.#hosting.kernel;
    const { claimed, consumed, delivered, inFlight } = ledger;
    const whole = claimed === this.#received && claimed === consumed + delivered && inFlight === 0;
    const good = bindings.delivered[this.#good];
    if (!whole || good !== this.#received / 2) {
      throw new Error(
        `bench: of ${this.#received} packets ${claimed} were claimed, and ${delivered + consumed} arrived`,
      );
    }
  }

  /** In words. */
  get fate(): string {
    const [view] = this.#hosting.kernel.handlers.views({ bindings: [this.#bad] }).handlers;
    if (view?.bound === false) return "unbound";
    return view !== undefined && view.counts.throttled.share > 0 ? "throttled" : "goes on";
  }
}

function nothing(): void {}
