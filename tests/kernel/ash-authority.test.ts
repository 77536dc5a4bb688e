/** What handlers may is theirs alone: neither their environment nor whoever replaces their code gets more by them than it had. */
import { describe, expect, test } from "vitest";
import type { Right } from "../../src/kernel/abi.js";
import { DEFAULT_BUDGET } from "../../src/kernel/budget.js";
import type { HandlerTerms } from "../../src/kernel/calls-on-handlers.js";
import type { Capability } from "../../src/kernel/capability.js";
import { seal } from "../../src/kernel/capability.js";
import { LEVELS } from "../../src/kernel/events.js";
import { framesOf } from "../../src/kernel/frames.js";
import { MAX_OWN_PAGES_SHARE } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { handlesOf } from "../libos/forger-kernel.js";
import { COUNTS, COUNTS_AND_CONSUMES, ends, first, Handled } from "./handled.js";

function refusal(doing: () => unknown): string {
  try {
    doing();
    return "nothing";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code;
  }
}

test("what a handler sends under is no handle of its environment's", () => {
  const handled = new Handled();
  const { bench, kernel } = handled;
  const lab = bench.lesser("lab", ["bind", "create", "handler"]);
  const environment = kernel.createEnvironment({ name: "e", program: "some", options: {} }, lab).environment;
  const own = kernel.handles.open(environment, seal(lab, bench.key));
  const { binding } = bench.bind({ environment }, lab);
  handled.handle(binding!, COUNTS, { transmit: seal(bench.root, bench.key) });
  expect(handled.view(binding!).mayTransmit).toBe(true);
  expect(handlesOf(kernel.handles, environment)).toEqual([own]);
  // Nor does one that it opens and closes afterwards stand where the handler's was.
  const next = kernel.handles.open(environment, seal(lab, bench.key));
  kernel.handles.close(environment, next);
  expect(handled.view(binding!).mayTransmit).toBe(true);
});

describe("pages of states", () => {
  const STATE = (pages: number) => pages * 4096;

  test("are one limit for all who share an account, whatever environments they are of", () => {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const lab = bench.lesser("lab", ["bind", "create", "handler"]);
    const most = bench.memory.pages * MAX_OWN_PAGES_SHARE;
    const each = Math.floor(most * 0.3);
    const environments = ["a", "b", "c", "d"].map(
      (name) => kernel.createEnvironment({ name, program: "some", options: {} }, lab).environment,
    );
    const bindings = environments.map((environment, at) => bench.bind({ name: `b${at}`, environment }, lab).binding!);
    const bind = (at: number) => refusal(() => handled.handle(bindings[at]!, COUNTS, {}, STATE(each), lab));
    expect([0, 1, 2, 3].map(bind)).toEqual(["nothing", "nothing", "nothing", "E_TOO_MANY"]);
    // Neither may any of them take as many by itself; another account may.
    const { pages } = kernel.environments;
    const left = Math.floor(most) - 3 * each;
    expect(environments.map((id) => [pages.mayTake(id, left), pages.mayTake(id, left + 1)])).toEqual(
      environments.map(() => [true, false]),
    );
    expect(pages.mayTake(bench.environment("other"), each)).toBe(true);
    kernel.handlers.unbind({ bindings: [bindings[1]!] }, lab);
    expect(bind(3)).toBe("nothing");
    kernel.destroyEnvironment(kernel.beginDestroying(environments[0]!, lab));
    expect(bind(1)).toBe("nothing");
    expect(pages.mayTake(environments[1]!, left + 1)).toBe(false);
  });

  test("that are not there are pressure on who holds most", () => {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const { pages } = kernel.environments;
    const [big, small] = [bench.environment("big"), bench.environment("small")];
    const { binding } = bench.bind({ environment: small });
    pages.allocate(big, bench.memory.freePages - 4);
    kernel.trace.switch(LEVELS);
    const told = () => kernel.trace.since(0).flatMap(({ name, fields }) => (name === "pagePressure" ? [fields] : []));
    kernel.settle(false);
    expect(told()).toEqual([]);
    expect(refusal(() => handled.handle(binding!, COUNTS, {}, STATE(8)))).toBe("E_NO_MEMORY");
    kernel.settle(false);
    expect(told()).toMatchObject([[big, expect.any(Number), small, 4]]);
  });
});

describe("whoever replaces a handler's code could have bound it on its terms", () => {
  const RIGHTS = ["bind", "create", "handler", "transmit"] as const;

  /** What comes of a swap by one with these rights, of its own binding's handler; without terms, bound by the same. */
  function swapped(rights: readonly Right[], more: Parameters<Handled["bench"]["lesser"]>[2], terms?: TermsOf): string {
    const handled = new Handled();
    const { bench, kernel } = handled;
    const lab = bench.lesser("lab", rights, more);
    const { binding } = bench.bind({}, lab);
    const bound = terms?.(handled, lab) ?? {};
    handled.handle(binding!, COUNTS, bound, undefined, terms === undefined ? lab : bench.root);
    const before = handled.view(binding!);
    const args = { bindings: [binding!], keepState: true };
    const code = refusal(() => kernel.handlers.swap(args, handled.program(COUNTS_AND_CONSUMES), lab));
    expect(handled.view(binding!)).toEqual(before);
    bench.receive(0, 2);
    expect(ends(handled.counts(binding!))).toEqual(code === "nothing" ? { consumed: 2 } : { passed: 2 });
    expect(refusal(() => kernel.handlers.swap(args, handled.program(COUNTS_AND_CONSUMES), bench.root))).toBe("nothing");
    return code;
  }
  type TermsOf = (handled: Handled, lab: Capability) => HandlerTerms;
  const under: TermsOf = (_handled, lab) => ({ under: lab.serial });
  const sends =
    (frames?: number): TermsOf =>
    ({ bench }, lab) => {
      const template = frames === undefined ? {} : { frames: framesOf(first(frames))! };
      return { under: lab.serial, transmit: seal(bench.lesser("sends", ["transmit"], template), bench.key) };
    };
  const frames = framesOf(first(7))!;

  test.each<[string, string, readonly Right[], { frames?: readonly number[] }, TermsOf | undefined]>([
    ["nothing", "its own", RIGHTS, {}, undefined],
    ["nothing", "one that was bound for it in its name", RIGHTS, {}, under],
    ["nothing", "one that sends what it may send", RIGHTS, { frames }, sends(7)],
    ["E_CAPABILITY_RIGHT", "one that sends, without the right to", ["bind", "handler"], {}, sends()],
    ["E_CAPABILITY_STRONGER", "one that sends what it may not", RIGHTS, { frames }, sends(8)],
    ["E_CAPABILITY_STRONGER", "one that sends anything, where it may not", RIGHTS, { frames }, sends()],
    ["E_NO_CAPABILITY", "one in a stronger one's name", RIGHTS, {}, () => ({})],
    [
      "E_CAPABILITY_OWNER",
      "one that passes on to others",
      RIGHTS,
      {},
      ({ bench }, lab) => ({ under: lab.serial, passTo: [bench.environment("others")] }),
    ],
  ])("%s: %s", (code, _what, rights, more, terms) => {
    expect(swapped(rights, more, terms)).toBe(code);
  });

  test("E_CAPABILITY_RIGHT: one that may not bind handlers", () => {
    expect(swapped(["bind"], {}, () => ({}))).toBe("E_CAPABILITY_RIGHT");
  });

  test("E_BUDGET: one that may use more than its own", () => {
    const budget = { ...DEFAULT_BUDGET, fuel: DEFAULT_BUDGET.fuel - 1 };
    expect(swapped(RIGHTS, { budget }, () => ({}))).toBe("E_BUDGET");
    expect(swapped(RIGHTS, { budget: DEFAULT_BUDGET }, under)).toBe("nothing");
  });
});
