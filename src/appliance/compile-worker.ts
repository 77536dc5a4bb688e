/**
 * The compile worker: answers questions about filters for the control thread and keeps the merged filter program for
 * the data plane. Whoever waits for it has a deadline; a worker that misses it is replaced.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { drawTrie } from "../dpf/draw-trie.js";
import { stagesOf } from "../dpf/stages.js";
import { TARGETS } from "../dpf/target.js";
import { type Compiled, compileForLinks, Shapes } from "../filter/filter.js";
import type { CompileRequest } from "../kernel/compiler.js";
import { wallNs } from "../machine/clock.js";
import { arrivedRequest, type CarriedRequest, carry } from "./carried.js";
import { FilterProgram } from "./filter-program.js";
import { checkHandlerText, handlerStages, makeHandler } from "./handler-text.js";
import { readHandlerState, tryHandlerText } from "./handler-told.js";
import { makeImage } from "./image-text.js";
import type {
  CarriedCheck,
  CompileAsked,
  CompileQuestion,
  CompileQuestions,
  CompileStart,
  FromCompileWorker,
  WrittenFilter,
} from "./messages.js";

const { doorbell, dataPlane, target, shadow } = workerData as CompileStart;
const bell = new Int32Array(doorbell);
const program = new FilterProgram(target, shadow);
const shapes = new Shapes();

/** Requests that one update answers, at most: many at once cost hardly more than one. */
const BATCH = 256;
const waiting: CompileRequest[] = [];

dataPlane.on("message", (request: CarriedRequest) => {
  if (waiting.push(arrivedRequest(request)) === 1) setImmediate(answerWaiting);
});

/** Packets may wait for a change: no question begins before what has come of them is done. */
function changesFirst(): void {
  for (;;) {
    const received: { message: CarriedRequest } | undefined = receiveMessageOnPort(dataPlane);
    if (received === undefined) break;
    waiting.push(arrivedRequest(received.message));
  }
  while (waiting.length > 0) answerWaiting();
}

/** All that has come by now: one update for them, or where that would be too much, one for each. */
function answerWaiting(): void {
  // A question was about to begin, and they came first.
  if (waiting.length === 0) return;
  for (const answer of program.answers(waiting.splice(0, BATCH))) {
    dataPlane.postMessage(answer);
    Atomics.add(bell, 0, 1);
    Atomics.notify(bell, 0);
  }
  if (waiting.length > 0) setImmediate(answerWaiting);
}

parentPort?.on("message", (asked: CompileAsked) => {
  changesFirst();
  // The deadline of a question begins when its answer does, not when it was asked.
  tell({ kind: "begun", seq: asked.seq });
  tell({ kind: "answered", seq: asked.seq, answer: answer(asked) });
});

function answer(asked: CompileAsked): CompileQuestions[CompileQuestion]["answer"] {
  switch (asked.question) {
    case "check":
      return checked(asked.args);
    case "stages": {
      const compiled = compiledFor(asked.args);
      return compiled.ok ? { ok: true, stages: stagesOf(compiled.filter, () => wallNs() / 1e6) } : compiled;
    }
    case "overlaps": {
      const compiled = compiledFor(asked.args);
      if (!compiled.ok) return compiled;
      return { ok: true, checked: carry(compiled), ...program.overlaps(compiled.filter, asked.args) };
    }
    case "image":
      return makeImage(asked.args);
    case "handler":
      return makeHandler(
        asked.args,
        TARGETS.filter((other) => other !== asked.args.target),
      );
    case "checkHandler":
      return checkHandlerText(asked.args.text);
    case "handlerStages":
      return handlerStages(asked.args.text, () => wallNs() / 1e6);
    case "tryHandler":
      return tryHandlerText(asked.args);
    case "readState":
      return readHandlerState(asked.args);
    case "trie":
      return { ok: true, picture: drawTrie(program.classifier, asked.args) };
  }
}

function checked(asked: WrittenFilter): CarriedCheck {
  const compiled = compiledFor(asked);
  return compiled.ok ? carry(compiled) : compiled;
}

function compiledFor({ text, language, linkTypes }: WrittenFilter): Compiled {
  return compileForLinks(text, language, linkTypes, shapes);
}

function tell(message: FromCompileWorker): void {
  parentPort?.postMessage(message);
}
