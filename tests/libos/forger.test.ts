/**
 * The downloaded forger. What each attempt is to fail with stands in the table before it is run; and whatever it tries, pages,
 * mappings, slices, predicates and memory of the others are what they were.
 */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Cause, DownloadedCall } from "../../src/kernel/abi.js";
import { Capabilities } from "../../src/kernel/capabilities.js";
import { type Capability, rootCapability, seal } from "../../src/kernel/capability.js";
import { Handles } from "../../src/kernel/handles.js";
import { Entry, type MappedPage } from "../../src/libos/downloaded/entry.js";
import { forger, NESTED, RETRIED, TRAPPED, Try } from "../../src/libos/downloaded/forger.js";
import { Trap } from "../../src/vcode/image.js";
import type { Program } from "../../src/vcode/insn.js";
import { said } from "../kernel/downloads.js";
import { callOf, listed } from "../kernel/listed-errors.js";
import { balanced, Machine, type MachineShape } from "./images.js";

const [FORGER, VICTIM, NOBODY] = [1, 2, 9];
const PAGE: MappedPage = { virtualPage: 5, physicalPage: 40 };
const SECRET = 0x5ec4e7;
const HUGE = 0x7fffffff;
const PAGES = 64;

/** Owns a page, with a word in it, and waits. */
function victim(pageSize: number): Program {
  const entry = new Entry(pageSize);
  entry.on(Cause.start, 40, () => {
    const [address, word] = [entry.address(PAGE), entry.v.getreg("i")];
    entry.v.set("i", word, SECRET);
    entry.v.stv("host", "i", word, address, { imm: 0 });
    entry.kernel(word, "sleep", { imm: -1 });
  });
  entry.pages(PAGE);
  return entry.end();
}

/** Handles of the forger's, by what became of them, and one of the victim's. */
class Grants {
  #now = 1;
  readonly #key = createHash("sha256").update("forger").digest();
  readonly #table = new Capabilities(this.#key, () => this.#now);
  readonly #handles = new Handles(this.#table, () => this.#now);
  readonly weakened = this.#open(FORGER, "weakened", 0, ({ serial }) =>
    this.#table.weaken(rootCapability(), serial, { rights: ["observe"], expires: 0 }),
  );
  readonly expired = this.#open(FORGER, "expired", 50);
  readonly good = this.#open(FORGER, "good");
  readonly victims = [1, 2, 3, 4, 5, 6, 7].map((each) => this.#open(VICTIM, `victims-${each}`)).at(-1)!;
  /** The last, since the next would have its place. */
  readonly revoked = this.#open(FORGER, "revoked", 0, (one) => this.#table.revoke(rootCapability(), one.serial));

  #open(
    environment: number,
    name: string,
    expires = 0,
    then?: (one: Capability) => ReturnType<Capabilities["revoke"]>,
  ): number {
    const change = this.#table.derive(rootCapability(), name, { rights: ["allocate", "observe"], expires });
    this.#table.apply(change);
    const { capability } = change.put!;
    const handle = this.#handles.open(environment, seal(capability, this.#key));
    if (then !== undefined) this.#table.apply(then(capability));
    return handle;
  }

  readonly check = (environment: number, handle: number): void => {
    this.#now = 100;
    this.#handles.check(environment, handle, "allocate");
  };
}

interface Machinery {
  readonly grants: Grants;
  /** A page of the kernel's, and the forger's own context. */
  readonly kernels: number;
  readonly context: number;
  readonly pageSize: number;
}

const call = (name: keyof typeof DownloadedCall, ...words: number[]) => [Try.call, DownloadedCall[name], ...words];
const trap = (kind: number) => TRAPPED - kind;

/** Attempt, its words, and what it is to give back: an error, a trap, or a number. */
function attempts({ grants, kernels, context, pageSize }: Machinery): [string, number[], string | number][] {
  const last = 2 ** 32 / pageSize - 1;
  const others = PAGE.physicalPage;
  const alloc = (handle: number) => call("sliceAlloc", 5, handle);
  return [
    ["allocates a slice without a handle", alloc(0), "E_HANDLE"],
    ["under one that it guessed", alloc(0x1ff), "E_HANDLE"],
    ["under one of many bits", alloc(HUGE), "E_HANDLE"],
    ["under a negative one", alloc(-HUGE), "E_HANDLE"],
    ["under its own, edited", alloc(grants.good ^ 0x40), "E_HANDLE"],
    ["under its own of another generation", alloc(grants.good + 256), "E_HANDLE"],
    ["under the victim's", alloc(grants.victims), "E_HANDLE"],
    ["under one that was revoked", alloc(grants.revoked), "E_CAPABILITY_REVOKED"],
    ["under one that expired", alloc(grants.expired), "E_CAPABILITY_EXPIRED"],
    ["under one that was stronger", alloc(grants.weakened), "E_CAPABILITY_RIGHT"],
    ["allocates the victim's slice", call("sliceAlloc", 1, grants.good), "E_SLICE_TAKEN"],
    ["allocates a slice beyond the last", call("sliceAlloc", HUGE, grants.good), "E_ARGUMENT"],
    ["frees the victim's slice", call("sliceFree", 1), "E_SLICE_OWNER"],
    ["frees nobody's slice", call("sliceFree", 5), "E_SLICE_OWNER"],
    ["frees a slice before the first", call("sliceFree", -9), "E_ARGUMENT"],
    ["maps the victim's page", call("map", 7, others, 3), "E_PAGE_RIGHT"],
    ["maps it to read only", call("map", 7, others, 1), "E_PAGE_RIGHT"],
    ["maps the software TLB", call("map", 7, kernels, 3), "E_PAGE_RIGHT"],
    ["maps a page that nobody has", call("map", 7, PAGES - 1, 1), "E_PAGE_RIGHT"],
    ["maps a page that there is not", call("map", 7, PAGES, 3), "E_NO_PAGE"],
    ["maps a negative page", call("map", 7, -1, 3), "E_NO_PAGE"],
    ["maps with no rights", call("map", 7, context, 0), "E_ARGUMENT"],
    ["maps with more rights than there are", call("map", 7, context, 255), "E_ARGUMENT"],
    ["maps beyond its addresses", call("map", last + 1, context, 3), "E_ARGUMENT"],
    ["maps over its context page", call("map", last, context, 3), "E_PAGE_FIXED"],
    ["unmaps its context page", call("unmap", last), "E_PAGE_FIXED"],
    ["unmaps beyond its addresses", call("unmap", -1), "E_ARGUMENT"],
    ["maps every page of the machine: its own context alone", [Try.mapAll, 0, PAGES], 1],
    ["allocates the victim's page", call("alloc", others), "E_PAGE_TAKEN"],
    ["allocates the software TLB", call("alloc", kernels), "E_PAGE_TAKEN"],
    ["allocates its own context again", call("alloc", context), "E_PAGE_TAKEN"],
    ["allocates a page that there is not", call("alloc", HUGE), "E_NO_PAGE"],
    ["allocates a page before any", call("alloc", -2), "E_NO_PAGE"],
    ["frees the victim's page", call("free", others), "E_PAGE_OWNER"],
    ["frees the software TLB", call("free", kernels), "E_PAGE_OWNER"],
    ["frees what nobody has", call("free", PAGES - 1), "E_PAGE_OWNER"],
    ["frees its context page", call("free", context), "E_PAGE_FIXED"],
    ["frees a page that there is not", call("free", -1), "E_NO_PAGE"],
    ["reads where the victim has its page", [Try.load, PAGE.virtualPage * pageSize], trap(Trap.pageFault)],
    ["reads a physical address", [Try.load, others * pageSize], trap(Trap.pageFault)],
    ["reads address 0", [Try.load, 0], trap(Trap.pageFault)],
    ["reads between words", [Try.load, 2], trap(Trap.unaligned)],
    ["writes where the victim has its page", [Try.store, PAGE.virtualPage * pageSize, 1], trap(Trap.pageFault)],
    ["writes below its context page", [Try.store, -2 * pageSize, 1], trap(Trap.pageFault)],
    ["writes although the mapping was refused", [Try.mapAndStore, others, 7], trap(Trap.pageFault)],
    ["reads a page that it freed", [Try.useAfterFree], trap(Trap.pageFault)],
    ["writes to what it may read", [Try.writeReadable], trap(Trap.protection)],
    ["gives back a call of nobody's", call("giveBack", VICTIM, 1, 2, 3), "E_NOT_CALLED"],
    ["gives back its own", call("giveBack", FORGER, 1), "E_NOT_CALLED"],
    ["keeps a call that nobody made", call("keep"), "E_NOT_CALLED"],
    ["calls nobody", call("transfer", NOBODY), "E_NO_ENVIRONMENT"],
    ["calls a number that is none", call("transfer", -1), "E_NO_ENVIRONMENT"],
    ["calls the kernel's environment", call("asyncTransfer", 0), "E_NO_ENVIRONMENT"],
    ["yields to nobody", call("yield", HUGE), "E_NO_ENVIRONMENT"],
    ["calls itself as deep as it can", [Try.callItself], "E_CALL_DEPTH"],
    ["tells the value of no exception", call("exceptionValue", 1, 2), "E_NO_EXCEPTION"],
    ["has terms in the victim's memory", call("predicate", PAGE.virtualPage * pageSize, 1), "E_ADDRESS"],
    ["has terms beyond all memory", call("predicate", -8, 4), "E_ADDRESS"],
    ["has terms that are none", call("predicate", -pageSize, 1), "E_ARGUMENT"],
    ["has more terms than there may be", call("predicate", -pageSize, 65), "E_ARGUMENT"],
    ["frees a predicate of nobody's", call("predicateFree", 0), "E_NO_PREDICATE"],
    ["sleeps for a predicate of nobody's", call("sleep", 3), "E_NO_PREDICATE"],
    ["asks for a fact that is none", call("fact", 99), "E_ARGUMENT"],
    ["asks for a counter that is none", call("counter", -1), "E_ARGUMENT"],
    ["makes a call before the first", [Try.call, -1, 1, 2, 3], "E_CALL"],
    ["makes a call beyond the last", [Try.call, Object.keys(DownloadedCall).length + 7, 1], "E_CALL"],
    ["makes a call of many bits", [Try.call, HUGE], "E_CALL"],
  ];
}

const SHAPES: MachineShape[] = [
  { target: "wasm", pageSize: 4096, stlbEntries: 4096 },
  { target: "js", pageSize: 4096, stlbEntries: 64 },
  { target: "interpreter", pageSize: 16_384, stlbEntries: 64 },
];

function setUp(shape: MachineShape) {
  const grants = new Grants();
  const machine = new Machine({ ...shape, length: 40_000, mayAllocate: grants.check });
  const pageSize = shape.pageSize ?? 4096;
  machine.create(VICTIM, victim(pageSize), 1, 2);
  machine.create(FORGER, forger(pageSize), 0);
  machine.slices(8);
  machine.trace.switch(["debug"]);
  const pages = Array.from({ length: PAGES }, (_, page) => machine.memory.ownerOf(page));
  const kernels = pages.findIndex((owner) => owner < -1);
  const context = pages.indexOf(FORGER);
  /** All that is not the forger's. */
  const others = () => ({
    owners: Array.from({ length: PAGES }, (_, page) => machine.memory.ownerOf(page)),
    word: machine.word(PAGE.physicalPage, 0),
    mapping: machine.activations.stlb.lookup(VICTIM, PAGE.virtualPage) !== 0,
    slices: machine.processor.slices.owners(),
    accesses: machine.activations.get(VICTIM)?.counters().accesses,
    predicates: machine.wakeups.count(VICTIM),
    pending: machine.processor.pending(VICTIM),
    alive: machine.processor.alive(VICTIM),
  });
  return { machine, others, machinery: { grants, kernels, context, pageSize } };
}

describe.each(SHAPES)("on $target, pages of $pageSize, $stlbEntries entries", (shape) => {
  test("each attempt fails with its own error, and nothing of the others changes", () => {
    const { machine, others, machinery } = setUp(shape);
    const before = others();
    expect(before.word).toBe(SECRET);
    const table = attempts(machinery);
    const got = table.map(([attempt, words]) => {
      const told = machine.trace.since(0).length;
      machine.processor.post(FORGER, Cause.message, words);
      machine.slices(8);
      const event = machine.trace.since(told).findLast(({ name }) => name === "environmentTold");
      expect(others(), attempt).toEqual(before);
      return [attempt, event === undefined ? "nothing" : said(event.fields[2] ?? 0)];
    });
    expect(got).toEqual(table.map(([attempt, , expected]) => [attempt, expected]));
    // What it is told it finds at the call in the interface.
    const ofCalls = table.filter(([, [what], error]) => what === Try.call && typeof error === "string");
    for (const [attempt, [, number], error] of ofCalls) {
      const name = callOf(number);
      if (name !== undefined) expect(listed(name), attempt).toContain(error);
    }
    expect(ofCalls.length).toBeGreaterThan(50);
    expect(machine.failures).toEqual([]);
    balanced(machine);
  });

  test("retry without end is cut off, nesting without end is given up, hostile words are answered", () => {
    const { machine, others } = setUp(shape);
    const before = others();
    const run = (...words: number[]) => machine.activations.activate(FORGER, Cause.message, 20_000, words).ended;
    expect(run(Try.retryForEver, RETRIED)).toBe("killed");
    expect(run(Try.nestForEver, NESTED)).toBe("abandoned");
    const hostile = [0, -1, HUGE, -HUGE - 1, 0x5555_5555];
    for (const number of Object.values(DownloadedCall)) {
      for (const word of hostile) run(Try.call, number, word, word, word, word, word);
    }
    // It may have got pages that were free, and given up its slice.
    const notIts = (state: typeof before) => ({
      ...state,
      owners: state.owners.map((owner) => owner === VICTIM || owner < -1),
      slices: state.slices.map((owner) => owner === VICTIM),
    });
    expect(notIts(others())).toEqual(notIts(before));
    expect(machine.failures).toEqual([]);
  });
});
