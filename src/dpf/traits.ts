/**
 * What a merged program never does, so that its code need not be ready for it. A change that makes it do so makes the
 * plan structural.
 */
import { type Block, type Branching, isStatic } from "./branching.js";

export interface Traits {
  /** Filters tap. */
  readonly taps: boolean;
  /** Filters claim. */
  readonly claims: boolean;
  /** A frame may reach more than one node where filters end, so that ranks have to be compared. */
  readonly several: boolean;
  /** A frame's way depends on the octets it had on the wire, or on its link type. */
  readonly wire: boolean;
  readonly link: boolean;
}

/** At how many nodes where filters end one frame may come by; Infinity where a loop may find any number. */
export function mostLeaves(block: Block): number {
  return block.branchings.reduce((sum, branching) => sum + mostBelow(branching), block.leaf ? 1 : 0);
}

function mostBelow(branching: Branching): number {
  if (!isStatic(branching)) {
    const below = mostLeaves(branching.child);
    const isLoop = branching.form === "list" || (branching.form === "tree" && branching.nearest === undefined);
    return isLoop && below > 0 ? Number.POSITIVE_INFINITY : below;
  }
  const below = [...branching.cases.values()].map((each) => mostLeaves(each.block));
  if (branching.field.kind === "span") return below.reduce((sum, leaves) => sum + leaves, 0);
  return Math.max(...below);
}
