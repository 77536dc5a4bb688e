/**
 * What the downloaded forger tries in a whole kernel: capabilities, bindings, pages and frames. Each attempt fails with the error that
 * stands beside it, and nothing of the victim's changes.
 */
import { expect, test } from "vitest";
import { type DownloadedCall, READABLE, RightBits, WRITABLE } from "../../src/kernel/abi.js";
import { rootCapability } from "../../src/kernel/capability.js";
import type { KernelError } from "../../src/kernel/kerrno.js";
import { CAPABILITY_CHARACTERS, MAX_ASKED_CHANGES, MAX_HANDLES } from "../../src/kernel/limits.js";
import { TRAPPED, Try } from "../../src/libos/downloaded/forger.js";
import { FIRST_PORT } from "../../src/nic/port-numbers.js";
import { Trap } from "../../src/vcode/image.js";
import { TARGETS } from "../../src/vcode/target.js";
import { listed } from "../kernel/listed-errors.js";
import { bind, call, ForgerBench, handlesOf, OWN, observe, priority, VICTIMS } from "./forger-kernel.js";

const [TAP, CLAIM] = [0, 1];
const HUGE = 0x7fffffff;
const PLAIN = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };
const SOON = Math.floor(Date.now() / 1000) + 3600;

/** What was tried, how, the error; and the call, where it is one. */
type Attempt = [string, () => KernelError | number, KernelError | number, keyof typeof DownloadedCall];

/** By what became of it; texts, and handles of what was granted. */
function capabilities(bench: ForgerBench) {
  const { kernel, root } = bench;
  const handleOf = ({ serial }: { serial: string }) => kernel.authority.openGranted(bench.forger, serial);
  const revoked = bench.grant("revoked", ["bind"]);
  const weakened = bench.grant("weakened", ["bind", "observe"]);
  const handles = { revoked: handleOf(revoked), weakened: handleOf(weakened) };
  const texts = { revoked: bench.text(revoked), weakened: bench.text(weakened), good: bench.text(bench.granted) };
  kernel.changeCapabilities(kernel.capabilities.weaken(root, weakened.serial, { rights: ["observe"], expires: 0 }));
  const lab = bench.lesser("lab", ["bind", "observe"]);
  const others = kernel.capabilities.grant(root, bench.victim, "victims", { rights: ["bind"], expires: 0 });
  kernel.changeCapabilities(others);
  const victims = [0, 1, 2, 3, 4, 5, 6].map(() =>
    kernel.authority.openGranted(bench.victim, others.put!.capability.serial),
  );
  const labs = bench.present(bench.text(lab));
  // Whoever has read another's text has it, for what it was granted for.
  const leaked = Number(bench.present(bench.text(others.put!.capability)));
  const sends = handleOf(bench.grant("sends", ["transmit"], { first: 7 }));
  // The last, since the next would have its place.
  kernel.changeCapabilities(kernel.capabilities.revoke(root, revoked.serial));
  const expired = bench.text({ ...rootCapability(), expires: 1 });
  return {
    texts: { ...texts, expired },
    handles: { ...handles, victims: victims.at(-1)!, labs: Number(labs), sends, leaked },
  };
}

type Made = ReturnType<typeof capabilities>;

function presenting(bench: ForgerBench, { texts }: Made): Attempt[] {
  const of = (what: string, text: string, error: KernelError): Attempt => {
    return [`presents ${what}`, () => bench.present(text), error, "present"];
  };
  const raw = (what: string, at: number, octets: number, error: KernelError): Attempt => {
    return [`presents ${what}`, () => bench.try(call("present", at, octets)), error, "present"];
  };
  const edited = (offset: number): Attempt => {
    const run = () => bench.try([Try.presentEdited, OWN.at, bench.write(texts.good), offset]);
    return [`presents its own with octet ${offset} changed`, run, "E_CAPABILITY_FORGED", "present"];
  };
  return [
    of("a word", "root", "E_CAPABILITY_FORGED"),
    of(
      "the root that it guessed",
      `exo1.${Buffer.from("{}").toString("base64url")}.${"A".repeat(43)}`,
      "E_CAPABILITY_FORGED",
    ),
    of("its own without the end", texts.good.slice(0, -1), "E_CAPABILITY_FORGED"),
    of("its own and more", `${texts.good} `, "E_CAPABILITY_FORGED"),
    ...[0, 6, 40, texts.good.length - 1].map(edited),
    of("one that was revoked", texts.revoked, "E_CAPABILITY_REVOKED"),
    of("one that is over", texts.expired, "E_CAPABILITY_EXPIRED"),
    of("one that was stronger", texts.weakened, "E_CAPABILITY_WEAKENED"),
    raw("nothing", OWN.at, 0, "E_ARGUMENT"),
    raw("less than nothing", OWN.at, -HUGE, "E_ARGUMENT"),
    raw("more than a text has", OWN.at, CAPABILITY_CHARACTERS + 1, "E_ARGUMENT"),
    raw("the victim's memory", VICTIMS.virtual * 4096, 100, "E_ADDRESS"),
    raw("what goes on behind its page", OWN.at + 4000, 97, "E_ADDRESS"),
    raw("what goes on behind all memory", -4, 8, "E_ADDRESS"),
    ["closes what it guessed", () => bench.try(call("close", 0x1ff)), "E_HANDLE", "close"],
  ];
}

function making(bench: ForgerBench, { handles }: Made): Attempt[] {
  const derive = (
    what: string,
    handle: number,
    name: string,
    rights: number,
    error: KernelError,
    more: number[] = [],
  ) => {
    const [expires = 0, to = OWN.at + 512, at = OWN.at] = more;
    const run = () => bench.trySix("derive", handle, at, bench.write(name), rights, expires, to);
    return [`derives ${what}`, run, error, "derive"] satisfies Attempt;
  };
  const weaken = (what: string, handle: number, of: number, rights: number, error: KernelError, expires = 0) => {
    const run = () => bench.try(call("weaken", handle, of, rights, expires));
    return [`weakens ${what}`, run, error, "weaken"] satisfies Attempt;
  };
  const revoke = (what: string, handle: number, of: number, error: KernelError) => {
    return [`revokes ${what}`, () => bench.try(call("revoke", handle, of)), error, "revoke"] satisfies Attempt;
  };
  const { handle } = bench;
  return [
    derive("with a right more", handle, "a", bind | RightBits.grant, "E_CAPABILITY_STRONGER"),
    derive("with rights that there are not", handle, "a", -1, "E_ARGUMENT"),
    derive("what is over", handle, "a", bind, "E_ARGUMENT", [1]),
    derive("a name of nothing", handle, "", bind, "E_ARGUMENT"),
    derive("a name that is none", handle, "a/b", bind, "E_NAME"),
    derive("a name from the victim's memory", handle, "a", bind, "E_ADDRESS", [0, OWN.at, VICTIMS.virtual * 4096]),
    derive("into the victim's memory", handle, "a", bind, "E_ADDRESS", [0, VICTIMS.virtual * 4096]),
    derive("below one that is kept", handles.labs, "a", bind, "E_NOT_KEPT"),
    derive("below one that it guessed", 0x1ff, "a", bind, "E_HANDLE"),
    derive("below the victim's", handles.victims, "a", bind, "E_HANDLE"),
    derive("below one that was revoked", handles.revoked, "a", bind, "E_CAPABILITY_REVOKED"),
    weaken("its own into more", handle, handle, bind | priority, "E_CAPABILITY_STRONGER"),
    weaken("one beside its own", handle, handles.weakened, 0, "E_NO_CAPABILITY"),
    weaken("one that is kept", handles.labs, handles.labs, 0, "E_NOT_KEPT"),
    weaken("the victim's", handle, handles.victims, 0, "E_HANDLE"),
    weaken("by one that was revoked", handles.revoked, handle, 0, "E_CAPABILITY_REVOKED"),
    weaken("its own into rights that there are not", handle, handle, 1 << 20, "E_ARGUMENT"),
    weaken("its own into what is over", handle, handle, bind, "E_ARGUMENT", 1),
    revoke("one beside its own", handle, handles.weakened, "E_NO_CAPABILITY"),
    revoke("one that is kept", handle, handles.labs, "E_NOT_KEPT"),
    revoke("the victim's", handle, handles.victims, "E_HANDLE"),
    revoke("again what was revoked", handle, handles.revoked, "E_CAPABILITY_REVOKED"),
  ];
}

function binding(bench: ForgerBench, { handles }: Made): Attempt[] {
  const { handle, spare, claimed, same, inside } = bench;
  const binds = (what: string, words: [number, number, number, number], error: KernelError): Attempt => {
    return [`binds ${what}`, () => bench.try(call("bind", ...words)), error, "bind"];
  };
  /** Is let in, and told later. */
  const claims = (what: string, of: number, error: KernelError): Attempt => {
    const run = () => {
      const since = bench.kernel.trace.count;
      const number = Number(bench.try(call("bind", handle, of, CLAIM, 0)));
      expect(bench.try(call("outcome", number))).toBe("E_CHANGE_PENDING");
      bench.compile();
      const [outcome = 0, ...more] = bench.changes(since);
      expect([more, bench.try(call("outcome", number))]).toEqual([[], "E_NO_CHANGE"]);
      return outcome;
    };
    return [`claims ${what}`, run, error, "bind"];
  };
  const releases = (what: string, words: [number, number], error: KernelError): Attempt => {
    return [`releases ${what}`, () => bench.try(call("release", ...words)), error, "release"];
  };
  const looks = (what: string, words: [number, number, number], error: KernelError): Attempt => {
    return [`looks for ${what}`, () => bench.try(call("bindingOf", ...words)), error, "bindingOf"];
  };
  return [
    binds("without a handle", [0, spare, TAP, 0], "E_HANDLE"),
    binds("under the victim's", [handles.victims, spare, TAP, 0], "E_HANDLE"),
    binds("under one of many bits", [HUGE, spare, TAP, 0], "E_HANDLE"),
    binds("under one that was revoked", [handles.revoked, spare, TAP, 0], "E_CAPABILITY_REVOKED"),
    binds("under one that was stronger", [handles.weakened, spare, TAP, 0], "E_CAPABILITY_RIGHT"),
    binds("under one that has nothing to do with it", [handles.labs, spare, TAP, 0], "E_CAPABILITY_OWNER"),
    binds("under one that was granted to the victim", [handles.leaked, spare, TAP, 0], "E_CAPABILITY_OWNER"),
    binds("a filter that there is not", [handle, 9999, TAP, 0], "E_NO_BINDING"),
    binds("a filter before the first", [handle, -1, TAP, 0], "E_NO_BINDING"),
    binds("in a mode that is none", [handle, spare, 2, 0], "E_ARGUMENT"),
    binds("before all others", [handle, spare, CLAIM, 1], "E_CAPABILITY_RIGHT"),
    binds("at a priority that is none", [handle, spare, CLAIM, -1], "E_ARGUMENT"),
    claims("what the victim claims", same, "E_CLAIM_IDENTICAL"),
    claims("the same by the victim's own binding", claimed, "E_CLAIM_IDENTICAL"),
    claims("a part of it", inside, "E_CLAIM_OVERLAP"),
    releases("the victim's claim", [0, claimed], "E_CAPABILITY_OWNER"),
    releases("it by its own handle", [handle, claimed], "E_CAPABILITY_OWNER"),
    releases("it by one that was revoked", [handles.revoked, claimed], "E_CAPABILITY_REVOKED"),
    releases("it by one that was stronger", [handles.weakened, claimed], "E_CAPABILITY_RIGHT"),
    releases("it by the victim's", [handles.victims, claimed], "E_HANDLE"),
    releases("it by what was granted to the victim", [handles.leaked, claimed], "E_CAPABILITY_OWNER"),
    releases("what there is not", [0, 9999], "E_NO_BINDING"),
    looks("a name in the victim's memory", [0, VICTIMS.virtual * 4096, 3], "E_ADDRESS"),
    looks("a name of nothing", [0, OWN.at, 0], "E_ARGUMENT"),
    looks("a binding of nobody's", [40, OWN.at, 3], "E_NO_ENVIRONMENT"),
    ["asks what became of another's change", () => bench.try(call("outcome", 1000)), "E_NO_CHANGE", "outcome"],
  ];
}

function holding(bench: ForgerBench, { handles }: Made): Attempt[] {
  const { victim, forger } = bench;
  const share = (what: string, words: [number, number, number], error: KernelError): Attempt => {
    return [`shares ${what}`, () => bench.try(call("share", ...words)), error, "share"];
  };
  const send = (what: string, handle: number, first: number, error: KernelError): Attempt => {
    const run = () => {
      bench.write(String.fromCharCode(first).repeat(64));
      return bench.try(call("send", handle, OWN.page, 0, 64, FIRST_PORT));
    };
    return [`sends ${what}`, run, error, "send"];
  };
  const { page, virtual } = VICTIMS;
  const last = 2 ** 20 - 1;
  const context = bench.kernel.activations.get(forger)!.context / 4096;
  return [
    share("the victim's page with the kernel", [0, page, READABLE | WRITABLE], "E_PAGE_OWNER"),
    share("with itself", [forger, OWN.page, READABLE | WRITABLE], "E_NO_ENVIRONMENT"),
    share("with nobody", [9, OWN.page, READABLE], "E_NO_ENVIRONMENT"),
    share("more than there is", [victim, OWN.page, 4], "E_ARGUMENT"),
    share("a page that there is not", [victim, HUGE, READABLE], "E_NO_PAGE"),
    share("its context", [victim, context, READABLE], "E_PAGE_FIXED"),
    ["relocks the victim's page", () => bench.try(call("relock", page)), "E_PAGE_OWNER", "relock"],
    ["relocks a page that there is not", () => bench.try(call("relock", -1)), "E_NO_PAGE", "relock"],
    ["relocks its context", () => bench.try(call("relock", context)), "E_PAGE_FIXED", "relock"],
    ["maps the victim's page to read", () => bench.try(call("map", virtual, page, 1)), "E_PAGE_RIGHT", "map"],
    ["maps it to write", () => bench.try(call("map", virtual, page, 2)), "E_PAGE_RIGHT", "map"],
    ["maps over its context", () => bench.try(call("map", last, page, 1)), "E_PAGE_FIXED", "map"],
    ["reads where the victim has it", () => bench.try([Try.load, virtual * 4096]), TRAPPED - Trap.pageFault, "map"],
    send("another's address", handles.sends, 8, "E_TEMPLATE"),
    send("by a handle to bind", bench.handle, 7, "E_CAPABILITY_RIGHT"),
    send("by one that was revoked", handles.revoked, 7, "E_CAPABILITY_REVOKED"),
    send("by the victim's", handles.victims, 7, "E_HANDLE"),
  ];
}

test.each(TARGETS)("each attempt fails with its own error, and nothing of the victim's changes: %s", (target) => {
  const bench = new ForgerBench(target);
  bench.kernel.ports.addWire("w", PLAIN, false, 1);
  const made = capabilities(bench);
  const before = bench.victims();
  expect(before).toMatchObject({ word: VICTIMS.word, owner: bench.victim, access: 0, open: 1, state: "alive" });
  const table = [presenting, making, binding, holding].flatMap((part) => part(bench, made));
  const bound = [...bench.kernel.bindings.all()].length;
  const held = bench.kernel.capabilities.size;
  for (const [attempt, run, error, name] of table) {
    bench.map();
    expect([attempt, run()]).toEqual([attempt, error]);
    expect(bench.victims(), attempt).toEqual(before);
    if (typeof error === "string") expect(listed(name), `${name}, ${attempt}`).toContain(error);
  }
  expect([...bench.kernel.bindings.all()]).toHaveLength(bound);
  expect(bench.kernel.capabilities.size).toBe(held);
  expect(bench.failures).toEqual([]);
  bench.receive(0, 20);
  expect(bench.kernel.bindings.packets[bench.claimed]).toBe(8);
  expect(table.length).toBeGreaterThan(80);
});

test("what it may do, it may: present, derive, bind, weaken, revoke, and lose what stood on it", () => {
  const bench = new ForgerBench("js");
  const { kernel, handle } = bench;
  const changed: string[][] = [];
  kernel.code.changed = ({ ended }) => changed.push(ended.map(({ reason }) => reason));
  const began: number[] = [];
  kernel.code.began = (slot) => began.push(slot);
  const octets = Number(
    bench.trySix("derive", handle, OWN.at, bench.write("mine"), bind | observe, SOON, OWN.at + 512),
  );
  const text = bench.read(512, octets);
  expect(kernel.capabilities.admit(text, "bind")).toMatchObject({
    name: ["root", "forger", "mine"],
    rights: ["observe", "bind"],
    expires: SOON * 1000,
  });
  const mine = Number(bench.present(text));
  expect(mine).toBeGreaterThan(0);
  const taken = bench.trySix("derive", handle, OWN.at, bench.write("mine"), bind, 0, OWN.at + 512);
  expect(taken).toBe("E_NAME_TAKEN");
  expect(listed("derive")).toContain("E_NAME_TAKEN");
  // Both tap what the control plane has of the name, and what it does not stays nobody's.
  const spare = bench.try(call("bindingOf", 0, OWN.at, bench.write("spare")));
  expect(spare).toBe(bench.spare);
  expect(bench.try(call("bindingOf", 0, OWN.at, bench.write("spar")))).toBe("E_NO_BINDING");
  const number = bench.try(call("bind", mine, bench.spare, TAP, 0));
  expect(bench.try(call("bind", mine, bench.spare, TAP, 0))).toBe("E_NAME_TAKEN");
  const since = kernel.trace.count;
  kernel.deterministic = true;
  bench.compile();
  const [slot] = bench.changes(since);
  expect([began, number, kernel.deterministic]).toEqual([[slot], 1, false]);
  bench.receive(0, 64);
  expect(kernel.bindings.packets[Number(slot)]).toBe(64);
  expect(kernel.bindings.get(Number(slot))).toMatchObject({ name: "spare", environment: bench.forger, mode: "tap" });
  // Without the right to bind the binding ends; its handle says so.
  expect(bench.try(call("weaken", handle, mine, observe, SOON))).toBe(0);
  expect(kernel.bindings.get(Number(slot))).toBeUndefined();
  expect(bench.present(text)).toBe("E_CAPABILITY_WEAKENED");
  expect(bench.try(call("bind", mine, bench.spare, TAP, 0))).toBe("E_CAPABILITY_RIGHT");
  expect(bench.try(call("revoke", handle, handle))).toBe(2);
  expect(bench.try(call("bind", mine, bench.spare, TAP, 0))).toBe("E_CAPABILITY_REVOKED");
  expect(changed).toEqual([[], ["weakened"], ["revoked", "revoked"]]);
  expect(bench.try(call("close", mine))).toBe(0);
  expect(bench.try(call("close", mine))).toBe("E_HANDLE");
});

test("it releases its own, and is not told of what ended before it began", () => {
  const bench = new ForgerBench("js");
  const { kernel, handle } = bench;
  const lost: number[] = [];
  kernel.holdings.bindingsLost = (slots) => lost.push(...slots);
  bench.bind({
    name: "far",
    filter: { conjunctions: [[{ kind: "equal", offset: 0, width: 8, mask: 255, value: 60 }]] },
  });
  const far = Number(bench.try(call("bindingOf", 0, OWN.at, bench.write("far"))));
  const since = kernel.trace.count;
  bench.try(call("bind", handle, far, CLAIM, 0));
  bench.compile();
  const slot = Number(bench.changes(since)[0]);
  bench.receive(60, 61);
  expect(kernel.bindings.packets[slot]).toBe(1);
  expect(bench.try(call("release", 0, slot))).toBe(0);
  expect(lost).toEqual([slot]);
  expect(bench.try(call("release", 0, slot))).toBe("E_NO_BINDING");
  bench.compile();
  // Its capability ends while the compile worker is at it.
  const later = kernel.trace.count;
  bench.try(call("bind", handle, far, CLAIM, 0));
  kernel.changeCapabilities(kernel.capabilities.revoke(bench.root, bench.granted.serial));
  bench.compile();
  expect(bench.changes(later)).toEqual(["E_NO_BINDING"]);
  expect(bench.balance()).toEqual([0, 0, 0]);
});

test("handles and changes under way have limits", () => {
  const bench = new ForgerBench("js");
  const text = bench.text(bench.granted);
  const answers = Array.from({ length: MAX_HANDLES }, () => bench.present(text));
  expect(answers.filter((one) => typeof one === "number")).toHaveLength(MAX_HANDLES - 1);
  expect([answers.at(-1), listed("present").includes("E_TOO_MANY")]).toEqual(["E_TOO_MANY", true]);
  const slots = Array.from({ length: MAX_ASKED_CHANGES + 1 }, (_, at) => {
    const name = `n${at}`;
    bench.bind({ name });
    return Number(bench.try(call("bindingOf", 0, OWN.at, bench.write(name))));
  });
  const asked = slots.map((slot) => bench.try(call("bind", bench.handle, slot, TAP, 0)));
  expect(asked).toEqual([...slots.slice(1).map((_, at) => at + 1), "E_TOO_MANY"]);
  // Where as much waits for it as may, it is told when it asks.
  const { processor } = bench.kernel.cpu;
  while (processor.pending(bench.forger) < 64) processor.post(bench.forger, 9, []);
  bench.compile();
  const outcomes = asked.slice(0, -1).map((number) => bench.try(call("outcome", Number(number))));
  expect(outcomes.every((slot) => typeof slot === "number" && slot > 0)).toBe(true);
  expect(bench.try(call("outcome", 1))).toBe("E_NO_CHANGE");
});

test("each is paid for: who has not the fuel has nothing done", () => {
  const bench = new ForgerBench("js");
  const text = bench.text(bench.granted);
  const run = (words: readonly number[], fuel: number) =>
    bench.kernel.lifetimes.activate({ environment: bench.forger, cause: 3, message: words, fuel }, bench.root);
  const held = handlesOf(bench.kernel.handles, bench.forger);
  expect(held).toContain(bench.handle);
  const present = call("present", OWN.at, bench.write(text));
  expect(run(present, 8000).ended).not.toBe("done");
  expect(handlesOf(bench.kernel.handles, bench.forger)).toEqual(held);
  const { ended, used } = run(present, 1 << 20);
  expect([ended, used > 8192 + text.length, used < 9000 + text.length]).toEqual(["done", true, true]);
  expect(handlesOf(bench.kernel.handles, bench.forger)).toHaveLength(held.length + 1);
  expect(run(call("bind", bench.handle, bench.spare, TAP, 0), 4000).ended).not.toBe("done");
  expect(bench.asked).toEqual([]);
});

test("one that has its number next hears nothing of what it asked for", () => {
  const bench = new ForgerBench("js");
  bench.try(call("bind", bench.handle, bench.spare, TAP, 0));
  const { kernel } = bench;
  kernel.destroyEnvironment(kernel.beginDestroying(bench.forger, bench.root));
  let told = 0;
  const { environment } = kernel.createEnvironment({ name: "next", program: "vcode", options: {} }, bench.root, () => ({
    run: () => ++told,
    fuel: 0,
    save: 0,
    accesses: 0,
  }));
  expect(environment).toBe(bench.forger);
  bench.compile();
  expect(kernel.cpu.processor.pending(environment)).toBe(0);
  expect([...kernel.bindings.all()].some((record) => record.environment === environment)).toBe(false);
});
