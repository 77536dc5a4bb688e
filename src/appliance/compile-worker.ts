/**
 * The compile worker: checks texts for the control thread and keeps the merged filter program for
 * the data plane. Whoever waits for it has a deadline; a worker that misses it is replaced.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Classifier, ClassifierFull } from "../dpf/dpf.js";
import { compileText } from "../filter/filter.js";
import type { CompileAnswer, CompileRequest, FilterChange } from "../kernel/compiler.js";
import { KERNEL_ERRORS, type KernelError } from "../kernel/kerrno.js";
import type { CheckAnswer, CheckRequest, CompileStart } from "./messages.js";

type Insertion = Extract<FilterChange, { kind: "insert" }>;

const { doorbell, dataPlane } = workerData as CompileStart;
const bell = new Int32Array(doorbell);
const classifier = new Classifier();

dataPlane.on("message", (request: CompileRequest) => {
  dataPlane.postMessage(change(request));
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
});

parentPort?.on("message", ({ seq, text, language }: CheckRequest) => {
  const answer: CheckAnswer = { seq, checked: compileText(text, language) };
  parentPort?.postMessage(answer);
});

/** Filters that hold, so that a change that fails halfway can be taken back. */
const held = new Map<number, Insertion>();

function change({ seq, changes }: CompileRequest): CompileAnswer {
  for (const step of changes) {
    if (step.kind === "insert" && step.mode === "claim" && neverReceives(step))
      return refusal(seq, "E_CLAIM_IDENTICAL");
  }
  const before = changes.map(({ slot }) => held.get(slot));
  try {
    for (const step of changes) apply(step);
  } catch (error) {
    if (!(error instanceof ClassifierFull)) throw error;
    for (const { slot } of changes) apply({ kind: "remove", slot });
    for (const insertion of new Set(before)) if (insertion !== undefined) apply(insertion);
    return refusal(seq, "E_TOO_MANY");
  }
  return { kind: "changed", seq, update: classifier.update() };
}

function neverReceives({ slot, filter, priority }: Insertion): boolean {
  const identical = classifier.claimIdenticalTo(filter, priority);
  return identical !== undefined && identical !== slot;
}

function apply(step: FilterChange): void {
  if (step.kind === "remove") {
    classifier.remove(step.slot);
    held.delete(step.slot);
  } else {
    classifier.insert(step.slot, step.filter, step.mode, step.priority, step.age);
    held.set(step.slot, step);
  }
}

function refusal(seq: number, error: KernelError): CompileAnswer {
  return { kind: "refused", seq, error, detail: KERNEL_ERRORS[error] };
}
