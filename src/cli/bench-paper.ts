/** `exonet bench paper`: the tables of SOSP'95 (Exokernel) that have a counterpart here. */
import { aboutActive, activeTable, measureActive, paperRows } from "./bench-active.js";
import { type CostModel, costModel } from "./bench-cycles.js";
import { engineTables } from "./bench-engines.js";
import { elsewhere, SOSP_ABOUT, sospTables } from "./bench-sosp.js";
import type { Suite } from "./figure.js";

/** `model`: prices what is counted. */
export async function benchPaper(model: CostModel = costModel()): Promise<Suite> {
  const tables = sospTables(model.cycle, await elsewhere());
  const engines = await engineTables(model);
  const active = await measureActive();
  const figure = activeTable(active);
  return {
    name: "paper",
    about: [...SOSP_ABOUT, ...engines.about, ...aboutActive(active)],
    tables: [...tables, ...engines.tables, { ...figure, rows: [...paperRows(), ...figure.rows] }],
    failures: [],
  };
}
