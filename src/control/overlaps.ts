/** Claims that a new claim meets, by name, with those of other environments first: they are whom it would take from. */
import type { ApplianceInterface, Asker, ClaimToBe, FilterLanguage, OverlapsFound } from "../appliance/interface.js";
import type { ClaimOverlap } from "../dpf/overlap.js";
import type { OverlapList } from "./protocol.js";

export interface NewClaim extends ClaimToBe {
  readonly text: string;
  readonly language: FilterLanguage;
  /** Unless it is being made. */
  readonly asker?: Asker;
}

/**
 * What the compile worker found, and of it what is told; an answer without overlaps where the text is wrong. `but`:
 * bindings that would go, of which nothing is told.
 */
export async function findOverlaps(
  appliance: ApplianceInterface,
  { text, language, environment, priority, asker }: NewClaim,
  but: ReadonlySet<number> = new Set(),
): Promise<{ found: OverlapsFound; list: OverlapList | undefined }> {
  const found = await appliance.overlaps(text, language, { environment, priority }, asker);
  if (!found.ok) return { found, list: undefined };
  const left = found.overlaps.filter(({ id }) => !but.has(id));
  const overlaps = left.flatMap((overlap) => name(appliance, overlap));
  return { found, list: { overlaps, total: found.total - found.overlaps.length + left.length } };
}

/** A binding that has gone in the meantime is left out. */
function name({ bindings }: ApplianceInterface, overlap: ClaimOverlap): OverlapList["overlaps"] {
  const view = bindings.get(overlap.id);
  if (view === undefined) return [];
  const { priority, relation, wins, decisive } = overlap;
  const witness = overlap.witness === null ? null : Buffer.from(overlap.witness.octets).toString("hex");
  const facts = Object.fromEntries(overlap.facts.map((fact) => [fact, overlap.witness?.[fact] ?? 0]));
  const { id: binding, environment } = view;
  return [{ binding, name: view.name, environment, priority, relation, wins, witness, facts, decisive }];
}
