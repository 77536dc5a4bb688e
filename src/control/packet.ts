/** A frame of a pass as the protocol has it. */
import { frameIn, type NumberedFrame } from "../appliance/frame-at.js";
import type { Pass } from "../appliance/pass.js";
import { dissect, type Layer } from "../wire/dissect.js";
import { printPacket } from "../wire/print.js";
import type { PacketDetail, PacketLayer, PacketLine } from "./protocol.js";

/** Octets of a packet that are shown. */
const SHOWN_OCTETS = 65_536;

/** The number of the packet in row 0 of the stretch, counted from 1 over the whole capture. */
export function firstNumber({ capture, rows }: Pass): number {
  return capture.packets - rows.count + 1;
}

export function lineAt(pass: Pass, row: number): PacketLine {
  return lineOf(frameIn(pass, row, firstNumber(pass) + row), pass);
}

export function lineOf({ number, time, octets, address, captured, facts }: NumberedFrame, pass: Pass): PacketLine {
  const { wire, link } = facts;
  // Only records of a pcapng may be without a time.
  const isTimeless = time === 0n && pass.capture.header === undefined;
  return {
    number,
    time: isTimeless ? null : time.toString(),
    captured,
    wire,
    linkType: link,
    line: printPacket(octets, address, captured, wire, link),
  };
}

export function detailOf(frame: NumberedFrame, pass: Pass): PacketDetail {
  const { octets, address, captured, facts } = frame;
  const shown = octets.slice(address, address + Math.min(captured, SHOWN_OCTETS));
  return {
    ...lineOf(frame, pass),
    octets: Buffer.from(shown).toString("hex"),
    octetsCut: captured > SHOWN_OCTETS,
    layers: dissect(octets, address, captured, facts.link, facts.wire).map(layerOf),
  };
}

function layerOf({ name, label, from, to, cut, fields }: Layer): PacketLayer {
  const all = fields.map(({ mask = null, filter = null, ...field }) => ({ ...field, mask, filter }));
  return { name, label, from, to, cut, fields: all };
}
