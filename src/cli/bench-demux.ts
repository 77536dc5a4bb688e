/**
 * `exonet bench demux`: what it costs to find out whose a packet is. Every engine judges the same frames in the
 * same memory, reads the same columns of descriptors (address, captured length), one segment of 2 MiB at a time, and
 * writes the winner of each row; none is timed before its verdicts were compared with the specification.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchChanges } from "./bench-changes.js";
import { checkVerdicts, contest, type Entry, ROUNDS, type Times, warmUp } from "./bench-contest.js";
import { benchMatches } from "./bench-matches.js";
import { Peers } from "./bench-peers.js";
import { benchPrefixes } from "./bench-prefixes.js";
import {
  cliffsOf,
  contestantsOf,
  judgesOf,
  openStation,
  SIZES,
  type Station,
  stationTables,
} from "./bench-stations.js";
import type { Suite } from "./figure.js";

const SEGMENTS = 16;

export async function benchDemux(): Promise<Suite> {
  const folder = mkdtempSync(join(tmpdir(), "exonet-bench-"));
  const peers = new Peers(folder);
  try {
    const stations: Station[] = [];
    for (const filters of SIZES) {
      say(`demux: ${filters} filters: engines are built, and their verdicts compared`);
      stations.push(await openStation(filters, SEGMENTS, 0, peers));
    }
    const times = await compete(stations);
    say("demux: several matches a packet");
    const matches = await benchMatches();
    say("demux: prefixes");
    const prefixes = await benchPrefixes();
    say("demux: insertion, deletion, building");
    const changes = benchChanges();
    return {
      name: "demux",
      about: about(stations),
      tables: [...stationTables(stations, times), ...matches, ...prefixes, ...changes],
      failures: cliffsOf(stations, times),
    };
  } finally {
    peers.close();
    rmSync(folder, { recursive: true });
  }
}

/** All stations in each round, so that what is compared across them is also of one round. */
async function compete(stations: readonly Station[]): Promise<Times> {
  const entries: Entry[] = [];
  for (const station of stations) {
    say(`demux: ${station.filters} filters: warming up`);
    for (const contestant of contestantsOf(station)) entries.push(await warmUp(contestant, station.traffic.frames));
    for (const judge of judgesOf(station)) {
      const frames = entries.find(({ contestant }) => contestant === judge)?.frames ?? 0;
      await checkVerdicts(judge, frames, station);
    }
  }
  say("demux: the rounds");
  return contest(entries);
}

function about(stations: readonly Station[]): string[] {
  const frames = (stations[0]?.traffic.frames ?? 0).toLocaleString("en-US");
  return [
    `${frames} frames of 64 octets in segments of 2 MiB, to M + 1 destinations by chance; filter k of M is`,
    '"tcp and dst host 10.0.1.k and dst port 1000+k". Read: address and captured length. Written: the winner.',
    `Each segment lies in the cache when the clock begins. One core; medians of ${ROUNDS} rounds in which all take turns;`,
    "ratios are formed within a round. An engine that is slow judges fewer frames, 512 at least.",
  ];
}

function say(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${line}\n`);
}
