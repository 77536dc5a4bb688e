import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createExos, type StreamsAnswer } from "../../src/libos/programs/exos.js";
import { isInstalled } from "../installed.js";
import { Bench } from "./bench.js";
import { readFrames } from "./frames.js";

const HAS_TSHARK = isInstalled("tshark");
const judged = HAS_TSHARK ? describe : describe.skip;

const sha = (lines: readonly string[]) =>
  createHash("sha256")
    .update(Buffer.from(lines.join(""), "hex"))
    .digest("hex");
const place = (address: string, port: number) => `${address.includes(":") ? `[${address}]` : address}:${port}`;

/** What tshark's "follow" gives of a connection: digests by who sent. */
function follow(file: string, stream: number): Map<string, string> {
  const args = ["-r", file, "-q", "-z", `follow,tcp,raw,${stream}`];
  const text = execFileSync("tshark", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
  const [, first = "", second = "", body = ""] = /Node 0: (.*)\nNode 1: (.*)\n([^=]*)/.exec(text) ?? [];
  const lines = body.split("\n").filter((line) => line !== "");
  return new Map([
    [first, sha(lines.filter((line) => !line.startsWith("\t")))],
    [second, sha(lines.filter((line) => line.startsWith("\t")).map((line) => line.slice(1)))],
  ]);
}

judged(
  `our captures' connections, as tshark puts them together${HAS_TSHARK ? "" : " (skipped: tshark is not installed)"}`,
  () => {
    test.each(["lossy-tcp.pcap", "mixed.pcapng", "vlan.pcap"])("%s", (name) => {
      const file = `captures/${name}`;
      const bench = new Bench();
      const program = createExos({}, bench.start.machine);
      bench.feed(program, readFrames(readFileSync(file)));
      const { streams } = program.query("streams", {}) as StreamsAnswer;
      expect(streams.length).toBeGreaterThan(0);
      for (const [number, stream] of streams.entries()) {
        const wanted = follow(file, number);
        expect(stream.toServer.sha256).toBe(wanted.get(place(stream.client, stream.clientPort)));
        expect(stream.toClient.sha256).toBe(wanted.get(place(stream.server, stream.serverPort)));
      }
    });
  },
);
