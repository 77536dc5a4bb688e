#!/usr/bin/env node
// Takes the recording machine's hardware and operating system out of pcapng files: dumpcap writes them into
// section and interface blocks, and they are nobody's business. Packets and times are left as they are.
import { readFileSync, writeFileSync } from "node:fs";

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
// Octets of a block before its options, and the options to leave out: shb_hardware, shb_os; if_os, if_hardware.
const KINDS = new Map([
  [SECTION, { before: 24, drop: new Set([2, 3]) }],
  [INTERFACE, { before: 16, drop: new Set([12, 15]) }],
]);

/** A block of a little-endian section without the options to drop. */
function cleaned(block) {
  const kind = KINDS.get(block.readUInt32LE(0));
  if (kind === undefined) return block;
  const parts = [block.subarray(0, kind.before)];
  for (let at = kind.before; at < block.length - 4; ) {
    const length = 4 + ((block.readUInt16LE(at + 2) + 3) & ~3);
    if (!kind.drop.has(block.readUInt16LE(at))) parts.push(block.subarray(at, at + length));
    at += length;
  }
  parts.push(Buffer.alloc(4));
  const out = Buffer.concat(parts);
  out.writeUInt32LE(out.length, 4);
  out.writeUInt32LE(out.length, out.length - 4);
  return out;
}

for (const file of process.argv.slice(2)) {
  const octets = readFileSync(file);
  const blocks = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets.readUInt32LE(at + 4);
    blocks.push(cleaned(octets.subarray(at, at + length)));
    at += length;
  }
  writeFileSync(file, Buffer.concat(blocks));
}
