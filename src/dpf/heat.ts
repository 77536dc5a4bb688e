/** How often each node of the trie was reached, where that is counted; it costs nothing where it is not. */
export interface Heat {
  readonly on: boolean;
  /** By the number of a node's record, since it was switched on or the program was made anew. */
  counts(): Float64Array;
}

export const NO_HEAT: Heat = { on: false, counts: () => new Float64Array() };
