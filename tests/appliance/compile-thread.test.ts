/** The compile worker's keeper: who is replaced, over what, and who is told. */
import { expect, onTestFinished, test } from "vitest";
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
});
