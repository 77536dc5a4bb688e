import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import type { Right } from "../../src/kernel/abi.js";
import {
  allows,
  type Capability,
  excess,
  isName,
  limited,
  RIGHTS,
  rootCapability,
  rules,
  seal,
  verify,
} from "../../src/kernel/capability.js";
import { framesOf } from "../../src/kernel/frames.js";
import { Chance } from "../seeded.js";

/** Seeded, so that what is refused today is what is refused tomorrow. */
const keyOf = (seed: number) => createHash("sha256").update(`key ${seed}`).digest();
const key = keyOf(1);
const FORGED = { ok: false, error: "E_CAPABILITY_FORGED" };
/** Mutated capabilities in `npm test`; the long run sets more. */
const MUTATED = Number(process.env.EXONET_MUTATIONS ?? 1_000_000);

test("a sealed capability verifies, with its rights", () => {
  const verified = verify(seal(rootCapability(), key), key, 0);
  expect(verified).toEqual({ ok: true, capability: rootCapability() });
});

test("every change of a character is a forgery", () => {
  const text = seal(rootCapability(), key);
  for (let at = 0; at < text.length; at++) {
    const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    expect(verify(changed, key, 0)).toEqual(FORGED);
  }
  for (const wrong of ["", ".", "..", `${text}A`, text.slice(0, -1), `${text}.x`, "x".repeat(5000)]) {
    expect(verify(wrong, key, 0)).toEqual(FORGED);
  }
  expect(verify(text, keyOf(2), 0)).toEqual(FORGED);
});

test("a right check value over what is no capability is refused, too", () => {
  const whole = rootCapability();
  const wrong = [
    null,
    [],
    {},
    { ...whole, name: "root" },
    { ...whole, name: [1] },
    { ...whole, rights: ["everything"] },
    { ...whole, expires: "0" },
    { ...whole, expires: 0.5 },
    { ...whole, serial: 1 },
    { ...whole, version: null },
    { ...whole, frames: "all" },
    { name: ["root"], rights: RIGHTS, expires: 0 },
  ];
  const sealed = (payload: string) =>
    `exo1.${payload}.${createHmac("sha256", key).update(`exo1.${payload}`).digest("base64url")}`;
  for (const value of wrong) {
    expect(verify(sealed(Buffer.from(JSON.stringify(value)).toString("base64url")), key, 0)).toEqual(FORGED);
  }
  expect(verify(sealed(Buffer.from("no JSON").toString("base64url")), key, 0)).toEqual(FORGED);
});

/** A weaker capability, as the table of them makes it, or undefined where it would be stronger or is not well formed. */
function derive(
  from: Capability,
  name: string,
  rights: readonly Right[],
  expires: number,
  serial = "",
  frames?: readonly number[],
): Capability | undefined {
  if (!isName(name) || excess(from, { rights, expires, frames }) !== undefined) return undefined;
  return limited(from, { rights, expires, frames }, [...from.name, name], serial, 0);
}

test("derived capabilities are weaker, never stronger", () => {
  const lab = derive(rootCapability(), "lab", ["observe", "bind"], 1000, "s")!;
  expect(lab.name).toEqual(["root", "lab"]);
  expect([allows(lab, "bind"), allows(lab, "create")]).toEqual([true, false]);
  expect(derive(lab, "x", ["create"], 500)).toBeUndefined();
  expect(derive(lab, "x", ["bind"], 2000)).toBeUndefined();
  expect(derive(lab, "x", ["bind"], 0)).toBeUndefined();
  expect(derive(lab, "no/slash", ["bind"], 500)).toBeUndefined();
  const anna = { name: ["root", "lab", "anna"], rights: ["bind"], expires: 500, serial: "t", version: 0 };
  expect(derive(lab, "anna", ["bind"], 500, "t")).toEqual(anna);
});

test("frames become narrower, never wider, and what is not known to be narrower is refused", () => {
  const equal = (offset: number, value: number, mask = 255) =>
    ({ kind: "equal", offset, width: 8, mask, value }) as const;
  const framesOfAll = (...all: ReturnType<typeof equal>[][]) => framesOf({ conjunctions: all })!;
  const net = framesOfAll([equal(26, 10)]);
  const host = framesOfAll([equal(26, 10), equal(27, 1)]);
  const other = framesOfAll([equal(26, 11)]);
  const lab = derive(rootCapability(), "lab", ["transmit"], 0, "s", net)!;
  expect(lab.frames).toEqual(net);
  // Without others they are those of what it is derived from.
  expect(derive(lab, "same", ["transmit"], 0)!.frames).toEqual(net);
  expect(derive(lab, "host", ["transmit"], 0, "t", host)!.frames).toEqual(host);
  const wanted = (frames: readonly number[]) => ({ rights: [], expires: 0, frames });
  expect(excess(lab, wanted(other))).toContain("frames");
  expect(excess(lab, wanted(framesOfAll([])))).toContain("frames");
  expect(excess(lab, wanted(framesOfAll([equal(26, 10)], [equal(26, 11)])))).toContain("frames");
  expect(excess(derive(lab, "host", [], 0, "t", host)!, wanted(net))).toContain("frames");
  const text = seal(lab, key);
  expect(verify(text, key, 0)).toEqual({ ok: true, capability: lab });
});

test("expiry is an error of its own", () => {
  const text = seal(derive(rootCapability(), "lab", ["observe"], 1000)!, key);
  expect(verify(text, key, 999).ok).toBe(true);
  expect(verify(text, key, 1000)).toEqual({ ok: false, error: "E_CAPABILITY_EXPIRED" });
});

test("a path has authority over itself and what is below it", () => {
  expect(rules(["root"], ["root", "lab"])).toBe(true);
  expect(rules(["root", "lab"], ["root", "lab"])).toBe(true);
  expect(rules(["root", "lab", "anna"], ["root", "lab"])).toBe(false);
  expect(rules(["root", "la"], ["root", "lab"])).toBe(false);
});

test(`of ${MUTATED} mutated capabilities none is accepted, and every original is (seed 7)`, () => {
  const chance = new Chance(7);
  const originals = Array.from({ length: 256 }, (_, number) => seal(randomCapability(chance, number), key));
  const known = new Set(originals);
  const accepted: string[] = [];
  let mutated = 0;
  while (mutated < MUTATED) {
    const text = mutation(chance, chance.pick(originals), originals);
    if (known.has(text)) continue;
    mutated++;
    if (verify(text, key, 0).ok) accepted.push(text);
  }
  expect(accepted).toEqual([]);
  for (const text of originals) expect(verify(text, key, 0).ok).toBe(true);
}, 120_000);

function randomCapability(chance: Chance, number: number): Capability {
  const rights = RIGHTS.filter(() => chance.percent(60));
  const name = ["root", ...Array.from({ length: chance.below(4) }, () => `n${chance.below(1000)}`)];
  const expires = chance.percent(50) ? 0 : 1 + chance.below(2 ** 30);
  const frames = chance.percent(30)
    ? framesOf({ conjunctions: [[{ kind: "length", least: 14, most: 99 }]] })
    : undefined;
  return limited(
    { ...rootCapability(), rights },
    { rights, expires, frames },
    name,
    `serial-${number}`,
    chance.below(3),
  );
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const NOISE = ["=", "==", " ", "\n", "\t", "\0", ".", "+", "/", "é", "\ud800", "A"];

/** One of the ways in which somebody would try. */
function mutation(chance: Chance, text: string, others: readonly string[]): string {
  const [prefix = "", payload = "", check = ""] = text.split(".");
  const at = chance.below(text.length);
  switch (chance.below(12)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << chance.below(8))) + text.slice(at + 1);
    case 1: {
      const octets = Buffer.from(payload, "base64url");
      octets[chance.below(octets.length)]! ^= 1 << chance.below(8);
      return `${prefix}.${octets.toString("base64url")}.${check}`;
    }
    case 2: {
      const octets = Buffer.from(check, "base64url");
      octets[chance.below(octets.length)]! ^= 1 << chance.below(8);
      return `${prefix}.${payload}.${octets.toString("base64url")}`;
    }
    case 3:
      return text.slice(0, at);
    case 4: {
      const noise = chance.pick(NOISE);
      return text.slice(0, at) + noise + text.slice(at);
    }
    case 5:
      // Bits of the last character that no octet has: the same octets in another writing.
      return `${prefix}.${payload}.${check.slice(0, -1)}${neighbour(chance, check.at(-1) ?? "A")}`;
    case 6:
      return `${prefix}.${payload.slice(0, -1)}${neighbour(chance, payload.at(-1) ?? "A")}.${check}`;
    case 7: {
      const [, stolen = ""] = chance.pick(others).split(".");
      return `${prefix}.${stolen}.${check}`;
    }
    case 8:
      return `${prefix}.${edited(chance, payload)}.${check}`;
    case 9: {
      const other = edited(chance, payload);
      const wrongKey = keyOf(2 + chance.below(1000));
      return `${prefix}.${other}.${createHmac("sha256", wrongKey).update(`${prefix}.${other}`).digest("base64url")}`;
    }
    case 10:
      return `${prefix}.${chance.percent(50) ? toStandard(payload) : payload}.${toStandard(check)}${chance.pick(NOISE)}`;
    default:
      return chance.pick([
        `${prefix}..${check}`,
        `${prefix}.${payload}.`,
        `EXO1.${payload}.${check}`,
        `.${text}`,
        `${text}.`,
      ]);
  }
}

function neighbour(chance: Chance, character: string): string {
  return ALPHABET[ALPHABET.indexOf(character) ^ (1 + chance.below(3))] ?? "A";
}

function toStandard(text: string): string {
  return Buffer.from(text, "base64url").toString("base64");
}

/** The payload's JSON with something in it that would be worth having. */
function edited(chance: Chance, payload: string): string {
  const capability = JSON.parse(Buffer.from(payload, "base64url").toString());
  const edits = [
    { rights: RIGHTS, note: chance.below(1e9) },
    { expires: capability.expires + 1 + chance.below(1e9) },
    { name: ["root", `x${chance.below(1e9)}`] },
    { serial: `serial-${256 + chance.below(1e9)}` },
    { version: capability.version + 1 + chance.below(1e6) },
  ];
  return Buffer.from(JSON.stringify({ ...capability, ...chance.pick(edits) })).toString("base64url");
}
