import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { allows, derive, rootCapability, seal, verify } from "../../src/kernel/capability.js";

const key = randomBytes(32);

test("a sealed capability verifies, with its rights", () => {
  const verified = verify(seal(rootCapability(), key), key, 0);
  expect(verified).toEqual({ ok: true, capability: rootCapability() });
});

test("every change of a character is a forgery", () => {
  const text = seal(rootCapability(), key);
  for (let at = 0; at < text.length; at++) {
    const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    expect(verify(changed, key, 0)).toEqual({ ok: false, error: "E_CAPABILITY_FORGED" });
  }
  for (const wrong of ["", ".", "..", `${text}A`, text.slice(0, -1), `${text}.x`, "x".repeat(5000)]) {
    expect(verify(wrong, key, 0)).toEqual({ ok: false, error: "E_CAPABILITY_FORGED" });
  }
  expect(verify(text, randomBytes(32), 0)).toEqual({ ok: false, error: "E_CAPABILITY_FORGED" });
});

test("derived capabilities are weaker, never stronger", () => {
  const lab = derive(rootCapability(), "lab", ["observe", "bind"], 1000)!;
  expect(lab.name).toEqual(["root", "lab"]);
  expect([allows(lab, "bind"), allows(lab, "create")]).toEqual([true, false]);
  expect(derive(lab, "x", ["create"], 500)).toBeUndefined();
  expect(derive(lab, "x", ["bind"], 2000)).toBeUndefined();
  expect(derive(lab, "x", ["bind"], 0)).toBeUndefined();
  expect(derive(lab, "no/slash", ["bind"], 500)).toBeUndefined();
  expect(derive(lab, "anna", ["bind"], 500)).toEqual({ name: ["root", "lab", "anna"], rights: ["bind"], expires: 500 });
});

test("expiry is an error of its own", () => {
  const text = seal(derive(rootCapability(), "lab", ["observe"], 1000)!, key);
  expect(verify(text, key, 999).ok).toBe(true);
  expect(verify(text, key, 1000)).toEqual({ ok: false, error: "E_CAPABILITY_EXPIRED" });
});
