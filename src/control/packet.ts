/** A packet of a pass as the protocol has it. Numbers count from 1, over the whole capture. */
import type { Pass } from "../appliance/pass.js";
import { timeToText } from "../machine/clock.js";
import { dissect, type Layer } from "../wire/dissect.js";
import { printPacket } from "../wire/print.js";
import type { PacketDetail, PacketLayer, PacketLine } from "./protocol.js";

/** Octets of a packet that are shown. */
const SHOWN_OCTETS = 65_536;

/** The number of the packet in row 0 of the stretch. */
export function firstNumber({ capture, rows }: Pass): number {
  return capture.packets - rows.count + 1;
}

export function lineOf({ capture, memory, rows }: Pass, row: number): PacketLine {
  const [captured, wire, linkType] = [rows.captured[row]!, rows.wire[row]!, rows.linkType[row]!];
  const [high, low] = [rows.timeHigh[row]!, rows.timeLow[row]!];
  // Only records of a pcapng may be without a time.
  const isTimeless = high === 0 && low === 0 && capture.header === undefined;
  return {
    number: capture.packets - rows.count + 1 + row,
    time: isTimeless ? null : timeToText(high, low),
    captured,
    wire,
    linkType,
    line: printPacket(memory.octets, rows.address[row]!, captured, wire, linkType),
  };
}

export function detailOf(pass: Pass, row: number): PacketDetail {
  const { memory, rows } = pass;
  const [address, captured] = [rows.address[row]!, rows.captured[row]!];
  const layers = dissect(memory.octets, address, captured, rows.linkType[row]!, rows.wire[row]);
  return {
    ...lineOf(pass, row),
    octets: Buffer.from(octetsOf(pass, row).subarray(0, SHOWN_OCTETS)).toString("hex"),
    octetsCut: captured > SHOWN_OCTETS,
    layers: layers.map(layerOf),
  };
}

/** A copy. */
export function octetsOf({ memory, rows }: Pass, row: number): Uint8Array {
  return memory.octets.slice(rows.address[row]!, rows.address[row]! + rows.captured[row]!);
}

function layerOf({ name, label, from, to, cut, fields }: Layer): PacketLayer {
  const all = fields.map(({ mask = null, filter = null, ...field }) => ({ ...field, mask, filter }));
  return { name, label, from, to, cut, fields: all };
}
