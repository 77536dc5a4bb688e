/**
 * `exonet filter`: the packets of a capture that a filter accepts: a line each, counted, or written as tcpdump -w writes them. Exit 0
 * where the capture is one, also a damaged one, whose damage is told on stderr; 1 where it is none, or nothing could be written.
 */
import { FILTER_ROOM, FilterOutput } from "../appliance/filter-output.js";
import { Pass, type PassConsumer } from "../appliance/pass.js";
import { formOf, type RecordForm } from "../appliance/record-form.js";
import type { Verdicts } from "../dpf/batch.js";
import type { Target } from "../dpf/target.js";
import type { TimeForm } from "../wire/time.js";
import { identityOf, inputOf, sizeOf, tellDamage } from "./capture-file.js";
import { ConvertedForm } from "./converted-form.js";
import { InputError } from "./failure.js";
import { interruptible } from "./interrupt.js";
import { OctetProgress } from "./octet-progress.js";
import { checkTarget, isStdout, openTarget } from "./octet-target.js";
import { codeOf } from "./output-file.js";
import { inWords } from "./pass-failure.js";
import { passFiltersOf } from "./pass-filters.js";

export interface FilterCommand {
  readonly write?: string;
  readonly count?: boolean;
  readonly language: "pcap" | "dpf";
  readonly target?: Target;
  readonly time: TimeForm;
  readonly json?: boolean;
}

export async function filter(capture: string, expression: string, command: FilterCommand): Promise<number> {
  const language = command.language === "dpf" ? "dpf" : "pcap-filter";
  const passFilters = passFiltersOf(
    [{ place: "EXPR", text: expression, language, verbatim: true }],
    "claim",
    command.target,
  );
  const { write } = command;
  if (write === undefined) {
    const pass = new Pass(passFilters);
    return run(capture, pass, await withoutFile(pass, command), command);
  }
  if (isStdout(write) && (command.count === true || command.json === true)) {
    throw new InputError("-w", "the capture goes to stdout, and nothing else can: leave out --count and --json");
  }
  const input = identityOf(capture);
  checkTarget(write, input);
  const pass = new Pass(passFilters, { octets: FILTER_ROOM, keepBlocks: true });
  const output = new FilterOutput(
    pass,
    () => formFor(pass, write),
    () => openTarget(write, input),
  );
  return run(capture, pass, output, command);
}

/** A capture stays what it is, unless the file's name says otherwise. */
function formFor(pass: Pass, path: string): RecordForm {
  const converts = pass.capture.header === undefined && path.endsWith(".pcap");
  return converts ? new ConvertedForm(pass, path) : formOf(pass);
}

/** Without a file: only counted, or a line each. */
async function withoutFile(pass: Pass, { count, json, time }: FilterCommand): Promise<Taker> {
  if (count === true || json === true) return new Count(pass);
  const { PacketLines } = await import("./packet-lines.js");
  return new PacketLines(pass, time);
}

/** What takes the packets, and is asked what they were. */
interface Taker extends PassConsumer {
  readonly matched: number;
  readonly octets: number;
  finish(): Promise<void> | void;
  abandon(): void;
}

/** Only counts. */
class Count implements Taker {
  matched = 0;
  octets = 0;
  readonly #pass: Pass;

  constructor(pass: Pass) {
    this.#pass = pass;
  }

  take(from: number, to: number, { winner }: Verdicts): void {
    const { wire } = this.#pass.rows;
    for (let row = from; row < to; row++) {
      if (winner[row] === 0) continue;
      this.matched++;
      this.octets += wire[row]!;
    }
  }

  turn(): void {}
  finish(): void {}
  abandon(): void {}
}

async function run(capture: string, pass: Pass, taker: Taker, command: FilterCommand): Promise<number> {
  // What goes to a pipe may wait for its reader for ever, and there is nothing to clean up: there a signal just ends it.
  const isFile = command.write !== undefined && !isStdout(command.write);
  const ended = await (isFile
    ? interruptible((signal) => passOver(capture, pass, taker, signal))
    : passOver(capture, pass, taker));
  if (!ended) return 0;
  const code = tellDamage(capture, pass.capture);
  if (code === 0) report(pass, taker, command);
  return code;
}

/** False where whoever reads what is written has gone. */
async function passOver(capture: string, pass: Pass, taker: Taker, signal?: AbortSignal): Promise<boolean> {
  const progress = await OctetProgress.open(sizeOf(capture));
  try {
    const onProgress = (octets: number) => progress.update(octets);
    await pass.run(inputOf(capture), taker, signal === undefined ? { onProgress } : { onProgress, signal });
    await taker.finish();
    return true;
  } catch (error) {
    taker.abandon();
    if (codeOf(error) === "EPIPE") return false;
    throw inWords(error);
  } finally {
    progress.stop();
  }
}

function report({ capture }: Pass, { matched, octets }: Taker, { write, count, json }: FilterCommand): void {
  const { packets, truncated, damage } = capture;
  if (json === true) {
    const file = write ?? null;
    process.stdout.write(`${JSON.stringify({ packets, matched, octets, file, truncated, damage })}\n`);
  } else if (count === true) process.stdout.write(`${matched}\n`);
}
