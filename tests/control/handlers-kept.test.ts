/** What handlers stand on and end with: profiles, restarts, capabilities, budgets, environments; and who is told. On the appliance itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { HandlerBinding, Notice, Profile, ServerFrame } from "../../src/control/protocol.js";
import { RIGHTS } from "../../src/kernel/capability.js";
import { testFolder } from "../store/folder.js";
import { capture, TOKEN } from "./bench.js";
import { CONSUME, COUNT, HandlerBench, handler, KILLED, V1 } from "./handler-bench.js";

let on: HandlerBench;
beforeAll(async () => {
  on = await HandlerBench.start({ limits: { tickMs: 10 } });
  await on.bench.ask("PUT", `${V1}/captures/twenty.pcap`, { body: capture(20) });
  return on.bench.close;
});
afterEach(() => on.clear());

/** What is told from now on, but for ticks. */
async function listen(): Promise<() => Promise<Notice>> {
  const frames: ServerFrame[] = [];
  const socket = new WebSocket(`ws://127.0.0.1:${on.bench.control.port}${V1}/live`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  onTestFinished(() => socket.terminate());
  socket.on("message", (data) => void frames.push(JSON.parse(String(data))));
  await new Promise((resolve) => socket.once("message", resolve));
  const isNotice = (frame: ServerFrame): frame is Notice => frame.type === "notice";
  return async () => {
    await expect.poll(() => frames.some(isNotice)).toBe(true);
    return frames.find(isNotice)!;
  };
}

const kept = () => on.bench.store.bindings.list().map(({ name, handler: its }) => [name, its]);

describe("a profile", () => {
  const PROFILE: Profile = {
    filters: [{ name: "all", language: "dpf", text: "true" }],
    handlers: [
      { name: "count", text: COUNT },
      { name: "eats", text: CONSUME },
    ],
    environments: [{ name: "other", program: "", options: {} }],
    bindings: [
      {
        name: "a",
        filter: "all",
        environment: "control",
        mode: "tap",
        priority: 0,
        handler: { handler: "count", fuel: 900, transmit: true },
      },
      {
        name: "b",
        filter: "all",
        environment: "other",
        mode: "tap",
        priority: 0,
        handler: { handler: "eats", share: 0.5, sends: 5, environments: ["other", "control"], clearAtEpoch: true },
      },
      { name: "c", filter: "all", environment: "other", mode: "tap", priority: 0 },
    ],
  };

  test("has handlers and how bindings have them, out and in, and what comes out goes in again", async () => {
    expect(await on.json("PUT", "/profile", PROFILE)).toEqual(PROFILE);
    expect(await on.json("GET", "/profile")).toEqual(PROFILE);
    const bound = await on.json<HandlerBinding[]>("GET", "/bindings/handlers");
    expect(bound).toMatchObject([
      { handler: "count", fuel: 900, transmit: true, environments: [] },
      {
        handler: "eats",
        share: 0.5,
        sends: 5,
        transmit: false,
        environments: ["other", "control"],
        clearAtEpoch: true,
      },
    ]);
    expect(kept()).toEqual(PROFILE.bindings.map(({ name, handler: its }) => [name, its]));
    const without = { ...PROFILE, bindings: [PROFILE.bindings[2]] };
    expect(await on.json("PUT", "/profile", without)).toEqual(without);
    expect(await on.json("GET", "/bindings/handlers")).toEqual([]);
  });

  test.each<[string, Partial<Profile>, number, string, string]>([
    [
      "a handler twice",
      { handlers: [...PROFILE.handlers!, PROFILE.handlers![0]!] },
      422,
      "E_PROFILE",
      "/handlers/2/name",
    ],
    ["no such handler", { handlers: [PROFILE.handlers![0]!] }, 422, "E_PROFILE", "/bindings/1/handler/handler"],
    [
      "no such environment",
      { bindings: [{ ...PROFILE.bindings[0]!, handler: { handler: "count", environments: ["x"] } }] },
      422,
      "E_PROFILE",
      "/bindings/0/handler/environments",
    ],
    [
      "a text with an error",
      { handlers: [...PROFILE.handlers!, { name: "x", text: "?" }] },
      422,
      "E_TEXT",
      "/handlers/2/text",
    ],
    [
      "a wrong budget",
      { bindings: [{ ...PROFILE.bindings[0]!, handler: { handler: "count", fuel: -1 } }] },
      400,
      "E_SCHEMA",
      "/bindings/0/handler/fuel",
    ],
    [
      "a port out of the world",
      { bindings: [{ ...PROFILE.bindings[0]!, handler: { handler: "count", port: 256 } }] },
      400,
      "E_SCHEMA",
      "/bindings/0/handler/port",
    ],
    [
      "the port of a capture, which takes no frames",
      { bindings: [{ ...PROFILE.bindings[0]!, handler: { handler: "count", port: 239 } }] },
      400,
      "E_SCHEMA",
      "/bindings/0/handler/port",
    ],
    [
      "nobody's capability",
      { bindings: [{ ...PROFILE.bindings[0]!, handler: { handler: "count", capability: "nobody" } }] },
      404,
      "E_NO_CAPABILITY",
      "/bindings/0/handler",
    ],
  ])("with %s is refused by pointer, and what was there is there", async (_what, change, status, code, pointer) => {
    await on.json("PUT", "/profile", PROFILE);
    const got = await on.ask("PUT", "/profile", { ...PROFILE, ...change });
    const problem = got.json() as { errors: { pointer: string }[] };
    expect(problem).toMatchObject({ status, code });
    expect(problem.errors.map((error) => error.pointer)).toEqual([pointer]);
    expect(await on.json("GET", "/profile")).toEqual(PROFILE);
    expect(await on.json("GET", "/bindings/handlers")).toHaveLength(2);
    expect(kept()).toEqual(PROFILE.bindings.map(({ name, handler: its }) => [name, its]));
  });
});

describe("a capability", () => {
  const ALL = RIGHTS.filter((right) => right !== "grant");

  test("without the right is refused, and changes nothing", async () => {
    const binding = await on.tap("all");
    await on.put("count", COUNT);
    const without = async (right: string) =>
      (
        await on.derive(
          `no-${right}`,
          RIGHTS.filter((one) => one !== right),
        )
      ).text;
    const [binds, looks, stores] = [await without("handler"), await without("observe"), await without("store")];
    const lacks = (right: string) => ({
      status: 403,
      code: "E_CAPABILITY_RIGHT",
      detail: expect.stringContaining(`'${right}'`),
    });
    for (const [method, path, body] of [
      ["PUT", `/bindings/${binding}/handler`, { handler: "count" }],
      ["DELETE", `/bindings/${binding}/handler`, undefined],
    ] as const) {
      expect((await on.ask(method, path, body, binds)).json()).toMatchObject(lacks("handler"));
    }
    for (const path of ["", "/state", "/killer"])
      expect((await on.ask("GET", `/bindings/${binding}/handler${path}`, undefined, looks)).json()).toMatchObject(
        lacks("observe"),
      );
    expect((await on.ask("POST", "/handlers/check", { text: "" }, looks)).json()).toMatchObject(lacks("observe"));
    expect((await on.ask("POST", "/handlers/run", { handler: "count", octets: "" }, looks)).json()).toMatchObject(
      lacks("observe"),
    );
    expect((await on.put("other", COUNT, "", stores)).json()).toMatchObject(lacks("store"));
    expect((await on.ask("DELETE", "/handlers/count", undefined, stores)).json()).toMatchObject(lacks("store"));
    // A text that would be bound, or is, needs the right to bind it: neither is kept without.
    expect((await on.put("other", COUNT, "?binding=all", binds)).json()).toMatchObject({ status: 403 });
    expect((await on.ask("GET", "/handlers/other")).status).toBe(404);
    await on.json("PUT", `/bindings/${binding}/handler`, { handler: "count" });
    expect((await on.put("count", CONSUME, "", binds)).json()).toMatchObject(lacks("handler"));
    expect((await on.ask("GET", "/handlers/count")).body).toBe(COUNT);
  });

  test("has no authority over others' bindings, nor over what is put into them", async () => {
    const binding = await on.tap("all");
    await on.put("count", COUNT, "?binding=all");
    const { text } = await on.derive("lab", ALL);
    const owner = { status: 403, code: "E_CAPABILITY_OWNER" };
    for (const [method, path, body] of [
      ["PUT", "", { handler: "count" }],
      ["DELETE", "", undefined],
      ["GET", "/state", undefined],
      ["GET", "/killer", undefined],
    ] as const) {
      expect((await on.ask(method, `/bindings/${binding}/handler${path}`, body, text)).json()).toMatchObject(owner);
    }
    expect(
      (await on.ask("POST", "/handlers/run", { handler: "count", binding, octets: "" }, text)).json(),
    ).toMatchObject(owner);
    expect((await on.put("count", CONSUME, "", text)).json()).toMatchObject(owner);
    expect((await on.ask("DELETE", "/handlers/count?unbind=yes", undefined, text)).json()).toMatchObject(owner);
    expect(await on.json("GET", `/bindings/${binding}/handler`)).toMatchObject({ handler: "count", replaced: 0 });
  });

  test("deletes no handler that runs in others' bindings, nor takes it from its own then", async () => {
    const theirs = await on.tap("all");
    const lab = await on.derive("lab", ALL);
    const bind = { filter: "all", environment: 0, mode: "tap" };
    const { binding: own } = await on.json<{ binding: number }>("POST", "/bindings", bind, lab.text);
    await on.put("count", COUNT);
    // Its own first: whoever went from one to the next would come to theirs too late.
    await on.json("PUT", `/bindings/${own}/handler`, { handler: "count" }, lab.text);
    await on.bench.ask("PUT", `${V1}/captures/ten.pcap`, { body: capture(10) });
    await on.play("ten.pcap");
    const looked = async () => [
      await on.json("GET", `/bindings/${own}/handler`),
      await on.json("GET", `/bindings/${own}/handler/state`),
      (await on.ask("GET", "/handlers/count")).body,
    ];
    // Nor does it put another text to theirs, after that has replaced what ran in its own.
    const [was, more] = [await looked(), COUNT.replace("octets: u64 }", "octets: u64, more: u32 }")];
    expect(was[0]).toMatchObject({ replaced: 0, counts: { run: 10 } });
    for (const text of [CONSUME, more])
      expect((await on.put("count", text, `?binding=${theirs}`, lab.text)).json()).toMatchObject({ status: 403 });
    expect(await looked()).toEqual(was);
    await on.json("PUT", `/bindings/${theirs}/handler`, { handler: "count" });
    const before = kept();
    expect((await on.ask("DELETE", "/handlers/count?unbind=yes", undefined, lab.text)).json()).toMatchObject({
      status: 403,
      code: "E_CAPABILITY_OWNER",
    });
    for (const binding of [own, theirs])
      expect(await on.json("GET", `/bindings/${binding}/handler`)).toMatchObject({ handler: "count", bound: true });
    expect(await on.json("GET", "/handlers")).toMatchObject([{ name: "count", bindings: [own, theirs] }]);
    expect(kept()).toEqual(before);
    expect((await on.ask("DELETE", "/handlers/count?unbind=yes")).status).toBe(204);
    expect(kept().map(([, handler]) => handler)).toEqual([undefined, undefined]);
    expect(await on.json("GET", "/bindings/handlers")).toEqual([]);
  });

  test("with a budget allows no more than that; what is not said is as much as is allowed", async () => {
    const budget = { fuel: 100, share: 0.01, sends: 0 };
    const lab = await on.derive("lab", ALL, { budget });
    await on.json("PUT", "/profile", {
      filters: [{ name: "all", language: "dpf", text: "true" }],
      environments: [],
      bindings: [],
    });
    const bind = { filter: "all", environment: 0, mode: "tap" };
    const { binding } = await on.json<{ binding: number }>("POST", "/bindings", bind, lab.text);
    await on.put("count", COUNT);
    const path = `/bindings/${binding}/handler`;
    for (const more of [{ fuel: 101 }, { share: 0.02 }, { sends: 1 }])
      expect((await on.ask("PUT", path, { handler: "count", ...more }, lab.text)).json()).toMatchObject({
        status: 403,
        code: "E_BUDGET",
      });
    expect(await on.json("PUT", path, { handler: "count" }, lab.text)).toMatchObject(budget);
    expect(await on.json("PUT", path, { handler: "count", fuel: 50 }, lab.text)).toMatchObject({ ...budget, fuel: 50 });
    // Root may, and may bind it in the other's name, and then within the other's budget.
    const capability = lab.capability.serial;
    expect((await on.ask("PUT", path, { handler: "count", fuel: 101, capability })).json()).toMatchObject({
      code: "E_BUDGET",
    });
    expect(await on.json("PUT", path, { handler: "count", fuel: 101 })).toMatchObject({ fuel: 101, under: "root" });
    expect(
      (
        await on.ask("POST", "/capabilities", { name: "x", rights: [], budget: { ...budget, fuel: 101 } }, lab.text)
      ).json(),
    ).toMatchObject({ code: "E_CAPABILITY_STRONGER" });
  });

  test("that ends takes the handler with it, not the binding; the store forgets it, and who looks on is told", async () => {
    const notice = await listen();
    const lab = await on.derive("lab", ALL);
    const anna = await on.derive("anna", ALL, {}, lab.text);
    await on.bench.ask("PUT", `${V1}/filters/all.dpf?bind=no`, { body: "true" });
    const bind = { filter: "all", environment: 0, mode: "tap" };
    const { binding } = await on.json<{ binding: number }>("POST", "/bindings", bind, lab.text);
    await on.put("count", COUNT);
    const path = `/bindings/${binding}/handler`;
    // In the name of somebody below.
    await on.json("PUT", path, { handler: "count", capability: anna.capability.serial }, lab.text);
    const its = { handler: "count", capability: anna.capability.serial };
    expect(kept()).toEqual([["all", its]]);
    expect(await on.json("GET", "/profile")).toMatchObject({
      bindings: [{ capability: lab.capability.serial, handler: its }],
    });
    await on.ask("DELETE", `/capabilities/${anna.capability.serial}`);
    expect((await on.ask("GET", path)).json()).toMatchObject({ code: "E_NO_BOUND_HANDLER" });
    await expect.poll(kept).toEqual([["all", undefined]]);
    expect(await notice()).toMatchObject({ level: "warning", text: expect.stringContaining("all") });
    expect(await on.json("GET", "/handlers")).toMatchObject([{ name: "count", bindings: [] }]);
    expect((await on.ask("DELETE", "/handlers/count")).status).toBe(204);
    // Weakened below the budget it ends, too.
    await on.put("count", COUNT);
    await on.json("PUT", path, { handler: "count", fuel: 500 }, lab.text);
    const weak = { rights: ALL, budget: { fuel: 499, share: 1, sends: 100_000 } };
    await on.json("POST", `/capabilities/${lab.capability.serial}/weaken`, weak);
    expect((await on.ask("GET", path)).json()).toMatchObject({ code: "E_NO_BOUND_HANDLER" });
    expect(await on.json("GET", `/bindings/${binding}`)).toMatchObject({ name: "all" });
    await expect.poll(kept).toEqual([["all", undefined]]);
  });

  test("to send is whose it was: who replaces the text of a handler sends nothing by another's", async () => {
    const lab = await on.derive(
      "lab",
      ALL.filter((right) => right !== "transmit"),
    );
    await on.bench.ask("PUT", `${V1}/filters/all.dpf?bind=no`, { body: "true" });
    const bind = { filter: "all", environment: 0, mode: "tap" };
    const { binding } = await on.json<{ binding: number }>("POST", "/bindings", bind, lab.text);
    await on.put("count", COUNT);
    const path = `/bindings/${binding}/handler`;
    expect((await on.ask("PUT", path, { handler: "count", transmit: true }, lab.text)).json()).toMatchObject({
      code: "E_CAPABILITY_RIGHT",
    });
    expect((await on.ask("GET", path)).status).toBe(404);
    await on.json("PUT", path, { handler: "count", transmit: true });
    expect((await on.put("count", CONSUME, "", lab.text)).json()).toMatchObject({
      status: 403,
      code: "E_CAPABILITY_RIGHT",
    });
    expect((await on.ask("GET", "/handlers/count")).body).toBe(COUNT);
  });
});

describe("an environment", () => {
  test("that is destroyed takes its bindings' handlers along; others pass nothing to it, and say so", async () => {
    await on.bench.ask("PUT", `${V1}/filters/all.dpf?bind=no`, { body: "true" });
    const make = (name: string) => on.json<{ environment: number }>("POST", "/environments", { name, program: "" });
    const [one, two] = [await make("one"), await make("two")];
    const bind = (environment: number, name: string) =>
      on.json<{ binding: number }>("POST", "/bindings", { filter: "all", environment, mode: "tap", name });
    const [a, b] = [await bind(one.environment, "a"), await bind(two.environment, "b")];
    await on.put("gives", handler("  if (message.length > 0) return passTo(0);\n  return pass;", "", "pass, passTo"));
    await on.json("PUT", `/bindings/${a.binding}/handler`, { handler: "gives", environments: ["two"] });
    await on.json("PUT", `/bindings/${b.binding}/handler`, { handler: "gives", environments: ["two"] });
    expect((await on.ask("DELETE", `/environments/${two.environment}`)).status).toBe(204);
    expect(await on.json("GET", "/handlers")).toMatchObject([{ name: "gives", bindings: [a.binding] }]);
    expect(await on.json("GET", "/bindings/handlers")).toMatchObject([{ binding: a.binding, environments: [null] }]);
    expect(kept().map(([name]) => name)).toEqual(["a"]);
    await on.play("twenty.pcap");
    expect(await on.json("GET", `/bindings/${a.binding}/handler`)).toMatchObject({
      bound: false,
      counts: { run: 16, killed: { outcome: 16 } },
    });
    expect(await on.json("GET", "/books")).toMatchObject({ balanced: true });
    // What comes out goes in again.
    const out = await on.json<Profile>("GET", "/profile");
    expect(out.bindings[0]).not.toHaveProperty("handler");
    expect((await on.ask("PUT", "/profile", { ...out, replay: undefined })).status).toBe(200);
  });

  test("that fails ends its handler; the text can be replaced, detached and deleted all the same", async () => {
    await on.bench.ask("PUT", `${V1}/filters/all.dpf?bind=no`, { body: "true" });
    const { environment } = await on.json<{ environment: number }>("POST", "/environments", {
      name: "bad",
      program: "thrower",
    });
    const { binding } = await on.json<{ binding: number }>("POST", "/bindings", {
      filter: "all",
      environment,
      mode: "tap",
    });
    await on.put("count", COUNT);
    await on.json("PUT", `/bindings/${binding}/handler`, { handler: "count" });
    await on.json("PUT", "/replays/current", { captures: ["twenty.pcap"], speed: "max", loop: 0 });
    const state = async () =>
      (await on.json<{ id: number; state: string }[]>("GET", "/environments")).find(({ id }) => id === environment)
        ?.state;
    await expect.poll(state).toBe("failed");
    expect((await on.ask("GET", `/bindings/${binding}/handler`)).json()).toMatchObject({ code: "E_NO_BOUND_HANDLER" });
    expect((await on.put("count", CONSUME)).status).toBe(200);
    expect((await on.ask("DELETE", "/handlers/count?unbind=yes")).status).toBe(204);
    expect(kept().map(([, its]) => its)).toEqual([undefined]);
  });
});

test("16 packets in a row that kill it: who looks on is told by name", async () => {
  const notice = await listen();
  await on.tap("all");
  await on.put("dies", KILLED, "?binding=all");
  await on.play("twenty.pcap");
  expect(await notice()).toMatchObject({
    level: "error",
    text: "16 packets in a row killed the handler dies of all: it is unbound",
  });
});

describe("OpenAPI", () => {
  test("has every route of handlers, with what it takes", async () => {
    const { paths } = await (async () =>
      (await on.bench.ask("GET", "/openapi.json")).json() as { paths: Record<string, object> })();
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      path.includes("handler") ? Object.keys(methods).map((method) => `${method} ${path.replace(V1, "")}`) : [],
    );
    expect(routes.toSorted()).toEqual([
      "delete /bindings/{id}/handler",
      "delete /handlers/{name}",
      "get /bindings/handlers",
      "get /bindings/{id}/handler",
      "get /bindings/{id}/handler/killer",
      "get /bindings/{id}/handler/state",
      "get /handlers",
      "get /handlers/{name}",
      "get /handlers/{name}/stages",
      "get /handlers/{name}/stages/{stage}",
      "post /handlers/check",
      "post /handlers/run",
      "post /handlers/{file}/check",
      "put /bindings/{id}/handler",
      "put /handlers/{file}",
    ]);
  });
});

/** The server as it ships. */
async function serve(folder: string, children: ChildProcess[]) {
  const child = spawn(process.execPath, ["dist/cli/main.js", "serve", "--port", "0", "--data", folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  const link = await new Promise<URL>((resolve, reject) => {
    child.stdout.once("data", (data) => resolve(new URL(String(data).trim())));
    child.once("close", () => reject(new Error(stderr)));
  });
  const token = decodeURIComponent(link.hash.replace("#token=", ""));
  const ask = async (method: string, path: string, body?: string | object, by = token) => {
    const json = typeof body === "object" ? { "content-type": "application/json" } : {};
    const headers = { authorization: `Bearer ${by}`, ...json };
    const init = {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    };
    const got = await fetch(new URL(`${V1}${path}`, link), init);
    const text = await got.text();
    expect(got.status, `${method} ${path}: ${text}`).toBeLessThan(300);
    return text === "" ? undefined : JSON.parse(text);
  };
  const kill = async () => {
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await closed;
  };
  return { ask, kill, stderr: () => stderr };
}

test("a server that was killed has handlers and their bindings again, and nobody sends by more than before", async () => {
  const children: ChildProcess[] = [];
  onTestFinished(() => {
    for (const child of children) child.kill("SIGKILL");
  });
  const folder = join(testFolder(), "data");
  const first = await serve(folder, children);
  const lab = await first.ask("POST", "/capabilities", { name: "lab", rights: RIGHTS });
  await first.ask("PUT", "/filters/all.dpf?bind=no", "true");
  await first.ask("PUT", "/handlers/count.ash.ts", COUNT);
  await first.ask("PUT", "/handlers/spare.ash.ts", CONSUME);
  await first.ask("POST", "/environments", { name: "gone", program: "" });
  const bind = async (name: string, by?: string) =>
    (await first.ask("POST", "/bindings", { filter: "all", environment: 0, mode: "tap", name }, by)).binding;
  const attach = async (name: string, terms: object, by?: string) =>
    first.ask("PUT", `/bindings/${await bind(name, by)}/handler`, { handler: "count", ...terms }, by);
  await attach("of-root", { transmit: true, fuel: 300 });
  await attach("of-lab", { transmit: true, fuel: 301 }, lab.text);
  await attach("for-gone", { environments: ["gone"] });
  const named = await first.ask("PUT", `/bindings/${await bind("in-name")}/handler`, {
    handler: "count",
    capability: lab.capability.serial,
  });
  expect(named.under).toBe(lab.capability.serial);
  await first.ask("DELETE", "/environments/1");
  await first.kill();
  const second = await serve(folder, children);
  expect(second.stderr()).not.toContain("warning");
  const bindings: { id: number; name: string }[] = await second.ask("GET", "/bindings");
  const nameOf = (binding: number) => bindings.find(({ id }) => id === binding)?.name;
  const bound: HandlerBinding[] = await second.ask("GET", "/bindings/handlers");
  expect(bound.map(({ binding, fuel, transmit, under }) => [nameOf(binding), fuel, transmit, under])).toEqual([
    ["of-root", 300, true, "root"],
    ["of-lab", 301, false, lab.capability.serial],
    ["in-name", 2000, false, lab.capability.serial],
  ]);
  expect((await second.ask("GET", "/handlers")).map(({ name }: { name: string }) => name)).toEqual(["count", "spare"]);
  // A second start is as good as the first.
  const profile = await second.ask("GET", "/profile");
  await second.kill();
  const third = await serve(folder, children);
  expect(await third.ask("GET", "/profile")).toEqual(profile);
  await third.ask("DELETE", "/capabilities/root%2Flab");
  expect((await third.ask("GET", "/bindings/handlers")).map(({ binding }: HandlerBinding) => nameOf(binding))).toEqual([
    "of-root",
  ]);
}, 60_000);
