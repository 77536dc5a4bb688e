/** How a frame that lies in memory becomes a record of a file. */
export interface FrameWriter {
  /** Octets that the record of this row takes. */
  size(row: number): number;
  /** Puts it at `address`, in the same memory, where those octets are free. */
  put(row: number, address: number): void;
}
