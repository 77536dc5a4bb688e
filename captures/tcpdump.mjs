/**
 * tcpdump as the judge: how many packets of a capture an expression matches. Matches are counted as records of
 * `tcpdump -w -`, since one packet can print several lines of text; with tcpdump's optimiser and without.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

export function octetsOf(capture) {
  const octets = readFileSync(capture);
  return capture.endsWith(".gz") ? gunzipSync(octets) : octets;
}

/** Records of a savefile as this machine's tcpdump writes it. */
function records(savefile) {
  const order = savefile[0] === 0xa1 ? "readUInt32BE" : "readUInt32LE"; // the magic number, most significant first
  let count = 0;
  for (let at = FILE_HEADER; at < savefile.length; count++) at += RECORD_HEADER + savefile[order](at + 8);
  return count;
}

/** `filter` is an expression, or `-F` and a file. Throws what tcpdump has to say against it. */
function matches(octets, options, filter) {
  const tcpdump = spawnSync("tcpdump", ["-r", "-", "-w", "-", ...options, ...filter], {
    input: octets,
    maxBuffer: 2 ** 30,
  });
  if (tcpdump.error) throw new Error(`tcpdump: ${tcpdump.error.message}`);
  if (tcpdump.status !== 0) throw new Error(`tcpdump refuses ${filter.join(" ")}: ${tcpdump.stderr}`);
  return records(tcpdump.stdout);
}

/** The count, of which both must be sure. Throws where they are not. */
export function count(octets, ...filter) {
  const [optimised, plain] = [matches(octets, [], filter), matches(octets, ["-O"], filter)];
  if (optimised === plain) return optimised;
  throw new Error(`${optimised} packets with tcpdump's optimiser, ${plain} without: ${filter.join(" ")}`);
}
