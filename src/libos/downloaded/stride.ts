/**
 * The stride scheduler (../stride.ts has the algorithm) as a downloaded environment, for clients that stay: it owns the slices, and
 * at the start of each yields to the client with the smallest pass. Passes lie in a page of its own, a word each, and are
 * compared by their difference, so that they may wrap.
 */
import { Cause } from "../../kernel/abi.js";
import type { Program, Register } from "../../vcode/insn.js";
import { Entry, type MappedPage } from "./entry.js";

export interface StrideClient {
  readonly environment: number;
  readonly shares: number;
}

const STRIDE_ONE = 1 << 20;
const WORD = 4;
/** Instructions for each client, and once. */
const CLIENT_FUEL = 8;
const OWN_FUEL = 8;

/** At most as many clients as words in a page. */
export function strideScheduler(clients: readonly StrideClient[], page: MappedPage, pageSize: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.on(Cause.start, OWN_FUEL + CLIENT_FUEL * clients.length, () => {
    const passes = entry.address(page);
    const best = { pass: v.getreg("i"), at: v.getreg("i"), environment: v.getreg("i") };
    for (const [at, client] of clients.entries()) consider(entry, client, at, passes, best);
    v.stv("host", "i", best.pass, passes, { reg: best.at });
    entry.kernel(best.at, "yield", { reg: best.environment });
  });
  entry.pages(page);
  return entry.end();
}

interface Best {
  readonly pass: Register;
  readonly at: Register;
  readonly environment: Register;
}

function consider({ v }: Entry, { environment, shares }: StrideClient, at: number, passes: Register, best: Best): void {
  const [pass, behind] = [v.getreg("i"), v.getreg("i")];
  const next = v.genlabel();
  v.ldv("host", "i", pass, passes, { imm: at * WORD });
  // Where it will be once it has run: so a client's first slice comes after one stride, as all later ones do.
  v.alui("add", "i", pass, pass, Math.floor(STRIDE_ONE / shares));
  if (at > 0) {
    v.alu("sub", "i", behind, pass, best.pass);
    v.bri("bge", "i", behind, 0, next);
  }
  v.mov("i", best.pass, pass);
  v.set("i", best.at, at * WORD);
  v.set("i", best.environment, environment);
  v.label(next);
  v.putreg(pass);
  v.putreg(behind);
}
