/** A progress bar on stderr while a replay runs, where stderr is a terminal. */
import { statSync } from "node:fs";
import { SingleBar } from "cli-progress";
import type { ApplianceInterface } from "../appliance/interface.js";
import { MachineTerm } from "../kernel/books.js";
import type { ReplaySource } from "../kernel/calls.js";

const INTERVAL_MS = 200;
const KIB = 1024;

export class Progress {
  readonly #bar: SingleBar | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(appliance: ApplianceInterface, sources: readonly ReplaySource[]) {
    if (!process.stderr.isTTY) return;
    const total = totalOctets(sources);
    const read = total === undefined ? "{value} KiB" : "{bar} {percentage} % | {value}/{total} KiB";
    const format = `epoch {epoch} | ${read} | {packets} packets`;
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true });
    this.#bar.start(Math.ceil((total ?? 0) / KIB), 0, { epoch: 1, packets: 0 });
    this.#timer = setInterval(() => {
      const { books } = appliance;
      books.refresh(0);
      const octets = Math.floor(books.machine(MachineTerm.octets) / KIB);
      const [epoch, packets] = [books.machine(MachineTerm.epoch), books.machine(MachineTerm.packet)];
      this.#bar?.update(octets, { epoch, packets });
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#bar?.stop();
  }
}

/** Undefined where a stream is among them: nobody knows how long it is. */
function totalOctets(sources: readonly ReplaySource[]): number | undefined {
  let total = 0;
  for (const source of sources) {
    if (source.kind !== "file") return undefined;
    total += statSync(source.path).size;
  }
  return total;
}
