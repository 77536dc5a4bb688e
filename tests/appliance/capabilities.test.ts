/** Derived capabilities over restarts: what was answered holds, and what was revoked is never accepted again. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { ApplianceInterface, CapabilityJournal } from "../../src/appliance/interface.js";
import type { Right } from "../../src/kernel/abi.js";
import { Store } from "../../src/store/store.js";
import { testFolder } from "../store/folder.js";

const MEMORY = 16 * 1024 * 1024;

/** Derives, weakens and revokes without end; says each text before its end is asked for, and each end as soon as it was answered. */
const CHANGER = `
const [, , storeModule, applianceModule, folder, round] = process.argv;
const { Store } = await import(storeModule);
const { startAppliance } = await import(applianceModule);
const store = Store.open(folder, { freeDiskOctets: 0 });
const appliance = await startAppliance({ memory: ${MEMORY}, key: store.key(), journal: store.capabilities });
const say = (...words) => process.stdout.write(words.join(" ") + "\\n");
const call = async (name, args) => {
  const answer = await appliance.call(appliance.rootCapability, name, args);
  if (!answer.ok) throw new Error(answer.detail);
  return answer.result;
};
for (let n = 0; ; n++) {
  const name = "r" + round + "." + n;
  const made = await call("derive", { name, rights: ["observe", "bind"], expires: 0 });
  say("made", made.text);
  const of = "root/" + name;
  if (n % 3 === 0) continue;
  say("asked", made.text);
  if (n % 3 === 1) await call("revoke", { of });
  else {
    const weaker = await call("weaken", { of, rights: ["bind"], expires: 0 });
    say("ended", made.text);
    say("made", weaker.text);
    continue;
  }
  say("ended", made.text);
}`;

type Fate = "holds" | "asked" | "ended";

function startChanger(folder: string, round: number): ChildProcess {
  const modules = [resolve("dist/store/store.js"), resolve("dist/appliance/appliance.js")];
  // A file, since workers are given the options of their process.
  const script = join(testFolder(), "changer.mjs");
  writeFileSync(script, CHANGER);
  const child = spawn(process.execPath, [script, ...modules, folder, String(round)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Lets it say so many lines and kills it wherever it is then. */
async function killAfter(child: ChildProcess, lines: number, fates: Map<string, Fate>): Promise<void> {
  let left = lines;
  for await (const line of createInterface({ input: child.stdout! })) {
    const [word, text = ""] = line.split(" ");
    fates.set(text, word === "made" ? "holds" : word === "asked" ? "asked" : "ended");
    if (--left === 0) child.kill("SIGKILL");
  }
}

async function present(appliance: ApplianceInterface, text: string): Promise<string> {
  const answer = await appliance.call(text, "present", {});
  return answer.ok ? answer.result.path : answer.error;
}

async function derive(appliance: ApplianceInterface, name: string, by = appliance.rootCapability): Promise<string> {
  const rights: Right[] = ["observe", "bind"];
  const answer = await appliance.call(by, "derive", { name, rights, expires: 0 });
  if (!answer.ok) throw new Error(`${answer.error}: ${answer.detail}`);
  return answer.result.text;
}

test("killed at any moment: what ended stays ended, and what was made holds", async () => {
  const folder = testFolder();
  const fates = new Map<string, Fate>();
  for (const [round, lines] of [1, 8, 15, 30].entries()) {
    await killAfter(startChanger(folder, round), lines, fates);
    const store = Store.open(folder);
    const appliance = await startAppliance({ memory: MEMORY, key: store.key(), journal: store.capabilities });
    try {
      for (const [text, fate] of fates) {
        const now = await present(appliance, text);
        if (fate === "holds") expect(now).toContain("root/r");
        if (fate === "ended") expect(["E_CAPABILITY_REVOKED", "E_CAPABILITY_WEAKENED"]).toContain(now);
        // Killed in between it is one or the other, and stays so.
        if (fate === "asked") fates.set(text, now.startsWith("root/") ? "holds" : "ended");
      }
    } finally {
      await appliance.close();
      store.close();
    }
  }
  expect(new Set(fates.values())).toContain("ended");
}, 60_000);

test("no text lies on disk, and another key accepts nothing of it", async () => {
  const store = Store.open(testFolder());
  onTestFinished(() => store.close());
  const appliance = await startAppliance({ memory: MEMORY, key: store.key(), journal: store.capabilities });
  const text = await derive(appliance, "lab");
  await appliance.close();
  const kept = store.capabilities.list();
  expect(kept).toHaveLength(1);
  expect(kept.join()).not.toContain(text.split(".")[2]);
  const other = await startAppliance({ memory: MEMORY, journal: store.capabilities });
  onTestFinished(() => other.close());
  expect(await present(other, text)).toBe("E_CAPABILITY_FORGED");
});

test("a change that cannot be kept is not made, and those that wait behind it are judged in their turn", async () => {
  let broken = true;
  const kept = new Map<string, string>();
  const journal: CapabilityJournal = {
    list: () => [...kept.values()],
    change: (put, removed) => {
      if (broken) throw new Error("the disk is full");
      for (const serial of removed) kept.delete(serial);
      if (put !== undefined) kept.set(put.serial, put.document);
    },
  };
  const appliance = await startAppliance({ memory: MEMORY, journal });
  onTestFinished(() => appliance.close());
  const root = appliance.rootCapability;
  const wanted = { name: "lab", rights: ["bind"] as const, expires: 0 };
  expect(await appliance.call(root, "derive", wanted)).toMatchObject({ error: "E_NOT_KEPT" });
  broken = false;
  const both = await Promise.all([appliance.call(root, "derive", wanted), appliance.call(root, "derive", wanted)]);
  expect(both.map((answer) => (answer.ok ? "made" : answer.error))).toEqual(["made", "E_NAME_TAKEN"]);
  const [lab] = both;
  if (!lab?.ok) throw new Error("it was not made");
  broken = true;
  expect(await appliance.call(root, "revoke", { of: "root/lab" })).toMatchObject({ error: "E_NOT_KEPT" });
  expect(await present(appliance, lab.result.text)).toBe("root/lab");
  broken = false;
  // The second in line is the first one's own end.
  const ends = [appliance.call(root, "revoke", { of: "root/lab" }), appliance.call(lab.result.text, "derive", wanted)];
  const [revoked, late] = await Promise.all(ends);
  expect([revoked?.ok, late]).toMatchObject([true, { error: "E_CAPABILITY_REVOKED" }]);
  expect(kept.size).toBe(0);
});

test("an environment's own capability ends with it, and is not kept", async () => {
  const store = Store.open(testFolder());
  onTestFinished(() => store.close());
  const appliance = await startAppliance({ memory: MEMORY, journal: store.capabilities });
  onTestFinished(() => appliance.close());
  const root = appliance.rootCapability;
  const made = await appliance.call(root, "createEnvironment", { name: "e", program: "", options: {} });
  if (!made.ok) throw new Error(made.detail);
  const { environment } = made.result;
  const wanted = { name: "own", environment, rights: ["bind"] as const, expires: 0 };
  const granted = await appliance.call(root, "grant", wanted);
  expect(granted).toMatchObject({ ok: true, result: { capability: { path: "root/own", environment } } });
  expect(store.capabilities.list()).toEqual([]);
  await appliance.call(root, "destroyEnvironment", { environment });
  const left = await appliance.call(root, "capabilities", {});
  expect(left).toMatchObject({ result: { capabilities: [{ path: "root" }] } });
});

test("one that expires is told, with the bindings that end with it", async () => {
  const appliance = await startAppliance({ memory: MEMORY });
  onTestFinished(() => appliance.close());
  const told = new Promise<unknown>((done) => {
    appliance.listen((event) => {
      if (event.kind === "capabilities-ended") done(event);
    });
  });
  const rights: Right[] = ["bind"];
  const lab = await appliance.call(appliance.rootCapability, "derive", {
    name: "brief",
    rights,
    expires: Date.now() + 4000,
  });
  if (!lab.ok) throw new Error(lab.detail);
  const filter = { conjunctions: [[]] };
  const args = { name: "b", environment: 0, mode: "tap", priority: 0, filter } as const;
  expect(await appliance.call(lab.result.text, "bind", args)).toMatchObject({ ok: true });
  expect(await told).toMatchObject({
    ended: [{ path: "root/brief", reason: "expired" }],
    bindings: [{ name: "b", owner: "root/brief" }],
  });
  expect(await present(appliance, lab.result.text)).toBe("E_CAPABILITY_EXPIRED");
});
