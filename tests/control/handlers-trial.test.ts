/** Handlers tried on one packet, and texts that mean harm; on the appliance itself. */
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { MAX_TRIAL_FUEL, MAX_TRIAL_STEPS, tryHandler } from "../../src/appliance/handler-trial.js";
import { compileHandler } from "../../src/ash/ash.js";
import { MAX_HANDLER_TEXT } from "../../src/ash/diagnostic.js";
import { CONTROL_LIMITS } from "../../src/control/limits.js";
import type { HandlerBinding, HandlerKiller, HandlerRun } from "../../src/control/protocol.js";
import { MAX_HOPS, MAX_KEPT_OCTETS } from "../../src/kernel/limits.js";
import { MAX_MESSAGE_FUEL } from "../../src/vcode/handler.js";
import { capture } from "./bench.js";
import { CONSUME, COUNT, HandlerBench, handler, KILLED, LOOP, V1 } from "./handler-bench.js";

const indexing = handler(
  "  slots[message.length] = 1;\n  return pass;",
  "const slots = array(u32, 4);",
  "array, pass, u32",
);
const READS = KILLED.replace("u8(message.length)", "u8(1)");

/** Handlers so far that are named by their number. */
let killers = 0;
let on: HandlerBench;
beforeAll(async () => {
  on = await HandlerBench.start();
  await on.bench.ask("PUT", `${V1}/captures/ten.pcap`, { body: capture(10) });
  await on.bench.ask("PUT", `${V1}/captures/ping.pcap`, { body: readFileSync("captures/ping-arp.pcap") });
  return on.bench.close;
});
afterEach(() => on.clear());

function run(asked: object): Promise<HandlerRun> {
  return on.json("POST", "/handlers/run", asked);
}

describe("a trial", () => {
  test("on a capture's packet: outcome, fuel, each step with its line, state and what changed of it", async () => {
    await on.put("count", COUNT);
    const got = await run({ handler: "count", capture: "ten.pcap", packet: 3 });
    expect(got).toMatchObject({
      outcome: "pass",
      environment: null,
      reason: null,
      line: 0,
      sent: [],
      woken: [],
      transfers: [],
    });
    expect(got.steps).toHaveLength(got.total);
    expect(got.total).toBeGreaterThan(10);
    expect(got.fuel).toBeGreaterThan(0);
    expect(got.changed).toEqual(["seen", "lengths"]);
    expect(got.state.items[0]).toMatchObject({ name: "seen", rows: [["1", "60"]] });
    // Steps lead to instructions, and these to lines of the text.
    const lines = COUNT.split("\n");
    const reached = new Set(got.steps.map(({ lambda, insn }) => got.lambdas[lambda]?.lines[insn] ?? 0));
    const first = lines.findIndex((line) => line.includes("seen.packets += 1n")) + 1;
    expect(reached).toContain(first);
    for (const line of reached) expect(line).toBeLessThanOrEqual(lines.length);
    for (const { insns, lines: of } of got.lambdas) expect(of).toHaveLength(insns.length);
  });

  test("on octets, of another link type, and with frames that nobody gets", async () => {
    const binding = await on.tap("all");
    const ping = readFileSync("filters/ping.ash.ts", "utf8");
    // Number 1 of the capture is no ping; the first that the handler answers is.
    let answered: HandlerRun | undefined;
    for (let packet = 1; packet <= 20 && answered === undefined; packet++) {
      const got = await run({ text: ping, capture: "ping.pcap", packet });
      if (got.sent.length > 0) answered = got;
    }
    expect(answered).toMatchObject({
      outcome: "consume",
      sent: [{ port: -1, octets: expect.stringMatching(/^[0-9a-f]{28,}$/) }],
    });
    expect(await on.json("GET", "/books")).toMatchObject({ received: 0, sent: 0 });
    expect(await on.json("GET", `/bindings/${binding}`)).toMatchObject({ counters: { packets: 0 } });
    expect(await on.json("GET", "/handlers")).toEqual([]);
    const link = handler("  if (message.link === 105) return consume;\n  return pass;", "", "consume, pass");
    expect(await run({ text: link, octets: "00", linkType: 105 })).toMatchObject({ outcome: "consume" });
    expect(await run({ text: link, octets: "" })).toMatchObject({ outcome: "pass" });
  });

  test("takes the longest message that it may beside the longest text, and nothing beyond either", async () => {
    const text = handler("  return message.length === 262144 ? consume : pass;", "", "consume, pass");
    const octets = "00".repeat(MAX_KEPT_OCTETS);
    expect(await run({ text, octets })).toMatchObject({ outcome: "consume" });
    // Control characters are six characters in JSON, and none to the language.
    const longest = text.padEnd(MAX_HANDLER_TEXT, "\u0001");
    expect((await on.ask("POST", "/handlers/run", { text: longest, octets })).json()).toMatchObject({ code: "E_TEXT" });
    expect((await on.ask("POST", "/handlers/run", { text, octets: `${octets}00` })).json()).toMatchObject({
      code: "E_SCHEMA",
      errors: [{ pointer: "/octets", code: "maxLength" }],
    });
    const { bodyOctets } = CONTROL_LIMITS;
    const most = bodyOctets + 2 * MAX_KEPT_OCTETS;
    const body = JSON.stringify({ text, octets: "" });
    const send = (length: number) =>
      on.bench.ask("POST", `${V1}/handlers/run`, {
        body: body.padEnd(length),
        headers: { "content-type": "application/json" },
      });
    expect((await send(most)).json()).toMatchObject({ outcome: "pass" });
    expect((await send(most + 1)).json()).toMatchObject({ status: 413, code: "E_BODY_TOO_LARGE" });
  });

  test("with the state that a binding's handler has, which it leaves alone; of another layout with zeros", async () => {
    const binding = await on.tap("all");
    await on.put("count", COUNT);
    await on.json("PUT", `/bindings/${binding}/handler`, { handler: "count", fuel: 59 });
    await on.play("ten.pcap");
    const asked = { handler: "count", binding, capture: "ten.pcap" };
    // With as much fuel as the binding gives.
    expect(await run(asked)).toMatchObject({ outcome: "killed", reason: "fuel" });
    expect(await run({ ...asked, fuel: 2000 })).toMatchObject({ state: { items: [{ rows: [["11", "660"]] }, {}] } });
    const state = await on.json("GET", `/bindings/${binding}/handler/state?item=seen`);
    expect(state).toMatchObject({ items: [{ rows: [["10", "600"]] }] });
    // As many octets, laid out otherwise.
    const other = COUNT.replace("record({ packets: u64, octets: u64 })", "record({ octets: u64, packets: u64 })");
    expect(await run({ ...asked, handler: undefined, text: other, fuel: 2000 })).toMatchObject({
      state: { octets: 88, items: [{ rows: [["60", "1"]] }, {}] },
    });
  });

  test("on what killed it, to the line; and mended it goes well", async () => {
    const binding = await on.tap("all");
    await on.put("dies", KILLED, "?binding=all");
    expect((await on.ask("POST", "/handlers/run", { handler: "dies", binding, killer: true })).json()).toMatchObject({
      status: 404,
      code: "E_NO_KILLER",
    });
    await on.play("ten.pcap");
    const line = KILLED.split("\n").findIndex((text) => text.includes("message.length)")) + 1;
    const killed = await run({ handler: "dies", binding, killer: true });
    expect(killed).toMatchObject({ outcome: "killed", reason: "message", line });
    const view = await on.json<HandlerBinding>("GET", `/bindings/${binding}/handler`);
    expect(killed.fuel).toBe(view.counts.fuelMost);
    const mended = KILLED.replace("u8(message.length)", "u8(0)");
    expect(await run({ text: mended, binding, killer: true })).toMatchObject({ outcome: "pass", reason: null });
  });

  test("that loops is cut: its steps are counted beyond those that are told, in time, while others are served", async () => {
    const asked = { text: LOOP, octets: "00", fuel: MAX_TRIAL_FUEL };
    const looping = on.ask("POST", "/handlers/run", asked);
    for (let n = 0; n < 10; n++) expect((await on.ask("GET", "/books")).status).toBe(200);
    const got = await looping;
    const ran = got.json() as HandlerRun;
    expect(ran).toMatchObject({ outcome: "killed", reason: "fuel" });
    expect(MAX_TRIAL_FUEL - ran.fuel).toBeLessThan(100);
    // Those, and the one that killed it.
    expect(ran.steps).toHaveLength(MAX_TRIAL_STEPS + 1);
    expect(ran.steps.at(-1)).toMatchObject({ register: -1, fuel: MAX_TRIAL_FUEL - ran.fuel });
    expect(ran.line).toBe(LOOP.split("\n").findIndex((line) => line.includes("while")) + 1);
    expect(ran.total).toBeGreaterThan(MAX_TRIAL_FUEL / 10);
    // What would have more is cut where that would go on.
    const cut = await run({ ...asked, fuel: MAX_TRIAL_FUEL + 1 });
    expect(cut).toMatchObject({ outcome: "cut", reason: null, fuel: ran.fuel, line: ran.line });
    expect((await on.ask("POST", "/handlers/run", { ...asked, fuel: MAX_MESSAGE_FUEL + 1 })).json()).toMatchObject({
      code: "E_SCHEMA",
    });
    const short = await run({ ...asked, fuel: 500 });
    expect(short).toMatchObject({ outcome: "killed", reason: "fuel" });
    expect(short.steps).toHaveLength(short.total);
    // As the kernel counts it.
    const binding = await on.tap("all");
    expect((await on.put("loops", LOOP)).status).toBe(201);
    await on.json("PUT", `/bindings/${binding}/handler`, { handler: "loops", fuel: 500 });
    await on.play("ten.pcap");
    const { counts } = await on.json<HandlerBinding>("GET", `/bindings/${binding}/handler`);
    expect(counts).toMatchObject({ killed: { fuel: 10 }, fuelMost: short.fuel });
  });

  test.each<[string, string, number]>([
    ["message", KILLED, 2000],
    ["index", indexing, 2000],
    ["fuel", LOOP, 250],
    ["fuel", LOOP, 251],
    ["fuel", READS, 3],
    // Of one environment that is named.
    ["outcome", handler("  return passTo(1);", "", "passTo"), 2000],
    ["call", handler("  transfer(1, 2, 3, 4);\n  return pass;", "", "pass, transfer"), 2000],
  ])("%# that is killed, by %s, is told as the kernel tells it", async (reason, text, fuel) => {
    const binding = await on.tap("all");
    const name = `killed${++killers}`;
    const put = await on.put(name, text);
    expect(put.status, put.body).toBe(201);
    await on.json("PUT", `/bindings/${binding}/handler`, { handler: name, fuel, environments: ["control"] });
    await on.play("ten.pcap");
    const kept = await on.json<HandlerKiller>("GET", `/bindings/${binding}/handler/killer`);
    expect(kept).toMatchObject({ reason, hops: 0 });
    const tried = await run({ handler: name, binding, killer: true });
    expect(tried).toMatchObject({ outcome: "killed", reason, fuel: kept.fuel });
    // An environment that is named is there.
    if (reason !== "outcome") return;
    const named = { text: text.replace("(1)", "(0)"), binding, killer: true };
    expect(await run(named)).toMatchObject({ outcome: "pass-to", environment: 0 });
    expect(await run({ text, octets: "00" })).toMatchObject({ outcome: "pass-to", environment: 1 });
  });

  test("an answer to too many answers in a row does not leave, as from the kernel", () => {
    const compiled = compileHandler(
      handler("  const out = reply(message);\n  return out.send() ? consume : pass;", "", "consume, pass, reply"),
    );
    if (!compiled.ok) throw new Error(compiled.errors[0]?.message);
    const octets = new Uint8Array(60);
    const after = (hops: number) => {
      const message = { octets, wire: 60, time: 0n, port: 240, link: 1, packet: 1, hops };
      const { outcome, sent } = tryHandler(compiled.handler, message, { fuel: 2000 });
      return [outcome, sent.length];
    };
    expect([0, MAX_HOPS - 1, MAX_HOPS].map(after)).toEqual([
      ["consume", 1],
      ["consume", 1],
      ["pass", 0],
    ]);
  });

  test.each<[object, number, string]>([
    [{}, 422, "E_TRIAL"],
    [{ handler: "count", text: COUNT, octets: "" }, 422, "E_TRIAL"],
    [{ handler: "count" }, 422, "E_TRIAL"],
    [{ handler: "count", octets: "00", capture: "ten.pcap" }, 422, "E_TRIAL"],
    [{ handler: "count", octets: "00", killer: true }, 422, "E_TRIAL"],
    [{ handler: "count", killer: true }, 422, "E_TRIAL"],
    [{ handler: "none", octets: "00" }, 404, "E_NO_HANDLER"],
    [{ handler: "count", capture: "none.pcap" }, 404, "E_NO_CAPTURE"],
    [{ handler: "count", capture: "ten.pcap", packet: 11 }, 404, "E_NO_PACKET"],
    [{ handler: "count", binding: 999, octets: "00" }, 404, "E_NO_BOUND_HANDLER"],
    [{ handler: "count", octets: "0" }, 400, "E_SCHEMA"],
    [{ handler: "count", octets: "zz" }, 400, "E_SCHEMA"],
    [{ handler: "count", octets: "00", fuel: 0 }, 400, "E_SCHEMA"],
    [{ handler: "count", octets: "00", linkType: 65_536 }, 400, "E_SCHEMA"],
    [{ text: "nonsense", octets: "00" }, 422, "E_TEXT"],
    [{ text: " ".repeat(64 * 1024 + 1), octets: "00" }, 413, "E_TEXT_TOO_LONG"],
  ])("%# that asks for what cannot be is refused: %j", async (asked, status, code) => {
    await on.put("count", COUNT);
    const got = await on.ask("POST", "/handlers/run", asked);
    expect(got.json()).toMatchObject({ status, code });
    expect(got.headers["content-type"]).toContain("application/problem+json");
  });
});

describe("a text that means harm", () => {
  const HEAD = 'import { array, type Message, type Outcome, pass, record, shape, table, u8, u32 } from "exonet/ash";\n';
  const END = "export default function handler(message: Message): Outcome {\n  return pass;\n}\n";
  const many = (count: number, one: (n: number) => string) => Array.from({ length: count }, (_, n) => one(n)).join("");
  const TEXTS: readonly [string, string][] = [
    ["nested parentheses", `${HEAD}const N = ${"(".repeat(20_000)}1${")".repeat(20_000)};\n${END}`],
    [
      "nested blocks",
      `${HEAD}export default function handler(message: Message) {\n${"{".repeat(20_000)}${"}".repeat(20_000)}\n}`,
    ],
    ["a chain of operators", `${HEAD}const N = ${"1 + ".repeat(12_000)}1;\n${END}`],
    ["unclosed brackets", "[".repeat(60_000)],
    ["templates in templates", "`${".repeat(15_000)],
    ["functions", HEAD + many(1500, (n) => `function f${n}(a: u32): u32 { return a; }\n`) + END],
    [
      "locals",
      `${HEAD}export default function handler(message: Message) {\n${many(2500, (n) => `  let x${n} = message.u8(${n % 60});\n`)}  return pass;\n}`,
    ],
    ["items of state", HEAD + many(1200, (n) => `const r${n} = record({ a: u32, b: u8 });\n`) + END],
    ["a table beyond memory", `${HEAD}const t = table(u32, shape({ a: u32 }), 4000000000);\n${END}`],
    ["digits", `${HEAD}const N = ${"9".repeat(60_000)};\n${END}`],
    [
      "digits of a bigint",
      `${HEAD}const N = ${"9".repeat(60_000)}n;\n${END.replace("return", "let x: u32 = u32(N + 1n); return")}`,
    ],
    ["shifts that make digits", `${HEAD}const N = 1n << 100000000000n;\n${END}`],
    ["a type that looks back", `${HEAD}type A<T> = ${"Array<".repeat(10_000)}T${">".repeat(10_000)};\n${END}`],
    [
      "an expression that could be an arrow",
      `${HEAD}const N = ${"(a, ".repeat(12_000)}b${")".repeat(12_000)};\n${END}`,
    ],
    ["angle brackets", `${HEAD}const N = ${"a<".repeat(25_000)};\n${END}`],
    ["no text at all", "\u0000".repeat(1000)],
  ];

  test.each(TEXTS)("%s: is refused with a closed code, and others are served meanwhile", async (_what, text) => {
    const checking = on.put("evil", text.slice(0, 64 * 1024));
    expect((await on.ask("GET", "/books")).status).toBe(200);
    const got = await checking;
    const problem = got.json() as { code: string; errors: { code: string; line: number; column: number }[] };
    expect([422, 503], got.body.slice(0, 300)).toContain(got.status);
    expect(problem.code).toBe(got.status === 503 ? "E_QUESTION" : "E_TEXT");
    expect(problem.errors.length).toBeGreaterThan(0);
    expect(problem.errors.length).toBeLessThanOrEqual(20);
    for (const { line, column } of problem.errors) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
    expect((await on.put("fine", CONSUME)).status).toBeLessThan(300);
    expect(on.bench.log.filter((line) => line.includes("mistake"))).toEqual([]);
  });

  test("state beyond what the environment may have is refused where it is bound, and nothing stays behind", async () => {
    const binding = await on.tap("all");
    const big = handler("  big[0] = 1;\n  return pass;", "const big = array(u32, 1048576);", "array, pass, u32");
    expect((await on.put("big", big)).status).toBe(201);
    const free = await on.json<{ free: number }>("GET", "/pages?limit=0");
    // As many as there is room for, and one more.
    const made: number[] = [];
    for (let n = 0; ; n++) {
      const name = `b${n}`;
      const { binding: one } = await on.json<{ binding: number }>("POST", "/bindings", {
        filter: "all",
        environment: 0,
        mode: "tap",
        name,
      });
      const got = await on.ask("PUT", `/bindings/${one}/handler`, { handler: "big" });
      if (got.status !== 200) {
        expect(got.json()).toMatchObject({ status: 507, code: "E_NO_MEMORY" });
        break;
      }
      made.push(one);
      expect(made.length).toBeLessThan(32);
    }
    expect((await on.ask("GET", `/bindings/${binding}/handler`)).json()).toMatchObject({ code: "E_NO_BOUND_HANDLER" });
    for (const one of made) expect((await on.ask("DELETE", `/bindings/${one}/handler`)).status).toBe(204);
    expect(await on.json("GET", "/pages?limit=0")).toMatchObject(free);
    // What is told of such a state is bounded, too.
    const got = await on.ask("POST", "/handlers/run", { handler: "big", octets: "00" });
    expect(got.octets.length).toBeLessThan(100_000);
  });

  test("the greatest table is filled by a packet each, and read in pages", async () => {
    const text = handler(
      "  const one = flows.enter(message.number);\n  one.n += 1;\n  return pass;",
      "const flows = table(u32, shape({ n: u32 }), 65536);",
      "pass, shape, table, u32",
    );
    await on.tap("all");
    const put = await on.put("table", text, "?binding=all");
    expect(put.status, put.body).toBe(201);
    const [binding] = (put.json() as { bindings: number[] }).bindings;
    await on.play("ten.pcap");
    const got = await on.json(`GET`, `/bindings/${binding}/handler/state?item=flows&limit=3`);
    expect(got).toMatchObject({
      items: [
        {
          size: 10,
          capacity: 65_536,
          rows: [
            [10, 1],
            [9, 1],
            [8, 1],
          ],
        },
      ],
    });
  });
});
