/**
 * `exonet bench kernel`: what protection costs the packet's way, and what it costs to hand packets to library OSes in workers of
 * their own and to get them back.
 */

import { handingTables } from "./bench-handing.js";
import { protectionTables } from "./bench-protection.js";
import type { Suite } from "./figure.js";

export async function benchKernel(): Promise<Suite> {
  const protection = await protectionTables();
  const handing = await handingTables();
  return {
    name: "kernel",
    about: [...protection.about, ...handing.about],
    tables: [...protection.tables, ...handing.tables],
    failures: [],
  };
}
