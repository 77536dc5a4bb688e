/**
 * The compile worker: checks texts for the control thread and keeps the merged filter program for
 * the data plane. Whoever waits for it has a deadline; a worker that misses it is replaced.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Classifier, ClassifierFull } from "../dpf/dpf.js";
import { compileText } from "../filter/filter.js";
import type { CompileAnswer, CompileRequest, FilterChange } from "../kernel/compiler.js";
import type { KernelError } from "../kernel/kerrno.js";
import type { CheckRequest, CompileStart, FromCompileWorker } from "./messages.js";

type Insertion = Extract<FilterChange, { kind: "insert" }>;

const { doorbell, dataPlane, target } = workerData as CompileStart;
const bell = new Int32Array(doorbell);
const classifier = new Classifier(target);

/** Requests that one update answers, at most: many at once cost hardly more than one. */
const BATCH = 256;
const waiting: CompileRequest[] = [];

dataPlane.on("message", (request: CompileRequest) => {
  if (waiting.push(request) === 1) setImmediate(answerWaiting);
});

/** All that has come by now, one update for them. */
function answerWaiting(): void {
  const outcomes = waiting.splice(0, BATCH).map((request) => ({ seq: request.seq, ...change(request) }));
  const changed = outcomes.some(({ error }) => error === undefined);
  const answer: CompileAnswer = { update: changed ? classifier.update() : undefined, outcomes };
  dataPlane.postMessage(answer);
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
  if (waiting.length > 0) setImmediate(answerWaiting);
}

parentPort?.on("message", ({ seq, text, language }: CheckRequest) => {
  // The deadline of a check begins when it does, not when it was asked for.
  tell({ kind: "begun", seq });
  tell({ kind: "checked", seq, checked: compileText(text, language) });
});

function tell(message: FromCompileWorker): void {
  parentPort?.postMessage(message);
}

/** Filters that hold, so that a change that fails halfway can be taken back. */
const held = new Map<number, Insertion>();

function change({ changes }: CompileRequest): { error?: KernelError } {
  for (const step of changes) {
    if (step.kind === "insert" && step.mode === "claim" && neverReceives(step)) return { error: "E_CLAIM_IDENTICAL" };
  }
  const before = changes.map(({ slot }) => held.get(slot));
  try {
    for (const step of changes) apply(step);
  } catch (error) {
    if (!(error instanceof ClassifierFull)) throw error;
    for (const { slot } of changes) apply({ kind: "remove", slot });
    for (const insertion of new Set(before)) if (insertion !== undefined) apply(insertion);
    return { error: "E_TOO_MANY" };
  }
  return {};
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
