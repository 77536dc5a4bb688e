import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import type { Profile } from "../../src/control/protocol.js";
import type { Port } from "../../src/control/protocol-ports.js";
import { readOctets } from "../capture/read.js";
import { type Bench, bench, benchOver } from "./bench.js";

const WIRE = { name: "w", kind: "wire" };
const REQUESTS = "12:16 == 0x800 && 14:8 == 0x45 && 23:8 == 1 && 34:8 == 8";

async function real(folder?: string): Promise<Bench<ApplianceInterface>> {
  const made = await benchOver(await startAppliance(), folder === undefined ? {} : { folder });
  onTestFinished(made.close);
  return made;
}

async function ports(over: Bench<ApplianceInterface>): Promise<readonly Port[]> {
  return (await over.ask("GET", "/api/v1/ports")).json() as readonly Port[];
}

async function playCapture(over: Bench<ApplianceInterface>, name: string): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    over.appliance.listen((event) => {
      if (event.kind === "replay" && event.status.state === "ended") resolve();
    });
  });
  await over.ask("PUT", `/api/v1/captures/${name}?replace=yes`, { body: readFileSync(`captures/${name}`) });
  const opened = await over.ask("PUT", "/api/v1/replays/current", { json: { captures: [name], speed: "max" } });
  expect(opened.status).toBe(200);
  await ended;
}

describe("ports over HTTP", () => {
  test.each([
    [{ ...WIRE, loss: 1.5 }, "/loss"],
    [{ ...WIRE, delayNs: -1 }, "/delayNs"],
    [{ ...WIRE, delayNs: 0.5 }, "/delayNs"],
    [{ ...WIRE, seed: 2 ** 32 }, "/seed"],
    [{ ...WIRE, rate: "1" }, "/rate"],
    [{ ...WIRE, more: 1 }, "/more"],
    [{ ...WIRE, kind: "capture" }, "/kind"],
    [{ ...WIRE, name: "../w" }, "/name"],
    [{ name: "f", kind: "file", path: "/etc/passwd" }, "/path"],
    [{ name: "f/../../g", kind: "file" }, "/name"],
  ])("refuses %j", async (json, pointer) => {
    const { ask } = await bench();
    const answer = await ask("POST", "/api/v1/ports", { json });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`"${pointer}"`);
  });

  test("makes, lists and ends; the second of a name and one that is not there have their errors", async () => {
    const over = await real();
    const json = { ...WIRE, delayNs: 5, loss: 0.5, seed: 3 };
    expect((await over.ask("POST", "/api/v1/ports", { json })).json()).toEqual({ ports: [240, 241] });
    expect((await over.ask("POST", "/api/v1/ports", { json })).status).toBe(409);
    expect((await over.ask("POST", "/api/v1/ports", { json: { ...WIRE, name: "h", hairpin: true } })).json()).toEqual({
      ports: [242],
    });
    const [wire, loop] = await ports(over);
    expect(wire).toMatchObject({
      name: "w",
      kind: "wire",
      linkType: 1,
      options: { delayNs: 5, loss: 0.5, rate: 0, seed: 3 },
    });
    expect(loop?.ends.length).toBe(1);
    expect((await over.ask("DELETE", "/api/v1/ports/w")).status).toBe(204);
    expect((await over.ask("DELETE", "/api/v1/ports/w")).status).toBe(404);
    expect((await over.ask("GET", "/api/v1/ports", { anonymous: true })).status).toBe(401);
    expect((await over.ask("GET", "/openapi.json")).body).toContain("/api/v1/ports");
  });

  test("an environment that may send answers into a file of the data folder", async () => {
    const over = await real();
    const made = await over.ask("POST", "/api/v1/ports", { json: { name: "out", kind: "file" } });
    expect(made.json()).toEqual({ ports: [240] });
    const json = { name: "echo", program: "echo", options: { port: 240 }, transmit: true };
    const { environment } = (await over.ask("POST", "/api/v1/environments", { json })).json() as {
      environment: number;
    };
    await over.ask("PUT", "/api/v1/filters/requests.dpf?bind=no", { body: REQUESTS });
    const binding = { filter: "requests", environment, mode: "claim" };
    expect((await over.ask("POST", "/api/v1/bindings", { json: binding })).status).toBe(201);
    await playCapture(over, "ping-arp.pcap");
    await over.ask("DELETE", "/api/v1/ports/out");
    const books = (await over.ask("GET", "/api/v1/books")).json() as { sent: number; balanced: boolean };
    expect(books.balanced).toBe(true);
    expect(books.sent).toBeGreaterThan(10);
    const environments = (await over.ask("GET", "/api/v1/environments")).json() as { id: number; sent: number }[];
    expect(environments.find(({ id }) => id === environment)).toMatchObject({ sent: books.sent });
    expect(readdirSync(join(over.folder, "ports"))).toEqual(["out.pcapng"]);
    await expect
      .poll(() => readOctets(readFileSync(join(over.folder, "ports", "out.pcapng")), 1 << 16).records.length)
      .toBe(books.sent);
    // What is written stays: it is not written over.
    const again = await over.ask("POST", "/api/v1/ports", { json: { name: "out", kind: "file" } });
    expect([again.status, again.body.includes(over.folder)]).toEqual([422, false]);
  });
});

describe("a file port fills the data folder", () => {
  const FILE = { name: "out", kind: "file" };

  test("so that it needs the right to store", async () => {
    const over = await real();
    const make = async (name: string, rights: readonly string[], json: object) => {
      const made = await over.ask("POST", "/api/v1/capabilities", { json: { name, rights } });
      const headers = { authorization: `Bearer ${(made.json() as { text: string }).text}` };
      return over.ask("POST", "/api/v1/ports", { anonymous: true, headers, json });
    };
    const refused = await make("creates", ["create"], FILE);
    expect(refused.json()).toMatchObject({ status: 403, code: "E_CAPABILITY_RIGHT" });
    expect(refused.body).toContain("the right 'store'");
    expect((await make("wires", ["create"], WIRE)).status).toBe(201);
    expect((await make("stores", ["create", "store"], FILE)).status).toBe(201);
  });

  test("and a disk that has room", async () => {
    const { ask, folder } = await bench({ storeLimits: { freeDiskOctets: Number.MAX_SAFE_INTEGER } });
    expect((await ask("POST", "/api/v1/ports", { json: FILE })).json()).toMatchObject({
      status: 507,
      code: "E_DISK_FULL",
    });
    expect(readdirSync(folder)).not.toContain("ports");
    expect((await ask("POST", "/api/v1/ports", { json: WIRE })).status).toBe(201);
  });
});

describe("ports in the profile", () => {
  const PROFILE: Profile = {
    filters: [{ name: "requests", language: "dpf", text: REQUESTS }],
    environments: [{ name: "echo", program: "echo", options: { port: 240 }, transmit: true }],
    ports: [{ name: "w", kind: "wire", delayNs: 1000, seed: 9 }],
    bindings: [{ name: "requests", filter: "requests", environment: "echo", mode: "claim" }],
  };

  test("go in and out, and are kept for the next start", async () => {
    const folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const over = await benchOver(await startAppliance(), { folder });
    try {
      expect((await over.ask("PUT", "/api/v1/profile", { json: PROFILE })).status).toBe(200);
      const out = (await over.ask("GET", "/api/v1/profile")).json();
      expect(out).toMatchObject({ ports: PROFILE.ports, environments: PROFILE.environments });
      await playCapture(over, "ping-arp.pcap");
      const [wire] = await ports(over);
      expect(wire?.ends[0]?.sent).toBeGreaterThan(10);
      expect(wire?.ends[0]?.wire?.arrived).toBe(wire?.ends[0]?.sent);
      // As it is: nothing changes, and the wire's counters go on.
      await over.ask("PUT", "/api/v1/profile", { json: PROFILE });
      expect((await ports(over))[0]?.ends[0]?.sent).toBe(wire?.ends[0]?.sent);
      expect(JSON.parse(over.store.profile()!)).toMatchObject({
        ports: PROFILE.ports,
        environments: PROFILE.environments,
      });
      // Without it, it goes.
      await over.ask("PUT", "/api/v1/profile", { json: { ...PROFILE, ports: [] } });
      expect(await ports(over)).toEqual([]);
    } finally {
      await over.close();
    }
  });

  test("keep whose they are, and nobody else ends them", async () => {
    const over = await real();
    const rights = ["observe", "store", "create", "bind", "replay"];
    const derived = async (name: string) => {
      const made = await over.ask("POST", "/api/v1/capabilities", { json: { name, rights } });
      return { anonymous: true, headers: { authorization: `Bearer ${(made.json() as { text: string }).text}` } };
    };
    const [lab, other] = [await derived("lab"), await derived("other")];
    const empty: Profile = { filters: [], environments: [], bindings: [] };
    const refused = { status: 403, code: "E_CAPABILITY_OWNER" };
    await over.ask("POST", "/api/v1/ports", { ...lab, json: WIRE });
    const before = (await over.ask("GET", "/api/v1/profile")).json();
    expect(before).toMatchObject({ ports: [{ ...WIRE, owner: "root/lab" }] });
    expect((await over.ask("DELETE", "/api/v1/ports/w", other)).json()).toMatchObject(refused);
    expect((await over.ask("PUT", "/api/v1/profile", { ...other, json: empty })).json()).toMatchObject(refused);
    const ofLab = { ...empty, ports: [{ ...WIRE, owner: "root/lab" }] };
    expect((await over.ask("PUT", "/api/v1/profile", { ...other, json: ofLab })).json()).toMatchObject(refused);
    expect((await over.ask("PUT", "/api/v1/profile", { json: before })).json()).toEqual(before);
    expect((await over.ask("DELETE", "/api/v1/ports/w", lab)).status).toBe(204);
    await over.ask("POST", "/api/v1/ports", { json: WIRE });
    expect((await over.ask("PUT", "/api/v1/profile", { ...lab, json: empty })).json()).toMatchObject(refused);
    expect((await ports(over)).map(({ name }) => name)).toEqual(["w"]);
  });

  test("what cannot be leaves all as it was", async () => {
    const over = await real();
    await over.ask("PUT", "/api/v1/profile", { json: PROFILE });
    const wrong = {
      ...PROFILE,
      ports: [{ name: "x", kind: "wire" }],
      environments: [{ name: "n", program: "nobody" }],
      bindings: [],
    };
    expect((await over.ask("PUT", "/api/v1/profile", { json: wrong })).status).toBe(422);
    expect((await ports(over)).map(({ name }) => name)).toEqual(["w"]);
    const twice = { ...PROFILE, ports: [PROFILE.ports![0], PROFILE.ports![0]] };
    const answer = await over.ask("PUT", "/api/v1/profile", { json: twice });
    expect(answer.body).toContain("/ports/1/name");
  });
});
