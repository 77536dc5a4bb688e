/**
 * Engines that are compiled on the fly, each a process of its own that waits for a line, makes one pass and answers
 * (bench-peers-source.ts). Where there is no C compiler, or no libpcap, there is no such peer.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Judge } from "./bench-contest.js";
import { flowPcap } from "./bench-filters.js";
import { handWritten, LIBPCAP, LIBPCAP_PROBE } from "./bench-peers-source.js";
import type { Traffic } from "./bench-traffic.js";

const FLAGS = ["-O3", "-std=gnu11", "-w"];

export class Peers {
  readonly #folder: string;
  readonly #live: Peer[] = [];
  #libpcap: string | undefined;
  readonly #hasCompiler: boolean;
  readonly #hasLibpcap: boolean;

  /** `folder`: where sources, programs and what they read may lie; it is the caller's. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#hasCompiler = spawnSync("cc", ["--version"]).status === 0;
    this.#hasLibpcap = this.#hasCompiler && this.#compile("probe", LIBPCAP_PROBE, ["-lpcap"]).problem === "";
  }

  /** The flows' filters as hand-written C; undefined where it cannot be compiled here. */
  async handWritten(filters: number, traffic: Traffic): Promise<Judge | undefined> {
    if (!this.#hasCompiler) return undefined;
    const program = this.#require(`hand-${filters}`, handWritten(filters), []);
    return this.#start("C by hand", program, traffic, []);
  }

  /** The flows' filters as programs of libpcap. */
  async libpcap(filters: number, traffic: Traffic): Promise<Judge | undefined> {
    if (!this.#hasLibpcap) return undefined;
    this.#libpcap ??= this.#require("libpcap", LIBPCAP, ["-lpcap"]);
    const expressions = join(this.#folder, `libpcap-${filters}.lines`);
    const lines = Array.from({ length: filters }, (_, index) => `${flowPcap(index + 1)}\n`);
    writeFileSync(expressions, lines.join(""), { mode: 0o600 });
    return this.#start("libpcap", this.#libpcap, traffic, [expressions]);
  }

  /** Ends those that were started. */
  close(): void {
    for (const peer of this.#live) peer.close();
  }

  async #start(name: string, program: string, traffic: Traffic, args: readonly string[]): Promise<Judge> {
    const place = join(this.#folder, `peer-${this.#live.length}`);
    traffic.write(`${place}.traffic`);
    const peer = new Peer(name, program, [`${place}.traffic`, `${place}.verdicts`, ...args]);
    this.#live.push(peer);
    await peer.ready();
    rmSync(`${place}.traffic`);
    return peer;
  }

  #require(name: string, source: string, libraries: readonly string[]): string {
    const { program, problem } = this.#compile(name, source, libraries);
    if (problem !== "") throw new Error(`bench: cc refuses ${name}.c: ${problem}`);
    return program;
  }

  #compile(name: string, source: string, libraries: readonly string[]): { program: string; problem: string } {
    const program = join(this.#folder, name);
    writeFileSync(`${program}.c`, source, { mode: 0o600 });
    const cc = spawnSync("cc", [...FLAGS, "-o", program, `${program}.c`, ...libraries], { encoding: "utf8" });
    return { program, problem: cc.status === 0 ? "" : cc.stderr || `it ended with ${cc.status ?? cc.signal}` };
  }
}

class Peer implements Judge {
  readonly name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #verdicts: string;
  #error = "";

  constructor(name: string, program: string, args: readonly string[]) {
    this.name = name;
    this.#verdicts = args[1] ?? "";
    this.#process = spawn(program, args, { stdio: "pipe" });
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    this.#process.stderr.on("data", (chunk: Buffer) => {
      this.#error += chunk.toString();
    });
    // Writing to one that has ended is told by the answer that does not come.
    this.#process.stdin.on("error", () => undefined);
  }

  async ready(): Promise<void> {
    await this.#answer();
  }

  async time(frames: number): Promise<number> {
    this.#process.stdin.write(`time ${frames}\n`);
    return Number(await this.#answer());
  }

  async verdicts(frames: number): Promise<Int32Array> {
    this.#process.stdin.write(`verdicts ${frames}\n`);
    await this.#answer();
    const octets = readFileSync(this.#verdicts);
    return new Int32Array(octets.buffer.slice(octets.byteOffset, octets.byteOffset + octets.byteLength));
  }

  close(): void {
    this.#process.kill();
  }

  async #answer(): Promise<string> {
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`bench: ${this.name} ended: ${this.#error.trim()}`);
    return value;
  }
}
