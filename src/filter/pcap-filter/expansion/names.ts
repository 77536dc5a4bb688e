import type { Protocol } from "../ast.js";
import { Osi } from "./protocol.js";
import type { Ports } from "./port.js";
export function namedPort(text: string): (Ports & { transport: number | undefined }) | string { return text; }
export function namedPortRange(text: string): (Ports & { transport: number | undefined }) | string {
  const m = /^([^-]+)-([^-]+)$/.exec(text); if (!m) return text;
  const a = Number(m[1]), b = Number(m[2]);
  return { least: Math.min(a,b), most: Math.max(a,b), range: true, transport: undefined };
}
export function namedProtocol(text: string, over: Protocol | undefined): number | undefined {
  if (over === "iso") return (Osi as Record<string, number>)[text];
  return ({tcp:6,udp:17,ip:0x800,ip6:0x86dd,stp:0x42,ipx:0xe0,icmp:1} as Record<string,number>)[text];
}
export function networkOf(text: string): number | undefined { return text === "loopback" ? 127 : undefined; }
