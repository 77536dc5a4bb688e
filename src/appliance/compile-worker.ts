/**
 * The compile worker: checks texts for the control thread and keeps the merged filter program for
 * the data plane. Whoever waits for it has a deadline; a worker that misses it is replaced.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Classifier } from "../dpf/dpf.js";
import { compileText } from "../filter/filter.js";
import type { CompileAnswer, CompileRequest, FilterChange } from "../kernel/compiler.js";
import { KERNEL_ERRORS, type KernelError } from "../kernel/kerrno.js";
import type { CheckAnswer, CheckRequest, CompileStart } from "./messages.js";

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

function change({ seq, changes }: CompileRequest): CompileAnswer {
  for (const step of changes) {
    const error = refusal(step);
    if (error !== undefined) return { kind: "refused", seq, error, detail: KERNEL_ERRORS[error] };
  }
  for (const step of changes) apply(step);
  return { kind: "changed", seq, update: classifier.update() };
}

function refusal(step: FilterChange): KernelError | undefined {
  if (step.kind === "remove" || step.mode === "tap") return undefined;
  const identical = classifier.claimIdenticalTo(step.filter, step.priority);
  return identical === undefined || identical === step.slot ? undefined : "E_CLAIM_IDENTICAL";
}

function apply(step: FilterChange): void {
  if (step.kind === "remove") classifier.remove(step.slot);
  else classifier.insert(step.slot, step.filter, step.mode, step.priority, step.age);
}
