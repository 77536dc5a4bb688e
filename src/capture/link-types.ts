/** Which link types a capture's frames have, before they are read for anything else. */

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

function classicLinkType(path: string): number | undefined {
  const head = new Uint8Array(PCAP_HEADER);
  const file = new FileOctets(path);
  const count = file.read(head);
  file.close();
  const view = new DataView(head.buffer);
  const magic = count === PCAP_HEADER ? pcapMagic(view.getUint32(0, true)) : undefined;
  return magic === undefined ? undefined : readPcapHeader(view, 0, magic, new DamageLog())?.linkType;
}
