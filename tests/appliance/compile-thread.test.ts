/** The compile worker's keeper: who is replaced, over what, and who is told. */
import { once } from "node:events";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { expect, onTestFinished, test, vi } from "vitest";
import { carryRequest } from "../../src/appliance/carried.js";
import { CompileThread } from "../../src/appliance/compile-thread.js";
import { Machine } from "./machine.js";

function thread() {
  const handed: [number, boolean][] = [];
  const ports: MessagePort[] = [];
  const reasons: string[] = [];
  const made = new CompileThread(
    new SharedArrayBuffer(4),
    "js",
    null,
    (port, number, innocent) => {
      ports.push(port);
      handed.push([number, innocent]);
    },
    (reason) => reasons.push(reason),
  );
  onTestFinished(() => made.end());
  return { made, handed, ports, reasons };
}

const CHANGE = { kind: "change", seq: 7, changes: [{ kind: "remove", slot: 1 }], held: false } as const;

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
  made.firstPort.postMessage(carryRequest(CHANGE));
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
  made.current(1);
  expect(await cheap).toMatchObject({ ok: true });
  const { ok } = await dear;
  expect(handed).toEqual([[1, !ok]]);
  const [answered, lost] = ok ? [2, 0] : [1, 1];
  expect(made.counts).toEqual({ waiting: 0, answered, dropped: 0, lost, replaced: 1 });
});

test("a new worker is asked nothing before it is current, of which only its own word speaks", async () => {
  const { made, ports } = thread();
  made.stuck(0);
  const asked = made.ask("checkHandler", { text: "" });
  const [port] = ports;
  port?.postMessage(carryRequest(CHANGE));
  expect(port && (await once(port, "message"))).toMatchObject([{ outcomes: [{ seq: 7 }] }]);
  made.current(0);
  expect(made.counts).toMatchObject({ waiting: 1, answered: 0 });
  made.current(1);
  expect(await asked).toMatchObject({ ok: false });
  expect(made.counts).toEqual({ waiting: 0, answered: 1, dropped: 0, lost: 0, replaced: 1 });
});

test("where there is no data plane any more no question waits for it", async () => {
  const { made } = thread();
  made.stuck(0);
  const first = made.ask("checkHandler", { text: "" });
  made.unattended();
  expect(await first).toMatchObject({ ok: false });
  made.stuck(1);
  expect(await made.ask("checkHandler", { text: "" })).toMatchObject({ ok: false });
  expect(made.counts).toMatchObject({ waiting: 0, answered: 2, replaced: 2 });
});

test("a bind waits for one question that misses the deadline, however many more wait", async () => {
  const machine = await Machine.start();
  const { appliance } = machine;
  for (const name of ["first", "second"]) await machine.bind(name, "0:8 == 1");
  const filter = await machine.filter("0:8 == 2");
  // Compiled for each: a minute's work.
  appliance.expect(Array.from({ length: 1000 }, () => 1));
  const text = `host 10.0.0.1 and (${Array.from({ length: 100 }, (_, at) => `port ${at}`).join(" or ")})`;
  const askers = ["a", "b", "c", "d"].map((name) => ({ name, gone: new AbortController() }));
  const asked = [...askers, ...askers, ...askers].map(({ name, gone }) =>
    appliance.check(text, "pcap-filter", { name, gone: gone.signal }),
  );
  for (const one of asked) one.catch(() => undefined);
  // The first has begun by then.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await machine.call("bind", { name: "third", environment: 0, mode: "tap", priority: 0, filter });
  expect(appliance.compiling).toMatchObject({ answered: 3, dropped: 0, lost: 1, replaced: 1 });
  expect(await asked[0]).toMatchObject({ ok: false, errors: [{ code: "E_DEADLINE" }] });
  // And then the next.
  await vi.waitFor(() => expect(appliance.compiling).toMatchObject({ waiting: 10, lost: 1 }));
  for (const { gone } of askers) gone.abort();
  expect(appliance.compiling).toMatchObject({ waiting: 0, dropped: 10 });
  await machine.close();
});
