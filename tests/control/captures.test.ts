import { createReadStream, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Bench, bench, capture, TOKEN } from "./bench.js";

const PATH = "/api/v1/captures/a.pcap";
const head = (length: number) =>
  `PUT ${PATH} HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nauthorization: Bearer ${TOKEN}\r\ncontent-length: ${length}\r\n\r\n`;

/** A connection by hand, for what no client does. */
async function raw({ control }: Bench, text: string) {
  const socket = connect(control.port, "127.0.0.1");
  let received = "";
  socket.on("data", (data) => {
    received += String(data);
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  socket.write(text.replace("PORT", String(control.port)));
  return { socket, closed, received: () => received };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe("an upload", () => {
  test("becomes a capture that is listed, told of, previewed, fetched and deleted", async () => {
    const { ask, files } = await bench();
    const octets = capture(20);
    const put = await ask("PUT", PATH, { body: octets });
    expect(put.status).toBe(201);
    expect(put.json()).toMatchObject({
      name: "a.pcap",
      octets: octets.length,
      info: {
        format: "pcap-le-us",
        packets: 20,
        linktypes: { 1: 20 },
        first_ts: "1700000000000000000",
        last_ts: "1700000000019000000",
        truncated: false,
        damage: [],
      },
    });
    expect((await ask("GET", "/api/v1/captures")).json()).toEqual([put.json()]);
    expect((await ask("GET", PATH)).json()).toEqual(put.json());
    expect((await ask("GET", `${PATH}/preview?limit=2`)).json()).toMatchObject([
      { number: 1, time: "1700000000000000000", captured: 60, wire: 60, octets: "00".repeat(60) },
      { number: 2, octets: "01".repeat(60) },
    ]);
    const file = await ask("GET", `${PATH}/file`);
    expect(file.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": 'attachment; filename="a.pcap"',
      "content-length": String(octets.length),
      "x-content-type-options": "nosniff",
    });
    expect((await ask("DELETE", PATH)).status).toBe(204);
    expect((await ask("GET", PATH)).json()).toMatchObject({ status: 404, code: "E_NO_CAPTURE" });
    expect(files()).toEqual([]);
  });

  test("may be gzipped, and of any content type", async () => {
    const { ask } = await bench();
    const body = gzipSync(capture(3));
    const put = await ask("PUT", PATH, { body, headers: { "content-type": "application/x-whatever" } });
    expect(put.json()).toMatchObject({ info: { packets: 3 }, octets: body.length });
  });

  test("that is damaged is kept, with its damage", async () => {
    const { ask } = await bench();
    const put = await ask("PUT", PATH, { body: capture(3).subarray(0, -5) });
    expect(put.json()).toMatchObject({ info: { packets: 2, truncated: true, damage: [{ offset: 176 }] } });
  });

  test.each([
    ["text", Buffer.from("this is no capture, whatever its name says")],
    ["nothing", Buffer.alloc(0)],
  ])("that is no capture but %s is 422, says where, and nothing is kept", async (_what, body) => {
    const { ask, files } = await bench();
    const put = await ask("PUT", PATH, { body });
    expect(put.json()).toMatchObject({ status: 422, code: "E_NOT_A_CAPTURE" });
    expect(JSON.stringify(put.json())).toContain("at octet 0");
    expect(files()).toEqual([]);
    expect((await ask("PUT", PATH, { body: capture(1) })).status).toBe(201);
  });

  test("of a name that exists is 409, unless it replaces it", async () => {
    const { ask, files } = await bench();
    await ask("PUT", PATH, { body: capture(1) });
    expect((await ask("PUT", PATH, { body: capture(2) })).json()).toMatchObject({
      status: 409,
      code: "E_CAPTURE_EXISTS",
    });
    expect((await ask("PUT", `${PATH}?replace=yes`, { body: capture(2) })).json()).toMatchObject({
      info: { packets: 2 },
    });
    expect(files()).toHaveLength(1);
  });

  test.each([
    ["/api/v1/captures/A", 400, "E_SCHEMA"],
    ["/api/v1/captures/..%2f..%2fetc%2fpasswd", 400, "E_SCHEMA"],
    ["/api/v1/captures/%00", 400, "E_SCHEMA"],
    ["/api/v1/captures/a?replace=true", 400, "E_SCHEMA"],
  ])("to %s is %i %s", async (path, status, code) => {
    const { ask, files } = await bench();
    expect((await ask("PUT", path, { body: capture(1) })).json()).toMatchObject({ status, code });
    expect(files()).toEqual([]);
  });

  test("that is too large is 413 before it is read, where it says so, and as soon as it is, where not", async () => {
    const { ask, files } = await bench({ storeLimits: { uploadOctets: 1000 } });
    expect((await ask("PUT", PATH, { body: capture(100) })).json()).toMatchObject({
      status: 413,
      code: "E_UPLOAD_TOO_LARGE",
    });
    const chunked = await ask("PUT", PATH, { body: capture(100), headers: { "transfer-encoding": "chunked" } });
    expect(chunked.json()).toMatchObject({ status: 413, code: "E_UPLOAD_TOO_LARGE" });
    expect(files()).toEqual([]);
  });

  test("for which there is no room is 507", async () => {
    const full = await bench({ storeLimits: { storeOctets: 100 } });
    expect((await full.ask("PUT", PATH, { body: capture(10) })).json()).toMatchObject({
      status: 507,
      code: "E_STORE_FULL",
    });
    const disk = await bench({ storeLimits: { freeDiskOctets: Number.MAX_SAFE_INTEGER } });
    expect((await disk.ask("PUT", PATH, { body: capture(10) })).json()).toMatchObject({
      status: 507,
      code: "E_DISK_FULL",
    });
    expect(disk.files()).toEqual([]);
  });

  test("that is broken off leaves nothing, and its name is free again", async () => {
    const made = await bench();
    const { socket, closed } = await raw(made, head(1_000_000));
    socket.write(capture(1000));
    await until(() => made.files().length === 1);
    socket.destroy();
    await closed;
    await until(() => made.files().length === 0);
    expect((await made.ask("PUT", PATH, { body: capture(1) })).status).toBe(201);
    expect(made.log.join("")).not.toContain("mistake");
  });

  test("that pauses for too long is ended", async () => {
    const made = await bench({ limits: { uploadIdleMs: 100 } });
    const { socket, closed } = await raw(made, head(1_000_000));
    socket.write(capture(10));
    await closed;
    await until(() => made.files().length === 0);
  });

  test("that has come whole may be read through for longer than it might have paused", async () => {
    // On a busy machine the sender itself may pause for 50 ms and more.
    const idle = 200;
    const { ask } = await bench({ limits: { uploadIdleMs: idle } });
    const body = gzipSync(capture(160_000, 1500), { level: 1 });
    const before = performance.now();
    expect((await ask("PUT", PATH, { body })).json()).toMatchObject({ info: { packets: 160_000 } });
    // A quarter of a GB comes out of it: its reading takes far longer than that.
    expect(performance.now() - before).toBeGreaterThan(2 * idle);
  });

  test("that takes too long to read through is refused, and nothing is kept", async () => {
    const { ask, files } = await bench({ limits: { scanMs: 1 } });
    expect((await ask("PUT", PATH, { body: capture(5) })).json()).toMatchObject({ status: 422, code: "E_SCAN" });
    expect(files()).toEqual([]);
  });

  test("with a wrong token is refused, though it is still being sent", async () => {
    const made = await bench();
    const { socket, received } = await raw(made, head(1_000_000_000).replace(TOKEN, "wrong"));
    socket.write(Buffer.alloc(100_000));
    await until(() => received().includes("E_BAD_TOKEN"));
    expect(received()).toMatch(/^HTTP\/1.1 401 /);
    expect(made.files()).toEqual([]);
    socket.destroy();
  });

  test("of 100 MB costs no memory", async () => {
    const { ask, control, files } = await bench();
    // Frames of zeros behind each other, made as they are sent.
    const block = capture(1000, 1000);
    const blocks = 100;
    const before = process.memoryUsage().rss;
    let most = 0;
    const put = await fetch(`${control.url}${PATH}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${TOKEN}` },
      duplex: "half",
      body: ReadableStream.from(
        (async function* () {
          yield block;
          for (let n = 1; n < blocks; n++) {
            most = Math.max(most, process.memoryUsage().rss);
            yield block.subarray(24);
          }
        })(),
      ),
    } as RequestInit);
    expect(put.status).toBe(201);
    expect(await put.json()).toMatchObject({ info: { packets: 100_000 } });
    expect(files()).toHaveLength(1);
    expect(most - before).toBeLessThan(64 * 1024 * 1024);
    await ask("DELETE", PATH);
  });
});

test("a body that is refused leaves no clock running behind it", async () => {
  const set = vi.spyOn(globalThis, "setTimeout");
  const cleared = vi.spyOn(globalThis, "clearTimeout");
  onTestFinished(() => {
    set.mockRestore();
    cleared.mockRestore();
  });
  const made = await bench({ limits: { bodyMs: 54_321 } });
  const target = `PUT /api/v1/profile HTTP/1.1\r\ncontent-type: application/json`;
  const { socket, received, closed } = await raw(made, head(20_000_000).replace(/^.*/, target));
  socket.write(Buffer.alloc(100_000, " "));
  await until(() => received().includes("E_BODY_TOO_LARGE"));
  socket.destroy();
  await closed;
  const at = set.mock.calls.findIndex(([, ms]) => ms === 54_321);
  const timer: unknown = set.mock.results[at]?.value;
  expect(timer).toMatchObject({ hasRef: expect.any(Function) });
  await until(() => cleared.mock.calls.some(([one]) => one === timer));
});

test("requests on one connection leave nothing behind on it", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  process.on("warning", warned);
  const { control } = await bench();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<Socket>();
  const ask = (method: string, path: string, body?: Buffer) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${TOKEN}`, "content-length": body?.length ?? 0 };
      const sent = request({ host: "127.0.0.1", port: control.port, agent, method, path, headers }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode));
      });
      sent.once("socket", (socket) => sockets.add(socket));
      sent.once("error", reject);
      sent.end(body);
    });
  for (let n = 0; n < 12; n++) {
    expect(await ask("PUT", `${PATH}?replace=yes`, capture(2))).toBe(201);
    expect(await ask("GET", `${PATH}/preview`)).toBe(200);
  }
  agent.destroy();
  await sleep(0);
  process.off("warning", warned);
  expect(sockets.size).toBe(1);
  expect(warnings).toEqual([]);
});

test("a capture whose file has gone is told by one code, wherever its octets are wanted", async () => {
  const { ask, folder, files, appliance } = await bench();
  await ask("PUT", PATH, { body: capture(5) });
  for (const file of files()) rmSync(join(folder, "captures", file));
  const asked = [
    await ask("GET", `${PATH}/file`),
    await ask("GET", `${PATH}/preview`),
    await ask("PUT", "/api/v1/replays/current", { json: { captures: ["a.pcap"] } }),
  ];
  for (const answer of asked) expect(answer.json()).toMatchObject({ status: 410, code: "E_CAPTURE_GONE" });
  expect(appliance.replay.state).toBe("none");
  expect((await ask("GET", PATH)).status).toBe(200);
  expect((await ask("DELETE", PATH)).status).toBe(204);
});

describe("a capture that is replayed", () => {
  test("is neither deleted nor replaced until the replay is stopped", async () => {
    const { ask, appliance } = await bench();
    await ask("PUT", PATH, { body: capture(5) });
    const opened = await ask("PUT", "/api/v1/replays/current", { json: { captures: ["a.pcap"], speed: 2, loop: 0 } });
    expect(opened.json()).toMatchObject({ state: "playing", captures: ["a.pcap"], speed: 2, loop: 0, lossless: false });
    const { args } = appliance.calls.find(({ name }) => name === "openReplay")!;
    const { path } = (args as { sources: { path: string }[] }).sources[0]!;
    let octets = 0;
    for await (const part of createReadStream(path)) octets += (part as Buffer).length;
    expect(octets).toBe(capture(5).length);
    for (const [method, address] of [
      ["DELETE", PATH],
      ["PUT", `${PATH}?replace=yes`],
    ] as const) {
      const refused = await ask(method, address, method === "PUT" ? { body: capture(1) } : {});
      expect(refused.json()).toMatchObject({ status: 409, code: "E_CAPTURE_IN_USE" });
    }
    await ask("POST", "/api/v1/replays/current/stop");
    expect((await ask("DELETE", PATH)).status).toBe(204);
  });
});

describe("the replay", () => {
  test("is moved about", async () => {
    const { ask, appliance } = await bench();
    expect((await ask("POST", "/api/v1/replays/current/play")).json()).toMatchObject({
      status: 409,
      code: "E_NO_REPLAY",
    });
    await ask("PUT", PATH, { body: capture(5) });
    const state = async (method: string, path: string, json?: unknown) =>
      ((await ask(method, `/api/v1/replays/current${path}`, { json })).json() as { state: string }).state;
    expect(await state("PUT", "", { captures: ["a.pcap"], play: false })).toBe("paused");
    expect(await state("POST", "/play")).toBe("playing");
    expect(await state("POST", "/pause", {})).toBe("paused");
    await ask("POST", "/api/v1/replays/current/step", { json: { packets: 1 } });
    await ask("POST", "/api/v1/replays/current/seek", { json: { packet: 1 } });
    await ask("POST", "/api/v1/replays/current/seek", { json: { time: "1700000000000000000" } });
    await ask("POST", "/api/v1/replays/current/skip");
    expect((await ask("POST", "/api/v1/replays/current/speed", { json: { speed: "max" } })).json()).toMatchObject({
      speed: "max",
    });
    expect(appliance.calls.map(({ name, args }) => [name, args]).slice(-5)).toEqual([
      ["step", { packets: 1 }],
      ["seek", { packet: 1 }],
      ["seek", { time: "1700000000000000000" }],
      ["skip", {}],
      ["speed", { speed: "max" }],
    ]);
    expect(await state("POST", "/stop")).toBe("none");
  });

  test.each([
    ["PUT", "", { captures: ["nothing"] }, 404, "E_NO_CAPTURE"],
    ["PUT", "", { captures: [] }, 400, "E_SCHEMA"],
    ["PUT", "", { captures: ["../../etc/passwd"] }, 400, "E_SCHEMA"],
    ["PUT", "", { captures: ["a", "a"] }, 400, "E_SCHEMA"],
    ["PUT", "", { captures: ["a"], speed: 0 }, 400, "E_SCHEMA"],
    ["PUT", "", { captures: ["a"], speed: "fast" }, 400, "E_SCHEMA"],
    ["PUT", "", { captures: ["a"], loop: -1 }, 400, "E_SCHEMA"],
    ["PUT", "", { captures: ["a"], path: "/etc/passwd" }, 400, "E_SCHEMA"],
    ["POST", "/seek", {}, 400, "E_SCHEMA"],
    ["POST", "/seek", { packet: 0 }, 400, "E_SCHEMA"],
    ["POST", "/seek", { time: 5 }, 400, "E_SCHEMA"],
    ["POST", "/seek", { time: "5", packet: 5 }, 400, "E_SCHEMA"],
    ["POST", "/step", { packets: "1" }, 400, "E_SCHEMA"],
    ["POST", "/pause", { x: 1 }, 400, "E_SCHEMA"],
  ])("%s %s of %j is %i %s", async (method, path, json, status, code) => {
    const { ask } = await bench();
    expect((await ask(method, `/api/v1/replays/current${path}`, { json })).json()).toMatchObject({ status, code });
  });

  test.each([
    [{ packet: 0 }, ["/packet"]],
    [{ time: "soon" }, ["/time"]],
    [{ packet: 0, time: "soon" }, ["/time", "/packet", "/packet", "/time", ""]],
    [{ pakcet: 1 }, ["/packet", "/pakcet", "/time", "/pakcet", ""]],
  ])("a seek to %j is refused at %j: of a choice, what was meant is told", async (json, pointers) => {
    const { ask } = await bench();
    const { errors } = (await ask("POST", "/api/v1/replays/current/seek", { json })).json() as {
      errors: { pointer: string }[];
    };
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([...pointers].sort());
  });
});
