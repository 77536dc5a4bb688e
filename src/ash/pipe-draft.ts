/** A pipe as it was declared: where its accumulator or key lies is known only when all other state has its place. */
import type { Pipe, Scalar } from "./tree.js";

export interface PipeDraft {
  readonly name: string;
  /** What it keeps in state, under which member it is seen, and the mask of what an xor pipe begins with. */
  readonly state: { readonly member: "value" | "key"; readonly of: Scalar; readonly mask: bigint } | undefined;
  /** What it is, when its state lies at this offset. */
  readonly pipe: (offset: number) => Pipe;
  /** Known when all items have their places; 0 where it keeps nothing. */
  offset: number;
}
