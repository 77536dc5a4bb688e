/**
 * What is written on of the stretch that a pass has read last: records of its frames, and, of a pcapng that stays one, the
 * blocks that hold no frame, each once and before the frame that it came before.
 */
import type { Blocks } from "../capture/blocks.js";
import type { FrameWriter } from "../capture/frame-writer.js";
import type { Pass } from "./pass.js";
import type { RecordForm } from "./record-form.js";

export class StretchRecords {
  readonly form: RecordForm;
  readonly #pass: Pass;
  readonly #blocks: Blocks | undefined;
  readonly #copy: (address: number, octets: number) => void;
  #frames: FrameWriter | undefined;
  /** Of the blocks that hold no frame, how many of the stretch are written. */
  #others = 0;

  /** `copy`: writes octets that lie in memory, to wherever such blocks go. */
  constructor(pass: Pass, form: RecordForm, copy: (address: number, octets: number) => void) {
    this.form = form;
    this.#pass = pass;
    this.#blocks = form.isPcapng ? pass.blocks : undefined;
    this.#copy = copy;
  }

  /** What puts records of this stretch; to be asked before anything of it is written. */
  begin(): FrameWriter {
    this.#frames ??= this.form.records();
    return this.#frames;
  }

  /** Writes the blocks that come before the frame of this row. */
  othersBefore(row: number): void {
    const blocks = this.#blocks;
    if (blocks === undefined) return;
    for (; this.#others < blocks.count && blocks.row[this.#others]! <= row; this.#others++) {
      this.#copy(blocks.address[this.#others]!, blocks.octets[this.#others]!);
    }
  }

  /** All frames were taken: writes the blocks that are left, and is ready for the next stretch. */
  end(): void {
    this.begin();
    this.othersBefore(this.#pass.rows.count);
    this.#frames = undefined;
    this.#others = 0;
  }
}
