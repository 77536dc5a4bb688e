/**
 * Ownership, over HTTP: who may claim what beside another environment's claim. The caller's capability has every right
 * but `grant`, unless a test says so. Each refusal names who was in the way, how, and a packet that both match.
 */
import { randomBytes } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface } from "../../src/appliance/interface.js";
import type { CheckResult, Overlap, Problem } from "../../src/control/protocol.js";
import { matches } from "../../src/dpf/brute.js";
import { compileText } from "../../src/filter/filter.js";
import { RIGHTS, rootCapability, seal } from "../../src/kernel/capability.js";
import { type Answer, type Bench, benchOver } from "./bench.js";

const V1 = "/api/v1";
const IP = "12:16 == 0x0800";
const TCP = `${IP} && 23:8 == 6`;
const WEB = `${TCP} && 36:16 == 80`;

const key = randomBytes(32);
/** All rights but that to take from others' claims; the environments are made under it. */
let weaker: string;

let bench: Bench<ApplianceInterface>;
/** Shown with each call; tests switch it. */
let capability: string;
let granted: string;

/** The appliance, with a capability for the token that tests can switch. */
function withCapability(appliance: ApplianceInterface): ApplianceInterface {
  return new Proxy(appliance, {
    get: (target, name) => {
      if (name === "call") return (_shown: string, ...rest: [never, never]) => target.call(capability, ...rest);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

beforeAll(async () => {
  granted = seal(rootCapability(), key);
  capability = granted;
  const appliance = await startAppliance({ memory: 16 * 1024 * 1024, key });
  const rights = RIGHTS.filter((right) => right !== "grant");
  const derived = await appliance.call(granted, "derive", { name: "without-grant", rights, expires: 0 });
  if (!derived.ok) throw new Error(derived.detail);
  weaker = derived.result.text;
  bench = await benchOver(withCapability(appliance), {});
  capability = weaker;
  for (const name of ["theirs", "ours"]) {
    await bench.ask("POST", `${V1}/environments`, { json: { name, program: "monitor" } });
  }
  return bench.close;
});

beforeEach(async () => {
  capability = granted;
  const filters = (await bench.ask("GET", `${V1}/filters`)).json() as { name: string }[];
  for (const { name } of filters) await bench.ask("DELETE", `${V1}/filters/${name}?unbind=yes`);
  capability = weaker;
});

const [THEIRS, OURS] = [1, 2];

async function put(name: string, text: string): Promise<Answer> {
  return bench.ask("PUT", `${V1}/filters/${name}.dpf?bind=no`, { body: text });
}

async function claim(name: string, text: string, environment: number, priority = 0): Promise<Answer> {
  expect((await put(name, text)).status).toBeLessThan(300);
  return bench.ask("POST", `${V1}/bindings`, { json: { filter: name, environment, mode: "claim", priority } });
}

async function held(text: string, priority = 0): Promise<void> {
  expect((await claim("held", text, THEIRS, priority)).status).toBe(201);
}

function accepts(text: string, witness: string | null): boolean {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok || witness === null) throw new Error(`${text}: ${witness}`);
  const octets = Buffer.from(witness, "hex");
  return matches(compiled.filter, octets, 0, octets.length);
}

/** The refusal's first overlap, whose witness both accept. */
function expectRefused(answer: Answer, code: string, old: string, text: string, total = 1): Overlap {
  const problem = answer.json() as Problem;
  expect(problem).toMatchObject({ status: 409, code, overlaps: { total } });
  const [overlap] = problem.overlaps?.overlaps ?? [];
  if (overlap === undefined) throw new Error("nobody is named");
  expect(overlap).toMatchObject({ name: "held", environment: THEIRS });
  expect([accepts(old, overlap.witness), accepts(text, overlap.witness)]).toEqual([true, true]);
  return overlap;
}

describe("beside another environment's claim, without the right `grant`", () => {
  test.each([
    ["disjoint", WEB, 0, `${TCP} && 36:16 == 443`, 0],
    ["disjoint, though more urgent", WEB, 0, `${TCP} && 36:16 == 443`, 9],
    ["identical, of lower priority", WEB, 5, WEB, 4],
    ["around it, with fewer bits", WEB, 0, IP, 0],
    ["across it, with fewer bits", TCP, 0, "30:8 == 10", 0],
    ["across it, with as many bits: the older wins", "0:8 == 1", 0, "1:8 == 1", 0],
    ["around it, with as many bits: the inner wins", "0:8 == 1 && length >= 60", 0, "0:8 == 1", 0],
    ["of no packet at all", "0:8 == 1", 0, "0:8 == 1 && 0:8 == 2", 9],
  ])("a claim that could win nothing is accepted: %s", async (_, old, priority, text, ours) => {
    await held(old, priority);
    const answer = await claim("new", text, OURS, ours);
    expect(answer.status, answer.body).toBe(201);
  });

  test.each([
    ["inside, with more bits", IP, 0, WEB, 0, "inside", "new"],
    ["inside, with as many bits", "0:8 == 1", 0, "0:8 == 1 && length >= 60", 0, "inside", "new"],
    ["across it, with more bits", "30:8 == 10", 0, TCP, 0, "partial", "new"],
    ["across it, more urgent", TCP, 0, "30:8 == 10", 1, "partial", "new"],
    ["around it, more urgent", WEB, 0, IP, 1, "contains", "new"],
    ["identical, more urgent", WEB, 3, WEB, 4, "identical", "new"],
    ["with alternatives of more and of fewer bits", TCP, 0, `30:8 == 10 || ${WEB}`, 0, "partial", "depends"],
  ])("a claim that would win is refused: %s", async (_, old, priority, text, ours, relation, wins) => {
    await held(old, priority);
    const overlap = expectRefused(await claim("new", text, OURS, ours), "E_CLAIM_OVERLAP", old, text);
    expect(overlap).toMatchObject({ relation, wins, priority });
    // The check before binding says the same.
    const query = `mode=claim&environment=${OURS}&priority=${ours}`;
    const check = (await bench.ask("POST", `${V1}/filters/new.dpf/check?${query}`, { body: text })).json();
    expect((check as CheckResult).overlaps?.overlaps).toEqual([overlap]);
    capability = granted;
    expect((await claim("new", text, OURS, ours)).status).toBe(201);
  });

  test("the same environment may carve up what is its own", async () => {
    await held(IP);
    expect((await claim("inner", WEB, THEIRS)).status).toBe(201);
    expectRefused(await claim("new", TCP, OURS), "E_CLAIM_OVERLAP", IP, TCP, 2);
  });

  test("of many in the way, those of others are named first", async () => {
    await held("1:8 == 1");
    for (let value = 0; value < 25; value++) {
      expect((await claim(`own-${value}`, `0:8 == ${value}`, OURS)).status).toBe(201);
    }
    const refused = (await claim("new", "true", OURS, 1)).json() as Problem;
    const names = refused.overlaps?.overlaps.map(({ name }) => name) ?? [];
    expect([refused.overlaps?.total, names.length, ...names.slice(0, 2)]).toEqual([26, 20, "held", "own-0"]);
  });
});

describe("an identical claim of equal priority is refused, whoever asks", () => {
  test.each([
    ["as it was", WEB, WEB],
    ["in another order", WEB, "36:16 == 80 && 23:8 == 6 && 12:16 == 0x0800"],
    ["with a test twice", WEB, `${WEB} && 23:8 & 0x06 == 6`],
    ["as a range", "0:8 & 0xf0 == 0x10", "0:8 in 0x10..0x1f"],
    ["as two excluded sides", "0:8 == 7", "0:8 >= 7 && 0:8 <= 7"],
    ["with alternatives turned round", `${WEB} || 0:8 == 1`, `0:8 == 1 || ${WEB}`],
    ["as a case distinction", "length >= 1", "0:8 & 0x80 == 0 || 0:8 & 0x80 == 0x80"],
    ["with a part that another alternative covers", IP, `${IP} || ${TCP}`],
  ])("%s", async (_, old, text) => {
    capability = granted;
    await held(old);
    const overlap = expectRefused(await claim("new", text, OURS), "E_CLAIM_IDENTICAL", old, text);
    expect(overlap.relation).toBe("identical");
    expect((await claim("new", text, THEIRS)).json()).toMatchObject({ status: 409, code: "E_CLAIM_IDENTICAL" });
  });
});

describe("another text for a claim that is bound", () => {
  test("obeys the same rule; where it is refused the old one holds", async () => {
    await held("0:8 == 1");
    expect((await claim("mine", "0:8 == 2", OURS)).status).toBe(201);
    const wider = "0:8 == 2 || 0:8 == 1 && 1:8 == 7";
    const overlap = expectRefused(await put("mine", wider), "E_CLAIM_OVERLAP", "0:8 == 1", wider);
    expect(overlap).toMatchObject({ relation: "partial" });
    expect((await bench.ask("GET", `${V1}/filters/mine`)).body).toBe("0:8 == 2");
    expect((await put("mine", "0:8 == 2 || 0:8 == 3")).status).toBe(200);
    capability = granted;
    expect((await put("mine", wider)).status).toBe(200);
    expectRefused(await put("mine", "0:8 == 1"), "E_CLAIM_IDENTICAL", "0:8 == 1", "0:8 == 1");
  });
});
