import { describe, expect, onTestFinished, test, vi } from "vitest";
import { printFilter } from "../../src/dpf/print.js";
import { MOST_ENTRIES } from "../../src/libos/argument.js";
import { Database } from "../../src/store/database.js";
import { bench, refuseChanges } from "./bench.js";
import { ROOT } from "./memory-appliance.js";

const PATH = "/api/v1/filters/dns.dpf";

test("a full disk answers 507, and what was bound for it is unbound", async () => {
  const opened = vi.spyOn(Database, "open");
  onTestFinished(() => opened.mockRestore());
  const { ask, appliance } = await bench();
  expect((await ask("PUT", PATH, { body: "true" })).status).toBe(201);
  const database = opened.mock.results.at(-1)?.value as Database;
  database.exec("PRAGMA max_page_count = 1");
  const put = await ask("PUT", "/api/v1/filters/more.dpf", { body: `true${" ".repeat(60_000)}` });
  expect(put.json()).toMatchObject({ status: 507, code: "E_DISK_FULL" });
  expect((await ask("GET", "/api/v1/filters")).json()).toMatchObject([{ name: "dns" }]);
  expect(appliance.bindings.size).toBe(1);
});

test("a filter and its binding are stored as one: both or neither", async () => {
  const { ask, appliance, store, folder } = await bench();
  expect((await ask("PUT", PATH, { body: "true" })).status).toBe(201);
  const dns = { name: "dns", filter: "dns", environment: "control", mode: "tap", priority: 0 };
  expect(store.bindings.list()).toEqual([dns]);
  refuseChanges(folder, "bindings");
  expect((await ask("PUT", "/api/v1/filters/more.dpf", { body: "true" })).status).toBe(500);
  expect(store.filters.find("more")).toBeUndefined();
  const json = { filter: "dns", environment: 0, mode: "tap", name: "second" };
  expect((await ask("POST", "/api/v1/bindings", { json })).status).toBe(500);
  expect([...appliance.bindings.values()].map(({ name }) => name)).toEqual(["dns"]);
  const [id] = appliance.bindings.keys();
  expect((await ask("DELETE", `/api/v1/bindings/${id}`)).status).toBe(200);
  expect(store.bindings.list()).toEqual([]);
});

test("bindings go with their environment, in the store, too", async () => {
  const { ask, store } = await bench();
  await ask("PUT", "/api/v1/filters/dns.dpf?bind=no", { body: "true" });
  const made = await ask("POST", "/api/v1/environments", { json: { name: "flows", program: "monitor" } });
  const { environment } = made.json() as { environment: number };
  await ask("POST", "/api/v1/bindings", { json: { filter: "dns", environment, mode: "claim", priority: 3 } });
  expect(store.bindings.list()).toMatchObject([{ environment: "flows", name: "dns", mode: "claim", priority: 3 }]);
  await ask("DELETE", `/api/v1/environments/${environment}`);
  expect(store.bindings.list()).toEqual([]);
  expect((await ask("GET", "/api/v1/filters")).json()).toMatchObject([{ name: "dns", bindings: [] }]);
});

test("deleted with its bindings it goes with all of them, or nothing does", async () => {
  const { ask, appliance, store, folder } = await bench();
  const [other, own] = [{ name: "other" }, { name: "dns", priority: 2 }];
  for (const name of ["dns", "other"]) await ask("PUT", `/api/v1/filters/${name}.dpf?bind=no`, { body: "true" });
  const bind = (filter: string, more: object) =>
    ask("POST", "/api/v1/bindings", { json: { filter, environment: 0, mode: "claim", ...more } });
  for (const [filter, more] of [
    ["dns", own],
    ["other", other],
    ["dns", { name: "last" }],
  ] as const)
    await bind(filter, more);
  const before = async () => [
    (await ask("GET", "/api/v1/filters")).json(),
    [...appliance.bindings.keys()],
    store.bindings.list(),
  ];
  const was = await before();
  const remove = async () => (await ask("DELETE", "/api/v1/filters/dns?unbind=yes")).json();
  // One of its bindings is refused: the first stays, too, and the store's rows are in their order.
  const [, , last] = [...appliance.bindings.values()];
  appliance.keep = last!.id;
  expect(await remove()).toMatchObject({ status: 403, code: "E_CAPABILITY_OWNER" });
  expect(await before()).toEqual(was);
  appliance.keep = undefined;
  // One has ended by itself by then, and stays forgotten.
  const call = appliance.call.bind(appliance);
  const calls = vi.spyOn(appliance, "call").mockImplementation((capability, name, args) => {
    if (name === "unbind") appliance.bindings.delete(last!.id);
    return call(capability, name, args);
  });
  expect(await remove()).toMatchObject({ status: 404, code: "E_NO_BINDING" });
  calls.mockRestore();
  expect(store.bindings.list().map(({ name }) => name)).toEqual(["dns", "other"]);
  const left = await before();
  refuseChanges(folder, "filters", "DELETE");
  expect(await remove()).toMatchObject({ status: 500, code: "E_INTERNAL" });
  expect(await before()).toEqual(left);
});

test("a binding that code made under the number of one that ended is none of the filter's", async () => {
  const { ask, appliance } = await bench();
  await ask("PUT", PATH, { body: "true" });
  const [view] = appliance.bindings.values();
  appliance.replaceBinding({ ...view!, name: "others" });
  expect((await ask("GET", "/api/v1/filters")).json()).toMatchObject([{ name: "dns", bindings: [] }]);
  const { bindings } = (await ask("GET", "/api/v1/profile")).json() as { bindings: unknown[] };
  expect(bindings).toEqual([]);
  expect((await ask("DELETE", "/api/v1/filters/dns")).status).toBe(204);
});

describe("PUT of a filter", () => {
  test("that is new creates a tap that counts, and says from which packet on", async () => {
    const { ask, appliance, store } = await bench();
    appliance.pass(41, []);
    const put = await ask("PUT", PATH, { body: "12:8 == 8\n" });
    expect(put.status).toBe(201);
    const [id] = [...appliance.bindings.keys()];
    expect(put.json()).toEqual({
      name: "dns",
      language: "dpf",
      created: true,
      bindings: [id],
      from: { epoch: 0, packet: 42 },
    });
    expect(appliance.bindings.get(id!)).toMatchObject({ name: "dns", environment: 0, mode: "tap", priority: 0 });
    expect(store.filters.find("dns")).toEqual({ name: "dns", language: "dpf", text: "12:8 == 8\n" });
    expect(appliance.calls.every(({ capability }) => capability === ROOT)).toBe(true);
  });

  test("with ?bind=no only keeps it", async () => {
    const { ask, appliance } = await bench();
    const put = await ask("PUT", `${PATH}?bind=no`, { body: "true" });
    expect(put.json()).toMatchObject({ created: true, bindings: [], from: null });
    expect(appliance.bindings.size).toBe(0);
  });

  test("that exists swaps it in all its bindings and keeps their counters", async () => {
    const { ask, appliance } = await bench();
    await ask("PUT", PATH, { body: "12:8 == 8" });
    const second = await ask("POST", "/api/v1/bindings", { json: { filter: "dns", environment: 0, mode: "claim" } });
    expect(second.json()).toMatchObject({ name: "dns.2" });
    const ids = [...appliance.bindings.keys()];
    appliance.pass(7, ids);
    const put = await ask("PUT", "/api/v1/filters/dns.pcap-filter", { body: "0:8 == 1" });
    expect(put.status).toBe(200);
    expect(put.json()).toMatchObject({ language: "pcap-filter", created: false, bindings: ids, from: { packet: 8 } });
    for (const { counters, filter } of (await ask("GET", "/api/v1/bindings")).json() as never[]) {
      expect(counters).toMatchObject({ packets: 7 });
      expect(filter).toBe("0:8 == 0x01");
    }
  });

  test.each([
    ["new", "true", []],
    ["known", "0:8 == 1", ["12:8 == 0x08"]],
  ])("that the database does not take leaves a %s filter's bindings as they were", async (what, body, left) => {
    const { ask, appliance, store, folder, log } = await bench();
    if (what === "known") await ask("PUT", PATH, { body: "12:8 == 8" });
    refuseChanges(folder, "filters");
    expect((await ask("PUT", PATH, { body })).json()).toMatchObject({ status: 500, code: "E_INTERNAL" });
    expect(log.join("")).toContain("no room");
    expect([...appliance.bindings.values()].map(({ filter }) => printFilter(filter))).toEqual(left);
    expect(store.filters.find("dns")?.text).toBe(what === "known" ? "12:8 == 8" : undefined);
  });

  test("whose text fails changes nothing, and says where", async () => {
    const { ask, appliance, store } = await bench();
    await ask("PUT", PATH, { body: "12:8 == 8" });
    const before = [...appliance.bindings.values()];
    const put = await ask("PUT", PATH, { body: "12:8 == 8 &&\n  nonsense" });
    expect(put.status).toBe(422);
    expect(put.headers["content-type"]).toContain("application/problem+json");
    expect(put.json()).toMatchObject({
      status: 422,
      code: "E_TEXT",
      errors: [{ code: "E_SYNTAX", message: "a test of a field is expected", line: 2, column: 3, length: 8 }],
    });
    expect([...appliance.bindings.values()]).toEqual(before);
    expect(store.filters.find("dns")?.text).toBe("12:8 == 8");
    const fresh = await ask("PUT", "/api/v1/filters/new.dpf", { body: "nonsense" });
    expect(fresh.status).toBe(422);
    expect(store.filters.find("new")).toBeUndefined();
  });

  test("that the kernel refuses changes no binding", async () => {
    const { ask, appliance, store } = await bench();
    await ask("PUT", PATH, { body: "12:8 == 8" });
    await ask("POST", "/api/v1/bindings", { json: { filter: "dns", environment: 0, mode: "tap" } });
    const filters = () => [...appliance.bindings.values()].map(({ filter }) => filter);
    const before = filters();
    appliance.refuseRebind = true;
    const put = await ask("PUT", PATH, { body: "0:8 == 1" });
    expect(put.json()).toMatchObject({ status: 422, code: "E_COMPILE" });
    expect(filters()).toEqual(before);
    expect(store.filters.find("dns")?.text).toBe("12:8 == 8");
  });

  test.each([
    ["/api/v1/filters/dns", 400, "E_EXTENSION"],
    ["/api/v1/filters/dns.txt", 400, "E_EXTENSION"],
    ["/api/v1/filters/.dpf", 400, "E_EXTENSION"],
    ["/api/v1/filters/DNS.dpf", 400, "E_NAME"],
    ["/api/v1/filters/..%2fdns.dpf", 400, "E_NAME"],
    [`/api/v1/filters/${"a".repeat(65)}.dpf`, 400, "E_NAME"],
    ["/api/v1/filters/dns.dpf?bind=maybe", 400, "E_SCHEMA"],
    ["/api/v1/filters/dns.dpf?bound=no", 400, "E_SCHEMA"],
  ])("at %s is %i %s", async (path, status, code) => {
    const { ask } = await bench();
    expect((await ask("PUT", path, { body: "true" })).json()).toMatchObject({ status, code });
  });

  test("of a text that is too long, or not UTF-8, is refused", async () => {
    const { ask } = await bench({ storeLimits: { textOctets: 10 } });
    expect((await ask("PUT", PATH, { body: " ".repeat(11) })).json()).toMatchObject({
      status: 413,
      code: "E_TEXT_TOO_LONG",
    });
    expect((await ask("PUT", PATH, { body: " ".repeat(12) })).json()).toMatchObject({ status: 413 });
    expect((await ask("PUT", PATH, { body: Buffer.from([0xff]) })).json()).toMatchObject({ code: "E_UTF8" });
  });

  test("beyond as many as may be is refused, and nothing is bound", async () => {
    const { ask, appliance } = await bench({ storeLimits: { filters: 1 } });
    await ask("PUT", "/api/v1/filters/a.dpf", { body: "true" });
    const more = await ask("PUT", "/api/v1/filters/b.dpf", { body: "true" });
    expect(more.json()).toMatchObject({ status: 507, code: "E_TOO_MANY_FILTERS" });
    expect(appliance.bindings.size).toBe(1);
  });
});

describe("a filter", () => {
  test("is read back as plain text that no browser takes for something else", async () => {
    const { ask } = await bench();
    await ask("PUT", PATH, { body: "true \n" });
    const text = await ask("GET", "/api/v1/filters/dns");
    expect(text.body).toBe("true \n");
    expect(text.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(text.headers["x-content-type-options"]).toBe("nosniff");
    expect((await ask("GET", "/api/v1/filters/other")).json()).toMatchObject({ status: 404, code: "E_NO_FILTER" });
  });

  test("that is bound is deleted only with its bindings", async () => {
    const { ask, appliance, store } = await bench();
    await ask("PUT", PATH, { body: "true" });
    const refused = await ask("DELETE", "/api/v1/filters/dns");
    expect(refused.json()).toMatchObject({ status: 409, code: "E_FILTER_BOUND" });
    expect(appliance.bindings.size).toBe(1);
    expect((await ask("DELETE", "/api/v1/filters/dns?unbind=yes")).status).toBe(204);
    expect(appliance.bindings.size).toBe(0);
    expect(store.filters.find("dns")).toBeUndefined();
    expect((await ask("DELETE", "/api/v1/filters/dns")).status).toBe(404);
  });

  test("is checked without being kept", async () => {
    const { ask, store } = await bench();
    const good = await ask("POST", "/api/v1/filters/check", { json: { language: "dpf", text: "0:8 == 1 || true" } });
    expect(good.json()).toEqual({ ok: true, errors: [], conjunctions: 2, atoms: 1, canonical: "0:8 == 0x01 || true" });
    const bad = await ask("POST", "/api/v1/filters/x.dpf/check", { body: "?" });
    expect(bad.status).toBe(200);
    expect(bad.json()).toMatchObject({ ok: false, errors: [{ line: 1, column: 1 }] });
    expect((await ask("POST", "/api/v1/filters/x/check", { body: "true" })).status).toBe(404);
    await ask("PUT", PATH, { body: "true" });
    expect((await ask("POST", "/api/v1/filters/dns/check", { body: "true" })).json()).toMatchObject({ ok: true });
    expect(store.filters.list()).toHaveLength(1);
  });

  test("changes of one name at once end in one of them, whole", async () => {
    const { ask, appliance, store } = await bench();
    await Promise.all(Array.from({ length: 20 }, (_, n) => ask("PUT", PATH, { body: `0:8 == ${n}` })));
    expect(appliance.bindings.size).toBe(1);
    const [binding] = appliance.bindings.values();
    const text = store.filters.find("dns")?.text ?? "";
    expect(binding?.filter.conjunctions[0]?.[0]).toMatchObject({ value: Number(text.split(" ").at(-1)) });
  });
});

describe("bindings and environments", () => {
  test("are made, looked at and ended", async () => {
    const { ask, appliance } = await bench();
    await ask("PUT", `${PATH}?bind=no`, { body: "true" });
    const made = await ask("POST", "/api/v1/environments", { json: { name: "flows", program: "monitor" } });
    expect(made.status).toBe(201);
    const { environment } = made.json() as { environment: number };
    const bound = await ask("POST", "/api/v1/bindings", {
      json: { filter: "dns", environment, mode: "claim", priority: 3, name: "mine" },
    });
    const { binding } = bound.json() as { binding: number };
    expect((await ask("GET", `/api/v1/bindings/${binding}`)).json()).toMatchObject({
      id: binding,
      name: "mine",
      environment,
      mode: "claim",
      priority: 3,
      filter: "true",
      counters: { packets: 0, dropped: { ringFull: 0 }, last: null },
    });
    expect((await ask("GET", "/api/v1/environments")).json()).toMatchObject([
      { id: 0, name: "control", ringEntries: 0 },
      { id: environment, name: "flows", program: "monitor", state: "ready", ringEntries: 8192 },
    ]);
    const flows = await ask("GET", `/api/v1/environments/${environment}/query/flows?limit=5`);
    expect(flows.json()).toMatchObject({ environment, args: { limit: 5 } });
    const statuses = ["0", "99", "999", "4089", `${MOST_ENTRIES}`, `${MOST_ENTRIES + 1}`, "999999999"].map(
      async (limit) => (await ask("GET", `/api/v1/environments/${environment}/query/flows?limit=${limit}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 200, 200, 400, 400]);
    expect((await ask("DELETE", `/api/v1/environments/${environment}`)).status).toBe(204);
    expect(appliance.bindings.size).toBe(0);
    expect((await ask("GET", `/api/v1/bindings/${binding}`)).status).toBe(404);
    expect((await ask("GET", "/api/v1/programs")).json()).toEqual(["exos", "monitor"]);
  });

  test.each([
    ["GET", "/api/v1/bindings/99", undefined, 404, "E_NO_BINDING"],
    ["GET", "/api/v1/bindings/x", undefined, 400, "E_SCHEMA"],
    ["DELETE", "/api/v1/bindings/99", undefined, 404, "E_NO_BINDING"],
    ["DELETE", "/api/v1/environments/0", undefined, 409, "E_CONTROL_ENVIRONMENT"],
    ["DELETE", "/api/v1/environments/99", undefined, 404, "E_NO_ENVIRONMENT"],
    ["GET", "/api/v1/environments/99/query/flows", undefined, 404, "E_NO_ENVIRONMENT"],
    ["GET", "/api/v1/environments/0/query/__proto__", undefined, 400, "E_SCHEMA"],
    ["GET", "/api/v1/environments/0/query/other", undefined, 422, "E_QUERY"],
    ["POST", "/api/v1/environments", { name: "o", program: "", options: { o: "é".repeat(2045) } }, 413, "E_OPTIONS"],
    ["POST", "/api/v1/bindings", { filter: "no", environment: 0, mode: "tap" }, 404, "E_NO_FILTER"],
    ["POST", "/api/v1/bindings", { filter: "no", environment: "0", mode: "tap" }, 400, "E_SCHEMA"],
    ["POST", "/api/v1/environments", { name: "x", program: "nothing" }, 422, "E_PROGRAM"],
    ["POST", "/api/v1/environments", { name: "control", program: "" }, 409, "E_NAME_TAKEN"],
    ["POST", "/api/v1/environments", { name: "X", program: "" }, 400, "E_SCHEMA"],
  ])("%s %s %j is %i %s", async (method, path, json, status, code) => {
    const { ask } = await bench();
    expect((await ask(method, path, { json })).json()).toMatchObject({ status, code });
  });
});
