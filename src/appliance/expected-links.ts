/** For which link types pcap-filter texts are compiled: bounded, since each has conjunctions of its own. */
import { LinkType } from "../wire/linktype.js";

/** Link types that one text is compiled for at most. */
export const MAX_LINK_TYPES = 16;

/**
 * Ethernet, the types of the frames to come, and of those that were expected before as many as there is room for; undefined where
 * the frames to come are of too many.
 */
export function expectedLinks(coming: Iterable<number>, before: readonly number[] = []): readonly number[] | undefined {
  const needed = new Set([LinkType.ethernet, ...coming]);
  if (needed.size > MAX_LINK_TYPES) return undefined;
  return [...new Set([...needed, ...before])].slice(0, MAX_LINK_TYPES);
}
