/** The compile worker's keeper: who is replaced, over what, and who is told. */
import { receiveMessageOnPort } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { carryRequest } from "../../src/appliance/carried.js";
import { CompileThread } from "../../src/appliance/compile-thread.js";

function thread() {
  const handed: [number, boolean][] = [];
  const reasons: string[] = [];
  const made = new CompileThread(
    new SharedArrayBuffer(4),
    "js",
    null,
    (_, number, innocent) => handed.push([number, innocent]),
    (reason) => reasons.push(reason),
  );
  onTestFinished(() => made.end());
  return { made, handed, reasons };
}

test("word that a worker is stuck is heard of that worker only, however late it comes", () => {
  const { made, handed, reasons } = thread();
  made.stuck(0);
  made.stuck(0);
  expect(handed).toEqual([[1, false]]);
  made.stuck(1);
  expect(handed).toEqual([
    [1, false],
    [2, false],
  ]);
  expect(reasons).toEqual(["it took longer than 2000 ms", "it took longer than 2000 ms"]);
});

test("a change that is there before a question begins is made before it", async () => {
  const { made } = thread();
  const change = { kind: "change", seq: 7, changes: [{ kind: "remove", slot: 1 }], held: false } as const;
  made.firstPort.postMessage(carryRequest(change));
  expect(await made.ask("checkHandler", { text: "" })).toMatchObject({ ok: false });
  expect(receiveMessageOnPort(made.firstPort)).toMatchObject({ message: { outcomes: [{ seq: 7 }] } });
  expect(made.counts).toEqual({ waiting: 0, answered: 1, dropped: 0, lost: 0, replaced: 0 });
});

test("a worker that ends over a question has ended over no change; other questions are answered by the next", async () => {
  const { made, handed } = thread();
  const text = `(${Array.from({ length: 256 }, (_, at) => `36:16 == ${at}`).join(" || ")})`;
  const dear = made.ask("stages", {
    text: `${text}${" && 0:8 != 1 && 1:16 > 2 && 3:8 < 9".repeat(80)}`,
    language: "dpf",
    linkTypes: [1],
  });
  const cheap = made.ask("check", { text: "0:8 == 1", language: "dpf", linkTypes: [1] });
  // Its word that it has begun comes before it has got far.
  await new Promise((resolve) => setTimeout(resolve, 0));
  while (handed.length === 0) {
    made.stuck(0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await cheap).toMatchObject({ ok: true });
  const { ok } = await dear;
  expect(handed).toEqual([[1, !ok]]);
  const [answered, lost] = ok ? [2, 0] : [1, 1];
  expect(made.counts).toEqual({ waiting: 0, answered, dropped: 0, lost, replaced: 1 });
});
