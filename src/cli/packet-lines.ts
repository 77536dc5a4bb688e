/** Frames that match, a line each on stdout, as tcpdump has them; what a packet holds cannot write on the terminal (wire/print.ts). */
import { once } from "node:events";
import type { Pass, PassConsumer } from "../appliance/pass.js";
import type { Verdicts } from "../dpf/batch.js";
import { timeToBigInt } from "../machine/clock.js";
import { printPacket } from "../wire/print.js";
import { printTime, type TimeForm } from "../wire/time.js";

export class PacketLines implements PassConsumer {
  matched = 0;
  /** On the wire. */
  octets = 0;
  readonly #pass: Pass;
  readonly #form: TimeForm;
  #lines: string[] = [];
  /** What `relative` counts from is the first line's time, what `delta` counts from that of the line before. */
  #since: bigint | undefined;

  constructor(pass: Pass, form: TimeForm) {
    this.#pass = pass;
    this.#form = form;
  }

  take(from: number, to: number, { winner }: Verdicts): void {
    for (let row = from; row < to; row++) if (winner[row] !== 0) this.#print(row);
  }

  async turn(): Promise<void> {
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    if (!process.stdout.write(lines.join(""))) await once(process.stdout, "drain");
  }

  finish(): void {}
  abandon(): void {}

  #print(row: number): void {
    const { memory, rows } = this.#pass;
    const { address, captured, wire, linkType } = rows;
    this.matched++;
    this.octets += wire[row]!;
    const text = printPacket(memory.octets, address[row]!, captured[row]!, wire[row]!, linkType[row]!);
    const time = this.#time(timeToBigInt(rows.timeHigh[row]!, rows.timeLow[row]!));
    this.#lines.push(time === "" ? `${text}\n` : `${time} ${text}\n`);
  }

  #time(ns: bigint): string {
    const since = this.#since ?? ns;
    if (this.#since === undefined || this.#form === "delta") this.#since = ns;
    return printTime(ns, this.#form, this.#digits, since);
  }

  /** Of a second's fraction, as the capture counts. */
  get #digits(): number {
    const { header, interfaces } = this.#pass.capture;
    return header?.magic.nanoseconds === true || interfaces?.fine === true ? 9 : 6;
  }
}
