/**
 * What a WebAssembly module of ours finds in the stretch that belongs to demux (wasm-engine.ts fills it): a context of
 * words, from which it knows where everything else lies, and columns, of which row r of the first is at
 * `columns + 4 r`, the others each COLUMN_OCTETS further. Addresses are octets of the machine's memory.
 */

export const CONTEXT_WORDS = 16;
export const ContextWord = {
  directory: 0,
  columns: 1,
  taps: 2,
  seen: 3,
  /** The number of the last place in the list of taps before which a row may begin. */
  lastTap: 4,
  /** Where the next tap goes; written when a run ends. */
  at: 5,
  /** Mark of the row before the first. */
  mark: 6,
  record: 7,
  detail: 8,
  link: 9,
  entry: 10,
  heat: 11,
} as const;

export const MAX_ROWS = 65_536;
/** Not a multiple of a page, so that the same rows of different columns do not meet in one set of the cache. */
export const COLUMN_OCTETS = 4 * MAX_ROWS + 320;
export const COLUMNS = 7;
export const Column = { address: 0, captured: 1, winner: 2, tapStart: 3, tapCount: 4, wire: 5, linkType: 6 } as const;

/** By dispatch table or tree: where it lies, and of a dispatch table how it is searched. */
export const DIRECTORY_WORDS = 4;
export const DirectoryWord = { table: 0, shift: 1, multiplier: 2, longest: 3 } as const;
