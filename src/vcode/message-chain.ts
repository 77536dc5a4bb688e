/**
 * Messages on which a handler runs in one call: a chain of entries in memory, each of which says where the next lies. The code writes
 * what came of a message into its entry. Words, by their octet offsets in an entry:
 */

import { EntryRegister, HandlerCall } from "./handler.js";
import { ENTRY_PARAMETERS } from "./image.js";
import type { Insn } from "./insn.js";
import type { Verified } from "./verify.js";

export const ChainEntry = {
  /** Physical address of the message, and its octets as captured. */
  address: 0,
  octets: 4,
  /** Of the next entry; of the last one's nothing is made. */
  next: 8,
  /** As LinkedHandler's message() gives it back. */
  word: 12,
  /** Words of MetadataWord, where the handler looks at them. */
  metadata: 16,
} as const;

/** Octets of an entry, without and with its metadata. */
export const SHORT_ENTRY = ChainEntry.metadata;
export const LONG_ENTRY = ChainEntry.metadata + 4 * (ENTRY_PARAMETERS - EntryRegister.metadata);

/** In the place of a word that a message has come to, where it has not been run. */
export const NOT_RUN = -1;

/** Calls that reach nothing but the handler's own state, or end it. */
const WITHIN: ReadonlySet<unknown> = new Set([HandlerCall.fault, HandlerCall.clear, HandlerCall.move]);

/** Whether what a handler does shows in its state, its outcome and its fuel alone: then nobody can tell when in a batch it ran. */
export function keepsToItself({ lambdas }: Verified): boolean {
  return lambdas.every(({ insns }) => insns.every(isWithin));
}

function isWithin(insn: Insn): boolean {
  if (insn.op !== "scall" || insn.primitive !== "kernel") return true;
  const [call] = insn.args;
  return call !== undefined && "imm" in call && WITHIN.has(call.imm);
}
