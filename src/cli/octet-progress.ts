/** A bar of octets read, on stderr; nothing, and nothing loaded, where stderr is no terminal. */
import type { SingleBar } from "cli-progress";

const MIB = 1024 * 1024;

export class OctetProgress {
  readonly #bar: SingleBar | undefined;

  private constructor(bar: SingleBar | undefined) {
    this.#bar = bar;
  }

  /** `total` is undefined where nobody knows how many octets will come. */
  static async open(total: number | undefined): Promise<OctetProgress> {
    if (!process.stderr.isTTY) return new OctetProgress(undefined);
    const { SingleBar } = await import("cli-progress");
    const format = total === undefined ? "{value} MiB read" : "{bar} {percentage} % | {value}/{total} MiB";
    const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true });
    bar.start(Math.ceil((total ?? 0) / MIB), 0);
    return new OctetProgress(bar);
  }

  update(octets: number): void {
    this.#bar?.update(Math.floor(octets / MIB));
  }

  stop(): void {
    this.#bar?.stop();
  }
}
