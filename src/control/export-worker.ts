/**
 * Writes the packets of one capture on that a filter matches, or that a claim wins, in a worker of its own: chunk by
 * chunk, each once its reader has room for it.
 */
import { parentPort, workerData } from "node:worker_threads";
import { FILTER_ROOM, FilterOutput, type OctetTarget } from "../appliance/filter-output.js";
import type { ClaimRank } from "../appliance/link-judge.js";
import { Pass, type PassFilters } from "../appliance/pass.js";
import { formOf } from "../appliance/record-form.js";
import type { Filter } from "../dpf/atom.js";
import { type CarriedFilter, unpackFilter } from "../dpf/packed.js";
import { compileText } from "../filter/filter.js";
import { type LookText, passFiltersFrom } from "./look.js";
import { type Refused, refusalOf } from "./pass-refusal.js";

export interface ExportRequest {
  readonly path: string;
  /** A text, or claims of which the first is the one that matters. */
  readonly wanted: LookText | readonly RankedFilter[];
}

export interface RankedFilter extends ClaimRank {
  /** A text is compiled for the link types that the capture has; where it is wrong for one, it matches none of its frames. */
  readonly bound: Omit<LookText, "linkTypes"> | CarriedFilter;
}

export type ExportAnswer =
  | { readonly kind: "octets"; readonly octets: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end" }
  | Refused
  | { readonly kind: "failed"; readonly reason: string };

const NOTHING: Filter = { conjunctions: [] };

/** The reader says when it has room for another chunk; for the first one it has. */
class ChunkTarget implements OctetTarget {
  #room = 1;
  #resume: (() => void) | undefined;

  constructor() {
    parentPort?.on("message", () => {
      this.#room++;
      this.#resume?.();
    });
  }

  async write(octets: Uint8Array): Promise<void> {
    if (this.#room === 0) {
      await new Promise<void>((resume) => {
        this.#resume = resume;
      });
    }
    this.#room--;
    const chunk = octets.slice();
    post({ kind: "octets", octets: chunk }, [chunk.buffer]);
  }

  finish(): void {}
  abandon(): void {}
}

function passFiltersFor(wanted: ExportRequest["wanted"]): PassFilters {
  if ("text" in wanted) return passFiltersFrom(wanted);
  const bound = wanted.map((each) => ("text" in each.bound ? each.bound : unpackFilter(each.bound)));
  const isSame = bound.every((each) => !("text" in each) || each.language === "dpf");
  const known = new Map<number, readonly Filter[]>();
  // The same array for what is the same: a pass builds it once.
  const compile = (linkType: number) => {
    const key = isSame ? 0 : linkType;
    const filters = known.get(key) ?? bound.map((each) => ("text" in each ? filterOf(each, linkType) : each));
    known.set(key, filters);
    return filters;
  };
  return { count: bound.length, mode: "claim", compile, ranks: wanted };
}

function filterOf({ text, language }: Omit<LookText, "linkTypes">, linkType: number): Filter {
  const compiled = compileText(text, language, linkType);
  return compiled.ok ? compiled.filter : NOTHING;
}

async function run({ path, wanted }: ExportRequest): Promise<void> {
  const pass = new Pass(passFiltersFor(wanted), { octets: FILTER_ROOM, keepBlocks: true });
  const target = new ChunkTarget();
  const output = new FilterOutput(pass, formOf, () => target);
  await pass.run(path, output);
  await output.finish();
}

function post(answer: ExportAnswer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, transfer);
}

function failure(error: unknown): ExportAnswer {
  const reason = error instanceof Error && "code" in error ? String(error.code) : "unexpected";
  return refusalOf(error) ?? { kind: "failed", reason };
}

const request: ExportRequest = workerData;
await run(request).then(
  () => post({ kind: "end" }),
  (error: unknown) => post(failure(error)),
);
