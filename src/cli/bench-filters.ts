/** The filters of the classifiers' benches, as text and as atoms, and where the traffic that they wait for goes. */
import type { Filter } from "../dpf/atom.js";
import { compileText } from "../filter/filter.js";
import { chanceOf } from "./bench-chance.js";
import type { Destination } from "./bench-traffic.js";

const FIRST_ADDRESS = 0x0a000100;
const FIRST_PORT = 1000;

/** Flow k: 10.0.1.k and port 1000 + k. Beyond 255 the address goes on in the octet above. */
export function flow(k: number): Destination {
  return { address: FIRST_ADDRESS + k, port: FIRST_PORT + k };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** What tcpdump reads `tcp and dst host 10.0.1.k and dst port 1000+k` as: k is 1 to the number of filters. */
export function flowText(k: number): string {
  const { address, port } = flow(k);
  return `${TCP} && 30:32 == 0x${address.toString(16)} && ${PAST_IP} && 2:16 == ${port}`;
}

const TCP = "12:16 == 0x0800 && 23:8 == 6 && 20:16 & 0x1fff == 0";
const PAST_IP = "shift 14 && shift 0:8 & 0x0f << 2";

export function flowPcap(k: number): string {
  const { address, port } = flow(k);
  return `tcp and dst host ${dotted(address)} and dst port ${port}`;
}

/** The same packets by fewer tests: by address, by port. */
export function addressText(k: number): string {
  return `${TCP} && 30:32 == 0x${flow(k).address.toString(16)}`;
}

export function portText(k: number): string {
  return `${TCP} && ${PAST_IP} && 2:16 == ${flow(k).port}`;
}

/** Three hosts, either direction, two ports: twelve conjunctions. */
export function twelveText(k: number): string {
  const conjunctions: string[] = [];
  for (const host of [1, 2, 3]) {
    for (const [address, port] of [["26:32", "0:16"] as const, ["30:32", "2:16"] as const]) {
      for (const number of [80, 443]) {
        const value = (0x0a000000 + 4 * k + host).toString(16);
        conjunctions.push(`${TCP} && ${address} == 0x${value} && ${PAST_IP} && ${port} == ${number}`);
      }
    }
  }
  return conjunctions.join(" || ");
}

/** A shape that no other filter has: UDP with a field at an odd place. */
export function oddText(number: number): string {
  return `12:16 == 0x0800 && 23:8 == 17 && ${40 + number}:16 & 0x7ff0 == 0x${((number + 1) * 16).toString(16)}`;
}

/** Throws where the text is wrong: it is ours. */
export function filterOf(text: string): Filter {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`bench: ${text}: ${compiled.errors[0]?.message ?? ""}`);
  return compiled.filter;
}

/** Destinations drawn uniformly from flows `first` to `last`. */
export function flowNumbers(frames: number, first: number, last: number): Int32Array {
  const chance = chanceOf(1);
  return Int32Array.from({ length: frames }, () => first + chance(last - first + 1));
}
