/** Requests for changes, answered together or one by one: what cannot be is refused alone, and all else holds. */
import { describe, expect, test } from "vitest";
import { FilterProgram } from "../../src/appliance/filter-program.js";
import type { Atom, Filter } from "../../src/dpf/atom.js";
import { WIDE_MIN } from "../../src/dpf/branching.js";
import { Demux } from "../../src/dpf/demux.js";
import { MAX_CODE, MAX_NODES, MAX_TABLE_OCTETS } from "../../src/dpf/limits.js";
import type { CompileAnswer, CompileOutcome, FilterChange, ProgramChange } from "../../src/kernel/compiler.js";
import { MAX_OWN_CODE } from "../../src/kernel/limits.js";

function first(value: number): Filter {
  return { conjunctions: [[{ kind: "equal", offset: 0, width: 8, mask: 0xff, value }]] };
}

function insertion(slot: number, filter: Filter, more: Partial<Extract<FilterChange, { kind: "insert" }>> = {}) {
  return {
    kind: "insert",
    slot,
    filter,
    mode: "tap",
    priority: 0,
    age: slot,
    environment: 0,
    mayTake: false,
    ...more,
  } as const;
}

/** What the kernel and the data plane would have of it. */
class Data {
  readonly program: FilterProgram;
  readonly demux: Demux;
  readonly #octets = new Uint8Array(256).map((_, index) => index);
  #seq = 0;
  /** Of what was refused last. */
  details: string[] = [];

  constructor(target: "js" | "interpreter" = "js") {
    this.program = new FilterProgram(target, null);
    this.demux = new Demux({ buffer: this.#octets.buffer }, 256);
  }

  /** All of them at once; errors of each, by place. */
  request(...requests: readonly (readonly ProgramChange[])[]): (string | undefined)[] {
    this.details = [];
    const asked = requests.map((changes) => ({ kind: "change", seq: ++this.#seq, changes, held: false }) as const);
    const answers: CompileAnswer[] = [];
    for (const answer of this.program.answers(asked)) {
      if (answer.update) this.demux.install(answer.update);
      answers.push(answer);
      this.details.push(...answer.outcomes.flatMap(({ detail }) => detail ?? []));
    }
    const outcomes = new Map(answers.flatMap((answer) => answer.outcomes.map(({ seq, error }) => [seq, error])));
    return asked.map(({ seq }) => outcomes.get(seq));
  }

  /** Of one request, whose update is not installed. */
  outcomesOf(changes: readonly ProgramChange[]): CompileOutcome[] {
    const request = { kind: "change", seq: ++this.#seq, changes, held: false } as const;
    return [...this.program.answers([request])].flatMap(({ outcomes }) => outcomes);
  }

  /** Winner and taps of the frame whose only octet is this. */
  judge(octet: number): [number, ...number[]] {
    const columns = {
      address: Int32Array.of(octet),
      captured: Int32Array.of(1),
      wire: Uint32Array.of(1),
      linkType: Uint16Array.of(1),
    };
    this.demux.run(columns, 0, 1);
    const [start, count] = [this.demux.tapStart[0] ?? 0, this.demux.tapCount[0] ?? 0];
    return [this.demux.winner[0] ?? 0, ...this.demux.taps.slice(start, start + count).sort()];
  }
}

/** A filter of so many nodes that nobody shares. */
function large(start: number, conjunctions: number, atoms: number): Filter {
  const one = (number: number): Atom[] =>
    Array.from({ length: atoms }, (_, at) => ({
      kind: "equal",
      offset: 4 * at,
      width: 32,
      mask: 0xffffffff,
      value: number,
    }));
  return { conjunctions: Array.from({ length: conjunctions }, (_, index) => one(start + index)) };
}

describe("a change that is too much", () => {
  test("for the trie is refused alone, and takes nothing with it", () => {
    const data = new Data();
    const [conjunctions, atoms] = [256, 250];
    const fit = Math.floor(MAX_NODES / (conjunctions * (atoms + 1)));
    for (let each = 0; each < fit; each++) {
      data.program.classifier.insert(100 + each, large(1000 * each, conjunctions, atoms), "tap", 0, each);
    }
    const errors = data.request(
      [insertion(1, first(1))],
      [insertion(2, large(999_000, 256, 250))],
      [insertion(3, first(3))],
    );
    expect(errors).toEqual([undefined, "E_TOO_MANY", undefined]);
    expect([data.judge(1), data.judge(3)]).toEqual([
      [0, 1],
      [0, 3],
    ]);
  });
});

/** A conjunction of loaded shifts by fields that nobody else shifts by: all of it is code of its own. */
function shifts(from: number, count: number): Filter {
  const one = (at: number): Atom[] => [
    { kind: "shift-loaded", offset: at % 5000, width: 8, mask: 1 + (Math.floor(at / 5000) % 255), left: 2 },
    { kind: "equal", offset: 0, width: 8, mask: 255, value: 1 },
  ];
  return { conjunctions: Array.from({ length: count }, (_, index) => one(from + index)) };
}

describe("code that everybody would wait for", () => {
  /** Filters of 100 conjunctions, until one is refused. */
  function fill(data: Data, environment: number): number {
    for (let made = 0; ; made++) {
      const slot = 1000 * (environment + 1) + made;
      const [error] = data.request([insertion(slot, shifts(100 * slot, 100), { environment })]);
      if (error !== undefined) {
        expect(error).toBe("E_TOO_MANY");
        return made;
      }
    }
  }

  test("is refused to the environment that asks for too much of it, by the limit's name; others go on", () => {
    const data = new Data("interpreter");
    const made = fill(data, 1);
    expect(made).toBeGreaterThan(5);
    expect(data.details[0]).toContain(`one environment have code of ${MAX_OWN_CODE} instructions at most`);
    expect(data.request([insertion(1, first(7), { environment: 1 })])).toEqual([undefined]);
    expect(data.request([insertion(2, shifts(5_000_000, 100), { environment: 2 })])).toEqual([undefined]);
    expect(data.request([{ kind: "remove", slot: 2000 }])).toEqual([undefined]);
    expect(data.request([insertion(3, shifts(9_000_000, 100), { environment: 1 })])).toEqual([undefined]);
    expect(data.judge(7)).toEqual([0, 1]);
  });

  test("has a limit for all of them, too, and what holds is never judged again", () => {
    const data = new Data("interpreter");
    const fit = [0, 1, 2].map((environment) => fill(data, environment));
    expect(fit[0]).toBe(fit[1]);
    expect(fit[2]).toBeLessThan(3);
    expect(data.details[0]).toContain(`all environments have code of ${MAX_CODE} instructions at most`);
    const again = new Data("interpreter");
    const more = Array.from({ length: 30 }, (_, at) => insertion(1 + at, shifts(100 * at, 100)));
    const [answer] = again.program.answers([{ kind: "change", seq: 1, changes: more, held: true }]);
    expect(answer?.outcomes).toEqual([{ seq: 1 }]);
  });

  test("of one change of many is refused with the step at fault, and none of it holds", () => {
    const data = new Data("interpreter");
    const heavy = Array.from({ length: 12 }, (_, at) => insertion(2 + at, shifts(at * 1000, 250)));
    const steps = [insertion(1, first(1)), ...heavy];
    const ats = data.outcomesOf(steps).map(({ error, at }) => [error, at]);
    expect(ats).toEqual([["E_TOO_MANY", 8]]);
    expect(data.program.classifier.live.size).toBe(0);
  });
});

/** Ranges of 32 bits at a place of their own: from `WIDE_MIN` of them on they have a table of 512 KiB. */
function ranges(place: number): Filter {
  const one = (low: number): Atom[] => [
    { kind: "range", offset: 4 * place, width: 32, mask: 0xffffffff, low, high: low + 1000 },
  ];
  return { conjunctions: Array.from({ length: WIDE_MIN }, (_, index) => one(index * 70_001 + 1)) };
}

describe("tables that do not fit", () => {
  /** So many of them fit: tables have room for as much again. */
  const FIT = MAX_TABLE_OCTETS / 2 ** 20 - 1;

  test("are refused alone, the rest of their batch holds, and what held before", () => {
    const data = new Data("interpreter");
    expect(data.request([insertion(1, first(1))])).toEqual([undefined]);
    const places = Array.from({ length: FIT + 3 }, (_, place) => [insertion(10 + place, ranges(place))]);
    const errors = data.request([insertion(2, first(2))], ...places, [insertion(3, first(3))]);
    expect(errors.filter((error) => error === "E_TOO_MANY").length).toBeGreaterThan(1);
    expect(errors.filter((error) => error === undefined).length).toBeGreaterThan(FIT - 2);
    expect([errors[0], errors.at(-1)]).toEqual([undefined, undefined]);
    expect([1, 2, 3, 4].map((octet) => data.judge(octet))).toEqual([[0, 1], [0, 2], [0, 3], [0]]);
    // Room again: what was refused is accepted once others have gone.
    expect(data.request([{ kind: "remove", slot: 10 }])).toEqual([undefined]);
    expect(data.request([insertion(200, ranges(FIT + 5))])).toEqual([undefined]);
  });

  test("heat or another target that is asked for in the same request does not stay either", () => {
    const data = new Data("interpreter");
    data.request(...Array.from({ length: FIT - 2 }, (_, place) => [insertion(10 + place, ranges(place))]));
    const more = Array.from({ length: 4 }, (_, place) => insertion(100 + place, ranges(90 + place)));
    expect(data.request([{ kind: "heat", on: true }, ...more])).toEqual(["E_TOO_MANY"]);
    expect(data.program.classifier.running.heat).toBe(false);
    expect(data.request([insertion(1, first(7))])).toEqual([undefined]);
    expect(data.judge(7)).toEqual([0, 1]);
  });
});

describe("a request of several steps", () => {
  test("holds as a whole or not at all", () => {
    const data = new Data();
    const mine = { mode: "claim", environment: 1 } as const;
    data.request([insertion(1, first(1), mine)], [insertion(2, first(2), { mode: "claim", environment: 2 })]);
    // Slot 1 gives up its packets, and takes those of slot 2: the second half is refused.
    const steps = [{ kind: "remove", slot: 1 } as const, insertion(1, first(2), { ...mine, priority: 1 })];
    expect(data.request(steps)).toEqual(["E_CLAIM_OVERLAP"]);
    expect([1, 2].map((octet) => data.judge(octet))).toEqual([[1], [2]]);
    expect(data.request(steps.map((step) => ({ ...step, mayTake: true })))).toEqual([undefined]);
    expect([1, 2].map((octet) => data.judge(octet))).toEqual([[0], [1]]);
  });

  test("of many requests at once each is judged after those before it", () => {
    const data = new Data();
    const claim = (slot: number, environment: number, priority: number) => [
      insertion(slot, first(5), { mode: "claim", environment, priority }),
    ];
    expect(data.request(claim(1, 1, 0), claim(2, 2, 0), claim(3, 2, 1), claim(4, 1, 0))).toEqual([
      undefined,
      "E_CLAIM_IDENTICAL",
      "E_CLAIM_OVERLAP",
      "E_CLAIM_IDENTICAL",
    ]);
    expect(data.request([{ kind: "remove", slot: 1 }], claim(2, 2, 0))).toEqual([undefined, undefined]);
    expect(data.judge(5)).toEqual([2]);
  });
});

test("what cannot happen is not called a refusal", () => {
  const data = new Data();
  data.request([insertion(1, first(1))]);
  expect(() => data.request([insertion(1, first(1))])).toThrow("id 1 is in use");
});
