/** What handlers run on in tests: the packets of all captures, and packets that chance has mutilated. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { mutilate } from "../capture/mutilate.js";
import { readFrames } from "../libos/frames.js";
import { Chance } from "../seeded.js";
import type { LinkedMessage } from "./linked-machine.js";

const FOLDER = "captures";
/** Octets that hold most headers. */
const HEADERS = 64;

export const CAPTURES = readdirSync(FOLDER).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name));

export function messagesOf(capture: string): LinkedMessage[] {
  const file = readFileSync(`${FOLDER}/${capture}`);
  const frames = readFrames(capture.endsWith(".gz") ? gunzipSync(file) : file);
  return frames.map(({ octets, wire, time }, index) => {
    return { octets: Uint8Array.from(octets), wire, time, port: 0, number: index + 1 };
  });
}

/** So many, of these: half of them mutilated anywhere, half among their headers. */
export function mutilated(of: readonly LinkedMessage[], count: number, seed: number): LinkedMessage[] {
  const chance = new Chance(seed);
  const random = (below: number) => chance.below(below);
  return Array.from({ length: count }, (_, index) => {
    const message = chance.pick(of);
    const whole = chance.percent(50) ? message.octets.length : Math.min(HEADERS, message.octets.length);
    const begin = mutilate(message.octets.subarray(0, whole), random).octets;
    const octets = Uint8Array.from([...begin, ...message.octets.subarray(whole)]);
    return { ...message, octets, port: chance.below(3), number: index + 1 };
  });
}
