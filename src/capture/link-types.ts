/** Which link types a capture's frames have, before they are read for anything else. */
import { once } from "node:events";
import { Readable } from "node:stream";
import { constants, gunzipSync } from "node:zlib";
import { DamageLog } from "./damage.js";
import { isGzip, isPlainFile } from "./feed.js";
import { captureInfo } from "./info.js";
import { FileOctets } from "./octets.js";
import { PCAP_HEADER, pcapMagic, readPcapHeader } from "./pcap.js";
import { Block } from "./pcapng-options.js";

/**
 * LINKTYPE_ numbers, ascending; none where it is no capture. A classic file says it in its header, which is all
 * that is read of a plain one; others are read through. Rejects with the system's error.
 */
export async function linkTypesOf(path: string): Promise<number[]> {
  const classic = isPlainFile(path) ? classicFileType(path) : undefined;
  if (classic !== undefined) return [classic];
  const { linktypes } = await captureInfo(path);
  return ascending(Object.keys(linktypes).map(Number));
}

/** Octets that are looked at ahead: interfaces are described before the frames that came by them, most often at once. */
const AHEAD = 4096;

export interface Ahead {
  readonly linkTypes: readonly number[];
  /** All octets, those that were looked at among them: to be read instead of the stream. */
  readonly octets: Readable;
}

/**
 * Of a capture that comes by a stream of which nothing was read: as its header says, or the interfaces that are described
 * in its first octets. What comes later is not known. None where there is no header.
 */
export async function lookAhead(stream: Readable): Promise<Ahead> {
  const head = await headOf(stream);
  const plain = isGzip(head) ? gunzipped(head) : head;
  const classic = classicType(plain);
  const linkTypes = classic === undefined ? ascending(interfaceTypes(plain)) : [classic];
  return { linkTypes, octets: Readable.from(chain(head, stream), { objectMode: false }) };
}

/** What has come, once that is a header, or enough of what is none, or all there is. */
async function headOf(stream: Readable): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < AHEAD && classicType(head) === undefined) {
    const part: unknown = stream.read();
    if (part instanceof Uint8Array) head = Buffer.concat([head, part]);
    else if (stream.readableEnded || stream.destroyed || !(await comesMore(stream))) break;
  }
  return head;
}

async function* chain(head: Uint8Array, stream: Readable): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  if (!stream.readableEnded) yield* stream;
}

/** False where it has ended, or failed, of which whoever reads it hears. */
async function comesMore(stream: Readable): Promise<boolean> {
  try {
    await Promise.race([once(stream, "readable"), once(stream, "end")]);
    return !stream.readableEnded;
  } catch {
    return false;
  }
}

/** As far as it goes. */
function gunzipped(octets: Uint8Array): Uint8Array {
  try {
    return gunzipSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 24 });
  } catch {
    return new Uint8Array();
  }
}

function classicFileType(path: string): number | undefined {
  const head = new Uint8Array(PCAP_HEADER);
  const file = new FileOctets(path);
  const count = file.read(head);
  file.close();
  return classicType(head.subarray(0, count));
}

function classicType(octets: Uint8Array): number | undefined {
  if (octets.length < PCAP_HEADER) return undefined;
  const view = viewOf(octets);
  const magic = pcapMagic(view.getUint32(0, true));
  return magic === undefined ? undefined : readPcapHeader(view, 0, magic, new DamageLog())?.linkType;
}

const BYTE_ORDER = 0x1a2b3c4d;
const SMALLEST_BLOCK = 12;

/** Of the interfaces that blocks of a pcapng describe, one after the other from its beginning on. */
function* interfaceTypes(octets: Uint8Array): Generator<number> {
  const view = viewOf(octets);
  if (octets.length < SMALLEST_BLOCK || view.getUint32(0, true) !== Block.section) return;
  let little = true;
  for (let at = 0; at + SMALLEST_BLOCK <= octets.length; ) {
    if (view.getUint32(at, true) === Block.section) little = view.getUint32(at + 8, true) === BYTE_ORDER;
    const length = view.getUint32(at + 4, little);
    if (view.getUint32(at, little) === Block.interface) yield view.getUint16(at + 8, little);
    if (length < SMALLEST_BLOCK) return;
    at += length;
  }
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.length);
}

function ascending(types: Iterable<number>): number[] {
  return [...new Set(types)].sort((a, b) => a - b);
}
