/** A capture's row in the index, as a Capture; what scanning found is kept as JSON. */
import type { Capture, CaptureInfo } from "./capture.js";
import { numberOf, type Row, textOf } from "./row.js";

export function captureOf(row: Row): Capture {
  return {
    name: textOf(row, "name"),
    octets: numberOf(row, "octets"),
    sha256: textOf(row, "sha256"),
    uploaded: textOf(row, "uploaded"),
    info: infoOf(textOf(row, "info")),
    timeline: timelineOf(textOf(row, "timeline")),
  };
}

function infoOf(json: string): CaptureInfo {
  const value: unknown = JSON.parse(json);
  if (!isInfo(value)) throw new Error("store: a capture's info is damaged");
  return value;
}

function timelineOf(json: string): number[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) throw new Error("store: a capture's timeline is damaged");
  return value.map(Number);
}

function isInfo(value: unknown): value is CaptureInfo {
  if (typeof value !== "object" || value === null) return false;
  if (!("format" in value) || !("packets" in value) || !("damage" in value)) return false;
  return typeof value.format === "string" && typeof value.packets === "number" && Array.isArray(value.damage);
}
