/** Capabilities over HTTP: derived ones are tokens, with their rights and no others, until they end; on the appliance itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface, CapabilityJournal } from "../../src/appliance/interface.js";
import type { Capability } from "../../src/control/protocol.js";
import { isListed, rightsFor } from "../../src/control/rights.js";
import { RIGHTS } from "../../src/kernel/capability.js";
import { Store } from "../../src/store/store.js";
import { LOOPS } from "../kernel/images.js";
import { type Answer, type Bench, benchOver, capture, TOKEN } from "./bench.js";

const V1 = "/api/v1";
const POLICY_VIOLATION = 1008;
let bench: Bench<ApplianceInterface>;
beforeAll(async () => {
  bench = await benchOver(await startAppliance({ memory: 16 * 1024 * 1024 }), {});
  return bench.close;
});
afterEach(async () => {
  const all = (await as(TOKEN, "GET", "/capabilities")).json() as Capability[];
  for (const { path } of all) if (path.split("/").length === 2) await revoke(path);
});

function as(token: string, method: string, path: string, json?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  return bench.ask(method, V1 + path, { anonymous: true, headers, ...(json === undefined ? {} : { json }) });
}

interface Made {
  readonly text: string;
  readonly capability: Capability;
}

async function derive(name: string, rights: readonly string[], by = TOKEN, more: object = {}): Promise<Made> {
  const made = await as(by, "POST", "/capabilities", { name, rights, ...more });
  expect(made.status, made.body).toBe(201);
  return made.json() as Made;
}

function revoke(of: string, by = TOKEN): Promise<Answer> {
  return as(by, "DELETE", `/capabilities/${encodeURIComponent(of)}`);
}

async function paths(by: string): Promise<string[]> {
  return ((await as(by, "GET", "/capabilities")).json() as Capability[]).map(({ path }) => path);
}

/** Resolves when the socket is open, with what becomes of it. */
async function open(headers: Record<string, string>): Promise<{ closed: Promise<[number, string]> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${bench.control.port}${V1}/live`, { headers });
  const closed = new Promise<[number, string]>((done) => {
    socket.on("close", (code, reason) => done([code, String(reason)]));
  });
  await new Promise((done, reject) => {
    socket.on("message", done);
    socket.on("error", reject);
  });
  return { closed };
}

describe("deriving, listing, revoking", () => {
  test("the text is told once; each sees itself and what is below it, and no text", async () => {
    const lab = await derive("lab", ["observe", "bind"]);
    expect(lab.capability).toMatchObject({ path: "root/lab", rights: ["observe", "bind"], expires: 0, version: 0 });
    const anna = await derive("anna", ["observe"], lab.text, { expires: Date.now() + 3_600_000 });
    await derive("other", ["observe"]);
    expect(await paths(TOKEN)).toEqual(["root", "root/lab", "root/lab/anna", "root/other"]);
    expect(await paths(lab.text)).toEqual(["root/lab", "root/lab/anna"]);
    expect(await paths(anna.text)).toEqual(["root/lab/anna"]);
    expect((await as(TOKEN, "GET", "/capabilities")).body).not.toContain("exo1.");
    expect((await revoke("root/other", lab.text)).json()).toMatchObject({ status: 404, code: "E_NO_CAPABILITY" });
    expect((await revoke("root", lab.text)).json()).toMatchObject({ status: 400, code: "E_ARGUMENT" });
    expect((await revoke(lab.capability.serial, anna.text)).json()).toMatchObject({ code: "E_NO_CAPABILITY" });
    // One may give up one's own.
    expect((await revoke("root/lab/anna", anna.text)).json()).toEqual({ ended: 1, bindings: 0 });
    expect((await as(anna.text, "GET", "/books")).json()).toMatchObject({ status: 401, code: "E_CAPABILITY_REVOKED" });
    expect((await as(lab.text, "GET", "/books")).status).toBe(200);
    expect(bench.log.join("")).not.toContain("exo1");
  });

  test("what is derived is never stronger, in words that say by what", async () => {
    const soon = Date.now() + 3_600_000;
    const lab = await derive("lab", ["observe"], TOKEN, { expires: soon });
    // Without an end of its own it ends with what it was derived from.
    expect((await derive("same", [], lab.text)).capability.expires).toBe(soon);
    const refusals = [
      [{ name: "x", rights: ["bind"] }, 403, "E_CAPABILITY_STRONGER", "the right 'bind'"],
      [{ name: "x", rights: [], expires: soon + 1 }, 403, "E_CAPABILITY_STRONGER", "a later expiry"],
      [{ name: "x", rights: [], expires: 0 }, 403, "E_CAPABILITY_STRONGER", "a later expiry"],
      [{ name: "x", rights: [], expires: 1 }, 400, "E_ARGUMENT", "over already"],
      [{ name: "same", rights: [] }, 409, "E_NAME_TAKEN", ""],
      [{ name: "X", rights: [] }, 400, "E_SCHEMA", ""],
      [{ name: "x", rights: ["everything"] }, 400, "E_SCHEMA", ""],
      [{ name: "x", rights: [], more: 1 }, 400, "E_SCHEMA", ""],
    ] as const;
    for (const [body, status, code, words] of refusals) {
      const got = await as(lab.text, "POST", "/capabilities", body);
      expect(got.json()).toMatchObject({ status, code, detail: expect.stringContaining(words) });
    }
  });

  test("frames are a filter, and become narrower", async () => {
    const frames = (text: string) => ({ frames: { text, language: "pcap-filter" } });
    const lab = await derive("lab", ["transmit"], TOKEN, frames("ip src net 10.0.0.0/8"));
    expect(lab.capability.frames).toContain("==");
    expect((await derive("host", [], lab.text, frames("ip src host 10.0.0.1"))).capability.frames).not.toBeNull();
    expect((await derive("same", [], lab.text)).capability.frames).toBe(lab.capability.frames);
    const wider = await as(lab.text, "POST", "/capabilities", { name: "x", rights: [], ...frames("ip") });
    expect(wider.json()).toMatchObject({ status: 403, code: "E_CAPABILITY_STRONGER" });
    const wrong = await as(lab.text, "POST", "/capabilities", { name: "x", rights: [], ...frames("ip src") });
    expect(wrong.json()).toMatchObject({ status: 422, code: "E_TEXT" });
    const residual = await as(lab.text, "POST", "/capabilities", { name: "x", rights: [], ...frames("ip[2] = ip[3]") });
    expect(residual.json()).toMatchObject({ status: 422, code: "E_FRAMES" });
  });

  test("granted to an environment it has a handle and no text, and ends with it", async () => {
    const { environment } = (await as(TOKEN, "POST", "/environments", { name: "g", program: "" })).json() as {
      environment: number;
    };
    const body = { name: "its", rights: ["bind"], environment };
    const weak = await derive("weak", ["bind"]);
    expect((await as(weak.text, "POST", "/capabilities", body)).json()).toMatchObject({
      code: "E_CAPABILITY_RIGHT",
      detail: expect.stringContaining("the right 'grant'"),
    });
    const granted = await as(TOKEN, "POST", "/capabilities", body);
    expect(granted.status, granted.body).toBe(201);
    expect(granted.json()).toMatchObject({ handle: expect.any(Number), capability: { path: "root/its", environment } });
    expect(granted.body).not.toContain("exo1.");
    expect((await as(TOKEN, "DELETE", `/environments/${environment}`)).status).toBe(204);
    expect(await paths(TOKEN)).toEqual(["root", "root/weak"]);
    expect((await as(TOKEN, "POST", "/capabilities", body)).json()).toMatchObject({
      status: 404,
      code: "E_NO_ENVIRONMENT",
    });
  });

  test("weakened: the old text is refused as such, the new one has less, what would be stronger is gone", async () => {
    const lab = await derive("lab", ["observe", "bind", "create"]);
    const strong = await derive("strong", ["create"], lab.text);
    const weak = await derive("weak", ["observe"], lab.text);
    const body = { rights: ["observe", "bind"] };
    const got = await as(TOKEN, "POST", `/capabilities/${lab.capability.serial}/weaken`, body);
    const weaker = got.json() as Made;
    expect(weaker).toMatchObject({ ended: 1, bindings: 0, capability: { path: "root/lab", version: 1 } });
    expect((await as(lab.text, "GET", "/books")).json()).toMatchObject({ status: 401, code: "E_CAPABILITY_WEAKENED" });
    expect((await as(strong.text, "GET", "/books")).json()).toMatchObject({ code: "E_CAPABILITY_REVOKED" });
    expect((await as(weak.text, "GET", "/books")).status).toBe(200);
    expect((await as(weaker.text, "GET", "/books")).status).toBe(200);
    const again = await as(TOKEN, "POST", "/capabilities/root%2Flab/weaken", { rights: ["create"] });
    expect(again.json()).toMatchObject({ status: 403, code: "E_CAPABILITY_STRONGER" });
  });
});

describe("what stands on a capability ends with it", () => {
  test("WebSockets, by token and by session, and the session", async () => {
    const lab = await derive("lab", ["observe"]);
    const anna = await derive("anna", ["observe"], lab.text);
    const other = await derive("other", ["observe"]);
    const headers = ({ text }: Made) => ({ authorization: `Bearer ${text}` });
    const signedIn = await bench.ask("POST", `${V1}/session`, { anonymous: true, json: { token: anna.text } });
    const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
    const ending = await Promise.all([
      open(headers(lab)),
      open(headers(anna)),
      open({ cookie, origin: bench.control.url }),
    ]);
    const staying = await open(headers(other));
    expect((await revoke("root/lab")).json()).toEqual({ ended: 2, bindings: 0 });
    const revoked = [POLICY_VIOLATION, "the capability was revoked"];
    expect(await Promise.all(ending.map(({ closed }) => closed))).toEqual([revoked, revoked, revoked]);
    const late = await bench.ask("GET", `${V1}/books`, { anonymous: true, headers: { cookie } });
    expect(late.json()).toMatchObject({ status: 401, code: "E_BAD_TOKEN" });
    await as(TOKEN, "POST", "/capabilities/root%2Fother/weaken", { rights: [] });
    expect(await staying.closed).toEqual([POLICY_VIOLATION, "the capability was replaced by one with less"]);
  });

  test("a WebSocket when the time is over; a session's cookie lives no longer than that", async () => {
    const brief = await derive("brief", ["observe"], TOKEN, { expires: Date.now() + 4000 });
    const signedIn = await bench.ask("POST", `${V1}/session`, { anonymous: true, json: { token: brief.text } });
    const maxAge = Number(/Max-Age=(\d+)/.exec(String(signedIn.headers["set-cookie"]))?.[1]);
    expect(maxAge).toBeLessThanOrEqual(4);
    const { closed } = await open({ authorization: `Bearer ${brief.text}` });
    expect(await closed).toEqual([POLICY_VIOLATION, "the capability's time is over"]);
    expect((await as(brief.text, "GET", "/books")).json()).toMatchObject({ status: 401, code: "E_CAPABILITY_EXPIRED" });
  });

  test("an upload that is under way", async () => {
    const lab = await derive("lab", ["store"]);
    const half = capture(1000);
    const upload = bench.ask("PUT", `${V1}/captures/half`, {
      anonymous: true,
      headers: { authorization: `Bearer ${lab.text}`, "content-length": String(2 * half.length) },
      body: half,
    });
    const ended = upload.then(
      () => "answered",
      () => "cut",
    );
    while (bench.files().length === 0) await new Promise((done) => setTimeout(done, 5));
    await revoke("root/lab");
    expect(await ended).toBe("cut");
    while (bench.files().length > 0) await new Promise((done) => setTimeout(done, 5));
    expect((await as(TOKEN, "GET", "/captures")).json()).toEqual([]);
  });

  test("a stream that is being read", async () => {
    const octets = capture(200_000, 200);
    expect((await bench.ask("PUT", `${V1}/captures/large`, { body: octets })).status).toBe(201);
    const { text } = await derive("lab", ["observe"]);
    const path = `${V1}/captures/large/file`;
    const headers = { authorization: `Bearer ${text}` };
    const outcome = new Promise<number>((done, fail) => {
      const request = httpRequest({ host: "127.0.0.1", port: bench.control.port, path, headers, agent: false });
      request.on("error", fail);
      request.on("response", (response) => {
        let got = 0;
        response.on("data", (part: Buffer) => {
          // One part is taken, and nothing more until the capability has ended: its reader is slow.
          if (got === 0) {
            response.pause();
            void revoke("root/lab").then(() => response.resume());
          }
          got += part.length;
        });
        response.on("close", () => done(got));
        response.on("error", () => undefined);
      });
      request.end();
    });
    expect(await outcome).toBeLessThan(octets.length);
    expect((await as(TOKEN, "DELETE", "/captures/large")).status).toBe(204);
  });

  test("bindings, here and in the store; environments stay", async () => {
    const lab = await derive("lab", ["observe", "store", "bind", "create"]);
    const put = { authorization: `Bearer ${lab.text}` };
    const filter = await bench.ask("PUT", `${V1}/filters/mine.dpf`, { anonymous: true, headers: put, body: "true" });
    expect(filter.status, filter.body).toBe(201);
    const environment = (await as(lab.text, "POST", "/environments", { name: "e", program: "" })).json();
    expect(environment).toHaveProperty("environment");
    const [bound] = (await as(TOKEN, "GET", "/bindings")).json() as object[];
    expect(bound).toMatchObject({ name: "mine", owner: "root/lab", under: lab.capability.serial });
    expect(bench.store.bindings.list()).toMatchObject([{ name: "mine", capability: lab.capability.serial }]);
    expect((await revoke("root/lab")).json()).toEqual({ ended: 1, bindings: 1 });
    expect((await as(TOKEN, "GET", "/bindings")).json()).toEqual([]);
    expect(bench.store.bindings.list()).toEqual([]);
    const rows = (await as(TOKEN, "GET", "/environments")).json() as { id: number; name: string; owner: string }[];
    const stays = rows.find(({ name }) => name === "e");
    expect(stays?.owner).toBe("root/lab");
    expect((await as(TOKEN, "DELETE", `/environments/${stays?.id}`)).status).toBe(204);
    expect((await as(TOKEN, "DELETE", "/filters/mine")).status).toBe(204);
  });
});

test("over a restart everything is whose it was; what ended while nobody was here has ended", async () => {
  const folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const start = async () => {
    // The key and the journal of the data folder, as the command line gives them.
    let store = Store.open(folder);
    const key = store.key();
    const journal = () => store.capabilities;
    store.close();
    const proxy = {
      list: () => kept(),
      change: (...args: Parameters<CapabilityJournal["change"]>) => journal().change(...args),
    };
    const kept = () => {
      const once = Store.open(folder);
      const list = once.capabilities.list();
      once.close();
      return list;
    };
    const appliance = await startAppliance({ memory: 16 * 1024 * 1024, key, journal: proxy });
    const started = await benchOver(appliance, { folder, limits: { admitted: 1 } });
    store = started.store;
    const text = started.store.profile();
    if (text !== undefined) await started.control.apply({ ...JSON.parse(text), filters: started.store.filters.list() });
    return started;
  };
  const asked = (on: Bench<ApplianceInterface>, token: string, method: string, path: string, json?: unknown) =>
    on.ask(method, V1 + path, {
      anonymous: true,
      headers: { authorization: `Bearer ${token}` },
      ...(json === undefined ? {} : { json }),
    });
  const first = await start();
  const rights = ["observe", "store", "bind", "create"];
  const body = { name: "lab", rights };
  const lab = (await asked(first, TOKEN, "POST", "/capabilities", body)).json() as Made;
  const anna = (
    await asked(first, lab.text, "POST", "/capabilities", { name: "anna", rights: ["bind"] })
  ).json() as Made;
  await asked(first, lab.text, "POST", "/environments", { name: "e", program: "" });
  await first.ask("PUT", `${V1}/filters/f.dpf?bind=no`, { body: "true" });
  for (const [token, name] of [
    [lab.text, "of-lab"],
    [anna.text, "of-anna"],
    [TOKEN, "of-root"],
  ] as const) {
    const bind = { filter: "f", environment: 0, mode: "tap", name };
    expect((await asked(first, token, "POST", "/bindings", bind)).status).toBe(201);
  }
  await first.close();

  // As when it was killed between the two: the capability is gone, and its binding is still written down.
  const offline = Store.open(folder);
  const [row] = offline.bindings.list().filter(({ name }) => name === "of-anna");
  offline.capabilities.change(undefined, [anna.capability.serial]);
  expect(offline.bindings.list().map(({ name }) => name)).toEqual(["of-lab", "of-root"]);
  offline.bindings.put(row!);
  offline.close();

  const second = await start();
  onTestFinished(second.close);
  const bindings = (await second.ask("GET", `${V1}/bindings`)).json() as { id: number; name: string; owner: string }[];
  expect(bindings.map(({ name, owner }) => [name, owner])).toEqual([
    ["of-lab", "root/lab"],
    ["of-root", "root"],
  ]);
  expect(second.store.bindings.list().map(({ name }) => name)).toEqual(["of-lab", "of-root"]);
  expect((await asked(second, anna.text, "GET", "/books")).json()).toMatchObject({ code: "E_CAPABILITY_REVOKED" });
  const rows = (await second.ask("GET", `${V1}/environments`)).json() as { id: number; name: string }[];
  const mine = rows.find(({ name }) => name === "e");
  expect((await asked(second, lab.text, "DELETE", `/environments/${mine?.id}`)).status).toBe(204);
  expect((await asked(second, lab.text, "DELETE", `/bindings/${bindings[0]?.id}`)).status).toBe(200);
  expect((await asked(second, lab.text, "DELETE", `/bindings/${bindings[1]?.id}`)).json()).toMatchObject({
    code: "E_CAPABILITY_OWNER",
  });
}, 30_000);

describe("authority", () => {
  test("a profile takes more than one slice for an environment by the right to allocate alone, and nothing is kept of it", async () => {
    const rights = ["observe", "store", "replay", "bind", "create"];
    const without = await derive("without", rights);
    const withIt = await derive("with", [...rights, "allocate"]);
    const profile = (slices: number) => ({
      filters: [],
      bindings: [],
      environments: [{ name: "d", program: "vcode", code: LOOPS, slices }],
    });
    const put = (by: Made, slices: number) => as(by.text, "PUT", "/profile", profile(slices));
    expect((await put(without, 2)).json()).toMatchObject({ status: 403, code: "E_CAPABILITY_RIGHT" });
    expect((await as(TOKEN, "GET", "/profile")).json()).toMatchObject({ environments: [] });
    expect(bench.store.profile() ?? "").not.toContain("vcode");
    expect((await put(without, 1)).status).toBe(200);
    expect((await as(TOKEN, "PUT", "/profile", profile(1))).status).toBe(200);
    expect((await as(TOKEN, "PUT", "/profile", { filters: [], bindings: [], environments: [] })).status).toBe(200);
    expect((await put(withIt, 2)).status).toBe(200);
    const { slices } = (await as(TOKEN, "GET", "/slices")).json() as { slices: (number | null)[] };
    expect(slices.filter((owner) => owner !== null)).toHaveLength(2);
    expect((await as(TOKEN, "PUT", "/profile", { filters: [], bindings: [], environments: [] })).status).toBe(200);
  });

  test("others' environments and bindings are not touched, nor the profile that holds them", async () => {
    const rights = RIGHTS.filter((right) => right !== "grant");
    const [lab, other] = [await derive("lab", rights), await derive("other", rights)];
    const made = (await as(lab.text, "POST", "/environments", { name: "theirs", program: "" })).json();
    const { environment } = made as { environment: number };
    await bench.ask("PUT", `${V1}/filters/f.dpf?bind=no`, { body: "true" });
    const bind = { filter: "f", environment, mode: "tap" };
    expect((await as(other.text, "POST", "/bindings", bind)).json()).toMatchObject({ code: "E_CAPABILITY_OWNER" });
    const bound = (await as(lab.text, "POST", "/bindings", bind)).json() as { binding: number };
    const owner = { status: 403, code: "E_CAPABILITY_OWNER" };
    expect((await as(other.text, "DELETE", `/bindings/${bound.binding}`)).json()).toMatchObject(owner);
    expect((await as(other.text, "DELETE", `/environments/${environment}`)).json()).toMatchObject(owner);
    const before = (await as(TOKEN, "GET", "/profile")).json();
    expect(before).toMatchObject({ environments: [{ name: "theirs", owner: "root/lab" }] });
    const empty = { filters: [], environments: [], bindings: [] };
    expect((await as(other.text, "PUT", "/profile", empty)).json()).toMatchObject(owner);
    expect((await as(TOKEN, "GET", "/profile")).json()).toEqual(before);
    // What comes out goes in again, and everything is whose it was.
    expect((await as(TOKEN, "PUT", "/profile", before)).json()).toEqual(before);
    expect((await as(TOKEN, "PUT", "/profile", empty)).status).toBe(200);
  });
});

describe("rights", () => {
  const routes = () => bench.control.routes.filter(({ open: isOpen, url }) => !isOpen && url !== `${V1}/live`);

  test("each route says which it needs", () => {
    expect(routes().filter(({ method, url }) => !isListed(method, url))).toEqual([]);
    const free = routes().filter(({ method, url }) => rightsFor(method, url).length === 0);
    expect([...new Set(free.map(({ url }) => url.replace(V1, "")))].sort()).toEqual([
      "/capabilities",
      "/capabilities/:of",
      "/capabilities/:of/weaken",
      "/session",
    ]);
  });

  test("every route is refused to who lacks its right, with the right's name; and so is the WebSocket", async () => {
    const without = new Map<string, string>();
    for (const right of RIGHTS) {
      const { text } = await derive(
        right,
        RIGHTS.filter((other) => other !== right),
      );
      without.set(right, text);
    }
    const wrong: string[] = [];
    for (const { method, url } of routes()) {
      for (const right of rightsFor(method, url)) {
        const headers = { authorization: `Bearer ${without.get(right)}` };
        const got = await bench.ask(method, url.replace(/:\w+/g, "x"), { anonymous: true, headers });
        const said = method === "HEAD" || got.body.includes(`the right '${right}'`);
        if (got.status !== 403 || !said) wrong.push(`${method} ${url} without ${right}: ${got.status} ${got.body}`);
      }
    }
    expect(wrong).toEqual([]);
    await expect(open({ authorization: `Bearer ${without.get("observe")}` })).rejects.toThrow("403");
  });

  test("no route takes a capability that has ended or was edited, and nothing of it is in the log", async () => {
    const gone = await derive("gone", RIGHTS);
    const old = await derive("old", RIGHTS);
    await revoke("root/gone");
    await as(TOKEN, "POST", "/capabilities/root%2Fold/weaken", { rights: [] });
    const [prefix, payload = "", check] = old.text.split(".");
    const capability = JSON.parse(Buffer.from(payload, "base64url").toString());
    const more = Buffer.from(JSON.stringify({ ...capability, version: 1 })).toString("base64url");
    const attempts = [
      [gone.text, "E_CAPABILITY_REVOKED"],
      [old.text, "E_CAPABILITY_WEAKENED"],
      [`${prefix}.${more}.${check}`, "E_BAD_TOKEN"],
      [`${old.text}A`, "E_BAD_TOKEN"],
      [`${old.text}=`, "E_BAD_TOKEN"],
    ] as const;
    const wrong: string[] = [];
    for (const { method, url } of routes()) {
      for (const [text, code] of attempts) {
        const headers = { authorization: `Bearer ${text}` };
        const got = await bench.ask(method, url.replace(/:\w+/g, "x"), { anonymous: true, headers });
        if (got.status !== 401 || (method !== "HEAD" && !got.body.includes(code)))
          wrong.push(`${method} ${url}: ${got.status} ${got.body}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(bench.log.join("")).not.toContain("exo1");
  });

  test("a capability's text has no place in an address, under whatever name", async () => {
    const { text } = await derive("lab", ["observe"]);
    const got = await bench.ask("GET", `${V1}/books?limit=${text}`);
    expect(got.json()).toMatchObject({ status: 400, code: "E_TOKEN_IN_QUERY" });
  });

  test("who has no more than a right for one thing can do that one thing", async () => {
    const { text } = await derive("player", ["replay"]);
    expect((await as(text, "POST", "/replays/current/play")).json()).toMatchObject({ code: "E_NO_REPLAY" });
    expect((await as(text, "GET", "/books")).json()).toMatchObject({
      code: "E_CAPABILITY_RIGHT",
      detail: expect.stringContaining("the right 'observe'"),
    });
  });
});
