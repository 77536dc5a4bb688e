/** `exonet bench ash`: what handlers cost, what they spare, and what they cannot do to others. */
import { activeTables } from "./bench-active.js";
import { compilingTables } from "./bench-compiling.js";
import { countingTables } from "./bench-counting.js";
import { misbehavingTables } from "./bench-misbehaving.js";
import { pipeTables } from "./bench-pipes.js";
import { roundTripTables } from "./bench-round-trip.js";
import type { Suite } from "./figure.js";

export async function benchAsh(): Promise<Suite> {
  const parts = [
    await countingTables(),
    await roundTripTables(),
    await activeTables(),
    await pipeTables(),
    compilingTables(),
    misbehavingTables(),
  ];
  return {
    name: "ash",
    about: parts.flatMap(({ about }) => about),
    tables: parts.flatMap(({ tables }) => tables),
    failures: [],
  };
}
