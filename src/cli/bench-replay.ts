/**
 * `exonet bench replay`: the real server in a process of its own, replaying a 1 GiB capture of
 * 64-octet packets flat out to two hosted environments, one claiming and one tapping every packet,
 * while a client keeps asking for the counters.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openAsBlob, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Binding, Books, Environment, Replay } from "../control/protocol.js";
import { benchCapture } from "./bench-capture.js";
import { atLeast, atMost, median, type Row, type Suite } from "./figure.js";

const PACKETS = Math.floor(2 ** 30 / 80);
const RUNS = 5;
/** What is promised: million packets a second, MiB of resident memory, ms until the counters are told. */
const RECEIVED = 8;
const RESIDENT_MIB = 400;
const P99_MS = 20;
/** A run that has not ended by then never will. */
const LONGEST_MS = 120_000;
/** Between two GETs: the server's limit of requests is not what is measured. */
const PAUSE_MS = 10;
const READY = /http:\/\/\S+#token=\S+/;

const PROFILE = {
  filters: [{ name: "every-packet", language: "dpf", text: "true" }],
  environments: [
    { name: "claimant", program: "reader" },
    { name: "observer", program: "reader" },
  ],
  bindings: [
    { name: "claim", filter: "every-packet", environment: "claimant", mode: "claim" },
    { name: "tap", filter: "every-packet", environment: "observer", mode: "tap" },
  ],
};

interface Run {
  readonly perSecond: number;
  readonly latencies: readonly number[];
}

export async function benchReplay(): Promise<Suite> {
  const folder = mkdtempSync(join(tmpdir(), "exonet-bench-"));
  const server = new Server(folder, benchCapture({ packets: PACKETS }));
  try {
    await server.start();
    const runs: Run[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await server.run());
    await server.checkLossless(RUNS);
    return {
      name: "replay",
      about: [],
      tables: [{ title: "", columns: [""], rows: rows(runs, server.peakMemory()) }],
      failures: [],
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

function rows(runs: readonly Run[], peak: number): Row[] {
  const latencies = runs.flatMap((run) => run.latencies).toSorted((a, b) => a - b);
  const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
  const rate = median(runs.map((run) => run.perSecond)) / 1e6;
  const measured = {
    "received, lossless": atLeast(rate, "million packets/s", RECEIVED),
    "peak resident memory": atMost(peak / 2 ** 20, "MiB", RESIDENT_MIB),
    "GET of the counters, median": { value: median(latencies), unit: "ms" },
    "GET of the counters, 99th percentile": atMost(p99, "ms", P99_MS),
    "GETs measured": { value: latencies.length, unit: "" },
  };
  return Object.entries(measured).map(([name, figure]) => ({ name, cells: [figure] }));
}

/** `exonet serve`, and what the bench asks of it. */
class Server {
  readonly #folder: string;
  readonly #capture: string;
  #process: ChildProcess | undefined;
  #origin = "";
  #token = "";

  constructor(folder: string, capture: string) {
    this.#folder = folder;
    this.#capture = capture;
  }

  async start(): Promise<void> {
    const profile = join(this.#folder, "bench.profile.json");
    writeFileSync(profile, JSON.stringify(PROFILE));
    const main = fileURLToPath(new URL("./main.js", import.meta.url));
    const data = join(this.#folder, "data");
    const args = [main, "serve", "--port", "0", "--data", data, "--profile", profile];
    const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    this.#process = server;
    const link = await new Promise<string>((resolve, reject) => {
      let said = "";
      server.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const found = READY.exec(said);
        if (found !== null) resolve(found[0]);
      });
      server.once("exit", () => reject(new Error("bench: the server ended before it was ready")));
    });
    const url = new URL(link);
    this.#origin = url.origin;
    this.#token = url.hash.slice("#token=".length);
    await this.#upload();
  }

  /** One replay of the whole capture, from its start to its end. */
  async run(): Promise<Run> {
    const latencies: number[] = [];
    await this.#ask("PUT", "replays/current", {
      captures: ["bench"],
      speed: "max",
      loop: 1,
      lossless: true,
      play: false,
    });
    const before = (await this.#ask<Books>("GET", "books")).received;
    const began = performance.now();
    await this.#ask("POST", "replays/current/play");
    for (;;) {
      const asked = performance.now();
      const books = await this.#ask<Books>("GET", "books");
      const answered = performance.now();
      latencies.push(answered - asked);
      if (books.received - before >= PACKETS) return { perSecond: (PACKETS / (answered - began)) * 1000, latencies };
      await delay(PAUSE_MS);
      if (answered - began > LONGEST_MS) throw new Error("bench: the replay did not end");
    }
  }

  /** Every packet of every run was claimed, tapped and given back. */
  async checkLossless(runs: number): Promise<void> {
    let replay = await this.#ask<Replay>("GET", "replays/current");
    while (replay.state !== "ended") replay = await this.#ask<Replay>("GET", "replays/current");
    const bindings = await this.#ask<readonly Binding[]>("GET", "bindings");
    const environments = await this.#ask<readonly Environment[]>("GET", "environments");
    const books = await this.#ask<Books>("GET", "books");
    const all = runs * PACKETS;
    const short = bindings.find(({ counters }) => counters.packets !== all || counters.delivered !== all);
    const readers = environments.filter(({ program }) => program === "reader");
    if (short !== undefined || !books.balanced || readers.some(({ delivered }) => delivered !== all)) {
      throw new Error("bench: packets were lost, the figures mean nothing");
    }
  }

  /** Peak of the process's resident memory, in octets. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.#process?.pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  async stop(): Promise<void> {
    const server = this.#process;
    if (server === undefined || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
  }

  async #upload(): Promise<void> {
    const body = await openAsBlob(this.#capture);
    const headers = { authorization: `Bearer ${this.#token}` };
    const answer = await fetch(`${this.#origin}/api/v1/captures/bench`, { method: "PUT", body, headers });
    if (!answer.ok) throw new Error(`bench: the upload was refused: ${await answer.text()}`);
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.#origin}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`bench: ${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? (undefined as T) : JSON.parse(text);
  }
}
