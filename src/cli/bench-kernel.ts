/**
 * `exonet bench kernel`: what protection costs the packet's way, and what it costs to hand packets to library OSes in workers of
 * their own and to get them back; and how soon it is known that one of these has died.
 */

import { handingTables } from "./bench-handing.js";
import { noticeTable } from "./bench-notice.js";
import { protectionTables } from "./bench-protection.js";
import type { Suite } from "./figure.js";

export async function benchKernel(): Promise<Suite> {
  const protection = await protectionTables();
  const handing = await handingTables();
  const notice = await noticeTable();
  return {
    name: "kernel",
    about: [...protection.about, ...handing.about, ...notice.about],
    tables: [...protection.tables, ...handing.tables, notice.table],
    failures: [],
  };
}
