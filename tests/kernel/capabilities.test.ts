import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Right } from "../../src/kernel/abi.js";
import { Capabilities, type CapabilityChange } from "../../src/kernel/capabilities.js";
import { type Capability, RIGHTS, rootCapability, rules, seal } from "../../src/kernel/capability.js";
import { CAPABILITY_DEPTH, MAX_BELOW, MAX_CAPABILITIES } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { Chance } from "../seeded.js";

const key = createHash("sha256").update("the key of this test").digest();
const ROOT = seal(rootCapability(), key);
const root = rootCapability();

class Table {
  now = 1;
  readonly all = new Capabilities(key, () => this.now);

  derive(by: Capability, name: string, rights: readonly Right[] = by.rights, expires = by.expires): Capability {
    return this.make(this.all.derive(by, name, { rights, expires }));
  }

  make(change: CapabilityChange): Capability {
    this.all.apply(change);
    return change.put!.capability;
  }

  /** What becomes of a text: its rights, or the error. */
  fate(text: string): string {
    try {
      return this.all.admit(text, null).rights.join();
    } catch (error) {
      return codeOf(error);
    }
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Refusal)) throw error;
  return error.code;
}

function refusal(work: () => unknown): string {
  try {
    work();
    return "nothing was refused";
  } catch (error) {
    return codeOf(error);
  }
}

describe("what was derived", () => {
  test("is accepted until it is revoked, with its subtree and nothing else, and its name is free again", () => {
    const table = new Table();
    const lab = table.derive(root, "lab", ["observe", "bind"]);
    const anna = table.derive(lab, "anna", ["bind"]);
    const laboratory = table.derive(root, "laboratory", ["bind"]);
    const texts = [lab, anna, laboratory].map((each) => seal(each, key));
    expect(texts.map((text) => table.fate(text))).toEqual(["observe,bind", "bind", "bind"]);
    expect(refusal(() => table.derive(root, "lab"))).toBe("E_NAME_TAKEN");
    table.all.apply(table.all.revoke(root, "root/lab"));
    expect(texts.map((text) => table.fate(text))).toEqual(["E_CAPABILITY_REVOKED", "E_CAPABILITY_REVOKED", "bind"]);
    const again = table.derive(root, "lab", ["observe", "bind"]);
    expect(again.serial).not.toBe(lab.serial);
    expect(table.fate(seal(again, key))).toBe("observe,bind");
    expect(texts.map((text) => table.fate(text))).toEqual(["E_CAPABILITY_REVOKED", "E_CAPABILITY_REVOKED", "bind"]);
    expect(table.fate(ROOT)).toBe(RIGHTS.join());
  });

  test("is revoked and weakened by who holds it or one above it, and by nobody else", () => {
    const table = new Table();
    const lab = table.derive(root, "lab");
    const anna = table.derive(lab, "anna");
    const bert = table.derive(lab, "bert");
    const nothing = { rights: [], expires: 0 };
    for (const [by, of] of [
      [anna, lab],
      [anna, bert],
      [bert, anna],
    ] as const) {
      expect(refusal(() => table.all.revoke(by, of.serial))).toBe("E_NO_CAPABILITY");
      expect(refusal(() => table.all.weaken(by, of.serial, nothing))).toBe("E_NO_CAPABILITY");
    }
    expect(refusal(() => table.all.revoke(root, "root"))).toBe("E_ARGUMENT");
    expect(refusal(() => table.all.revoke(root, "root/nobody"))).toBe("E_NO_CAPABILITY");
    expect(table.all.revoke(anna, anna.serial).ended).toHaveLength(1);
    expect(table.all.revoke(lab, "root/lab").ended).toHaveLength(3);
  });

  test("is refused with an error of its own where it would be stronger, and says by what", () => {
    const table = new Table();
    const lab = table.derive(root, "lab", ["bind"], 1000);
    expect(() => table.derive(lab, "x", ["bind", "store"])).toThrow("the right 'store'");
    expect(() => table.derive(lab, "x", ["bind"], 0)).toThrow("a later expiry");
    expect(refusal(() => table.derive(lab, "x", ["create"]))).toBe("E_CAPABILITY_STRONGER");
    expect(refusal(() => table.derive(lab, "x", ["bind"], 1))).toBe("E_ARGUMENT");
    expect(refusal(() => table.derive(lab, "No Name"))).toBe("E_NAME");
    expect(refusal(() => table.all.derive(lab, "x", { rights: [], expires: 9, frames: [1, 2] }))).toBe("E_ARGUMENT");
    expect(refusal(() => table.all.derive(lab, "x", { rights: [], expires: 9, frames: [Number.NaN] }))).toBe(
      "E_ARGUMENT",
    );
    expect(refusal(() => table.all.derive(lab, "x", { rights: [], expires: 9, frames: [1e9] }))).toBe("E_ARGUMENT");
  });

  test("which right is lacking is said", () => {
    const table = new Table();
    const text = seal(table.derive(root, "lab", ["bind"]), key);
    expect(table.all.admit(text, "bind").name).toEqual(["root", "lab"]);
    expect(() => table.all.admit(text, "create")).toThrow("this call needs the right 'create'");
  });

  test("expires, with all below it; a clock that goes back brings nothing back", () => {
    const table = new Table();
    const lab = table.derive(root, "lab", ["bind"], 1000);
    const anna = table.derive(lab, "anna", ["bind"], 500);
    const texts = [lab, anna].map((each) => seal(each, key));
    expect(table.all.expired().ended).toEqual([]);
    table.now = 500;
    expect(texts.map((text) => table.fate(text))).toEqual(["bind", "E_CAPABILITY_EXPIRED"]);
    const over = table.all.expired();
    expect(over.ended.map(({ capability, reason }) => [capability.serial, reason])).toEqual([[anna.serial, "expired"]]);
    table.all.apply(over);
    table.now = 400;
    expect(texts.map((text) => table.fate(text))).toEqual(["bind", "E_CAPABILITY_REVOKED"]);
    expect(table.all.size).toBe(1);
  });
});

describe("weakening", () => {
  test("leaves serial and path, refuses the old text, and revokes what would be stronger", () => {
    const table = new Table();
    const lab = table.derive(root, "lab", ["observe", "bind", "create"]);
    const strong = table.derive(lab, "strong", ["create"]);
    const below = table.derive(strong, "below", []);
    const weak = table.derive(lab, "weak", ["bind"]);
    const change = table.all.weaken(root, "root/lab", { rights: ["observe", "bind"], expires: 0 });
    const weaker = table.make(change);
    expect([weaker.serial, weaker.name, weaker.version]).toEqual([lab.serial, lab.name, 1]);
    const fates = [lab, weaker, strong, below, weak].map((each) => table.fate(seal(each, key)));
    const revoked = "E_CAPABILITY_REVOKED";
    expect(fates).toEqual(["E_CAPABILITY_WEAKENED", "observe,bind", revoked, revoked, "bind"]);
    expect(refusal(() => table.all.weaken(root, lab.serial, { rights: ["create"], expires: 0 }))).toBe(
      "E_CAPABILITY_STRONGER",
    );
    const again = table.make(table.all.weaken(weaker, lab.serial, { rights: ["bind"], expires: 900 }));
    expect([lab, weaker, again].map((each) => table.fate(seal(each, key)))).toEqual([
      "E_CAPABILITY_WEAKENED",
      "E_CAPABILITY_WEAKENED",
      "bind",
    ]);
    // The one below would outlive it.
    expect(table.fate(seal(weak, key))).toBe(revoked);
  });
});

describe("limits", () => {
  test("of depth, of those below one, and of all", () => {
    const table = new Table();
    let deep = root;
    for (let depth = 1; depth < CAPABILITY_DEPTH; depth++) deep = table.derive(deep, "d");
    expect(() => table.derive(deep, "d")).toThrow(`${CAPABILITY_DEPTH} names`);
    const labs = Array.from({ length: MAX_CAPABILITIES / MAX_BELOW }, (_, lab) => table.derive(root, `lab${lab}`));
    const first = table.derive(labs[0]!, "first");
    for (let each = 1; each < MAX_BELOW; each++) table.derive(labs[0]!, `n${each}`);
    expect(() => table.derive(labs[0]!, "more")).toThrow(`${MAX_BELOW} below root/lab0`);
    expect(() => table.derive(first, "more")).toThrow(`${MAX_BELOW} below root/lab0`);
    // Nobody takes all the room: others go on.
    table.derive(labs[1]!, "fine");
    table.all.apply(table.all.revoke(root, first.serial));
    table.derive(labs[0]!, "more");
    for (let each = 0; table.all.size < MAX_CAPABILITIES; each++) table.derive(root, `m${each}`);
    expect(() => table.derive(root, "last")).toThrow(`${MAX_CAPABILITIES} capabilities`);
  });

  test("the longest text that there can be is accepted", () => {
    const table = new Table();
    const atoms = Array.from({ length: 23 }, (_, at) => [2, -1, 60_000 - at, 32, 4294967295, 4294967290, 4294967295]);
    const frames = [23, ...atoms.flat()];
    let deep = root;
    for (let depth = 1; depth < CAPABILITY_DEPTH - 1; depth++) deep = table.derive(deep, "n".repeat(64));
    const wanted = { rights: RIGHTS, expires: Number.MAX_SAFE_INTEGER, frames };
    const last = table.make(table.all.derive(deep, "n".repeat(64), wanted));
    expect(table.fate(seal(last, key))).toBe(RIGHTS.join());
    expect(() => table.all.derive(deep, "m", { ...wanted, frames: [24, ...frames.slice(1), ...atoms[0]!] })).toThrow(
      "atoms",
    );
  });
});

test("what was kept is restored; what stands on nothing, is stronger than it may be, or is over, is not", () => {
  const table = new Table();
  const lab = table.derive(root, "lab", ["bind", "create"], 1000);
  const anna = table.derive(lab, "anna", ["bind"], 900);
  const orphan = { ...anna, name: ["root", "gone", "anna"], serial: "orphan" };
  const stronger = { ...anna, name: ["root", "lab", "strong"], rights: ["store" as const], serial: "strong" };
  const over = { ...anna, name: ["root", "lab", "over"], expires: 5, serial: "over" };
  const twin = { ...lab, serial: "twin", rights: [] };
  const restored = new Capabilities(key, () => 10, [orphan, anna, stronger, over, lab, twin]);
  expect(restored.below(root).map(({ path }) => path)).toEqual(["root", "root/lab", "root/lab/anna"]);
  expect(restored.admit(seal(anna, key), "bind")).toEqual(anna);
  for (const each of [orphan, stronger, twin]) {
    expect(refusal(() => restored.admit(seal(each, key), null))).toBe("E_CAPABILITY_REVOKED");
  }
});

test("each sees itself and what is below it, and no text", () => {
  const table = new Table();
  const lab = table.derive(root, "lab");
  table.derive(root, "other");
  const anna = table.derive(lab, "anna");
  const paths = (by: Capability) => table.all.below(by).map(({ path }) => path);
  expect(paths(root)).toEqual(["root", "root/lab", "root/lab/anna", "root/other"]);
  expect(paths(lab)).toEqual(["root/lab", "root/lab/anna"]);
  expect(paths(anna)).toEqual(["root/lab/anna"]);
  expect(JSON.stringify(table.all.below(root))).not.toContain("exo1");
});

/** The twin: every text that ever was, by what it should be worth. It knows the rules and has no tables. */
interface Twin {
  readonly capability: Capability;
  fate: "holds" | "E_CAPABILITY_REVOKED" | "E_CAPABILITY_WEAKENED";
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])("random trees: who may do what, against a twin (seed %i)", (seed) => {
  const chance = new Chance(seed);
  const table = new Table();
  const twins = new Map<string, Twin>();
  const holding = () => [...twins.values()].filter(({ fate }) => fate === "holds").map(({ capability }) => capability);
  const end = (of: Capability) => {
    for (const twin of twins.values())
      if (twin.fate === "holds" && rules(of.name, twin.capability.name)) twin.fate = "E_CAPABILITY_REVOKED";
  };
  const add = (capability: Capability) => twins.set(seal(capability, key), { capability, fate: "holds" });
  const someRights = (of: readonly Right[]) => of.filter(() => chance.percent(70));
  const someTime = () => (chance.percent(40) ? 0 : table.now + 1 + chance.below(400));
  for (let step = 0; step < 300; step++) {
    table.now += chance.below(5);
    table.all.apply(table.all.expired());
    for (const { capability, ...twin } of twins.values())
      if (twin.fate === "holds" && capability.expires !== 0 && capability.expires <= table.now) end(capability);
    const by = chance.pick([root, ...holding()]);
    const of = chance.pick([root, ...[...twins.values()].map(({ capability }) => capability)]);
    const wanted = { rights: someRights(chance.percent(80) ? by.rights : RIGHTS), expires: someTime() };
    const name = `n${chance.below(3)}`;
    const isStronger = (from: Capability, to = wanted) =>
      !to.rights.every((right) => from.rights.includes(right)) ||
      (from.expires !== 0 && (to.expires === 0 || to.expires > from.expires));
    const mine = holding().find(({ serial }) => serial === of.serial);
    const isMine = mine !== undefined && rules(by.name, mine.name);
    switch (chance.below(chance.percent(60) ? 1 : 3)) {
      case 0: {
        const taken = holding().some((each) => each.name.join() === [...by.name, name].join());
        const may = !isStronger(by) && !taken && by.name.length < CAPABILITY_DEPTH;
        const outcome = refusal(() => add(table.derive(by, name, wanted.rights, wanted.expires)));
        expect(outcome === "nothing was refused", `${seed}/${step}: ${outcome}`).toBe(may);
        break;
      }
      case 1: {
        const outcome = refusal(() => table.all.apply(table.all.revoke(by, of.serial)));
        expect(outcome === "nothing was refused", `${seed}/${step}: ${outcome}`).toBe(isMine);
        if (isMine) end(mine);
        break;
      }
      default: {
        const may = isMine && !isStronger(mine, wanted);
        let weaker: Capability | undefined;
        const outcome = refusal(() => {
          weaker = table.make(table.all.weaken(by, of.serial, wanted));
        });
        expect(outcome === "nothing was refused", `${seed}/${step}: ${outcome}`).toBe(may);
        if (weaker === undefined || mine === undefined) break;
        twins.get(seal(mine, key))!.fate = "E_CAPABILITY_WEAKENED";
        for (const each of holding()) if (rules(weaker.name, each.name) && isStronger(weaker, each)) end(each);
        add(weaker);
      }
    }
    if (step % 10 === 0) compare();
  }
  compare();

  function compare(): void {
    for (const [text, { capability, fate }] of twins) {
      const over = capability.expires !== 0 && capability.expires <= table.now;
      const gone = fate === "E_CAPABILITY_WEAKENED" && table.all.held(capability.serial) === undefined;
      const expected = over ? "E_CAPABILITY_EXPIRED" : gone ? "E_CAPABILITY_REVOKED" : fate;
      expect(table.fate(text)).toBe(expected === "holds" ? capability.rights.join() : expected);
    }
    expect(table.all.size).toBe(holding().length);
    for (const by of holding()) {
      const below = holding().filter(({ name }) => rules(by.name, name));
      expect(table.all.below(by)).toHaveLength(below.length);
    }
  }
});
