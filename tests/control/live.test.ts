/** The WebSocket: picture, ticks, changes, notices; who says something else, or does not read. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { Notice, Picture, ServerFrame, Tick } from "../../src/control/protocol.js";
import { type Bench, bench, capture, TOKEN } from "./bench.js";

class Client {
  readonly frames: ServerFrame[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor({ control }: Bench, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) {
    this.socket = new WebSocket(`ws://127.0.0.1:${control.port}/api/v1/live`, { headers });
    this.socket.on("message", (data) => void this.frames.push(JSON.parse(String(data))));
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
    onTestFinished(() => this.socket.terminate());
  }

  /** The first frame, from number `from` on, that is wanted. */
  async next<T extends ServerFrame>(wanted: (frame: ServerFrame) => frame is T, from = 0): Promise<T> {
    for (;;) {
      const found = this.frames.slice(from).find(wanted);
      if (found !== undefined) return found;
      await sleep(5);
    }
  }
}

const isPicture = (frame: ServerFrame): frame is Picture => frame.type === "picture";
const isTick = (frame: ServerFrame): frame is Tick => frame.type === "tick";
const isNotice = (frame: ServerFrame): frame is Notice => frame.type === "notice";

test("begins with a picture; ticks hold the rows that moved", async () => {
  const made = await bench({ limits: { tickMs: 10 } });
  await made.ask("PUT", "/api/v1/captures/a.pcap", { body: capture(2) });
  await made.ask("PUT", "/api/v1/filters/a.dpf", { body: "true" });
  await made.ask("PUT", "/api/v1/filters/b.dpf", { body: "0:8 == 1" });
  const client = new Client(made);
  const picture = await client.next(isPicture);
  expect(client.frames[0]).toBe(picture);
  expect(picture).toMatchObject({
    version: 1,
    replay: { state: "none" },
    books: { received: 0, balanced: true },
    bindings: [
      { name: "a", filter: "true" },
      { name: "b", filter: "0:8 == 0x01" },
    ],
    environments: [{ id: 0, name: "control" }],
    captures: [{ name: "a.pcap" }],
    filters: [
      { name: "a", language: "dpf" },
      { name: "b", language: "dpf" },
    ],
  });
  await client.next(isTick);
  const [, second] = [...made.appliance.bindings.keys()];
  const from = client.frames.length;
  made.appliance.pass(5, [second!]);
  const moved = (frame: ServerFrame): frame is Tick => isTick(frame) && frame.bindings.length > 0;
  const tick = await client.next(moved, from);
  expect(tick.bindings).toMatchObject([{ id: second, counters: { packets: 5, octets: 500 } }]);
  expect(tick.environments).toMatchObject([{ id: 0, delivered: 5 }]);
  expect(tick.books).toMatchObject({ received: 5, unclaimed: 5, balanced: true });
  const after = await client.next(isTick, client.frames.length);
  expect(after).toMatchObject({ bindings: [], environments: [] });
});

test("tells of tables that changed, of failures, and of environments that are gone", async () => {
  const made = await bench({ limits: { tickMs: 10 } });
  const client = new Client(made);
  await client.next(isPicture);
  await made.ask("PUT", "/api/v1/filters/a.dpf", { body: "true" });
  const bindings = await client.next((frame) => frame.type === "bindings");
  expect(bindings).toMatchObject({ bindings: [{ name: "a" }] });
  expect(await client.next((frame) => frame.type === "filters")).toMatchObject({ filters: [{ name: "a" }] });
  await made.ask("PUT", "/api/v1/captures/a.pcap", { body: capture(2) });
  expect(await client.next((frame) => frame.type === "captures")).toMatchObject({ captures: [{ name: "a.pcap" }] });
  const made2 = await made.ask("POST", "/api/v1/environments", { json: { name: "flows", program: "monitor" } });
  const { environment } = made2.json() as { environment: number };
  made.appliance.fail(environment, "it threw <b>this</b>");
  expect(await client.next(isNotice)).toMatchObject({
    level: "error",
    text: "The environment flows has failed: it threw <b>this</b>",
  });
  const state =
    (wanted: string) =>
    (frame: ServerFrame): frame is Tick =>
      isTick(frame) && frame.environments.some(({ id, state }) => id === environment && state === wanted);
  await client.next(state("failed"));
  await made.ask("DELETE", `/api/v1/environments/${environment}`);
  await client.next(state("destroyed"));
});

test("answers resync with a picture", async () => {
  const made = await bench({ limits: { tickMs: 10 } });
  const client = new Client(made);
  await client.next(isTick);
  const from = client.frames.length;
  client.socket.send('{"type":"resync"}');
  await client.next(isPicture, from);
});

test.each<[string, string | Buffer]>([
  ["no JSON", "resync"],
  ["no frame", "null"],
  ["an unknown type", '{"type":"play"}'],
  ["an unknown key", '{"type":"resync","x":1}'],
  ["a poisoned key", '{"type":"resync","__proto__":{}}'],
  ["octets", Buffer.from('{"type":"resync"}')],
])("is closed with 1008 by %s", async (_what, text) => {
  const client = new Client(await bench({ limits: { tickMs: 10 } }));
  await client.next(isPicture);
  client.socket.send(text);
  expect((await client.closed).code).toBe(1008);
});

test("is closed with 1009 by a message that is too long", async () => {
  const client = new Client(await bench({ limits: { tickMs: 10, socketMessageOctets: 100 } }));
  await client.next(isPicture);
  client.socket.send(JSON.stringify({ type: "resync", x: "x".repeat(100) }));
  expect((await client.closed).code).toBe(1009);
});

test("ends with its session", async () => {
  const made = await bench({ limits: { tickMs: 10 } });
  const signIn = () => made.ask("POST", "/api/v1/session", { anonymous: true, json: { token: TOKEN } });
  const headers = async () => ({
    cookie: String((await signIn()).headers["set-cookie"]).split(";")[0] ?? "",
    origin: made.control.url,
  });
  const ours = await headers();
  const client = new Client(made, ours);
  const other = new Client(made, await headers());
  await Promise.all([client.next(isPicture), other.next(isPicture)]);
  expect((await made.ask("DELETE", "/api/v1/session", { anonymous: true, headers: ours })).status).toBe(204);
  expect(await client.closed).toEqual({ code: 1008, reason: "the session has ended" });
  expect((await made.ask("GET", "/api/v1/books", { anonymous: true, headers: ours })).status).toBe(401);
  await other.next(isTick, other.frames.length);
});

test("ends when the session's time is over", async () => {
  let now = 1_700_000_000_000;
  const made = await bench({ limits: { tickMs: 10, sessionMs: 1000 }, now: () => now });
  const signedIn = await made.ask("POST", "/api/v1/session", { anonymous: true, json: { token: TOKEN } });
  const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
  const client = new Client(made, { cookie, origin: made.control.url });
  now += 999;
  await client.next(isTick);
  now += 1;
  expect((await client.closed).code).toBe(1008);
});

test("the cookie is for us alone", async () => {
  const { ask, control } = await bench();
  const signedIn = await ask("POST", "/api/v1/session", { anonymous: true, json: { token: TOKEN } });
  expect(signedIn.status).toBe(204);
  const [pair, ...attributes] = String(signedIn.headers["set-cookie"]).split("; ");
  expect(pair).toMatch(new RegExp(`^exonet_${control.port}=[\\w-]{43}$`));
  expect(attributes.sort()).toEqual(["HttpOnly", "Max-Age=86400", "Path=/", "SameSite=Strict"]);
  expect(pair).not.toContain(TOKEN);
  const bad = await ask("POST", "/api/v1/session", { anonymous: true, json: { token: "wrong" } });
  expect(bad.json()).toMatchObject({ status: 401, code: "E_BAD_TOKEN" });
  expect(bad.headers["set-cookie"]).toBeUndefined();
});

test("as many browsers as may be are signed in: the oldest goes", async () => {
  const { ask } = await bench({ limits: { sessions: 2 } });
  const cookies: string[] = [];
  for (let n = 0; n < 3; n++) {
    const { headers } = await ask("POST", "/api/v1/session", { anonymous: true, json: { token: TOKEN } });
    cookies.push(String(headers["set-cookie"]).split(";")[0] ?? "");
  }
  const states = cookies.map(
    async (cookie) => (await ask("GET", "/api/v1/books", { anonymous: true, headers: { cookie } })).status,
  );
  expect(await Promise.all(states)).toEqual([401, 200, 200]);
});

test("there are as many as may be", async () => {
  const made = await bench({ limits: { sockets: 1, tickMs: 10 } });
  const first = new Client(made);
  await first.next(isPicture);
  const second = new WebSocket(`ws://127.0.0.1:${made.control.port}/api/v1/live`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const status = await new Promise((resolve) => {
    second.on("unexpected-response", (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
    second.on("error", () => {});
  });
  expect(status).toBe(503);
});
