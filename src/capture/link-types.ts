/** Which link types a capture's frames have, before they are read for anything else. */
import { once } from "node:events";
import type { Readable } from "node:stream";
import { constants, gunzipSync } from "node:zlib";
import { DamageLog } from "./damage.js";
import { isPlainFile } from "./feed.js";
import { captureInfo } from "./info.js";
import { FileOctets } from "./octets.js";
import { PCAP_HEADER, pcapMagic, readPcapHeader } from "./pcap.js";

/**
 * LINKTYPE_ numbers, ascending; none where it is no capture. A classic file says it in its header, which is all
 * that is read of a plain one; others are read through. Rejects with the system's error.
 */
export async function linkTypesOf(path: string): Promise<number[]> {
  const classic = isPlainFile(path) ? classicLinkType(path) : undefined;
  if (classic !== undefined) return [classic];
  const { linktypes } = await captureInfo(path);
  return Object.keys(linktypes)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Octets of a gzipped stream that have the header of what is in it, unless its name is very long. */
const GZIPPED_HEADER = 1024;

/**
 * The link type of a classic capture, also gzipped, that comes by a stream of which nothing was read; waits for the first chunk, and leaves
 * it in the stream. Undefined where it begins with no such header, or that is not in the first chunk.
 */
export async function linkTypeAhead(stream: Readable): Promise<number | undefined> {
  if (stream.readableLength === 0 && !stream.readableEnded) {
    // Whoever reads the stream hears of its errors.
    await once(stream, "readable").catch(() => undefined);
  }
  const chunk: unknown = stream.read();
  if (!(chunk instanceof Uint8Array)) return undefined;
  stream.unshift(chunk);
  return headerLinkType(chunk[0] === 0x1f && chunk[1] === 0x8b ? gunzipped(chunk.subarray(0, GZIPPED_HEADER)) : chunk);
}

/** As far as it goes. */
function gunzipped(octets: Uint8Array): Uint8Array {
  try {
    return gunzipSync(octets, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}

function classicLinkType(path: string): number | undefined {
  const head = new Uint8Array(PCAP_HEADER);
  const file = new FileOctets(path);
  const count = file.read(head);
  file.close();
  return headerLinkType(head.subarray(0, count));
}

function headerLinkType(octets: Uint8Array): number | undefined {
  if (octets.length < PCAP_HEADER) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, PCAP_HEADER);
  const magic = pcapMagic(view.getUint32(0, true));
  return magic === undefined ? undefined : readPcapHeader(view, 0, magic, new DamageLog())?.linkType;
}
