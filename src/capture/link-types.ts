/** Which link types a capture's frames have, before they are read for anything else. */

import { once } from "node:events";
import { Readable } from "node:stream";
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
  return typesOf(path);
}

/**
 * As its first octets say, which stay to be read: of several interfaces in a stream those that come later are not known.
 * None where the stream ends, or fails, before there is a frame.
 */
export async function linkTypesAhead(stream: Readable): Promise<number[]> {
  // A stream that fails has nothing to read here; whoever reads it next is told why.
  const nothing = () => undefined;
  if (!stream.readableEnded && stream.readableLength === 0) await once(stream, "readable").catch(nothing);
  const head: unknown = stream.read();
  if (!(head instanceof Uint8Array)) return [];
  stream.unshift(head);
  return typesOf(Readable.from([head]));
}

async function typesOf(input: string | Readable): Promise<number[]> {
  const { linktypes } = await captureInfo(input);
  return Object.keys(linktypes)
    .map(Number)
    .sort((a, b) => a - b);
}

function classicLinkType(path: string): number | undefined {
  const head = new Uint8Array(PCAP_HEADER);
  const file = new FileOctets(path);
  const count = file.read(head);
  file.close();
  const view = new DataView(head.buffer);
  const magic = count === PCAP_HEADER ? pcapMagic(view.getUint32(0, true)) : undefined;
  return magic === undefined ? undefined : readPcapHeader(view, 0, magic, new DamageLog())?.linkType;
}
