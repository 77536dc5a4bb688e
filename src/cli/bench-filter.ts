/**
 * `exonet bench filter`: the commands on captures, as whole processes, beside tcpdump in the same rounds. Captures lie
 * in the page cache, what is written goes to memory where the machine has a file system there, and what was
 * written is compared octet for octet.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileExpression } from "../filter/filter.js";
import { benchCapture, benchDestination } from "./bench-capture.js";
import { isInstalled, runExonet, runProgram } from "./bench-program.js";
import { atLeast, atMost, type Cell, type Measured, median, type Row, type Suite, type Table } from "./figure.js";

const ROUNDS = 5;
const PACKETS = 4_000_000;
const IN_MEMORY = "/dev/shm";
/** Filters of a split, and how many of them tcpdump is asked one by one. */
const SPLIT = 1000;
const SINGLES = 10;
/** Of so many destinations 1 % is split off. */
const MANY_DESTINATIONS = 100_000;
const LARGE = { packets: Math.ceil(2 ** 30 / 816), frame: 800 };
const NOT_HERE = "not here";

/** What is promised. */
const ONE_FILTER = 1;
const TEN_FILTERS = 0.6;
const SPLIT_TO_COPY = 2;
const SPLIT_TO_SINGLES = 1 / 50;
const SPLIT_FEW = 3;
const VERSION_MS = 50;
const INFO_MS = 120;
const INFO_GB = 3;
const COMPILE_MS = 20;

export async function benchFilter(): Promise<Suite> {
  const folder = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), "exonet-bench-"));
  const bench = new Bench(folder, isInstalled("tcpdump"));
  try {
    const tables = [bench.filters(), bench.split(), bench.start(), compiling()];
    return { name: "filter", about: bench.about, tables, failures: bench.failures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function single(number: number): string {
  const { host, port } = benchDestination(number);
  return `dst host ${host} and dst port ${port}`;
}

class Bench {
  readonly failures: string[] = [];
  readonly about: readonly string[];
  readonly #folder: string;
  readonly #tcpdump: boolean;

  constructor(folder: string, tcpdump: boolean) {
    this.#folder = folder;
    this.#tcpdump = tcpdump;
    this.about = [
      `${PACKETS.toLocaleString("en-US")} packets of 64 octets; medians of ${ROUNDS} rounds, ratios within a round`,
      `tcpdump: ${tcpdump ? firstLine(runProgram("tcpdump", ["--version"])) : NOT_HERE}`,
    ];
  }

  /** `filter -w` beside `tcpdump -w`. */
  filters(): Table {
    const capture = benchCapture({ packets: PACKETS });
    const ten = Array.from({ length: 10 }, (_, number) => `(${single(number)})`).join(" or ");
    return {
      title: "exonet filter -w, ms",
      columns: ["exonet", "tcpdump", "exonet ÷ tcpdump"],
      rows: [
        this.#filter("one filter, 1 packet in 11", capture, `tcp and ${single(3)}`, ONE_FILTER),
        this.#filter("an OR of ten, 10 in 11", capture, ten, TEN_FILTERS),
      ],
    };
  }

  #filter(name: string, capture: string, expression: string, bound: number): Row {
    const [ours, theirs] = [join(this.#folder, "exonet.pcap"), join(this.#folder, "tcpdump.pcap")];
    const rounds = this.#rounds(
      () => runExonet(["filter", capture, expression, "-w", ours]).milliseconds,
      () => runProgram("tcpdump", ["-r", capture, "-w", theirs, expression]).milliseconds,
    );
    if (this.#tcpdump && !readFileSync(ours).equals(readFileSync(theirs))) {
      this.failures.push(`${name}: what exonet and tcpdump wrote differs`);
    }
    return { name, cells: [...both(rounds), ratio(rounds, bound)] };
  }

  /** `split` beside one unfiltered copy, and beside a pass for each filter. */
  split(): Table {
    const rows = [this.#splitAll(), this.#splitFew()];
    return {
      title: `exonet split, ${SPLIT.toLocaleString("en-US")} filters, ms`,
      columns: ["exonet", "tcpdump -w, one pass", "exonet ÷ it", `${SPLIT} such passes`, "exonet ÷ them"],
      rows,
    };
  }

  #splitAll(): Row {
    const capture = benchCapture({ packets: PACKETS, destinations: SPLIT });
    const list = this.#list("all");
    const copy = join(this.#folder, "copy.pcap");
    const rounds = this.#rounds(
      () => this.#splitOnce(capture, list, PACKETS),
      () => runProgram("tcpdump", ["-r", capture, "-w", copy]).milliseconds,
    );
    rmSync(copy, { force: true });
    const singles = this.#tcpdump ? this.#singles(capture) : undefined;
    return {
      name: "every packet matches",
      cells: [
        ...both(rounds),
        ratio(rounds, SPLIT_TO_COPY),
        singles === undefined ? NOT_HERE : { value: singles, unit: "ms" },
        singles === undefined ? NOT_HERE : atMost(ours(rounds) / singles, "", SPLIT_TO_SINGLES),
      ],
    };
  }

  #splitFew(): Row {
    const capture = benchCapture({ packets: PACKETS, destinations: MANY_DESTINATIONS });
    const list = this.#list("few");
    const out = join(this.#folder, "single.pcap");
    const rounds = this.#rounds(
      () => this.#splitOnce(capture, list, undefined),
      () => runProgram("tcpdump", ["-r", capture, "-w", out, single(3)]).milliseconds,
    );
    return {
      name: "1 % of packets match, beside one filter's pass",
      cells: [...both(rounds), ratio(rounds, SPLIT_FEW)],
    };
  }

  #list(name: string): string {
    const path = join(this.#folder, `${name}.txt`);
    const lines = Array.from({ length: SPLIT }, (_, number) => {
      const { host, port } = benchDestination(number);
      return `filter-${number}: host ${host} and port ${port}\n`;
    });
    writeFileSync(path, lines.join(""));
    return path;
  }

  #splitOnce(capture: string, list: string, expected: number | undefined): number {
    const out = join(this.#folder, "split");
    rmSync(out, { recursive: true, force: true });
    const run = runExonet(["split", capture, "--filters", list, "-o", out, "--json"]);
    const report: { outputs: readonly { packets: number }[] } = JSON.parse(run.stdout);
    const packets = report.outputs.reduce((sum, output) => sum + output.packets, 0);
    if (readdirSync(out).length !== SPLIT || (expected !== undefined && packets !== expected)) {
      this.failures.push(`split: ${packets} packets in ${readdirSync(out).length} files`);
    }
    return run.milliseconds;
  }

  /** ms of a pass of tcpdump for each filter, from those that were run. */
  #singles(capture: string): number {
    const out = join(this.#folder, "single.pcap");
    const runs = Array.from({ length: SINGLES }, (_, number) => {
      const { host, port } = benchDestination(number * (SPLIT / SINGLES));
      return runProgram("tcpdump", ["-r", capture, "-w", out, `host ${host} and port ${port}`]).milliseconds;
    });
    return (runs.reduce((sum, run) => sum + run, 0) / SINGLES) * SPLIT;
  }

  /** How long a user waits before anything happens; `info` reads all of a capture. */
  start(): Table {
    const capture = benchCapture({ packets: PACKETS });
    const large = benchCapture(LARGE);
    const octets = LARGE.packets * (LARGE.frame + 16);
    const times = Array.from({ length: ROUNDS + 1 }, () => ({
      node: runProgram(process.execPath, ["-e", "0"]).milliseconds,
      version: runExonet(["--version"]).milliseconds,
      info: runExonet(["info", capture]).milliseconds,
      large: runExonet(["info", large]).milliseconds,
    })).slice(1);
    const above = (name: "version" | "info") => median(times.map((time) => time[name] - time.node));
    const gigabytes = median(times.map((time) => octets / 1e6 / time.large));
    return {
      title: "start-up",
      columns: [""],
      rows: [
        { name: "exonet --version, above node -e 0", cells: [atMost(above("version"), "ms", VERSION_MS)] },
        { name: "exonet info, above node -e 0", cells: [atMost(above("info"), "ms", INFO_MS)] },
        { name: "exonet info, 1 GiB in packets of 800 octets", cells: [atLeast(gigabytes, "GB/s", INFO_GB)] },
      ],
    };
  }

  /** ms of each round, of ours and of the peer's where it is here; the first round warms the page cache. */
  #rounds(exonet: () => number, tcpdump: () => number): Round[] {
    return Array.from({ length: ROUNDS + 1 }, () => ({
      exonet: exonet(),
      tcpdump: this.#tcpdump ? tcpdump() : Number.NaN,
    })).slice(1);
  }
}

interface Round {
  readonly exonet: number;
  /** NaN where it is not here. */
  readonly tcpdump: number;
}

function ours(rounds: readonly Round[]): number {
  return median(rounds.map(({ exonet }) => exonet));
}

function both(rounds: readonly Round[]): Cell[] {
  const theirs = median(rounds.map(({ tcpdump }) => tcpdump));
  return [{ value: ours(rounds), unit: "ms" }, Number.isNaN(theirs) ? NOT_HERE : { value: theirs, unit: "ms" }];
}

function ratio(rounds: readonly Round[], bound: number): Cell {
  const value = median(rounds.map(({ exonet, tcpdump }) => exonet / tcpdump));
  return Number.isNaN(value) ? NOT_HERE : atMost(value, "", bound);
}

/** Text to atoms and residual, warm. */
function compiling(): Table {
  const texts = [
    "not (src net 10.0.0.0/8 and dst net 192.168.0.0/16) or port 80",
    "tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420 and host 10.0.1.3",
  ];
  const rows = texts.map((text): Row => ({ name: text, cells: [compileTime(text)] }));
  return { title: "compiling, ms", columns: [""], rows };
}

function compileTime(text: string): Measured {
  const times: number[] = [];
  for (let run = 0; run < 20 + ROUNDS; run++) {
    const began = performance.now();
    const compiled = compileExpression(text);
    if (!compiled.ok) throw new Error(`bench: ${text}: ${compiled.errors[0]?.message}`);
    times.push(performance.now() - began);
  }
  return atMost(median(times.slice(-ROUNDS)), "ms", COMPILE_MS);
}

function firstLine({ stdout }: { readonly stdout: string }): string {
  return stdout.split("\n")[0] ?? "";
}
