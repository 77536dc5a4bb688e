/** Figures that a bench measures. */

/** A measured figure; `bound` where one is promised: at least, or at most. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bound?: { readonly kind: "least" | "most"; readonly value: number };
}

export interface Suite {
  readonly name: string;
  readonly figures: readonly Figure[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
