/** Errors have one shape, whatever is wrong, and say where. */
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { expect, test, vi } from "vitest";
import type { Asker, Checked } from "../../src/appliance/interface.js";
import { CONTROL_LIMITS } from "../../src/control/limits.js";
import { Questions } from "../../src/control/questions.js";
import { type AskOptions, bench, TOKEN } from "./bench.js";

const json = (text: string): AskOptions => ({ body: text, headers: { "content-type": "application/json" } });
const CHECK = "/api/v1/filters/check";

test.each<[string, string, AskOptions, number, string]>([
  ["GET", "/nothing", {}, 404, "E_NOT_FOUND"],
  ["GET", "/api/v1/nothing", {}, 404, "E_NOT_FOUND"],
  ["GET", "/api/v1/%zz", {}, 400, "E_REQUEST"],
  ["DELETE", "/api/v1/books", {}, 405, "E_METHOD"],
  ["PATCH", "/api/v1/captures/a", {}, 405, "E_METHOD"],
  ["POST", "/api/v1/bindings/1", json("{}"), 405, "E_METHOD"],
  ["GET", "/api/v1/books?x=1", {}, 400, "E_SCHEMA"],
  ["POST", CHECK, json(""), 400, "E_SCHEMA"],
  ["POST", CHECK, json("{"), 400, "E_JSON"],
  ["POST", CHECK, json("null"), 400, "E_SCHEMA"],
  [
    "POST",
    CHECK,
    { body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
    415,
    "E_MEDIA_TYPE",
  ],
  ["POST", CHECK, { body: "{}" }, 415, "E_MEDIA_TYPE"],
  ["POST", CHECK, json(`{"text":"${"x".repeat(600_000)}"}`), 413, "E_BODY_TOO_LARGE"],
  ["POST", CHECK, json(JSON.stringify({ language: "dpf", text: "x".repeat(70_000) })), 413, "E_TEXT_TOO_LONG"],
  ["POST", CHECK, json("[".repeat(1000) + "]".repeat(1000)), 400, "E_DEPTH"],
])("%s %s is a problem %#", async (method, path, options, status, code) => {
  const { ask } = await bench();
  const got = await ask(method, path, options);
  expect(got.status).toBe(status);
  expect(got.headers["content-type"]).toMatch(/^application\/problem\+json(;|$)/);
  const problem = got.json() as Record<string, unknown>;
  expect(problem).toMatchObject({ type: "about:blank", status, code });
  for (const key of ["title", "detail"]) expect(problem[key]).toMatch(/./);
});

const TEXTS = [
  ["PUT", "/api/v1/filters/a.dpf"],
  ["POST", "/api/v1/filters/a.dpf/check"],
  ["PUT", "/api/v1/handlers/a.ash.ts"],
  ["POST", "/api/v1/handlers/a.ash.ts/check"],
] as const;

test.each<[string, string]>([
  ["content-encoding", "gzip"],
  ["content-encoding", "identity, br"],
  ["content-type", "application/json"],
  ["content-type", "Application/JSON; charset=utf-8"],
  ["content-type", "text/plain; charset=iso-8859-1"],
  ["content-type", 'text/plain; format=flowed; Charset="UTF-16"'],
])("what says by its %s, %s, that it is not the text is not read as the text", async (header, value) => {
  const { ask, store } = await bench();
  for (const [method, path] of TEXTS) {
    const got = await ask(method, path, { body: "true", headers: { [header]: value } });
    expect([path, got.status, got.json()]).toMatchObject([path, 415, { code: "E_MEDIA_TYPE" }]);
  }
  expect(store.filters.find("a")).toBeUndefined();
});

test.each<Record<string, string>>([
  {},
  { "content-type": "application/x-www-form-urlencoded" },
  { "content-type": "application/octet-stream", "content-encoding": "identity" },
  { "content-type": 'text/plain; charset="UTF-8"' },
  { "content-type": "text/plain;charset=us-ascii" },
])("a text is taken with the headers that clients send with one: %j", async (headers) => {
  const { ask, store } = await bench();
  const [[, put], [, check]] = TEXTS;
  expect((await ask("POST", check, { body: "true", headers })).json()).toMatchObject({ ok: true });
  expect((await ask("PUT", put, { body: "true", headers })).status).toBe(201);
  expect(store.filters.find("a")?.text).toBe("true");
});

test("a wrong method is told which are right", async () => {
  const { ask } = await bench();
  const { headers } = await ask("DELETE", "/api/v1/replays/current");
  expect(headers.allow?.split(", ").sort()).toEqual(["GET", "HEAD", "PUT"]);
});

test("a schema's errors are told by JSON pointers, all of them, up to a limit", async () => {
  const { ask } = await bench({ limits: { problemPlaces: 3 } });
  const body = { filter: "x", environment: "0", mode: "steal", more: 1, "a/b": 2 };
  const { errors } = (await ask("POST", "/api/v1/bindings", { json: body })).json() as {
    errors: { pointer: string; message: string }[];
  };
  expect(errors).toHaveLength(3);
  expect(errors.map(({ pointer }) => pointer)).toEqual(["/more", "/a~1b", "/environment"]);
});

test.each([
  ['{"language":"dpf","text":"true","__proto__":{"x":1}}', "/__proto__"],
  ['{"language":"dpf","text":"true","\\u005f_proto__":{"x":1}}', "/__proto__"],
  ['{"name":"a","program":"","options":{"a":[{"constructor":{"prototype":{"x":1}}}]}}', "/options/a/0/constructor"],
  ['{"name":"a","program":"","options":{"deep":{"prototype":1}}}', "/options/deep/prototype"],
])("keys that mean something to JavaScript are refused at any depth: %s", async (body, pointer) => {
  const { ask } = await bench();
  const path = body.includes("program") ? "/api/v1/environments" : CHECK;
  const got = await ask("POST", path, json(body));
  expect(got.json()).toMatchObject({ status: 400, code: "E_KEY", errors: [{ pointer }] });
  expect(Object.prototype).not.toHaveProperty("x");
});

test("names like those of objects' own properties are names like others", async () => {
  const { ask } = await bench();
  for (const name of ["constructor", "tostring", "hasownproperty"]) {
    expect((await ask("GET", `/api/v1/filters/${name}`)).status).toBe(404);
    expect((await ask("PUT", `/api/v1/filters/${name}.dpf`, { body: "true" })).status).toBe(201);
    expect((await ask("GET", `/api/v1/filters/${name}`)).body).toBe("true");
  }
});

test("a mistake of ours is 500, says nothing, and is in the log without the request", async () => {
  const { ask, appliance, log } = await bench();
  appliance.check = () => Promise.reject(new Error("something unexpected"));
  const got = await ask("POST", CHECK, { json: { language: "dpf", text: "secret-of-the-body" } });
  expect(got.json()).toMatchObject({ status: 500, code: "E_INTERNAL" });
  expect(got.body).not.toContain("unexpected");
  expect(log.join("")).toContain("something unexpected");
  expect(log.join("")).not.toContain("secret-of-the-body");
});

test("too many requests are 429, and told when to come again", async () => {
  const { ask } = await bench({ limits: { requests: 5 } });
  const answers = [];
  for (let n = 0; n < 8; n++) answers.push(await ask("GET", "/healthz"));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
  expect(answers.at(-1)?.json()).toMatchObject({ code: "E_RATE" });
  expect(Number(answers.at(-1)?.headers["retry-after"])).toBeGreaterThan(0);
});

test.each([
  ["GET / HTTP/9.9\r\n\r\n", 400],
  [`GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(40_000)}\r\n\r\n`, 431],
])("what is no HTTP is a problem, too %#", async (text, status) => {
  const { control } = await bench();
  const socket = connect(control.port, "127.0.0.1", () => socket.write(text));
  let received = "";
  for await (const part of socket) received += String(part);
  expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(received.split("\r\n\r\n")[1] ?? "")).toMatchObject({ status, code: "E_REQUEST" });
});

test("headers that do not come, and a body that does not, end the connection", async () => {
  const { control } = await bench({ limits: { bodyMs: 100 } });
  const start = `POST ${CHECK} HTTP/1.1\r\nhost: 127.0.0.1:${control.port}\r\nauthorization: Bearer ${TOKEN}\r\n`;
  const socket = connect(control.port, "127.0.0.1", () =>
    socket.write(`${start}content-type: application/json\r\ncontent-length: 100\r\n\r\n{`),
  );
  socket.on("error", () => {});
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
});

test("what is answered is marked so that no browser makes more of it", async () => {
  const { ask } = await bench();
  const { headers } = await ask("GET", "/api/v1/books");
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  const policy = String(headers["content-security-policy"]);
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
});

test("a request that names two hosts is refused, even where they are the same", async () => {
  const { control } = await bench();
  const host = `127.0.0.1:${control.port}`;
  for (const other of [host, "attacker.example"]) {
    const socket = connect(control.port, "127.0.0.1");
    socket.end(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nhost: ${other}\r\nconnection: close\r\n\r\n`);
    let received = "";
    for await (const part of socket) received += String(part);
    expect(received).toMatch(/^HTTP\/1.1 400 /);
    expect(received).toContain('"code":"E_REQUEST"');
  }
});

test("questions of all tokens have a bound, what waits of somebody who has gone is told to the compiler, and metrics say so", async () => {
  const { ask, appliance, control } = await bench({ limits: { questions: 2, questionsInAll: 3 } });
  const asked: { asker: Asker; answer: (checked: Checked) => void }[] = [];
  appliance.check = (_text, _language, asker) =>
    new Promise((resolve, reject) => {
      if (asker === undefined) throw new Error("a question is somebody's");
      asker.gone.addEventListener("abort", () => reject(asker.gone.reason));
      asked.push({ asker, answer: resolve });
    });
  const body = JSON.stringify({ language: "dpf", text: "true" });
  const headers = { "content-type": "application/json", authorization: `Bearer ${TOKEN}` };
  const leaves = httpRequest({ port: control.port, method: "POST", path: CHECK, headers }).end(body);
  leaves.on("error", () => undefined);
  const stays = ask("POST", CHECK, json(body));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  const refused = await ask("POST", CHECK, json(body));
  expect(refused.json()).toMatchObject({ status: 429, code: "E_TOO_MANY_QUESTIONS" });
  expect(refused.headers["retry-after"]).toBe("2");
  expect(asked.map(({ asker }) => asker.gone.aborted)).toEqual([false, false]);
  leaves.destroy();
  await vi.waitFor(() => expect(asked.filter(({ asker }) => asker.gone.aborted)).toHaveLength(1));
  expect(new Set(asked.map(({ asker }) => asker.name))).toEqual(new Set(["root"]));
  // There is room again.
  const another = ask("POST", CHECK, json(body));
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  for (const { answer } of asked) answer({ ok: true, filter: { conjunctions: [[]] }, canonical: "" });
  expect((await stays).status).toBe(200);
  expect((await another).status).toBe(200);

  appliance.compiling = { waiting: 1, answered: 2, dropped: 3, lost: 4, replaced: 5 };
  const lines = (await ask("GET", "/metrics")).body.split("\n");
  expect(lines).toContain("exonet_questions_waiting 1");
  expect(lines).toContain('exonet_questions_total{outcome="answered"} 2');
  expect(lines).toContain('exonet_questions_total{outcome="dropped"} 3');
  expect(lines).toContain('exonet_questions_total{outcome="lost"} 4');
  expect(lines).toContain('exonet_questions_total{outcome="refused"} 1');
  expect(lines).toContain("exonet_compile_workers_replaced_total 5");
});

test("that as many questions wait as may is told with when to come again", async () => {
  const { ask, appliance } = await bench({ limits: { questionsInAll: 0 } });
  appliance.check = () => Promise.reject(new Error("is not asked"));
  const refused = await ask("POST", CHECK, json(JSON.stringify({ language: "dpf", text: "true" })));
  expect(refused.json()).toMatchObject({ status: 503, code: "E_QUESTIONS_FULL" });
  expect(refused.headers["retry-after"]).toBe("2");
  expect((await ask("GET", "/nothing")).headers).not.toHaveProperty("retry-after");
});

test("whoever derives capabilities has no more questions for it: the child of the root is counted, and is the asker", async () => {
  const questions = new Questions(2, 7);
  const { signal } = new AbortController();
  const ends: (() => void)[] = [];
  const askers: string[] = [];
  const ask = (path: string) =>
    questions.ask({ path }, signal, ({ name }) => {
      askers.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const held = ["root/anna/x", "root/anna/x/y", "root/annabel", "root", "root"].map(ask);
  for (const path of ["root/anna", "root/anna/x", "root/anna/z/z", "root"]) {
    await expect(ask(path)).rejects.toMatchObject({ code: "E_TOO_MANY_QUESTIONS" });
  }
  held.push(ask("root/annabel/x"));
  held.push(ask("root/other"));
  await expect(ask("root/last")).rejects.toMatchObject({ code: "E_QUESTIONS_FULL" });
  expect(askers).toEqual(["root/anna", "root/anna", "root/annabel", "root", "root", "root/annabel", "root/other"]);
  for (const end of ends) end();
  await Promise.all(held);
});

test("however many ask for all that they may have, the last place is for who has none", async () => {
  const { questions: most, questionsInAll } = CONTROL_LIMITS;
  const questions = new Questions(most, questionsInAll);
  const { signal } = new AbortController();
  const ends: (() => void)[] = [];
  const held: Promise<unknown>[] = [];
  let refused = "";
  /** Whether it is taken. */
  const ask = async (name: string): Promise<boolean> => {
    const before = ends.length;
    const hang = () => new Promise<void>((resolve) => ends.push(resolve));
    const asked = questions.ask({ path: `root/${name}` }, signal, hang).catch(({ code }) => {
      refused = code;
    });
    held.push(asked);
    if (ends.length === before) await asked;
    return ends.length > before;
  };
  // As many as would fill all places.
  const greedy = Array.from({ length: questionsInAll / most }, (_, at) => `greedy-${at}`);
  for (const name of greedy) for (let each = 0; each < most; each++) await ask(name);
  const left = questionsInAll - ends.length;
  expect(left).toBeGreaterThan(1);
  for (let each = 0; each < left; each++) {
    for (const name of greedy) expect([await ask(name), refused]).toEqual([false, "E_TOO_MANY_QUESTIONS"]);
    expect(await ask(`other-${each}`)).toBe(true);
  }
  expect([await ask("another"), refused]).toEqual([false, "E_QUESTIONS_FULL"]);
  // A place that becomes free is nobody's who has others.
  ends[0]?.();
  await held[0];
  for (const name of [...greedy, "other-0"])
    expect([await ask(name), refused]).toEqual([false, "E_TOO_MANY_QUESTIONS"]);
  expect(await ask("another")).toBe(true);
  for (const end of ends) end();
  await Promise.all(held);
});

test("all tokens together have no more questions than may be, whoever asks", async () => {
  const questions = new Questions(2, 3);
  const { signal } = new AbortController();
  const ends: (() => void)[] = [];
  const hang = () => new Promise<void>((resolve) => ends.push(resolve));
  const held = ["a", "a", "b"].map((name) => questions.ask({ path: name }, signal, hang));
  await expect(questions.ask({ path: "a" }, signal, hang)).rejects.toMatchObject({ code: "E_TOO_MANY_QUESTIONS" });
  await expect(questions.ask({ path: "c" }, signal, hang)).rejects.toMatchObject({ code: "E_QUESTIONS_FULL" });
  expect(questions.refused).toBe(2);
  ends[2]?.();
  await held[2];
  expect(await questions.ask({ path: "c" }, signal, async ({ name }) => name)).toBe("c");
  await expect(questions.ask({ path: "a" }, signal, hang)).rejects.toMatchObject({ code: "E_TOO_MANY_QUESTIONS" });
  for (const end of ends) end();
  await Promise.all(held);
});
