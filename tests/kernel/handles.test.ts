import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Capabilities } from "../../src/kernel/capabilities.js";
import { type Capability, rootCapability, seal } from "../../src/kernel/capability.js";
import { Handles } from "../../src/kernel/handles.js";
import { MAX_HANDLES } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { Chance } from "../seeded.js";

const key = createHash("sha256").update("handles").digest();
const root = rootCapability();

class Setting {
  now = 1;
  readonly table = new Capabilities(key, () => this.now);
  readonly handles = new Handles(this.table, () => this.now);

  derive(name: string, expires = 0, by = root): Capability {
    const change = this.table.derive(by, name, { rights: ["bind", "create"], expires });
    this.table.apply(change);
    return change.put!.capability;
  }

  open(environment: number, capability: Capability): number {
    return this.handles.open(environment, seal(capability, key));
  }

  fate(environment: number, handle: number): string {
    try {
      return this.handles.check(environment, handle, "bind").name.join("/");
    } catch (error) {
      return error instanceof Refusal ? error.code : String(error);
    }
  }
}

test("a handle is its environment's, and stands for what was checked in full", () => {
  const setting = new Setting();
  const lab = setting.derive("lab");
  const handle = setting.open(3, lab);
  expect(setting.fate(3, handle)).toBe("root/lab");
  expect(setting.fate(4, handle)).toBe("E_HANDLE");
  expect(() => setting.handles.check(3, handle, "store")).toThrow("the right 'store'");
  expect(setting.handles.check(3, handle, null)).toEqual(lab);
  expect(() => setting.handles.open(3, "exo1.e30.x")).toThrow(Refusal);
  expect(setting.fate(5, setting.open(5, root))).toBe("root");
});

test("it is dropped at revocation, at expiry and with its environment, each with an error of its own", () => {
  const setting = new Setting();
  const lab = setting.derive("lab");
  const below = setting.derive("below", 0, lab);
  const brief = setting.derive("brief", 50);
  const handles = [lab, below, brief].map((each) => setting.open(1, each));
  const fates = () => handles.map((handle) => setting.fate(1, handle));
  expect(fates()).toEqual(["root/lab", "root/lab/below", "root/brief"]);
  setting.table.apply(setting.table.revoke(root, lab.serial));
  setting.now = 50;
  expect(fates()).toEqual(["E_CAPABILITY_REVOKED", "E_CAPABILITY_REVOKED", "E_CAPABILITY_EXPIRED"]);
  setting.table.apply(setting.table.expired());
  expect(fates()).toEqual(["E_CAPABILITY_REVOKED", "E_CAPABILITY_REVOKED", "E_CAPABILITY_EXPIRED"]);
  const other = setting.derive("other");
  const [one, two] = [setting.open(1, other), setting.open(2, other)];
  setting.handles.closeAll(1);
  expect([setting.fate(1, one!), setting.fate(2, two!)]).toEqual(["E_HANDLE", "root/other"]);
});

test("what the kernel keeps for itself ends as a handle does, and is nobody's handle", () => {
  const setting = new Setting();
  const { handles, table } = setting;
  const [lab, brief, weak] = [setting.derive("lab"), setting.derive("brief", 50), setting.derive("weak")];
  const held = [lab, brief, weak, root].map((each) => handles.admit(seal(each, key), "bind"));
  const fates = () =>
    [...held, undefined].map((each) => {
      try {
        return handles.current(each, "bind").name.join("/");
      } catch (error) {
        return error instanceof Refusal ? error.code : String(error);
      }
    });
  expect(fates()).toEqual(["root/lab", "root/brief", "root/weak", "root", "E_HANDLE"]);
  table.apply(table.revoke(root, lab.serial));
  table.apply(table.weaken(root, weak.serial, { rights: ["create"], expires: 0 }));
  setting.now = 50;
  expect(fates()).toEqual(["E_CAPABILITY_REVOKED", "E_CAPABILITY_EXPIRED", "E_CAPABILITY_RIGHT", "root", "E_HANDLE"]);
  // The first that is opened is the first that its environment has.
  expect([setting.open(3, root), setting.open(4, root)]).toEqual([MAX_HANDLES, MAX_HANDLES]);
  expect(() => handles.admit(seal(setting.derive("other"), key), "store")).toThrow("the right 'store'");
});

test("it follows its capability when that is weakened", () => {
  const setting = new Setting();
  const lab = setting.derive("lab");
  const handle = setting.open(1, lab);
  setting.table.apply(setting.table.weaken(root, lab.serial, { rights: ["create"], expires: 0 }));
  expect(setting.fate(1, handle)).toBe("E_CAPABILITY_RIGHT");
  expect(setting.handles.check(1, handle, "create").version).toBe(1);
});

test("a place that is used again has another generation, and there are so many places and no more", () => {
  const setting = new Setting();
  const lab = setting.derive("lab");
  const brief = setting.derive("brief");
  const first = setting.open(1, brief);
  for (let more = 1; more < MAX_HANDLES; more++) setting.open(1, lab);
  expect(() => setting.open(1, lab)).toThrow(`${MAX_HANDLES} handles`);
  setting.table.apply(setting.table.revoke(root, brief.serial));
  expect(setting.fate(1, first)).toBe("E_CAPABILITY_REVOKED");
  const again = setting.open(1, lab);
  expect(again % MAX_HANDLES).toBe(first % MAX_HANDLES);
  expect([setting.fate(1, first), setting.fate(1, again)]).toEqual(["E_HANDLE", "root/lab"]);
});

test("guessed numbers are no handles (seed 11)", () => {
  const chance = new Chance(11);
  const setting = new Setting();
  const lab = setting.derive("lab");
  const real = new Set(Array.from({ length: 20 }, () => setting.open(1, lab)));
  const strange = [-1, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 40 + 256, -(2 ** 31)];
  for (const handle of strange) expect(setting.fate(1, handle)).toBe("E_HANDLE");
  for (let guess = 0; guess < 100_000; guess++) {
    const handle = (chance.below(2 ** 31) << chance.below(2)) >> chance.below(24);
    const fate = setting.fate(1, handle);
    if (!real.has(handle) && fate !== "E_HANDLE") expect(handle).toBe("refused");
    if (real.has(handle) && fate !== "root/lab") expect(fate).toBe("root/lab");
  }
});
