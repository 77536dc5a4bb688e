/** Handlers over HTTP: checked, put, bound, replaced, looked at, taken away; on the appliance itself. */
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { HandlerBinding, HandlerStateView } from "../../src/control/protocol.js";
import { RIGHTS } from "../../src/kernel/capability.js";
import { capture, refuseChanges } from "./bench.js";
import { CONSUME, COUNT, HandlerBench, handler, KILLED, V1 } from "./handler-bench.js";

let on: HandlerBench;
beforeAll(async () => {
  on = await HandlerBench.start();
  await on.bench.ask("PUT", `${V1}/captures/ten.pcap`, { body: capture(10) });
  await on.bench.ask("PUT", `${V1}/captures/dns.pcap`, { body: readFileSync("captures/dns.pcap") });
  return on.bench.close;
});
afterEach(() => on.clear());

const WRONG = handler("  let port: u16 = message.u32(0);\n  return pass;", "", "pass, type u16");

async function state(binding: number, query = ""): Promise<HandlerStateView> {
  return on.json("GET", `/bindings/${binding}/handler/state${query}`);
}

async function bound(binding: number): Promise<HandlerBinding> {
  return on.json("GET", `/bindings/${binding}/handler`);
}

describe("a text", () => {
  test("is checked without being kept: what it may ask, or each complaint with its place and what to write", async () => {
    expect(await on.json("POST", "/handlers/check", { text: COUNT })).toEqual({
      ok: true,
      errors: [],
      instructions: expect.any(Number),
      stateOctets: 88,
      sends: false,
      wakes: false,
      transfers: false,
      passesTo: false,
    });
    const { ok, errors } = await on.json<{ ok: boolean; errors: object[] }>("POST", "/handlers/check", { text: WRONG });
    expect(ok).toBe(false);
    expect(errors).toEqual([
      {
        code: "E_NARROW",
        message: expect.any(String),
        hint: expect.stringContaining("u16("),
        line: 4,
        column: 19,
        length: 14,
      },
    ]);
    const asText = await on.bench.ask("POST", `${V1}/handlers/wrong.ash.ts/check`, { body: WRONG });
    expect(asText.json()).toEqual({ ok, errors });
    expect((await on.bench.ask("POST", `${V1}/handlers/wrong.dpf/check`, { body: WRONG })).json()).toMatchObject({
      status: 400,
      code: "E_EXTENSION",
      detail: "the extension names the language: a handler is NAME.ash.ts",
    });
    expect(await on.json("GET", "/handlers")).toEqual([]);
  });

  test("is put, listed, read back as plain text, and deleted", async () => {
    const put = await on.put("count", COUNT);
    expect([put.status, put.json()]).toEqual([201, { name: "count", created: true, bindings: [], stateKept: null }]);
    expect((await on.put("count", COUNT)).json()).toMatchObject({ created: false });
    const octets = Buffer.byteLength(COUNT);
    expect(await on.json("GET", "/handlers")).toEqual([{ name: "count", octets, bindings: [] }]);
    const text = await on.ask("GET", "/handlers/count");
    expect(text.body).toBe(COUNT);
    expect(text.headers).toMatchObject({ "content-type": "text/plain; charset=utf-8", "x-bindings": "" });
    expect((await on.ask("DELETE", "/handlers/count")).status).toBe(204);
    expect((await on.ask("GET", "/handlers/count")).json()).toMatchObject({ status: 404, code: "E_NO_HANDLER" });
  });

  test("with an error changes nothing, and the problem says where", async () => {
    const binding = await on.tap("all");
    await on.put("count", COUNT, "?binding=all");
    const refused = await on.put("count", WRONG);
    expect(refused.headers["content-type"]).toContain("application/problem+json");
    expect(refused.json()).toMatchObject({
      status: 422,
      code: "E_TEXT",
      errors: [{ code: "E_NARROW", line: 4, column: 19, hint: expect.any(String) }],
    });
    expect((await on.ask("GET", "/handlers/count")).body).toBe(COUNT);
    expect((await on.put("fresh", WRONG)).status).toBe(422);
    expect((await on.ask("GET", "/handlers/fresh")).status).toBe(404);
    expect((await bound(binding)).replaced).toBe(0);
  });

  test.each([
    ["/handlers/count", "E_EXTENSION"],
    ["/handlers/count.ts", "E_EXTENSION"],
    ["/handlers/.ash.ts", "E_EXTENSION"],
    ["/handlers/Count.ash.ts", "E_NAME"],
    ["/handlers/..%2fcount.ash.ts", "E_NAME"],
    [`/handlers/${"a".repeat(65)}.ash.ts`, "E_NAME"],
    ["/handlers/count.ash.ts?state=old", "E_SCHEMA"],
    ["/handlers/count.ash.ts?bind=no", "E_SCHEMA"],
    ["/handlers/count.ash.ts?binding=../x", "E_SCHEMA"],
  ])("at %s is 400 %s", async (path, code) => {
    expect((await on.bench.ask("PUT", V1 + path, { body: COUNT })).json()).toMatchObject({ status: 400, code });
  });

  test("that is too long, or no UTF-8, is refused, and so are more than may be", async () => {
    const small = await HandlerBench.start({ storeLimits: { textOctets: 800, handlers: 1 } });
    onTestFinished(small.bench.close);
    expect((await small.put("one", COUNT)).status).toBe(201);
    expect((await small.put("one", " ".repeat(801))).json()).toMatchObject({ status: 413, code: "E_TEXT_TOO_LONG" });
    expect((await small.put("one", " ".repeat(802))).json()).toMatchObject({ status: 413, code: "E_BODY_TOO_LARGE" });
    expect((await small.ask("POST", "/handlers/check", { text: " ".repeat(801) })).json()).toMatchObject({
      status: 413,
      code: "E_TEXT_TOO_LONG",
    });
    expect((await small.put("one", Buffer.from([0x2f, 0x2f, 0xff]))).json()).toMatchObject({
      status: 400,
      code: "E_UTF8",
    });
    expect((await small.put("two", COUNT)).json()).toMatchObject({ status: 507, code: "E_TOO_MANY_HANDLERS" });
    expect((await small.put("one", "")).json()).toMatchObject({ status: 422, code: "E_TEXT" });
  });

  test("has stages, each with its text", async () => {
    await on.put("count", COUNT);
    const stages = await on.json<{ name: string; octets: number }[]>("GET", "/handlers/count/stages");
    expect(stages.map(({ name }) => name)).toEqual(["vcode", "js", "wat"]);
    const first = { vcode: "v_lambda f0(", js: '"use strict"', wat: "(module" } as const;
    for (const [name, begin] of Object.entries(first)) {
      const { body, headers } = await on.ask("GET", `/handlers/count/stages/${name}`);
      expect(body).toContain(begin);
      expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    }
    expect((await on.ask("GET", "/handlers/count/stages/asm")).json()).toMatchObject({
      status: 404,
      code: "E_NO_STAGE",
    });
    expect((await on.ask("GET", "/handlers/none/stages")).json()).toMatchObject({ status: 404, code: "E_NO_HANDLER" });
  });
});

describe("a binding", () => {
  test("has a handler, which counts what it does; it balances, and is replaced with its state or without", async () => {
    const binding = await on.tap("all");
    await on.put("count", COUNT);
    const terms = { handler: "count", fuel: 500, share: 1, sends: 7, environments: ["control"], clearAtEpoch: false };
    const made = await on.json<HandlerBinding>("PUT", `/bindings/${binding}/handler`, { ...terms, transmit: true });
    expect(made).toMatchObject({
      ...terms,
      binding,
      transmit: true,
      bound: true,
      under: "root",
      stateOctets: 88,
      pages: 1,
    });
    await on.play("ten.pcap");
    const { counts } = await bound(binding);
    expect(counts).toMatchObject({ run: 10, passed: 10, consumed: 0, passedTo: 0, sent: 0, woken: 0 });
    expect(counts.fuelMost).toBeGreaterThan(0);
    expect(counts.fuel).toBe(10 * counts.fuelMost);
    expect(counts.fuelSpread.reduce((sum: number, { runs }: { runs: number }) => sum + runs, 0)).toBe(10);
    expect((await state(binding)).items).toMatchObject([
      { name: "seen", kind: "record", columns: ["packets", "octets"], rows: [["10", "600"]] },
      { name: "lengths", kind: "array", size: 18, capacity: 18 },
    ]);
    // Another text over the same state.
    const twice = COUNT.replace("packets += 1n", "packets += 2n");
    expect((await on.put("count", twice, "?state=keep")).json()).toEqual({
      name: "count",
      created: false,
      bindings: [binding],
      stateKept: true,
    });
    await on.play("ten.pcap");
    expect(await state(binding, "?item=seen")).toMatchObject({ items: [{ rows: [["30", "1200"]] }] });
    const more = COUNT.replace("octets: u64 }", "octets: u64, more: u32 }");
    expect((await on.put("count", more, "?state=keep")).json()).toMatchObject({ status: 409, code: "E_LAYOUT" });
    expect((await on.ask("GET", "/handlers/count")).body).toBe(twice);
    expect((await on.put("count", twice, "?state=new")).json()).toMatchObject({ stateKept: false });
    expect(await state(binding, "?item=seen")).toMatchObject({ items: [{ rows: [["0", "0"]] }] });
    expect((await on.put("count", more)).json()).toMatchObject({ stateKept: false });
    const after = await bound(binding);
    expect(after).toMatchObject({ replaced: 3, stateOctets: 96, fuel: 500, counts: { run: 20 } });
  });

  test("that consumes says so in its counters, and the books balance", async () => {
    const [all, other] = [await on.tap("all"), await on.tap("other")];
    expect((await on.put("eats", CONSUME, "?binding=all")).json()).toMatchObject({ created: true, bindings: [all] });
    await on.play("ten.pcap");
    const counters = { packets: 10, consumed: 10, delivered: 0 };
    expect(await on.json("GET", `/bindings/${all}`)).toMatchObject({ counters });
    expect(await on.json("GET", `/bindings/${other}`)).toMatchObject({
      counters: { packets: 10, consumed: 0, delivered: 10 },
    });
    expect(await on.json("GET", "/books")).toMatchObject({ consumed: 10, balanced: true });
    const metrics = (await on.bench.ask("GET", "/metrics")).body;
    expect(metrics).toContain(
      `exonet_binding_consumed_total{binding="${all}",name="all",mode="tap",environment="control"} 10`,
    );
    expect(metrics).toContain(
      `exonet_handler_runs_total{binding="${all}",name="all",handler="eats",outcome="consumed"} 10`,
    );
    expect(metrics).toContain(`exonet_handler_bound{binding="${all}",name="all",handler="eats"} 1`);
    expect(metrics).toMatch(/exonet_handler_fuel_total\{[^}]*handler="eats"\} [1-9]/);
  });

  test("keeps its handler's text from being deleted, unless it is to be unbound", async () => {
    const binding = await on.tap("all");
    await on.put("count", COUNT, `?binding=${binding}&transmit=yes`);
    expect(await bound(binding)).toMatchObject({ handler: "count", transmit: true });
    expect((await on.ask("DELETE", "/handlers/count")).json()).toMatchObject({ status: 409, code: "E_HANDLER_BOUND" });
    expect((await on.ask("DELETE", "/handlers/count?unbind=maybe")).json()).toMatchObject({
      status: 400,
      code: "E_SCHEMA",
    });
    expect((await on.ask("DELETE", "/handlers/count?unbind=yes")).status).toBe(204);
    expect((await on.ask("GET", `/bindings/${binding}/handler`)).json()).toMatchObject({ code: "E_NO_BOUND_HANDLER" });
    expect(on.bench.store.bindings.list()[0]).not.toHaveProperty("handler");
  });

  test("gets another handler in the place of its own; where that is refused its own runs on, with its state", async () => {
    const binding = await on.tap("all");
    await on.put("count", COUNT);
    await on.put("eats", CONSUME);
    const path = `/bindings/${binding}/handler`;
    await on.json("PUT", path, { handler: "count", fuel: 700 });
    await on.play("ten.pcap");
    const before = await on.json("GET", `${path}/state`);
    for (const [wrong, status, code] of [
      [{ handler: "none" }, 404, "E_NO_HANDLER"],
      [{ handler: "eats", environments: ["nowhere"] }, 404, "E_NO_ENVIRONMENT"],
      [{ handler: "eats", capability: "nobody" }, 404, "E_NO_CAPABILITY"],
      [{ handler: "eats", share: 0 }, 400, "E_SCHEMA"],
      [{ handler: "eats", fuel: 0 }, 400, "E_SCHEMA"],
      [{ handler: "eats", fuel: 2 ** 30 }, 400, "E_SCHEMA"],
      [{ handler: "eats", sends: 0.5 }, 400, "E_SCHEMA"],
      [{ handler: "eats", port: 239 }, 400, "E_SCHEMA"],
      [{ handler: "eats", more: 1 }, 400, "E_SCHEMA"],
    ] as const) {
      expect((await on.ask("PUT", path, wrong)).json()).toMatchObject({ status, code });
      expect(await bound(binding)).toMatchObject({ handler: "count", fuel: 700, counts: { run: 10 } });
      expect(await on.json("GET", `${path}/state`)).toEqual(before);
    }
    // A port that is not there yet may be made.
    const eats = { handler: "eats", port: 255 };
    expect(await on.json("PUT", path, eats)).toMatchObject({ ...eats, fuel: 2000, share: 0.1 });
    expect(await on.json("GET", "/handlers")).toMatchObject([
      { name: "count", bindings: [] },
      { name: "eats", bindings: [binding] },
    ]);
    expect(await on.json("GET", "/bindings/handlers")).toMatchObject([{ binding, handler: "eats" }]);
    expect((await on.ask("DELETE", path)).status).toBe(204);
    expect((await on.ask("DELETE", path)).json()).toMatchObject({ status: 404, code: "E_NO_BOUND_HANDLER" });
  });

  test("has what ran there again where a profile is refused, and not what that would have had", async () => {
    await on.tap("all");
    await on.put("count", COUNT, "?binding=all");
    const all = { filter: "all", environment: "control", mode: "tap" };
    const refused = {
      filters: [{ name: "all", language: "dpf", text: "true" }],
      handlers: [{ name: "count", text: CONSUME }],
      environments: [],
      bindings: [
        { ...all, name: "all", handler: { handler: "count" } },
        { ...all, name: "two", handler: { handler: "count", capability: "nobody" } },
      ],
    };
    expect((await on.ask("PUT", "/profile", refused)).status).toBe(404);
    const [again] = await on.json<{ id: number }[]>("GET", "/bindings");
    await on.play("ten.pcap");
    const counts = { run: 10, passed: 10, consumed: 0 };
    expect(await bound(again?.id ?? 0)).toMatchObject({ handler: "count", counts });
    expect((await on.ask("GET", "/handlers/count")).body).toBe(COUNT);
  });

  test("that is not there, or not one alone, is named", async () => {
    await on.put("count", COUNT);
    for (const id of ["999", "65535"]) {
      expect((await on.ask("PUT", `/bindings/${id}/handler`, { handler: "count" })).json()).toMatchObject({
        status: 404,
        code: "E_NO_BINDING",
      });
      expect((await on.ask("GET", `/bindings/${id}/handler/state`)).json()).toMatchObject({ status: 404 });
    }
    expect((await on.put("fresh", COUNT, "?binding=nothing")).json()).toMatchObject({
      status: 404,
      code: "E_NO_BINDING",
    });
    expect((await on.ask("GET", "/handlers/fresh")).status).toBe(404);
    await on.tap("all");
    const { environment } = await on.json<{ environment: number }>("POST", "/environments", { name: "e", program: "" });
    await on.json("POST", "/bindings", { filter: "all", environment, mode: "tap", name: "all" });
    const two = await on.put("fresh", COUNT, "?binding=all");
    expect(two.json()).toMatchObject({ status: 404, code: "E_NO_BINDING", detail: expect.stringContaining("2") });
  });

  test("and its handler's row in the store are one: what is not kept is not bound", async () => {
    const own = await HandlerBench.start();
    onTestFinished(own.bench.close);
    const binding = await own.tap("all");
    await own.put("count", COUNT, "?binding=all");
    await own.bench.ask("PUT", `${V1}/captures/ten.pcap`, { body: capture(10) });
    await own.play("ten.pcap");
    const before = await own.json("GET", `/bindings/${binding}/handler`);
    const state = await own.json("GET", `/bindings/${binding}/handler/state`);
    expect(before).toMatchObject({ handler: "count", stateOctets: 88, replaced: 0, counts: { run: 10 } });
    const unchanged = async () => {
      expect(await own.json("GET", `/bindings/${binding}/handler`)).toEqual(before);
      expect(await own.json("GET", `/bindings/${binding}/handler/state`)).toEqual(state);
      expect((await own.ask("GET", "/handlers/count")).body).toBe(COUNT);
    };
    refuseChanges(own.bench.folder, "handlers");
    for (const text of [CONSUME, COUNT.replace("octets: u64 }", "octets: u64, more: u32 }")]) {
      expect((await own.put("count", text)).json()).toMatchObject({ status: 500, code: "E_INTERNAL" });
      await unchanged();
    }
    const again = await own.put("fresh", CONSUME, "?binding=all");
    expect(again.json()).toMatchObject({ status: 500, code: "E_INTERNAL" });
    await unchanged();
    expect((await own.ask("GET", "/handlers/count")).body).toBe(COUNT);
    // Nor is it unbound, where the store does not forget it.
    refuseChanges(own.bench.folder, "handlers", "DELETE");
    expect((await own.ask("DELETE", "/handlers/count?unbind=yes")).json()).toMatchObject({ code: "E_INTERNAL" });
    expect(await own.json("GET", `/bindings/${binding}/handler`)).toMatchObject({ handler: "count", bound: true });
    expect(await own.json("GET", "/handlers")).toMatchObject([{ name: "count", bindings: [binding] }]);
    expect(own.bench.store.bindings.list()[0]).toMatchObject({ handler: { handler: "count" } });
  });
});

test("a text that cannot be put everywhere stays the store's where it runs on, since the machine's target was changed", async () => {
  const own = await HandlerBench.start();
  onTestFinished(own.bench.close);
  const [all, two] = [await own.tap("all"), await own.tap("two")];
  await own.put("count", COUNT, "?binding=all");
  const { appliance, folder } = own.bench;
  const call = appliance.call.bind(appliance);
  vi.spyOn(appliance, "call").mockImplementation(async (capability, name, args) => {
    if (name === "bindHandler") await call(appliance.rootCapability, "target", { target: "js", shadow: null });
    return call(capability, name, args);
  });
  refuseChanges(folder, "bindings", "UPDATE");
  expect((await own.put("count", CONSUME, "?binding=two")).json()).toMatchObject({ code: "E_INTERNAL" });
  expect(await own.json("GET", `/bindings/${all}/handler`)).toMatchObject({ handler: "count", stateOctets: 0 });
  expect((await own.ask("GET", `/bindings/${two}/handler`)).status).toBe(404);
  expect((await own.ask("GET", "/handlers/count")).body).toBe(CONSUME);
});

test.each([
  ["the machine's target was changed", "target"],
  ["the caller's capability was weakened", "weaken"],
] as const)("a text that the store refuses runs nowhere, though its swap holds, since %s", async (_, between) => {
  const own = await HandlerBench.start();
  onTestFinished(own.bench.close);
  const { appliance, folder } = own.bench;
  await own.tap("all");
  const lab = await own.derive("lab", RIGHTS);
  const bind = { filter: "all", environment: 0, mode: "tap", name: "labs" };
  const { binding } = await own.json<{ binding: number }>("POST", "/bindings", bind, lab.text);
  await own.put("count", COUNT, "?binding=labs", lab.text);
  const call = appliance.call.bind(appliance);
  const root = appliance.rootCapability;
  let swaps = 0;
  vi.spyOn(appliance, "call").mockImplementation(async (capability, name, args) => {
    const answer = await call(capability, name, args);
    if (name === "swapHandler" && answer.ok && ++swaps === 1) {
      if (between === "target") await call(root, "target", { target: "js", shadow: null });
      else await call(root, "weaken", { of: lab.capability.serial, rights: RIGHTS, expires: 0 });
    }
    return answer;
  });
  refuseChanges(folder, "handlers");
  expect((await own.put("count", CONSUME, "", lab.text)).json()).toMatchObject({ status: 500, code: "E_INTERNAL" });
  expect(swaps).toBe(2);
  expect(await own.json("GET", `/bindings/${binding}/handler`)).toMatchObject({ handler: "count", stateOctets: 88 });
  expect((await own.ask("GET", "/handlers/count")).body).toBe(COUNT);
});

describe("state", () => {
  const STATE = `const seen = record({ last: i32, flag: bool, address: array(u8, 4), ports: array(u16, 3) });
const counts = array(u32, 300);
const Flow = shape({ packets: u64 });
const flows = table(u32, Flow, 64);
`;
  const NAMES = "pass, record, array, shape, table, u8, u16, u32, u64, i32, bool";
  const BODY = `  seen.last = -i32(message.number);
  seen.flag = message.number === 10;
  message.vector(0, 4, seen.address, 0);
  seen.ports[2] = 513;
  counts[message.number] = message.number * message.number;
  const flow = flows.enter(message.number % 4);
  flow.packets += 1n;
  return pass;`;

  test("is read by name and by range, as the text lays it out", async () => {
    const binding = await on.tap("all");
    const put = await on.put("state", handler(BODY, STATE, NAMES), "?binding=all");
    expect(put.status, put.body).toBe(201);
    await on.play("ten.pcap");
    const { items } = await state(binding);
    expect(items.map(({ name, kind, size, capacity, keys }) => [name, kind, size, capacity, keys])).toEqual([
      ["seen", "record", 1, 1, 0],
      ["counts", "array", 300, 300, 0],
      ["flows", "table", 4, 64, 1],
    ]);
    const [seen, counts, flows] = items;
    expect(seen?.rows).toEqual([[-10, true, "09090909", "0,0,513"]]);
    expect(counts?.rows).toHaveLength(100);
    // The most recently used first.
    expect(flows).toMatchObject({
      columns: ["key", "packets"],
      rows: [
        [2, "3"],
        [1, "3"],
        [0, "2"],
        [3, "2"],
      ],
    });
    expect((await state(binding, "?item=counts&from=9&limit=2")).items[0]).toMatchObject({
      from: 9,
      rows: [[81], [100]],
    });
    expect((await state(binding, "?item=counts&from=299&limit=1000")).items[0]?.rows).toEqual([[0]]);
    expect((await state(binding, "?item=counts&from=1000")).items[0]?.rows).toEqual([]);
    expect((await state(binding, "?item=flows&from=1&limit=1")).items[0]?.rows).toEqual([[1, "3"]]);
    for (const [query, status, code] of [
      ["?item=nothing", 404, "E_NOT_FOUND"],
      ["?item=1", 400, "E_SCHEMA"],
      ["?item=__proto__", 404, "E_NOT_FOUND"],
      ["?limit=1001", 400, "E_SCHEMA"],
      ["?from=-1", 400, "E_SCHEMA"],
    ] as const) {
      expect((await on.ask("GET", `/bindings/${binding}/handler/state${query}`)).json()).toMatchObject({
        status,
        code,
      });
    }
  });

  test("begins anew with an epoch where that is said, and else stays", async () => {
    const [all, other] = [await on.tap("all"), await on.tap("other")];
    await on.put("count", COUNT);
    await on.json("PUT", `/bindings/${all}/handler`, { handler: "count", clearAtEpoch: true });
    await on.json("PUT", `/bindings/${other}/handler`, { handler: "count" });
    await on.play("ten.pcap");
    await on.play("ten.pcap");
    expect((await state(all, "?item=seen")).items[0]?.rows).toEqual([["10", "600"]]);
    expect((await state(other, "?item=seen")).items[0]?.rows).toEqual([["20", "1200"]]);
  });
});

describe("what kills it", () => {
  test("is kept and looked at; 16 in a row unbind it, and a new text binds it again", async () => {
    const binding = await on.tap("all");
    await on.put("dies", KILLED, "?binding=all");
    expect((await on.ask("GET", `/bindings/${binding}/handler/killer`)).json()).toMatchObject({
      status: 404,
      code: "E_NO_KILLER",
    });
    await on.play("ten.pcap");
    expect(await on.json("GET", `/bindings/${binding}/handler/killer`)).toEqual({
      reason: "message",
      fuel: expect.any(Number),
      packet: 10,
      time: "1700000000009000000",
      captured: 60,
      wire: 60,
      port: 0,
      linkType: 1,
      hops: 0,
      octets: "09".repeat(60),
    });
    expect(await bound(binding)).toMatchObject({ bound: true, counts: { run: 10, killed: { message: 10 } } });
    await on.play("ten.pcap");
    // Those that came after it was unbound went the normal way without it, as those that killed it did.
    expect(await bound(binding)).toMatchObject({
      bound: false,
      counts: { run: 16, killed: { message: 16 }, passed: 0 },
    });
    expect(await on.json("GET", `/bindings/${binding}`)).toMatchObject({ counters: { packets: 20, delivered: 20 } });
    expect((await on.bench.ask("GET", "/metrics")).body).toContain(
      `exonet_handler_bound{binding="${binding}",name="all",handler="dies"} 0`,
    );
    expect((await on.put("dies", KILLED.replace("u8(message.length)", "u8(0)"))).json()).toMatchObject({
      stateKept: true,
    });
    await on.play("ten.pcap");
    expect(await bound(binding)).toMatchObject({ bound: true, counts: { run: 26, passed: 10 } });
  });
});

test("each answer about handlers has its fields described, and has those and no others; texts are bodies", async () => {
  const own = new HandlerBench(on.bench);
  const binding = await own.tap("all");
  const path = `/bindings/${binding}/handler`;
  expect((await own.put("dies", KILLED)).status).toBe(201);
  expect((await own.put("dies", KILLED)).status).toBe(200);
  await own.json("PUT", path, { handler: "dies" });
  await own.play("ten.pcap");
  for (const text of [KILLED, WRONG]) await own.json("POST", "/handlers/check", { text });
  for (const asked of [
    "/handlers",
    "/handlers/dies/stages",
    "/bindings/handlers",
    path,
    `${path}/state`,
    `${path}/killer`,
  ])
    await own.json("GET", asked);
  await own.json("POST", "/handlers/run", { handler: "dies", binding, killer: true });
  await own.bench.ask("PUT", `${V1}/captures/dns.pcap?replace=yes`, { body: readFileSync("captures/dns.pcap") });
  for (const packet of [4, 5]) {
    const text = readFileSync("filters/dns-cache.ash.ts", "utf8");
    await own.json("POST", "/handlers/run", { text, capture: "dns.pcap", packet });
  }
  const V = "/api/v1";
  expect([...own.held].sort()).toEqual([
    `GET ${V}/bindings/handlers 200`,
    `GET ${V}/bindings/{id}/handler 200`,
    `GET ${V}/bindings/{id}/handler/killer 200`,
    `GET ${V}/bindings/{id}/handler/state 200`,
    `GET ${V}/handlers 200`,
    `GET ${V}/handlers/{name}/stages 200`,
    `POST ${V}/handlers/check 200`,
    `POST ${V}/handlers/run 200`,
    `PUT ${V}/bindings/{id}/handler 200`,
    `PUT ${V}/handlers/{file} 200`,
    `PUT ${V}/handlers/{file} 201`,
  ]);
  const { paths } = (await own.bench.ask("GET", "/openapi.json")).json() as {
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: object }> } }>>;
  };
  for (const [method, address] of [
    ["put", "/handlers/{file}"],
    ["post", "/handlers/{file}/check"],
    ["put", "/filters/{file}"],
    ["post", "/filters/{file}/check"],
  ] as const) {
    const body = paths[V + address]?.[method]?.requestBody?.content;
    expect(body).toEqual({ "text/plain": { schema: { type: "string", description: expect.any(String) } } });
  }
  expect(Object.keys(paths[`${V}/captures/{name}`]?.put?.requestBody?.content ?? {})).toEqual([
    "application/octet-stream",
  ]);
});
