/** Frames that handlers are given and send: built, and judged by what checksums say and, where it is installed, by tshark. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatIpv4 } from "../../src/wire/address.js";
import { complement, intact, pseudoIpv4, sum } from "../../src/wire/checksum.js";
import { putU16, u16, u32 } from "../../src/wire/octets.js";
import { writeCapture } from "../appliance/records.js";
import { isInstalled } from "../installed.js";
import { ipv4 } from "../libos/packets.js";

export const HAS_TSHARK = isInstalled("tshark");
export const IP = 14;
export const L4 = 34;
const ICMP = 1;
const TCP = 6;
const UDP = 17;

const ASKER = Uint8Array.of(2, 0, 0, 0, 0, 1);
const ASKED = Uint8Array.of(2, 0, 0, 0, 0, 2);

/** An Ethernet frame from one host to another, padded to the 60 octets that it has at least. */
export function framed(packet: Uint8Array, padded = true): Uint8Array {
  const frame = new Uint8Array(Math.max(padded ? 60 : 0, 14 + packet.length));
  frame.set(ASKED, 0);
  frame.set(ASKER, 6);
  putU16(frame, 12, 0x0800);
  frame.set(packet, IP);
  return frame;
}

export function echoRequest(from: string, to: string, data: Uint8Array, identification = 0): Uint8Array {
  const icmp = Uint8Array.of(8, 0, 0, 0, 0x12, 0x34, 0, 7, ...data);
  putU16(icmp, 2, complement(sum(icmp, 0, icmp.length)));
  return ipv4(from, to, ICMP, icmp, { identification });
}

/** Who sends to whom, link and network. */
export function ends(frame: Uint8Array) {
  const hex = (from: number, to: number) => Buffer.from(frame.subarray(from, to)).toString("hex");
  return { to: hex(0, 6), from: hex(6, 12), source: address(frame, IP + 12), destination: address(frame, IP + 16) };
}

export function address(frame: Uint8Array, at: number): string {
  return formatIpv4(frame, at);
}

export function ports(frame: Uint8Array): readonly [source: number, destination: number] {
  return [u16(frame, L4), u16(frame, L4 + 2)];
}

export { u16, u32 };

/** Whether an IPv4 frame, with a header of 20 octets, has the right checksums: of the header, and of what it carries. */
export function isIntact(frame: Uint8Array): boolean {
  const length = u16(frame, IP + 2) - 20;
  if (!intact(sum(frame, IP, 20)) || L4 + length > frame.length) return false;
  const protocol = frame[IP + 9];
  if (protocol === ICMP) return intact(sum(frame, L4, length));
  if (protocol === UDP && u16(frame, L4 + 6) === 0) return true;
  if (protocol !== UDP && protocol !== TCP) throw new Error(`protocol ${protocol}`);
  return intact(sum(frame, L4, length, pseudoIpv4(frame, IP + 12, protocol, length)));
}

const FIELDS = ["ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status"];
const CHECKS = ["ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"];

/** What tshark says of each frame: the states of its checksums, or other fields of its display. */
export function tshark(frames: readonly Uint8Array[], fields = FIELDS): string[][] {
  const folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  try {
    const file = join(folder, "sent.pcap");
    writeCapture(
      file,
      frames.map((octets, at) => ({ time: 1_767_225_600_000_000 + at, octets })),
    );
    const args = ["-r", file, "-n", "-T", "fields", ...CHECKS.flatMap((name) => ["-o", `${name}:TRUE`])];
    const text = execFileSync("tshark", [...args, ...fields.flatMap((field) => ["-e", field])], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const lines = text.split("\n").slice(0, frames.length);
    return lines.map((line) => line.split("\t"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** 1 is good, 3 is not there; an empty field: there is no such header. */
export function isGood(statuses: readonly string[]): boolean {
  return statuses.includes("1") && statuses.every((status) => ["", "1", "3"].includes(status));
}
