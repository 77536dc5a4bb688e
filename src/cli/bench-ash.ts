/** `exonet bench ash`: what handlers cost, what they spare, and what they cannot do to others. */
import { roundTripTables } from "./bench-round-trip.js";
import type { Suite } from "./figure.js";

export async function benchAsh(): Promise<Suite> {
  const parts = [await roundTripTables()];
  return {
    name: "ash",
    about: parts.flatMap(({ about }) => about),
    tables: parts.flatMap(({ tables }) => tables),
    failures: [],
  };
}
