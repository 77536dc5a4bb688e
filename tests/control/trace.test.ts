/** The trace over HTTP and the WebSocket, on the appliance itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { EventCatalogue, ServerFrame, Trace, TraceFrame } from "../../src/control/protocol.js";
import { EVENTS } from "../../src/kernel/events.js";
import { benchOver, TOKEN } from "./bench.js";

async function started() {
  const made = await benchOver(await startAppliance({ memory: 1 << 24 }), { limits: { tickMs: 10 } });
  onTestFinished(made.close);
  const read = async (query = "") => (await made.ask("GET", `/api/v1/trace${query}`)).json() as Trace;
  const told = async (level: readonly string[]) => made.ask("PUT", "/api/v1/trace", { json: { levels: level } });
  return { ...made, read, told };
}

/** Events reach the control thread after the answer to what made them. */
async function until<T>(look: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (found(value)) return value;
    await sleep(5);
  }
}

test("is off until levels are switched on; then says what happened, in order, by name", async () => {
  const { ask, read, told } = await started();
  await ask("PUT", "/api/v1/filters/before.dpf", { body: "true" });
  expect(await read()).toEqual({ levels: [], events: [] });
  expect((await told(["info"])).json()).toEqual({ levels: ["info"], events: [] });
  await ask("PUT", "/api/v1/filters/web.dpf", { body: "12:16 == 0x0800" });
  await ask("PUT", "/api/v1/filters/web.dpf", { body: "12:16 == 0x86dd" });
  await ask("DELETE", "/api/v1/filters/web?unbind=yes");
  const { events } = await until(read, ({ events }) => events.some(({ name }) => name === "bindingEnded"));
  expect(events.map(({ name, fields }) => [name, fields])).toEqual([
    ["bindingBegan", { binding: 2, environment: 0 }],
    ["bindingChanged", { binding: 2 }],
    ["bindingEnded", { binding: 2, environment: 0 }],
  ]);
  expect(events.map(({ number }) => number)).toEqual([1, 2, 3]);
  const times = events.map(({ time }) => BigInt(time));
  expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
  expect(Math.abs(Number(times[0]! / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  expect((await read("?after=1&limit=1")).events.map(({ number }) => number)).toEqual([2]);
  expect((await read("?after=3")).events).toEqual([]);
});

test("can be asked by level, kind and environment; without a number the last ones are told", async () => {
  const { ask, read, told } = await started();
  await told(["error", "warning", "info", "debug"]);
  for (const name of ["one", "two", "three"]) await ask("PUT", `/api/v1/filters/${name}.dpf`, { body: "true" });
  const made = await ask("POST", "/api/v1/environments", { json: { name: "citizen", program: "citizen" } });
  const { environment } = made.json() as { environment: number };
  const names = async (query: string) => (await read(query)).events.map(({ name }) => name);
  const began = ["bindingBegan", "bindingBegan", "bindingBegan"];
  await until(
    () => names(`?environment=${environment}`),
    ({ length }) => length > 0,
  );
  expect(await names(`?environment=${environment}`)).toEqual(["environmentCreated"]);
  expect(await names("?environment=0")).toEqual(began);
  expect(await names("?name=bindingBegan")).toEqual(began);
  expect(await names("?level=info&without=environmentCreated,epochBegan")).toEqual(began);
  expect(new Set(await names("?level=debug"))).toEqual(new Set(["programInstalled"]));
  expect(await names("?level=error,warning")).toEqual([]);
  const of = async (query: string) => (await read(query)).events.map(({ fields }) => fields.binding);
  expect(await of("?name=bindingBegan&limit=2")).toEqual([2, 3]);
  expect(await of("?name=bindingBegan&limit=2&after=0")).toEqual([1, 2]);
  expect(await of("?name=bindingBegan&limit=0")).toEqual([]);
});

test.each([
  ["an unknown level", "?level=info,fatal", /no level is called fatal; there are error, warning, info, debug/],
  ["an unknown kind", "?name=sliceEnded", /no kind of event is called sliceEnded; `GET \/trace\/events` lists them/],
  ["an unknown kind to be without", "?without=toString", /no kind of event is called toString/],
  ["no words", "?name=", /pattern/],
  ["no number", "?environment=exos", /pattern/],
])("a reader who names %s is told", async (_what, query, words) => {
  const { ask } = await started();
  const { status, body } = await ask("GET", `/api/v1/trace${query}`);
  expect([status, body]).toEqual([400, expect.stringMatching(words)]);
});

test("the catalogue says what there is to be told", async () => {
  const { ask } = await started();
  expect((await ask("GET", "/api/v1/trace/events")).json() as EventCatalogue).toEqual(EVENTS);
});

test.each([
  ["an unknown level", { levels: ["fatal"] }],
  ["a level twice", { levels: ["info", "info"] }],
  ["no list", { levels: "info" }],
  ["another key", { levels: [], keep: 1 }],
])("refuses %s", async (_what, json) => {
  const { ask } = await started();
  expect((await ask("PUT", "/api/v1/trace", { json })).status).toBe(400);
});

test("goes to those WebSockets that ask for it, what is kept first", async () => {
  const { ask, control, read, told } = await started();
  await told(["info"]);
  await ask("PUT", "/api/v1/filters/one.dpf", { body: "true" });
  await until(read, ({ events }) => events.length === 1);
  const socket = new WebSocket(`ws://127.0.0.1:${control.port}/api/v1/live`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  onTestFinished(() => socket.terminate());
  const frames: ServerFrame[] = [];
  socket.on("message", (data) => void frames.push(JSON.parse(String(data))));
  const traced = () => frames.filter((frame): frame is TraceFrame => frame.type === "trace");
  const have = (count: number) =>
    until(
      async () => traced().flatMap(({ events }) => events),
      (all) => all.length >= count,
    );
  await until(
    async () => frames.length,
    (count) => count > 2,
  );
  expect(traced()).toEqual([]);
  socket.send('{"type":"trace","on":true}');
  expect((await have(1)).map(({ name }) => name)).toEqual(["bindingBegan"]);
  await ask("PUT", "/api/v1/filters/two.dpf", { body: "true" });
  expect((await have(2)).map(({ number }) => number)).toEqual([1, 2]);
  await told([]);
  await until(
    async () => traced().at(-1)?.levels,
    (levels) => levels?.length === 0,
  );
  socket.send('{"type":"trace","on":false}');
  await told(["info"]);
  await ask("PUT", "/api/v1/filters/three.dpf", { body: "true" });
  await until(read, ({ events }) => events.length === 3);
  await sleep(50);
  expect((await have(2)).length).toBe(2);
});
