#!/usr/bin/env node
/**
 * Asks tcpdump how many packets each filter of filters/ matches.
 *
 *   captures/count-filters.mjs           writes filters/counts.tsv anew
 *   captures/count-filters.mjs --check   says which counts differ, exit status 1 if any does
 *
 * Its lines are
 *
 *   name TAB capture TAB count TAB expression
 *
 * The capture is the one where the filter matches most (--check asks about no other). The expression is `=` for a filter
 * in tcpdump's own language, whose file tcpdump reads as it is; for a DPF filter it is the equal one, written by hand:
 * a new one needs a line of its own first, which may have `?` for capture and count. tcpdump counts with its optimiser
 * and without, which must agree.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { count, octetsOf } from "./tcpdump.mjs";

const HEADING = `# What tcpdump counts for each filter of this folder, in the capture of captures/ where it matches most:
# name TAB capture TAB count TAB equal tcpdump expression (= where the filter is one). captures/count-filters.mjs counts.
`;
const ITS_OWN = "=";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "..", "filters");
const counts = join(folder, "counts.tsv");

const written = readFileSync(counts, "utf8");
const lines = new Map(
  written
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => [line.split("\t")[0], line.split("\t")]),
);

const captures = new Map(
  readdirSync(here)
    .filter((file) => /\.pcap(ng)?(\.gz)?$/.test(file))
    .toSorted()
    .map((file) => [file, octetsOf(join(here, file))]),
);

/** Name, and what tcpdump is asked with. */
function filters() {
  return readdirSync(folder)
    .filter((file) => [".dpf", ".pcap-filter"].includes(extname(file)))
    .map((file) => {
      const name = file.slice(0, -extname(file).length);
      if (extname(file) !== ".dpf") return { name, expression: ITS_OWN, asked: ["-F", join(folder, file)] };
      const expression = lines.get(name)?.[3];
      if (!expression || expression === ITS_OWN)
        throw new Error(`filters/counts.tsv has no expression equal to ${file}`);
      return { name, expression, asked: [expression] };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where several match as many, the last by name, which is web.pcap and not its cut twin. */
function most(asked) {
  let best = ["", 0];
  for (const [capture, octets] of captures) {
    const matching = count(octets, ...asked);
    if (matching > 0 && matching >= best[1]) best = [capture, matching];
  }
  if (best[1] === 0) throw new Error(`no capture has anything for ${asked.join(" ")}`);
  return best;
}

/** Where counts.tsv says that it matches most. */
function again(name, asked) {
  const capture = lines.get(name)?.[1];
  return captures.has(capture) ? [capture, count(captures.get(capture), ...asked)] : most(asked);
}

const { values } = parseArgs({ options: { check: { type: "boolean" } } });
const now = filters().map(({ name, expression, asked }) =>
  [name, ...(values.check ? again(name, asked) : most(asked)), expression].join("\t"),
);
const text = `${HEADING}${now.join("\n")}\n`;

if (!values.check) writeFileSync(counts, text);
else if (text !== written) {
  const was = written.split("\n");
  for (const line of text.split("\n")) if (!was.includes(line)) console.error(`counts.tsv: now ${line}`);
  for (const line of was) if (!text.split("\n").includes(line)) console.error(`counts.tsv: was ${line}`);
  process.exitCode = 1;
}
