/** Which columns a table shows: those that its place has room for, the more important ones first. */

interface Wide {
  /** Track of the grid, in rem: "5rem", or "minmax(5rem, 1fr)". */
  readonly width: string;
  /** Shown where the place is at least this wide, px; the higher, the earlier it is left out. */
  readonly from?: number;
}

/** Where a table stands, px. */
export interface Room {
  readonly width: number;
  /** Between two columns, and at both edges together. */
  readonly gap: number;
  readonly edges: number;
  readonly rem: number;
}

/** In their own order. Columns without `from` are always among them, whether they fit or not. */
export function fitting<C extends Wide>(columns: readonly C[], room: Room): readonly C[] {
  let kept = columns.filter((column) => room.width >= (column.from ?? 0));
  while (leastWidth(kept, room) > room.width) {
    const least = Math.max(...kept.map((column) => column.from ?? 0));
    if (least <= 0) break;
    kept = kept.filter((column) => column.from !== least);
  }
  return kept;
}

/** What the columns need when each is as narrow as it may be. */
export function leastWidth(columns: readonly Wide[], room: Room): number {
  const tracks = columns.reduce((all, column) => all + leastRem(column.width) * room.rem, 0);
  return tracks + Math.max(0, columns.length - 1) * room.gap + room.edges;
}

function leastRem(track: string): number {
  return Number(/([\d.]+)rem/.exec(track)?.[1] ?? 0);
}
