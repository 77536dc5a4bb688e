/** Derived capabilities as they are kept: a document each, which is read with care. */
import { type Capability, isCapability } from "../kernel/capability.js";
import type { CapabilityJournal } from "./interface.js";
import type { FromDataPlane } from "./messages.js";

type Keep = Extract<FromDataPlane, { kind: "keep" }>;

/** What is not understood is left out: it is refused then, as what was revoked is. */
export function keptCapabilities(journal: CapabilityJournal | undefined): readonly Capability[] {
  return (journal?.list() ?? []).flatMap((document) => {
    try {
      const value: unknown = JSON.parse(document);
      return isCapability(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Is it kept now? Without a journal nothing has to be. */
export function keep(journal: CapabilityJournal | undefined, { put, removed }: Pick<Keep, "put" | "removed">): boolean {
  try {
    const kept = put === undefined ? undefined : { serial: put.serial, document: JSON.stringify(put) };
    journal?.change(kept, removed);
    return true;
  } catch {
    // Whatever the disk says: what cannot be kept is not made.
    return false;
  }
}
