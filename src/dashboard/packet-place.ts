/**
 * What of a capture is looked at, as the selection of the view Packets: capture/number/filter/explain/chosen,
 * each empty where nothing is chosen. Names have no slash in them.
 */

export interface PacketPlace {
  /** "" is the one that is replayed. */
  readonly capture: string;
  /** From 1; null where no packet is chosen. */
  readonly number: number | null;
  /** Stored filter whose packets alone are listed; "" is all. */
  readonly filter: string;
  readonly part: "fields" | "explain";
  /** Filter whose walk is shown; "" is the first. */
  readonly chosen: string;
}

export const NOWHERE: PacketPlace = { capture: "", number: null, filter: "", part: "fields", chosen: "" };

export function parsePacketPlace(selection: string): PacketPlace {
  const [capture = "", number = "", filter = "", part = "", chosen = ""] = selection.split("/");
  const explained = part === "explain";
  return {
    capture,
    number: packetNumber(number),
    filter,
    part: explained ? "explain" : "fields",
    chosen: explained ? chosen : "",
  };
}

export function packetSelection(at: PacketPlace): string {
  const explained = at.part === "explain";
  const parts = [at.capture, at.number ?? "", at.filter, explained ? "explain" : "", explained ? at.chosen : ""];
  return parts.join("/").replace(/\/+$/, "");
}

/** A packet's number as a person types it, from 1; null where it is none. */
export function packetNumber(text: string): number | null {
  const digits = text.trim().replace(/[\s,.'_]/g, "");
  const number = Number(digits);
  return /^\d+$/.test(digits) && number >= 1 && Number.isSafeInteger(number) ? number : null;
}
